"""What an auditor would find wrong in clause 6: AI objectives."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there
from planning.measured import from_metrics
from planning.models import Objective, ObjectiveStep


def objectives_there(member: Member) -> Iterator[Gap]:
    """There are AI objectives (6.2-a), and each follows from the policy (6.2-b)."""
    rows = visible(member, Objective).exclude(state="withdrawn")
    if not rows.exists():
        yield missing("6.2-a", "major", Objective, _("No AI objective is set."))
    loose = rows.filter(policy=None).exclude(state__in=("achieved", "missed"))
    yield from gaps("6.2-b", "observation", loose, _("The objective names no AI policy."), "policy", member)


def objective_not_measurable(member: Member) -> Iterator[Gap]:
    """An objective has indicator, target, unit and date, or says why it cannot be measured (6.2-c)."""
    rows = visible(member, Objective).filter(not_measurable="").exclude(state="withdrawn")
    lacking = Q(indicator="") | Q(target=None) | Q(unit="") | Q(due=None)
    title = _("The objective lacks indicator, target, unit or date.")
    yield from gaps("6.2-c", "minor", rows.filter(lacking), title, "indicator", member)
    late = visible(member, Objective).filter(state="running", due__lt=today_there(member))
    yield from gaps("6.2-d", "minor", late, _("The date of this objective has passed."), "due", member)


def objective_measured(member: Member) -> Iterator[Gap]:
    """A running objective that can be measured has a metric, or at least a value (6.2-d)."""
    rows = visible(member, Objective).filter(state="running", not_measurable="")
    served = from_metrics(rows)
    title = _("No metric and no value measures this objective.")
    for row in rows.filter(values=None).exclude(pk__in=list(served)).order_by("ref"):
        url = f"{reverse('new', args=['metrics'])}?objective={row.pk}"
        yield Gap("6.2-d", title, "minor", url, row.ref)


def objective_planned(member: Member) -> Iterator[Gap]:
    """The plan says what is done, with which resources, by whom, by when, and how results are evaluated (6.2-f)."""
    rows = visible(member, Objective).filter(state__in=("draft", "running"))
    yield from gaps(
        "6.2-f", "minor", rows.filter(owner=None), _("The objective has no owner."), "owner", member
    )
    running = rows.filter(state="running")
    title = _("The objective has no plan: nothing says what is done for it.")
    yield from gaps("6.2-f", "minor", running.filter(steps=None), title, "rows-steps", member)
    title = _("The plan does not say with which resources.")
    yield from gaps("6.2-f", "minor", running.filter(resources=""), title, "resources", member)
    title = _("The plan does not say how results are evaluated.")
    yield from gaps("6.2-f", "minor", running.filter(evaluation=""), title, "evaluation", member)
    vague = ObjectiveStep.objects.filter(Q(responsible=None) | Q(due=None))
    title = _("A step of the plan does not say who or by when.")
    yield from gaps(
        "6.2-f", "observation", running.filter(steps__in=vague).distinct(), title, "rows-steps", member
    )


def step_late(member: Member) -> Iterator[Gap]:
    """What is planned for an objective is done by its date (6.2-f)."""
    late = ObjectiveStep.objects.filter(due__lt=today_there(member), done_on=None)
    rows = visible(member, Objective).filter(state="running", steps__in=late).distinct()
    title = _("A step of the plan is past its date and not done.")
    yield from gaps("6.2-f", "observation", rows, title, "rows-steps", member)


RULES = (
    Rule("objectives_there", objectives_there),
    Rule("objective_measurable", objective_not_measurable),
    Rule("objective_measured", objective_measured),
    Rule("objective_planned", objective_planned),
    Rule("objective_step_late", step_late),
)
