"""The components: what they promise in their heads, what the policy forbids, and the files they stand on."""

import hashlib
import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.http import HttpRequest
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.translation import override

from aims.pages import paint
from aims.pages.templatetags import marks
from tests.pages import gallery
from tests.pages.markup import STATIC, TEMPLATES, Page, render

ALLAUTH = Path(allauth.__file__).parent / "templates"
COMPONENTS = sorted(path.name for path in (TEMPLATES / "components").glob("*.html"))
ICON = re.compile(r"""\{% icon "([a-z0-9-]+)"|icon="([a-z0-9-]+)"|shape="([a-z0-9-]+)\"""")


@pytest.fixture
def page() -> Page:
    """The gallery: every component with something in it."""
    return Page(render("gallery.html", gallery.context(), request=request()))


def request(**cookies: str) -> HttpRequest:
    """A visitor's request."""
    made = RequestFactory().get("/risks/")
    made.COOKIES.update(cookies)
    made.user = None  # type: ignore[assignment]
    return made


def component(name: str, **context: Any) -> Page:
    """One component alone."""
    return Page(render(f"components/{name}.html", context))


# ── The whole gallery ────────────────────────────────────────────────────


def test_nothing_that_the_policy_forbids(page: Page) -> None:
    assert page.forbidden() == []


def test_the_policy_check_itself_sees_what_it_looks_for() -> None:
    bad = Page('<p style="x" onclick="y"></p><script>1</script><img src="https://x.org/y"><style></style>')
    assert len(bad.forbidden()) == 5


def test_ids_are_unique(page: Page) -> None:
    assert [name for name, count in page.ids().items() if count > 1] == []


def test_every_reference_has_its_target(page: Page) -> None:
    assert page.dangling() == set()


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_says_at_its_head_what_it_needs(name: str) -> None:
    source = (TEMPLATES / "components" / name).read_text()
    assert name == "logo.html" or (
        "{% comment %}" in source[:40] and len(source.split("{% endcomment %}")[0]) > 60
    )


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_shown_in_the_gallery_or_by_another(name: str) -> None:
    sources = [*TEMPLATES.rglob("*.html"), Path(gallery.__file__).parent / "templates" / "gallery.html"]
    users = [path for path in sources if f'"components/{name}"' in path.read_text()]
    assert users or name == "card.html"


def test_every_named_icon_is_in_the_sprite() -> None:
    used = {shape for _tone, shape in marks.STATES.values()} | set(marks.TONE_ICONS.values())
    for path in TEMPLATES.rglob("*.html"):
        used |= {name for found in ICON.findall(path.read_text()) for name in found if name}
    assert used - set(marks.symbols()) == set()


# ── The shell ────────────────────────────────────────────────────────────


def test_the_shell_shows_navigation_counts_and_tasks(page: Page) -> None:
    words = page.words()
    for expected in (
        "Orvanne Medical",
        "Today 2 overdue",
        "6 Planning 5 gaps",
        "Nadia Benhaddou, account menu",
    ):
        assert expected in words
    assert any(attrs.get("aria-label") == "Tasks, 3 due" for _tag, attrs in page.elements)


def test_one_current_page_in_the_navigation(page: Page) -> None:
    links = [attrs for tag, attrs in page.elements if tag == "a" and attrs.get("aria-current") == "page"]
    assert [link["href"] for link in links] == ["#", "#"]  # one in the navigation, one in the tabs


def test_the_other_organisations_are_posted_with_a_token(page: Page) -> None:
    buttons = [
        attrs for tag, attrs in page.elements if tag == "button" and attrs.get("name") == "organisation"
    ]
    assert [button["value"] for button in buttons] == ["1", "2"]
    assert sum(attrs.get("name") == "csrfmiddlewaretoken" for _tag, attrs in page.elements) >= 5


