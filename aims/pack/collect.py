"""Reads what goes into a pack, as the member who asked for it sees it, in few queries per register."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min
from django.utils.translation import get_language

from aims.catalogue import Term, edition
from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.pack import sections, standing, summaries
from aims.pack.choosing import choice
from aims.pack.contents import Chapter, Contents
from aims.pack.data import data
from aims.pack.evidence import Asked, Proofs, proofs
from aims.pack.lines import Answers, answers, place
from aims.pack.models import Pack
from aims.pack.reading import Rows, read
from aims.pack.scope import APPLICABILITY, Scope, in_words
from aims.pack.sheets import SHEETS, register_part, sheets_by_code
from aims.records.coverage import tally
from aims.records.display import Named


def collect(member: Member, pack: Pack) -> Contents:
    """Everything that stands in a pack, in the language and time zone in force."""
    scope, named, asked = Scope(tuple(pack.scope)), Named(member), Asked(pack.asked_at, choice(pack))
    rows = {found.path: read(member, found, named, asked.choice) for found in scope.every}
    said = answers(member, scope)
    shown = proofs(member, scope, said, rows, asked)
    chapters = [chapter(top, scope, said, shown, rows, named, asked.day) for top in scope.tops]
    return Contents(
        key=str(pack.pk),
        title=pack.title,
        organisation=member.organisation_name,
        scope=in_words(scope.codes),
        systems=[str(system) for system in pack.systems.order_by("ref")],
        since=pack.since,
        until=pack.until,
        statement=sections.statement(rows, said),
        asked_by=str(pack.asked_by),
        language=pack.language,
        at=pack.asked_at,
        edition=Organisation.objects.get(pk=member.organisation_id).edition,
        chapters=chapters,
        charts=sections.at_a_glance(chapters, rows, asked.day),
        guide=summaries.guide(rows),
        calendar=summaries.calendar(member, scope, asked.choice, asked.day),
        decisions=summaries.decisions(member, scope, asked.choice),
        summaries=standing.summaries(member, scope, asked.choice),
        exhibits=shown.exhibits,
        signatures=shown.signatures,
        glossary=terms_used([*said.texts, *(line.text for line in scope.lines.values())]),
        data=data(member, said, shown, rows, asked.choice),
        **journal(member),
    )


def journal(member: Member) -> dict[str, Any]:
    """How far the organisation's journal goes: first entry, last position, and how many there are."""
    entries = Entry.objects.filter(organisation_id=member.organisation_id)
    found = entries.aggregate(position=Max("id"), begun=Min("at"), entries=Count("id"))
    return {**found, "position": found["position"] or 0}


def chapter(
    top: str, scope: Scope, said: Answers, shown: Proofs, rows: dict[str, Rows], named: Named, day: date
) -> Chapter:
    """A top clause: its leaves with their lines, then its registers.

    The lines of the Statement of Applicability stand with the controls of Annex A, and only as a table elsewhere.
    """
    codes = [code for code in scope.lines if edition().top(code) == top]
    controls = {}
    if top == "A":
        controls = sheets_by_code(rows[APPLICABILITY], shown, named)
    return Chapter(
        code=top,
        title=sections.chapter_title(top),
        tally=tally(said.by_code[code].state for code in codes if code in said.by_code),
        places=[place(found, lines, said, shown, controls) for found, lines in scope.places(top)],
        registers=[
            register_part(
                rows[path],
                shown,
                named,
                sections.charts_of(path, rows[path], day, named.member.time_zone),
                SHEETS if path != APPLICABILITY or "A" not in scope.tops else 0,
                sections.added_to(path, rows[path], day),
            )
            for path in (register.path for register in scope.registers(top))
        ],
    )


def terms_used(texts: Sequence[str]) -> list[Term]:
    """The terms of the glossary that occur in some texts, in the language in force and the order of its alphabet."""
    terms = {name.lower(): said for term in edition().terms for name, said in _named(term)}
    if not terms:
        return []
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})s?\b", re.IGNORECASE)
    found = {match.lower() for text in texts for match in pattern.findall(text)}
    return sorted({terms[name] for name in found}, key=lambda term: term.term.lower())


def _named(term: Term) -> list[tuple[str, Term]]:
    """A term as the language in force has it, under its own name and the English one: texts may hold either."""
    language = get_language() or "en"
    name, definition = (edition().phrase(text, language) for text in (term.term, term.definition))
    said = replace(term, term=name, definition=definition)
    return [(name, said), (term.term, said)]
