"""What an auditor would find wrong in clause 6: risks of AI systems, their assessment, treatment and acceptance."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.models import Signature
from aims.records.registry import Gap, Rule
from context.gaps import gaps, today_there
from context.models import AISystem
from planning.acceptance import RANKS
from planning.identify import not_looked_at
from planning.models import AIRisk, ImpactAssessment, RiskAssessment
from planning.models.risk_criteria import criteria_in_force, rules_of
from planning.rerating import waiting
from planning.scoring import Authority, BandRule, Criteria, Who, objection

OPEN = ("identified", "treating")
LIVE = (*OPEN, "accepted")
TREATS = ("reduce", "remove_source")


def live(member: Member) -> QuerySet[AIRisk]:
    """The risks that are neither closed nor withdrawn."""
    return visible(member, AIRisk).filter(state__in=LIVE)


def in_use(member: Member) -> QuerySet[AISystem]:
    """The AI systems in scope and in force that are not being retired."""
    return visible(member, AISystem).filter(in_scope=True, state="in_force").exclude(stage="retirement")


def in_force(member: Member) -> Criteria:
    """What the criteria in force decide."""
    return rules_of(criteria_in_force(member.organisation_id))


def treated_without_control(member: Member) -> Iterator[Gap]:
    """A treatment names its controls (6.1.3-c)."""
    rows = live(member).filter(option__in=TREATS, controls=None, custom_controls=None)
    yield from gaps("6.1.3-c", "minor", rows, _("The treatment names no control."), "controls", member)


def risk_not_accepted(member: Member) -> Iterator[Gap]:
    """A residual risk above the appetite is accepted by whom the criteria name (6.1.3-h)."""
    rules = in_force(member)
    rows = live(member).filter(state__in=OPEN, residual_band__in=rules.too_high())
    words = _("The residual risk is above our appetite and nobody entitled accepted it.")
    yield from gaps("6.1.3-h", "minor", rows, words)
    yield from gaps(
        "6.1.3-h", "major", accepted_by_others(member, rules), _("Somebody not entitled accepted this risk.")
    )


def accepted_by_others(member: Member, rules: Criteria) -> QuerySet[AIRisk]:
    """Accepted risks whose last acceptance is by somebody whom the criteria in force do not entitle."""
    strict = {rule.code: rule for rule in rules.bands if rule.authority != Authority.SYSTEM_OWNER}
    rows = live(member).filter(state="accepted", residual_band__in=strict)
    risks = dict(rows.values_list("pk", "residual_band"))
    signed = Signature.objects.filter(record_id__in=rows.values("pk"), transition="accept", on_behalf_of="")
    ordered = signed.select_related("signer").defer("content").order_by("signed_at")
    last = {row.record_id: row for row in ordered}
    wrong = [key for key, row in last.items() if not entitled(strict[risks[key]], row)]
    return visible(member, AIRisk).filter(pk__in=wrong)


def entitled(rule: BandRule, signature: Signature) -> bool:
    """Whether who signed could sign today; an outside reviewer counts as the compliance officer."""
    signer = signature.signer
    role = Role.OFFICER if signer.outside_reviewer else Role(signer.role)
    return not objection(rule, Who(str(signer.pk), RANKS.get(role, "")))


def risk_review_late(member: Member) -> Iterator[Gap]:
    """A risk is looked at again before its date (8.2-a)."""
    rows = live(member).filter(review_due__lt=today_there(member))
    yield from gaps(
        "8.2-a", "minor", rows, _("The review date of this risk has passed."), "review_due", member
    )


def risk_without_owner(member: Member) -> Iterator[Gap]:
    """Somebody answers for each risk and its treatment (6.1.3-g)."""
    words = _("Nobody owns this risk.")
    yield from gaps("6.1.3-g", "minor", live(member).filter(owner=None), words, "owner", member)


def risk_not_rated(member: Member) -> Iterator[Gap]:
    """Each risk has a level (6.1.2-g)."""
    rows = live(member).filter(inherent_level=None, residual_level=None)
    yield from gaps("6.1.2-g", "minor", rows, _("The risk has no level yet."), "inherent_likelihood", member)


def rated_under_older(member: Member) -> Iterator[Gap]:
    """Levels can be compared, for they are of the criteria in force (6.1.2-c)."""
    if number := waiting(member).count():
        words = ngettext(
            "%(number)d risk is rated under older criteria.",
            "%(number)d risks are rated under older criteria.",
            number,
        )
        yield Gap("6.1.2-c", words % {"number": number}, "observation", reverse("rate again"))


def action_late(member: Member) -> Iterator[Gap]:
    """Treatment is carried out in time (8.3-a)."""
    late = live(member).filter(
        actions__due__lt=today_there(member), actions__status__in=("open", "in_progress")
    )
    yield from gaps(
        "8.3-a", "minor", late.distinct(), _("A treatment action is late."), "rows-actions", member
    )


def target_not_reached(member: Member) -> Iterator[Gap]:
    """Where what was done does not reach the target, more is done (8.3-c)."""
    rows = (
        live(member)
        .filter(target_level__lt=F("residual_level"))
        .exclude(actions__status__in=("open", "in_progress"))
    )
    words = _("The target is not reached, and no action is open that would reach it.")
    yield from gaps("8.3-c", "minor", rows, words, "rows-actions", member)


def system_without_risk(member: Member) -> Iterator[Gap]:
    """The risks of each AI system in use are identified (6.1.2-d)."""
    known = live(member).exclude(system=None).values("system_id")
    words = _("No risk of this AI system is identified.")
    for system in in_use(member).exclude(pk__in=known).order_by("ref"):
        yield Gap("6.1.2-d", words, "major", identify_url(system), system.ref)


def identify_url(system: AISystem) -> str:
    """Where the risks of a system are identified."""
    return f"{reverse('identify risks')}?system={system.ref}"


def sources_not_looked_at(member: Member) -> Iterator[Gap]:
    """Identification looks at every source of risk, in the risks found or in a run that says so (6.1.2-d)."""
    seen = sources_by_system(member)
    for system in in_use(member).filter(pk__in=list(seen)).order_by("ref"):
        if codes := not_looked_at(seen[system.pk]):
            words = _("Nobody looked at these sources of risk: %(names)s.") % {"names": names_of(codes)}
            yield Gap("6.1.2-d", words, "observation", identify_url(system), system.ref)


def sources_by_system(member: Member) -> dict[Any, set[str]]:
    """The sources that the risks and the approved runs of each system with risks name."""
    seen: dict[Any, set[str]] = defaultdict(set)
    for system, codes in live(member).exclude(system=None).values_list("system_id", "sources"):
        seen[system].update(codes)
    runs = visible(member, RiskAssessment).filter(state="approved", system_id__in=list(seen))
    for system, codes in runs.values_list("system_id", "sources"):
        seen[system].update(codes)
    return seen


def names_of(codes: list[str]) -> str:
    """What groups of risk sources are called."""
    language = get_language() or "en"
    groups = {group.code: group.name for group in edition().risk.risk_source_groups}
    return ", ".join(edition().phrase(groups[code], language) for code in codes)


def system_not_assessed(member: Member) -> Iterator[Gap]:
    """Each system in scope and in use has a risk assessment and an impact assessment in date (8.2, 8.4)."""
    rows, day = in_use(member), today_there(member)
    runs = visible(member, RiskAssessment).filter(state="approved").exclude(review_due__lt=day)
    title = _("No risk assessment of this system holds.")
    yield from gaps("8.2-a", "minor", rows.exclude(pk__in=runs.values("system_id")), title)
    impacts = visible(member, ImpactAssessment).filter(state="approved").exclude(review_due__lt=day)
    title = _("No impact assessment of this system holds.")
    yield from gaps("8.4-a", "minor", rows.exclude(pk__in=impacts.values("system_id")), title)


RULES = (
    Rule("treatment_has_control", treated_without_control),
    Rule("risk_accepted", risk_not_accepted),
    Rule("risk_reviewed", risk_review_late),
    Rule("risk_has_owner", risk_without_owner),
    Rule("risk_rated", risk_not_rated),
    Rule("rated_under_criteria_in_force", rated_under_older),
    Rule("action_in_time", action_late),
    Rule("target_reached", target_not_reached),
    Rule("system_has_risks", system_without_risk),
    Rule("sources_looked_at", sources_not_looked_at),
    Rule("system_assessed", system_not_assessed),
)