def test_htmx_sends_the_token_and_evaluates_nothing(page: Page) -> None:
    body = next(attrs for tag, attrs in page.elements if tag == "body")
    settings = next(attrs["content"] for tag, attrs in page.elements if attrs.get("name") == "htmx-config")
    assert re.search(r'"X-CSRFToken": "\w{64}"', body["hx-headers"] or "")
    settled = '"attributesToSettle": ["class"]'  # a style set by htmx is refused by the policy
    for setting in (
        '"allowEval": false',
        '"selfRequestsOnly": true',
        '"includeIndicatorStyles": false',
        settled,
    ):
        assert setting in (settings or "")


def test_single_keys_can_be_switched_off() -> None:
    context = {**gallery.context(), "shell": {**gallery.SHELL, "shortcuts": False}}
    assert 'data-shortcuts="off"' in render("gallery.html", context, request=request())


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"'), ('"><script>', ""), ("system", "")],
)
def test_the_theme_comes_from_the_cookie_and_only_known_ones(cookie: str, expected: str) -> None:
    html = render("base_bare.html", {}, request=request(theme=cookie))
    head = html[: html.index("<head>")]
    assert (expected in head) if expected else ("data-theme" not in head)


# ── Errors ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", [400, 403, 404, 409, 500, 503])
def test_an_error_page_needs_no_context_at_all(code: int) -> None:
    page = Page(get_template(f"{code}.html").render())
    assert page.forbidden() == []
    assert page.dangling() == set()
    assert str(code) in page.words()


def test_a_refusal_says_its_reason_and_escapes_it() -> None:
    html = render("403.html", {"reason": "Until 4 December <2026>."})
    assert "Until 4 December &lt;2026&gt;." in html


def test_a_conflict_offers_both_values_and_keeps_the_rest() -> None:
    conflict = {
        "ref": "RSK-01",
        "version": 4,
        "by": "Yuki Tanaka",
        "action": "/risks/1/edit/",
        "fields": [
            {
                "name": "due",
                "label": "Due",
                "theirs": "20 Dec",
                "theirs_value": "2026-12-20",
                "mine": "15 Jan",
            }
        ],
        "kept": [("title", "Drift"), ("version", "4")],
    }
    page = Page(render("409.html", {"conflict": conflict}, request=request()))
    radios = [attrs for _tag, attrs in page.elements if attrs.get("type") == "radio"]
    hidden = {attrs["name"]: attrs["value"] for _tag, attrs in page.elements if attrs.get("type") == "hidden"}
    assert [radio["value"] for radio in radios] == ["2026-12-20", ""]
    assert [("checked" in radio) for radio in radios] == [False, True]
    assert hidden["title"] == "Drift" and hidden["version"] == "4"
    assert "Yuki Tanaka saved version 4 of RSK-01." in page.words()


# ── Single components ────────────────────────────────────────────────────


def test_the_table_keeps_its_meaning_as_cards() -> None:
    page = component("table", table=gallery.table())
    cells = [attrs for tag, attrs in page.elements if tag == "td" and attrs.get("class") != "pick"]
    assert {cell["role"] for cell in cells} == {"cell"}
    assert [cell["data-label"] for cell in cells[:5]] == [
        "Residual",
        "Treatment",
        "Owner",
        "Decision",
        "Review",
    ]
    assert next(a for t, a in page.elements if a.get("aria-sort"))["aria-sort"] == "descending"


def test_the_table_escapes_words_and_keeps_marks() -> None:
    html = render("components/table.html", {"table": gallery.table()})
    assert "advice &lt;b&gt;given&lt;/b&gt; as fact" in html
    assert '<span class="band high">12 high</span>' in html


def test_the_table_includes_nothing_per_cell() -> None:
    source = (TEMPLATES / "components" / "table.html").read_text()
    assert "{% include" not in source.split("{% endcomment %}")[1]


