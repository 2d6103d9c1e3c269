"""What an auditor would find wrong in clause 6: impact assessments."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import today_there
from planning.fria import DUTY
from planning.impact_scoring import SERIOUS
from planning.models import ImpactAssessment
from planning.rules.places import field_gaps

LIVE = ("withdrawn", "superseded")  # states that are left out


def impact_without_risk(member: Member) -> Iterator[Gap]:
    """A negative impact leads to a risk or is closed with a reason (6.1.4-f)."""
    open_impact = Q(impacts__negative=True, impacts__risk=None, impacts__closed="")
    rows = visible(member, ImpactAssessment).filter(open_impact).exclude(state="withdrawn").distinct()
    title = _("A negative impact leads to no risk and is not closed.")
    yield from field_gaps("6.1.4-f", "minor", rows, title, "rows-impacts")


def harm_without_mitigation(member: Member) -> Iterator[Gap]:
    """A serious harm is answered by a measure or a control, not by a risk alone (6.1.4, A.5.4)."""
    harm = Q(
        impacts__negative=True,
        impacts__significance__in=SERIOUS,
        impacts__mitigation="",
        impacts__control=None,
    )
    rows = (
        visible(member, ImpactAssessment).filter(harm, impacts__closed="").exclude(state__in=LIVE).distinct()
    )
    title = _("A serious harm has no measure and no control.")
    yield from field_gaps("6.1.4-f", "minor", rows, title, "rows-impacts")


def harm_not_weighed(member: Member) -> Iterator[Gap]:
    """What may harm is weighed: how likely, how severe (6.1.4)."""
    rows = visible(member, ImpactAssessment).filter(impacts__negative=True, impacts__significance="")
    title = _("A harm is not weighed: likelihood or severity is missing.")
    yield from field_gaps(
        "6.1.4-b", "observation", rows.exclude(state__in=LIVE).distinct(), title, "rows-impacts"
    )


def impact_past_review(member: Member) -> Iterator[Gap]:
    """An impact assessment is done again at its date (8.4)."""
    rows = visible(member, ImpactAssessment).filter(state="approved", review_due__lt=today_there(member))
    title = _("The review date of this impact assessment has passed.")
    yield from field_gaps("8.4-a", "minor", rows, title, "review_due", stage=2)


def consultation_missing(member: Member) -> Iterator[Gap]:
    """Those whom the system concerns were asked, and what they said was answered (6.1.4, A.5.4)."""
    rows = visible(member, ImpactAssessment).exclude(state__in=LIVE)
    nobody = rows.filter(consultations=None, impacts__negative=True).distinct()
    title = _("Nobody whom this system concerns was asked.")
    yield from field_gaps("6.1.4-c", "observation", nobody, title, "rows-consultations")
    unanswered = rows.filter(consultations__done="").exclude(consultations=None).distinct()
    title = _("Nobody wrote what was done with what people said.")
    yield from field_gaps("6.1.4-c", "observation", unanswered, title, "rows-consultations")


def result_not_published(member: Member) -> Iterator[Gap]:
    """A result that shall be made available is available (6.1.4)."""
    rows = visible(member, ImpactAssessment).filter(state="approved", published=True)
    rows = rows.exclude(publications__state="approved")
    title = _("The result shall be made available, but no text is approved for that.")
    yield from field_gaps("6.1.4-e", "observation", rows, title, "published", stage=2)


def accepted_against_what_remains(member: Member) -> Iterator[Gap]:
    """A conclusion does not call acceptable what remains critical (6.1.4)."""
    rows = visible(member, ImpactAssessment).filter(impacts__negative=True, impacts__remaining="critical")
    rows = rows.filter(conclusion__startswith="acceptable").exclude(state__in=LIVE).distinct()
    title = _("It is called acceptable although a critical harm remains.")
    yield from field_gaps("6.1.4-d", "minor", rows, title, "conclusion")


def rights_not_assessed(member: Member) -> Iterator[Gap]:
    """A deployer who must assess fundamental rights tells the authority of the result (AI Act, Art. 27(3))."""
    rows = visible(member, ImpactAssessment).filter(rights_duty__in=DUTY, authority_told_on=None)
    title = _("The authority was not told of the fundamental rights impact assessment.")
    yield from field_gaps(
        "A.5.4", "minor", rows.filter(state="approved"), title, "authority_told_on", stage=2
    )


RULES = (
    Rule("impact_has_risk", impact_without_risk),
    Rule("harm_has_measure", harm_without_mitigation),
    Rule("harm_weighed", harm_not_weighed),
    Rule("impact_reviewed", impact_past_review),
    Rule("people_consulted", consultation_missing),
    Rule("result_published", result_not_published),
    Rule("conclusion_fits", accepted_against_what_remains),
    Rule("authority_told", rights_not_assessed),
)
