"""What an auditor would find wrong in clause 6: controls and the Statement of Applicability."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.models import Answer, Link
from aims.records.registry import Gap, Rule
from context.gaps import gaps, today_there
from planning.models import AIRisk, ControlImplementation, CustomControl, ImpactAssessment
from planning.rules.places import field_gaps


def control_undecided(member: Member) -> Iterator[Gap]:
    """All 38 controls are decided (6.1.3-f)."""
    rows = visible(member, ControlImplementation).filter(applicable=None)
    title = _("Nobody decided whether this control applies.")
    yield from field_gaps("6.1.3-f", "major", rows, title, "applicable")


def included_without_reason(member: Member) -> Iterator[Gap]:
    """A control that applies says why it is needed, and on which ground (6.1.3-f)."""
    rows = visible(member, ControlImplementation).filter(applicable=True)
    title = _("This control is included without a reason.")
    yield from field_gaps("6.1.3-f", "minor", rows.filter(inclusion_reason=""), title, "inclusion_reason")
    bare = rows.filter(ground="").exclude(inclusion_reason="")
    title = _("It is not said whether risk treatment, law or a contract needs this control.")
    yield from field_gaps("6.1.3-f", "observation", bare, title, "ground")


def excluded_without_reason(member: Member) -> Iterator[Gap]:
    """A control that is left out says why (6.1.3-f)."""
    rows = visible(member, ControlImplementation).filter(applicable=False, exclusion_reason="")
    title = _("This control is left out without a reason.")
    yield from field_gaps("6.1.3-f", "major", rows, title, "exclusion_reason")


def excluded_control_used(member: Member) -> Iterator[Gap]:
    """No treatment counts on a control that the Statement of Applicability leaves out (6.1.3-c)."""
    rows = visible(member, AIRisk).filter(controls__applicable=False).exclude(state="closed").distinct()
    title = _("The treatment uses a control that is left out.")
    yield from field_gaps("6.1.3-c", "major", rows, title, "controls")
    harms = visible(member, ImpactAssessment).filter(impacts__control__applicable=False)
    title = _("A measure against a harm uses a control that is left out.")
    live = harms.exclude(state__in=("withdrawn", "superseded")).distinct()
    yield from field_gaps("6.1.3-c", "minor", live, title, "rows-impacts")


def line_without_owner(member: Member) -> Iterator[Gap]:
    """Somebody answers for each control that applies (6.1.3-j, 5.3)."""
    rows = visible(member, ControlImplementation).filter(applicable=True, owner=None)
    yield from field_gaps("6.1.3-j", "minor", rows, _("Nobody answers for this control."), "owner")


def gap_late(member: Member) -> Iterator[Gap]:
    """A control that is not in place has a date, and the date has not passed (6.1.3-g)."""
    rows = visible(member, ControlImplementation).filter(applicable=True).exclude(status="implemented")
    late = rows.filter(due__lt=today_there(member))
    title = _("The date for putting this control in place has passed.")
    yield from field_gaps("6.1.3-g", "minor", late, title, "due")
    title = _("No date for putting this control in place.")
    yield from field_gaps("6.1.3-g", "observation", rows.filter(due=None), title, "due")


def implemented_without_evidence(member: Member) -> Iterator[Gap]:
    """What is in place can be shown (8.1-e): by evidence of the control or of the answer to it, or by a test."""
    rows = in_place(member).filter(~shown(member), tests=None)
    title = _("This control is in place, but nothing shows it: no evidence and no test.")
    yield from gaps("8.1-e", "observation", rows, title)


def evidence_out_of_date(member: Member) -> Iterator[Gap]:
    """What shows a control that is in place is not older than its period (8.1-d, 8.1-e)."""
    day = today_there(member)
    fresh = Q(evidence__review_due=None) | Q(evidence__review_due__gte=day)
    rows = in_place(member).filter(shown(member)).filter(~shown(member, fresh))
    title = _("All evidence of this control is past its review date.")
    yield from gaps("8.1-e", "minor", rows, title)


def in_place(member: Member) -> "QuerySet[Any]":
    """The controls that apply and are said to be in place."""
    return visible(member, ControlImplementation).filter(applicable=True, status="implemented")


def shown(member: Member, which: Q | None = None) -> Q:
    """Whether live evidence speaks for a line, or for the answer to its control."""
    live = Link.objects.filter(organisation_id=member.organisation_id).exclude(evidence__state="withdrawn")
    live = live.filter(which) if which is not None else live
    own = live.filter(kind="control-implementations", record_id=OuterRef("pk"))
    answers = Answer.objects.filter(organisation_id=member.organisation_id, code=OuterRef(OuterRef("code")))
    theirs = live.filter(kind="answers", record_id__in=answers.values("pk"))
    return Q(Exists(own)) | Q(Exists(theirs))


def own_control_without_risk(member: Member) -> Iterator[Gap]:
    """A control of our own that risk treatment needs names the risks (6.1.3-d)."""
    rows = visible(member, CustomControl).filter(ground="risk_treatment", risks=None)
    title = _("This control of our own treats a risk, but names none.")
    yield from field_gaps("6.1.3-d", "observation", rows.exclude(state="withdrawn"), title, "risks")


RULES = (
    Rule("control_decided", control_undecided),
    Rule("inclusion_has_reason", included_without_reason),
    Rule("exclusion_has_reason", excluded_without_reason),
    Rule("excluded_control_used", excluded_control_used),
    Rule("control_has_owner", line_without_owner),
    Rule("control_in_time", gap_late),
    Rule("control_shown", implemented_without_evidence),
    Rule("evidence_in_date", evidence_out_of_date),
    Rule("own_control_has_risk", own_control_without_risk),
)