def test_a_refused_form_lists_its_errors_with_links(page: Page) -> None:
    addresses = [attrs.get("href") or "" for tag, attrs in page.elements if tag == "a"]
    links = [address for address in addresses if address.startswith("#id_")]
    assert links == ["#id_title", "#id_review_due"]
    assert "Not saved: 2 things to change" in page.words()


def test_a_refused_field_is_tied_to_its_error_and_help() -> None:
    page = component("field", field=gallery.form()["title"])
    box = next(attrs for tag, attrs in page.elements if tag == "input")
    assert box["aria-invalid"] == "true"
    assert (box["aria-describedby"] or "").split() == ["id_title_helptext", "id_title_error"]
    assert page.dangling() == set()


def test_one_error_is_said_beside_its_field_only() -> None:
    form = gallery.AnswerForm({"answer": "x"})
    form.add_error("answer", "Say who.")
    assert component("form_errors", form=form).elements == []


def test_an_error_of_the_whole_form_is_always_on_top() -> None:
    form = gallery.AnswerForm({"answer": "x"})
    form.add_error(None, "Two people must assess.")
    assert "Two people must assess." in component("form_errors", form=form).words()


@pytest.mark.parametrize("name", ["title", "system", "shared", "treatment", "file"])
def test_every_kind_of_field_has_a_label(name: str) -> None:
    page = component("field", field=gallery.form()[name])
    labelled = {attrs.get("for") for tag, attrs in page.elements if tag == "label"}
    boxes = [attrs["id"] for tag, attrs in page.elements if tag in ("input", "select", "textarea")]
    assert boxes and set(boxes) <= labelled


def test_before_and_after_leave_out_an_empty_side() -> None:
    page = component("diff", changes=[{"label": "Owner", "before": None, "after": "Yuki Tanaka"}])
    tags = [tag for tag, _attrs in page.elements]
    assert "ins" in tags and "del" not in tags


def test_a_change_by_nobody_is_said_to_be_from_outside() -> None:
    page = component("timeline", entries=[{"who": "", "what": "changed it", "at": gallery.ENTRIES[1]["at"]}])
    assert "Outside the application" in page.words()


@pytest.mark.parametrize(
    ("state", "words"),
    [("signed", "Signed v3"), ("changed", "Signed v3, changed since"), ("none", "Not signed")],
)
def test_a_signature_says_whether_it_holds(state: str, words: str) -> None:
    assert words in component("signature", signature={"state": state, "version": 3}).words()


def test_progress_asks_again_until_it_is_done() -> None:
    running = render("components/progress.html", {"progress": {"percent": 10, "poll_url": "/p/"}})
    done = render("components/progress.html", {"progress": {"percent": 100, "done": True}})
    assert 'hx-get="/p/"' in running and "hx-get" not in done


def test_files_are_chosen_with_a_plain_input() -> None:
    page = component("drop", drop={"limit_mb": 200})
    assert next(attrs for tag, attrs in page.elements if tag == "input")["type"] == "file"


@pytest.mark.parametrize("tone", list(marks.TONE_ICONS))
def test_a_chip_has_a_shape_and_a_word(tone: str) -> None:
    html = marks.chip("Words & more", tone)
    assert marks.TONE_ICONS[tone] in html and "Words &amp; more" in html


def test_a_chip_of_an_unknown_tone_stays_quiet() -> None:
    assert 'class="chip"' in marks.chip("x", '"><script>')


def test_an_unknown_state_is_shown_as_words() -> None:
    assert "Half done" in marks.state_chip("half_done")


def test_icons_bring_their_paths_where_nothing_can_be_fetched() -> None:
    outside = marks.icon("lock", "bad")
    with marks.inlined_icons():
        inside = marks.icon("lock", "bad")
    assert "<use" in outside and "<use" not in inside
    assert "<path" in inside and f'stroke="{paint.MARKS["bad"]}"' in inside
    assert marks.icon("lock", "bad") == outside


