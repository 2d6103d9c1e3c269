"""What else the management review hears from clause 6: the treatment plan, the Statement of Applicability, the law ahead."""

from collections import Counter

from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.records.access import visible
from aims.schedule.dates import add_months
from context.gaps import today_there
from planning.models import (
    AIRisk,
    ApplicabilityStatement,
    ControlImplementation,
    LegalRequirement,
    RiskAction,
    TreatmentPlan,
)

AHEAD = 18  # months: a law that applies sooner is told of by name
UNMET = ("not_met", "partly")


def treatment_now(member: Member) -> tuple[str, str]:
    """How many treatment actions are done, which are late, and which plan is approved (6.1.3, 8.3)."""
    risks = visible(member, AIRisk).exclude(state="withdrawn")
    actions = list(RiskAction.objects.filter(risk__in=risks).select_related("risk").order_by("due", "id"))
    done = sum(row.status == RiskAction.Status.DONE for row in actions)
    day = today_there(member)
    late = [
        row
        for row in actions
        if row.status != RiskAction.Status.DONE and row.due is not None and row.due < day
    ]
    plan = visible(member, TreatmentPlan).filter(state="approved").order_by("-ref").first()
    first = _("Approved plan: %(plan)s.") % {"plan": plan or _("none")}
    second = _("%(done)s of %(all)s actions done, %(late)s late.")
    lines = [first, second % {"done": done, "all": len(actions), "late": len(late)}]
    lines += [f"- {row.risk.ref} {row.text} ({row.due})" for row in late]
    return f"{done}/{len(actions)}", "\n".join(lines)


def applicability_now(member: Member) -> tuple[str, str]:
    """Which controls apply and are in place, and which Statement of Applicability is approved (6.1.3-f)."""
    rows = visible(member, ControlImplementation).filter(applicable=True)
    counts = Counter(rows.values_list("status", flat=True))
    issued = visible(member, ApplicabilityStatement).filter(state="approved").order_by("-ref").first()
    first = _("Approved statement: %(statement)s.") % {"statement": issued or _("none")}
    review = issued.review_due if issued else None
    words = {"done": counts["implemented"], "all": sum(counts.values()), "day": review or "–"}
    second = _("%(done)s of %(all)s controls that apply are in place; next review of the statement: %(day)s.")
    return f"{words['done']}/{words['all']}", "\n".join([first, second % words])


def law_now(member: Member) -> tuple[str, str]:
    """Which legal and other requirements are not met, and which begin to apply soon (4.2, A.8.5)."""
    day = today_there(member)
    rows = list(visible(member, LegalRequirement).exclude(state="withdrawn").order_by("applies_from", "ref"))
    unmet = [row for row in rows if row.verdict in UNMET]
    horizon = add_months(day, AHEAD)
    soon = [row for row in rows if row.applies_from and day <= row.applies_from <= horizon]
    text = _(
        "%(all)s requirements; %(n)s not or partly met; %(soon)s begin to apply within %(months)s months."
    )
    lines = [text % {"all": len(rows), "n": len(unmet), "soon": len(soon), "months": AHEAD}]
    lines += [f"- {row.title}: {row.get_verdict_display()}" for row in unmet]
    lines += [f"- {row.title}: {row.applies_from}" for row in soon]
    lines += [f"- {row.date}: {row.text}" for row in edition().legal_dates if day <= row.date <= horizon]
    return str(len(unmet)), "\n".join(lines)
