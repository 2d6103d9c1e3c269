"""AIMS speaks French whole: every marked string is translated and fits its place, nothing that people read is unmarked."""

import ast
import datetime
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.pack.asking import ask_pack
from aims.pack.collect import collect
from aims.pack.enclosing import Enclosed
from aims.pack.page import page
from aims.pages.templatetags.marks import inlined_icons
from aims.pages.templatetags.words import date_row, date_text
from aims.records.base import line_heading
from aims.records.changes import write
from planning.models import ControlImplementation
from tests.promises import french
from tests.promises.french import ROOT, bare, catalog, forms, messages, said, visible
from tests.promises.house import House

PLACEHOLDERS = re.compile(r"%%|%(?:\(\w+\))?[sd]|\{\w*\}")
NAMES = {"AIMS", "SHA-256", "sha256", "sha256sum FILE", "Enter", "Esc", "– AIMS", "· AIMS", "-- AIMS,"}
WORD = re.compile(r"[^\W\d_]{2,}")
# Words of English that neither French nor the names of the tests have.
ENGLISH = re.compile(
    r"\b(the|and|with|this|your|not|yet|Save|Edit|Owner|Search|Settings|Registers|Evidence|overdue|gaps|none|due)\b"
)
# What the tests wrote in English, and names that are the same.
WRITTEN = re.compile(r"\bA [a-z][\w -]*|Look at it|Evidence pack|Show the auditors: REQ-\d+")
PAGES = (
    *(
        "/",
        "/clauses/6.1.2/",
        "/clauses/10.2/",
        "/registers/",
        "/registers/ai-risks/",
        "/registers/ai-risks/new/",
    ),
    *(
        "/registers/control-implementations/",
        "/settings/",
        "/calendar/",
        "/packs/",
        "/journal/",
        "/proposals/",
    ),
)
# Arguments by which words reach people.
SHOWN = {"label", "heading", "verbose_name", "verbose_name_plural", "help_text", "placeholder", "meaning"}
CALLS = {"Refused", "ValidationError", "State", "Transition", "CharField", "TextField", "BooleanField"}


def placeholders(text: str) -> Counter[str]:
    """What is filled in, and how often."""
    return Counter(PLACEHOLDERS.findall(text))


class Tags(HTMLParser):
    """The tags of a text, in order, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One that opens."""
        self.found.append((tag, *attrs))

    def handle_endtag(self, tag: str) -> None:
        """One that closes."""
        self.found.append(tag)


def tags(text: str) -> list[Any]:
    """The tags of a text."""
    seen = Tags()
    seen.feed(text)
    return seen.found


def blanks(text: str) -> tuple[str, str, int]:
    """What a text begins and ends with, and its lines."""
    return (
        text[: len(text) - len(text.lstrip())],
        text[len(text.rstrip()) :],
        text.count("\n"),
    )


def pairs() -> Iterator[tuple[str, str]]:
    """Each English form beside the French one of the same place; singular and plural in turn."""
    for message in messages():
        yield from zip(forms(message.id), forms(message.string), strict=True)


def identity(message: Message) -> french.Key:
    """What makes a message one."""
    singular, *plural = forms(message.id)
    return message.context, singular, (plural or [""])[0]


def test_the_scan_finds_what_is_marked() -> None:
    """The scan stands for gettext: were it blind, all that follows would be idle."""
    source = 'x = _("a"), ngettext("b", "bs", n), pgettext_lazy("c", "d"), gettext(word), other("e")'
    assert list(french.of_python(source)) == [(None, "a", ""), (None, "b", "bs"), ("c", "d", "")]
    template = (
        """{% load i18n %}{% translate "it's" context "c" %}{# gettext('no') #}{{ x|default:_("or") }}"""
        "{% blocktranslate count n=n %}one{% plural %}{{ n }} many{% endblocktranslate %}<b>bare</b>"
    )
    assert set(french.of_template(template)) == {
        ("c", "it's", ""),
        (None, "or", ""),
        (None, "one", "%(n)s many"),
    }


def test_gettext_goes_by_names_that_the_extraction_knows() -> None:
    assert french.other_names() == []


def test_every_marked_string_is_in_french() -> None:
    done = [identity(message) for message in messages() if all(forms(message.string))]
    there = {*done, *((context, words, "") for context, words, _plural in done)}
    missing = {key[1]: str(path.relative_to(ROOT)) for key, path in said().items() if key not in there}
    assert missing == {}, "run script/messages and translate what it reports"
    assert len(done) > 2500