def test_a_meter_stays_between_nothing_and_all() -> None:
    assert 'width="100%"' in marks.meter(140, "x") and 'width="0%"' in marks.meter(-3, "x")


def test_bands_speak_the_language_of_the_reader() -> None:
    with override("fr"):
        assert marks.band(3, "low", "faible") == '<span class="band low">3 faible</span>'


# ── allauth ──────────────────────────────────────────────────────────────

THEIRS = sorted(
    str(path.relative_to(ALLAUTH))
    for room in ("account", "mfa", "allauth")
    for path in (ALLAUTH / room).rglob("*.*")
)


@pytest.mark.parametrize("name", THEIRS)
def test_every_template_of_allauth_is_ours(name: str) -> None:
    assert get_template(name).origin.name == str(TEMPLATES / name)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path",
    sorted((TEMPLATES / "mfa").rglob("*.html")) + sorted((TEMPLATES / "account").rglob("*.html")),
    ids=str,
)
def test_no_page_of_ours_carries_inline_style_or_script(path: Path) -> None:
    source = re.sub(r"\{[%{#].*?[%}#]\}", "", path.read_text())
    assert Page(source).forbidden() == []


@pytest.mark.parametrize("name", [name for name in THEIRS if name.endswith("_subject.txt")])
def test_a_mail_has_a_subject_of_one_line_in_our_tone(name: str) -> None:
    subject = render(name).strip()
    assert subject and "\n" not in subject
    assert not re.search(r"please|successful|oops|!", subject, re.IGNORECASE)


def test_nothing_we_say_is_polite_noise() -> None:
    noise = re.compile(r"\b(please|successfully|oops|sorry)\b", re.IGNORECASE)
    for path in [*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]:
        assert not noise.search(path.read_text()), path


# ── Files ────────────────────────────────────────────────────────────────


def test_files_from_others_are_the_ones_recorded() -> None:
    rows = re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{64})`", (STATIC / "vendor" / "README.md").read_text())
    assert len(rows) == 9
    for name, recorded in rows:
        assert hashlib.sha256((STATIC / "vendor" / name).resolve().read_bytes()).hexdigest() == recorded, name


def test_every_script_of_ours_lives_under_the_policy() -> None:
    for path in STATIC.glob("*.js"):
        source = path.read_text()
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\.style\.", source), path


def tokens(name: str) -> dict[str, str]:
    """The tokens of a stylesheet with their light values."""
    found = re.findall(r"(--[a-z0-9-]+): (?:light-dark\()?(#[0-9a-f]{6})", (STATIC / name).read_text())
    return dict(found)


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "tokens.css").read_text()))
    for name in ("tokens.css", "app.css", "pages.css"):
        assert set(re.findall(r"var\((--[a-z0-9-]+)", (STATIC / name).read_text())) <= defined
    own = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "pack.css").read_text()))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", (STATIC / "pack.css").read_text())) <= own


def test_the_pack_has_the_colours_of_the_pages() -> None:
    pages, pack = tokens("tokens.css"), tokens("pack.css")
    exempt = {"--bg", "--sunken", "--line"}  # on paper: white, and quieter
    assert {key: value for key, value in pack.items() if key not in exempt} == {
        key: pages[key] for key in pack if key not in exempt
    }


def test_drawings_have_the_colours_of_the_pages() -> None:
    pages = tokens("tokens.css")
    assert {f"--{tone}-mark": colour for tone, colour in paint.MARKS.items()}.items() <= pages.items()
    assert {f"--band-{band}": colour for band, colour in paint.BANDS.items()}.items() <= pages.items()
    assert (pages["--text"], pages["--muted"], pages["--line"]) == (paint.TEXT, paint.MUTED, paint.LINE)


def test_the_stylesheets_stay_readable() -> None:
    for name in ("tokens.css", "app.css", "pages.css", "pack.css", "app.js", "forms.js", "keys.js"):
        assert len((STATIC / name).read_text().splitlines()) < 400, name
