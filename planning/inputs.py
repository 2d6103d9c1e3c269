"""What the management review hears from clause 6 beside the inputs of 9.3.2, and the figures of Today."""

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from context.gaps import today_there
from planning.models import AIRisk, ControlImplementation, ImpactAssessment, Objective, RiskAction

LIVE = ("identified", "treating", "accepted")


def risks_now(member: Member) -> tuple[str, str]:
    """How many risks there are, how many are accepted, and which are not; late treatment actions."""
    rows = list(visible(member, AIRisk).filter(state__in=LIVE).order_by("ref"))
    waiting = [row for row in rows if row.state != "accepted"]
    late = late_actions(member)
    text = _("%(all)s AI risks; %(n)s without acceptance; %(late)s treatment actions late.")
    lines = [text % {"all": len(rows), "n": len(waiting), "late": late}]
    lines += [f"- {row}: {row.residual_level or '–'} {row.get_residual_band_display()}" for row in waiting]
    return str(len(waiting)), "\n".join(lines)


def late_actions(member: Member) -> int:
    """Treatment actions that are not done and whose date has passed."""
    rows = RiskAction.objects.filter(risk__in=visible(member, AIRisk).filter(state__in=LIVE))
    return rows.filter(due__lt=today_there(member)).exclude(status="done").count()


def impacts_now(member: Member) -> tuple[str, str]:
    """The conclusions of the impact assessments that hold."""
    rows = visible(member, ImpactAssessment).filter(state="approved").select_related("system")
    lines = [f"- {row.system.title}: {row.get_conclusion_display()}" for row in rows.order_by("ref")]
    text = _("%(n)s impact assessments hold.") % {"n": len(lines)}
    return str(len(lines)), "\n".join([text, *lines])


def objectives_now(member: Member) -> tuple[str, str]:
    """Each objective with its last value, its target and how it goes."""
    rows = visible(member, Objective).filter(state__in=("running", "achieved", "missed"))
    lines = []
    for row in rows.order_by("ref"):
        value = f"{row.latest.normalize():f}" if row.latest is not None else "–"
        target = f"{row.target.normalize():f}" if row.target is not None else "–"
        state = _("achieved") if row.state == "achieved" else row.get_progress_display()
        lines.append(f"- {row.title}: {value} → {target} {row.unit}, {row.due or '–'} ({state})")
    reached = sum(row.state == "achieved" for row in rows)
    text = _("%(n)s of %(all)s objectives achieved.") % {"n": reached, "all": len(lines)}
    return f"{reached}/{len(lines)}", "\n".join([text, *lines])


def not_accepted(member: Member) -> int:
    """Risks that nobody entitled has accepted."""
    return visible(member, AIRisk).filter(state__in=("identified", "treating")).count()


def controls_not_in_place(member: Member) -> int:
    """Controls that apply and are planned or partly in place."""
    rows = visible(member, ControlImplementation).filter(applicable=True)
    return rows.exclude(status="implemented").count()


def objectives_at_risk(member: Member) -> int:
    """Running objectives that are at risk or late."""
    return visible(member, Objective).filter(state="running", progress__in=("at_risk", "late")).count()