def test_nothing_is_translated_that_nobody_says_any_more() -> None:
    assert [message.id for message in messages() if identity(message) not in said()] == []


def test_no_translation_is_a_guess() -> None:
    """What msgmerge found to be similar waits for a person."""
    assert [message.id for message in messages() if message.fuzzy] == []
    assert list(catalog().obsolete) == []


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    assert [both for both in pairs() if placeholders(both[0]) != placeholders(both[1])] == []


def test_markup_is_the_same_in_both_languages() -> None:
    assert [both for both in pairs() if tags(both[0]) != tags(both[1])] == []


def test_blanks_around_and_lines_are_the_same_in_both_languages() -> None:
    assert [both for both in pairs() if blanks(both[0]) != blanks(both[1])] == []


def test_the_plurals_are_those_of_french() -> None:
    """None is singular in French, where English has the plural."""
    with translation.override("fr"):
        words = [translation.ngettext("%(n)s alarm", "%(n)s alarms", n) for n in (0, 1, 2)]
    assert words == ["%(n)s alarme", "%(n)s alarme", "%(n)s alarmes"]


def test_french_has_its_own_quotation_marks_apostrophes_and_spaces() -> None:
    """A line that ends before a colon, or a straight apostrophe, would be seen on every page."""
    wrong = re.compile(r"['“”]|[^\u00a0][;?!»](?!\w)|[^\u00a0\d]:(?= |$)|«[^\u00a0]")
    texts = [text for message in messages() for text in forms(message.string)]
    assert [text for text in texts if wrong.search(re.sub(r"\{.*\}", "", PLACEHOLDERS.sub("x", text)))] == []


def test_french_uses_the_terms_of_the_catalogue() -> None:
    """The words of the standard are the same on a button as in the requirement above it."""
    wrong = re.compile(
        r"\b(AIMS (?:est conforme|risque)|SGIA|nonconformité|revue de management|évidences?)\b", re.I
    )
    assert [text for _english, text in pairs() if wrong.search(text)] == []
    with translation.override("fr"):
        assert translation.gettext("Statement of Applicability") == "Déclaration d’applicabilité"
        assert translation.gettext("Management review") == "Revue de direction"
        assert translation.gettext("the AIMS is") == "le SMIA est"


