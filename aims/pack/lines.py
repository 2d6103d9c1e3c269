"""The lines of the standard with what the organisation says about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from aims.catalogue import Area, Line, Place, edition
from aims.organisation.member import Member
from aims.pack.contents import LinePart, PlacePart, Sheet
from aims.pack.prose import prose
from aims.pages.templatetags.marks import chip, state_chip
from aims.pages.templatetags.words import date_text
from aims.records.access import visible
from aims.records.coverage import documented
from aims.records.display import NOTHING, state_words
from aims.records.models import Answer

VERDICTS = {
    Answer.Verdict.CONFORM: "ok",
    Answer.Verdict.NONCONFORM: "bad",
    Answer.Verdict.OBSERVATION: "warn",
    Answer.Verdict.NOT_APPLICABLE: "idle",
}


@dataclass(frozen=True)
class Answers:
    """The answers in scope by code."""

    by_code: dict[str, Answer]

    @property
    def texts(self) -> list[str]:
        """What was written."""
        return [answer.text for answer in self.by_code.values() if answer.text]


def answers(member: Member, scope: Any) -> Answers:
    """The answers to the lines of a scope that a member sees."""
    rows = visible(member, Answer).filter(code__in=list(scope.lines)).select_related("owner", "verdict_by")
    return Answers({row.code: row for row in rows})


def place(
    found: Place, lines: Sequence[Line], said: Answers, proofs: Any, decisions: Mapping[str, Sheet]
) -> PlacePart:
    """A leaf clause or area."""
    language = get_language() or "en"
    area = isinstance(found, Area)
    return PlacePart(
        code=found.code,
        title=edition().text(found.code, "heading", language),
        objective=edition().text(found.code, "objective", language) if area else "",
        lines=[
            line_part(line, said.by_code[line.code], proofs, decisions.get(line.code))
            for line in lines
            if line.code in said.by_code
        ],
    )


def line_part(line: Line, answer: Answer, proofs: Any, decision: Sheet | None) -> LinePart:
    """A requirement or control: what is asked, and the answer; with a control its line of the SoA."""
    language = get_language() or "en"
    heading, text = (edition().text(line.code, name, language) for name in ("heading", "text"))
    return LinePart(
        code=line.code,
        title=heading if heading != text else "",
        text=text,
        documented=documented(line),
        answer=prose(answer.text) if answer.text.strip() else "",
        owner=str(answer.owner or ""),
        progress=state_chip(answer.state, state_words(Answer, answer.state)),
        verdict=verdict(answer),
        judged=judged(answer),
        decision=decision,
        evidence=proofs.of.get(answer.pk, ()),
    )


def verdict(answer: Answer) -> SafeString:
    """The verdict as a chip; a dash while there is none."""
    if not answer.verdict:
        return format_html('<span class="muted">{}</span>', NOTHING)
    return chip(answer.get_verdict_display(), VERDICTS[Answer.Verdict(answer.verdict)])


def judged(answer: Answer) -> str:
    """Who judged, on what basis and when."""
    if not answer.verdict or answer.verdict_on is None:
        return ""
    basis, day = answer.get_verdict_basis_display(), date_text(answer.verdict_on)
    return format_html(
        pgettext("a verdict: basis, person, date", "{}, {}, {}"),
        basis,
        answer.verdict_by or _("unknown"),
        day,
    )
