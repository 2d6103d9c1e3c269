"""What an auditor would find wrong in clause 7: each rule yields the gaps that break it."""

from collections.abc import Iterator

from django.db.models import F, Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there
from support.models import (
    AwarenessRecord,
    CommunicationPlan,
    CompetenceRecord,
    CompetenceRequirement,
    Document,
    Resource,
    Training,
)


def competence_shown(member: Member) -> Iterator[Gap]:
    """Each competence requirement has evidence, and what is lacking has an action (7.2)."""
    rows = visible(member, CompetenceRequirement).exclude(state="withdrawn").filter(records=None)
    yield from gaps("7.2-b", "minor", rows, _("No evidence of competence for this role."))
    lacking = visible(member, CompetenceRecord).filter(Q(result="not_met") | Q(competent__lt=F("people")))
    idle = lacking.filter(action="").exclude(state="withdrawn")
    yield from gaps("7.2-c", "minor", idle, _("Competence is lacking and nothing is planned."))


def training_judged(member: Member) -> Iterator[Gap]:
    """The effect of each training is judged within ninety days (7.2-c)."""
    rows = visible(member, Training).filter(state="held", judged_on__lt=today_there(member))
    yield from gaps("7.2-c", "observation", rows, _("The effect of this training was to be judged by now."))


def policy_known(member: Member) -> Iterator[Gap]:
    """People have confirmed the policy (7.3-a)."""
    rows = visible(member, AwarenessRecord).filter(kind="policy", confirmed__lt=F("required"))
    late = rows.filter(until__lt=today_there(member)).exclude(state__in=("done", "withdrawn"))
    yield from gaps("7.3-a", "observation", late, _("Not everybody has confirmed the AI policy."))


def communication_planned(member: Member) -> Iterator[Gap]:
    """The communication plan says what, when, to whom and how (7.4)."""
    rows = visible(member, CommunicationPlan).exclude(state="withdrawn")
    if not rows.exists():
        yield missing("7.4-a", "minor", CommunicationPlan, _("There is no communication plan."))
    half = rows.filter(Q(occasion="") | Q(channel="") | (Q(audience="") & Q(parties=None))).distinct()
    yield from gaps("7.4-b", "minor", half, _("The item does not say when, to whom or how."))


def document_in_date(member: Member) -> Iterator[Gap]:
    """Documents are reviewed before their date, and approved ones have a version (7.5.2)."""
    rows = visible(member, Document).filter(state="approved")
    late = rows.filter(review_due__lt=today_there(member))
    yield from gaps("7.5.2-b", "observation", late, _("The review date of this document has passed."))
    yield from gaps("7.5.2-a", "observation", rows.filter(versions=None), _("No version history is kept."))
    unkept = rows.filter(retention=None)
    yield from gaps("7.5.3-d", "observation", unkept, _("No retention rule is named for this document."))


def resources_known(member: Member) -> Iterator[Gap]:
    """Resources are determined (7.1)."""
    if not visible(member, Resource).exclude(state="withdrawn").exists():
        yield missing("7.1-a", "minor", Resource, _("No resource is recorded."))


RULES = (
    Rule("competence_shown", competence_shown),
    Rule("training_judged", training_judged),
    Rule("policy_known", policy_known),
    Rule("communication_planned", communication_planned),
    Rule("document_in_date", document_in_date),
    Rule("resources_known", resources_known),
)
