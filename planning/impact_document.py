"""An impact assessment as a document: affected parties with benefits and harms, measures, who was asked, results so far.

The same is shown on its page and on paper (6.1.4; method reference ISO/IEC 42005, own words).
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages import svg
from aims.pages.cells import state_of
from aims.pages.places import record_url
from aims.pages.shown import relation_html
from aims.records.access import visible
from aims.records.display import Named
from aims.records.models import Signature
from aims.records.registry import register_of
from planning import fria
from planning.impact_scoring import SERIOUS, Significance
from planning.models import Impact, ImpactAssessment, ImpactPublication, Party

TONES = {"low": "ok", "moderate": "info", "high": "warn", "critical": "bad", "": "idle"}


@dataclass(frozen=True)
class Line:
    """One benefit or harm with the risk and the control that answer it, as links."""

    impact: Impact
    risk: Any
    control: Any

    @property
    def tone(self) -> str:
        """The colour of its significance; a great benefit is no alarm."""
        return TONES[self.impact.significance] if self.impact.negative else "ok"

    @property
    def remaining_tone(self) -> str:
        """The colour of what remains."""
        return TONES[self.impact.remaining]

    @property
    def open(self) -> bool:
        """Whether it is a harm to which nothing is answered."""
        return self.impact.negative and not self.impact.answered


@dataclass(frozen=True)
class Group:
    """The lines of one party."""

    label: str
    harms: list[Line]
    benefits: list[Line]


def document(member: Member, assessment: ImpactAssessment) -> dict[str, Any]:
    """Everything that the page and the paper show beside the assessment's own fields."""
    impacts = list(assessment.impacts.all())
    answers = fria.sheet(assessment, impacts)
    return {
        "groups": groups(lines(member, impacts)),
        "chart": chart(impacts),
        "harms": sum(row.negative for row in impacts),
        "benefits": sum(not row.negative for row in impacts),
        "unanswered": sum(row.negative and not row.answered for row in impacts),
        "stages": stages(impacts),
        "consultations": list(assessment.consultations.all()),
        "rights": answers,
        "rights_shown": bool(assessment.rights_duty) and assessment.rights_duty != "no",
        "rights_missing": fria.missing(assessment, answers),
        "unmet": sum(not one.met for one in answers),
        "authority_url": fria.authority_url(assessment),
        "results": results(member, assessment),
        "publications": publications(member, assessment),
    }


OWN_CARD = frozenset({"conclusion", "rights_duty"})  # sections that are drawn, not listed


def told(assessment: ImpactAssessment, sections: list[Any]) -> list[Any]:
    """The sections that are listed as names and values; the others are drawn on their own."""
    names = [fields for _heading, fields in register_of(assessment).form]
    return [one for one, fields in zip(sections, names, strict=False) if not OWN_CARD & set(fields)]


def lines(member: Member, impacts: Iterable[Impact]) -> list[Line]:
    """The rows with what they refer to, named in one statement a kind and only as far as it is open."""
    rows, named = list(impacts), Named(member)
    for row in rows:
        named.want(Impact, ("risk", "control"), row)
    return [Line(row, link(row, "risk", named), link(row, "control", named)) for row in rows]


def link(row: Impact, name: str, named: Named) -> Any:
    """What a row refers to as a link, or nothing."""
    field: Any = Impact._meta.get_field(name)
    key = getattr(row, field.attname)
    return relation_html(field, key, named) if key else ""


def groups(found: list[Line]) -> list[Group]:
    """The lines by party, the gravest first; what names no party comes last."""
    names = [*((str(code), str(words)) for code, words in Party.choices), ("", _("party not said"))]
    made = []
    for code, words in names:
        mine = sorted((one for one in found if one.impact.party == code), key=weight)
        if mine:
            harms = [one for one in mine if one.impact.negative]
            made.append(Group(words, harms, [one for one in mine if not one.impact.negative]))
    return made


def weight(line: Line) -> int:
    """The gravest first, what is not weighed last."""
    steps = [*reversed(Significance.values), ""]
    return steps.index(line.impact.significance)


def chart(impacts: list[Impact]) -> dict[str, Any] | None:
    """How many harms weigh how much, before and after the measures."""
    harms = [row for row in impacts if row.negative]
    if not harms:
        return None
    names = [*((str(code), str(words)) for code, words in Significance.choices), ("", _("not weighed"))]
    counts = Counter(row.significance for row in harms)
    parts = [svg.Bar(words, counts[code], TONES[code]) for code, words in names if counts[code]]
    legend = [{"label": f"{part.value} {part.label}", "tone": part.tone} for part in parts]
    return {"svg": svg.coverage_bar(_("Harms by significance"), parts), "legend": legend}


def stages(impacts: list[Impact]) -> list[str]:
    """The life cycle stages that were looked at, in their order."""
    seen = {row.stage for row in impacts if row.stage}
    return [str(words) for code, words in Impact._meta.get_field("stage").flatchoices if code in seen]


def results(member: Member, assessment: ImpactAssessment) -> list[dict[str, Any]]:
    """What was approved about this system, newest first: each is a version that stands as it was signed."""
    known = {
        str(row.pk): row for row in visible(member, ImpactAssessment).filter(system_id=assessment.system_id)
    }
    rows = Signature.objects.filter(
        organisation_id=member.organisation_id, record_id__in=list(known), transition="approve"
    )
    return [result(row, known[str(row.record_id)]) for row in rows.order_by("-signed_at", "-id")]


def result(row: Signature, record: ImpactAssessment) -> dict[str, Any]:
    """One approved result, as it was signed."""
    said = json.loads(row.content)
    harms = [one for one in said.get("impacts") or [] if one.get("negative")]
    words = dict(ImpactAssessment.Conclusion.choices)
    return {
        "id": str(row.pk),
        "ref": record.ref,
        "url": record_url(record),
        "version": row.version,
        "at": row.signed_at,
        "signer": row.name,
        "conclusion": words.get(said.get("conclusion"), ""),
        "harms": len(harms),
        "serious": sum(one.get("significance") in SERIOUS for one in harms),
        "state": state_of(register_of(record), record.state),
    }


def publications(member: Member, assessment: ImpactAssessment) -> list[dict[str, Any]]:
    """What is published of it, and what is prepared for that."""
    rows = visible(member, ImpactPublication).filter(assessment=assessment.pk).exclude(state="withdrawn")
    return [
        {"record": row, "url": record_url(row), "state": state_of(register_of(row), row.state)}
        for row in rows.order_by("-created_at")
    ]