def test_what_runs_is_what_was_translated() -> None:
    """The compiled file is committed, since a fresh machine has no gettext; it must not lag behind."""
    with (french.FILES / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    done = [message for message in messages() if all(forms(message.string)) and not message.fuzzy]
    for message in done:
        context, singular, plural = identity(message)
        if plural:
            found: Any = tuple(
                compiled.npgettext(context, singular, plural, n)
                if context
                else compiled.ngettext(singular, plural, n)
                for n in (1, 2)
            )
        else:
            found = compiled.pgettext(context, singular) if context else compiled.gettext(singular)
        assert found == message.string, "run script/messages"
    assert len(compiled._catalog) == sum(len(forms(m.string)) for m in done) + 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", list(french.templates()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_that_is_not_marked(path: Path) -> None:
    assert [text for text in bare(path.read_text()) if WORD.search(text) and text not in NAMES] == []


def test_the_scan_of_templates_sees_bare_text() -> None:
    source = (
        "{% block title %}Bare{% endblock %}<p title='spoken'>{% translate 'x' %}{{ y }}</p><script>z</script>"
        "{% blocktranslate %}told{% endblocktranslate %}{% comment %}said{% endcomment %}"
    )
    assert bare(source) == ["Bare", "spoken"]


def test_python_shows_nothing_that_is_not_marked() -> None:
    """Constants where words for people stand: labels and the like, refusals, names of states and fields."""
    found = []
    for path in french.python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                found += [f"{path.relative_to(ROOT)}:{node.lineno} {words}" for words in unmarked(node)]
    assert found == []


def unmarked(call: ast.Call) -> Iterator[str]:
    """What a call shows to people as it stands."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    shown = [keyword.value for keyword in call.keywords if keyword.arg in SHOWN]
    shown += call.args if name in CALLS else []
    for value in shown:
        text = "".join(
            part.value
            for part in (value.values if isinstance(value, ast.JoinedStr) else [value])
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
        if re.search(r"[^\W\d_]{2,} [^\W\d_]", text) or re.match(r"[A-Z][a-z]", text):
            yield text


@pytest.fixture
def nadia(house: House, undone: None) -> Client:
    """The compliance officer, who reads French."""
    Person.objects.filter(pk=house.member(Role.OFFICER).person_id).update(language="fr")
    return house.pages[Role.OFFICER]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_french_has_no_english(nadia: Client, address: str) -> None:
    answer = nadia.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    texts = [WRITTEN.sub("", text) for text in visible(page)]
    assert [text for text in texts if ENGLISH.search(text)] == []
    assert len(texts) > 20


@pytest.mark.parametrize("path", ["ai-systems", "nonconformities", "audits"])
def test_a_record_and_its_form_in_french_have_no_english(nadia: Client, house: House, path: str) -> None:
    address = reverse("record", args=[path, house.own.records[path].pk])
    for place in (address, f"{address}edit/"):
        texts = [WRITTEN.sub("", text) for text in visible(nadia.get(place).content.decode())]
        assert [text for text in texts if ENGLISH.search(text)] == []


def test_a_line_of_the_standard_is_named_in_french_where_its_record_is(nadia: Client, house: House) -> None:
    """Its title was laid in English when the organisation was founded."""
    page = nadia.get("/registers/control-implementations/").content.decode()
    assert "Signalement des préoccupations" in page and "Reporting of concerns" not in page
    assert "Documenter le SMIA." in nadia.get("/registers/answers/?q=4.4").content.decode()


def test_a_title_that_the_organisation_wrote_itself_stays(nadia: Client, house: House) -> None:
    with acting(house.own.world.orvanne.pk, house.member(Role.OFFICER).actor):
        line = ControlImplementation.objects.get(code="A.3.3")
        write(house.member(Role.OFFICER), line, {"title": "Speaking up"})
    with translation.override("fr"):
        assert line_heading("A.3.3", "Speaking up") == "Speaking up"
        assert line_heading("A.3.3", "Reporting of concerns") == "Signalement des préoccupations"
    assert "Speaking up" in nadia.get("/registers/control-implementations/").content.decode()


def test_a_pack_in_french_has_no_english(nadia: Client, house: House) -> None:
    """Whoever reads it: the language is the pack's own."""
    member = house.member(Role.OFFICER)
    with acting(house.own.world.orvanne.pk, member.actor):
        pack = ask_pack(member, "Dossier", language="fr")
        with translation.override("fr"), inlined_icons():
            shown = visible(page(collect(member, pack), Enclosed()))
    texts = [WRITTEN.sub("", text) for text in shown if not text.startswith("http")]
    assert [text for text in texts if ENGLISH.search(text)] == []
    assert {"Documenter le SMIA.", "Sommaire", "Revue de direction – Généralités"} <= set(texts)


def test_a_mail_is_in_the_language_of_who_gets_it() -> None:
    line = {
        "title": "Revue",
        "due": datetime.date(2026, 12, 1),
        "late": True,
        "why": "5.2",
        "link": "https://a/",
    }
    with translation.override("fr"):
        text = render_to_string("schedule/mail.txt", {"name": "Nadia", "lines": [line], "home": "https://a/"})
    assert "Bonjour Nadia," in text and "en retard depuis le 1 décembre 2026" in text
    assert not ENGLISH.search(text)


def test_who_signs_in_chooses_the_language_first(client: Client) -> None:
    """Signed out there is only the browser: its choice is kept in a cookie."""
    assert "Sign in" in client.get("/accounts/login/").content.decode()
    answer = client.post("/language/", {"language": "fr", "next": "/accounts/login/"})
    assert answer.status_code == 302
    assert "Se connecter" in client.get("/accounts/login/").content.decode()


def test_a_browser_that_asks_for_french_is_answered_in_french(client: Client) -> None:
    page = client.get("/accounts/login/", headers={"accept-language": "fr-CA,fr;q=0.9"}).content.decode()
    assert '<html lang="fr"' in page and "Mot de passe oublié" in page


def test_a_person_chooses_french_in_the_settings(house: House, undone: None) -> None:
    page = house.pages[Role.READER]
    assert '<html lang="en"' in page.get("/settings/").content.decode()
    page.post("/settings/profile/", {"language": "fr", "shortcuts": "on"})
    assert "Paramètres" in page.get("/settings/").content.decode()


def test_dates_and_numbers_are_written_as_in_french() -> None:
    with translation.override("fr"):
        day = datetime.date(2026, 12, 1)
        assert [strip_tags(words(day)) for words in (date_row, date_text)] == ["1 déc.", "1 décembre 2026"]
