"""What an auditor would find wrong in monitoring, measurement, analysis and evaluation (9.1)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from aims.schedule.dates import add_months
from aims.schedule.places import place
from context.gaps import gaps, missing
from context.models import AISystem
from evaluation import inputs
from evaluation.measuring import late
from evaluation.models import Measurement, Metric, PerformanceEvaluation
from evaluation.models.measuring import standing

WATCHED = (AISystem.Stage.OPERATION, AISystem.Stage.CONTINUOUS)


def metrics_there(member: Member) -> Iterator[Gap]:
    """What is monitored and measured is determined (9.1-a)."""
    if not visible(member, Metric).filter(state="in_force").exists():
        title = _("Nothing says what is monitored and measured.")
        yield Gap("9.1-a", title, "major", place("metrics"), stage=1)


def method_there(member: Member) -> Iterator[Gap]:
    """A metric in force says by which method it gives valid results (9.1-b)."""
    rows = visible(member, Metric).filter(state="in_force", method="")
    for row in rows.order_by("ref"):
        title = _("Nothing says how this is measured and why that is valid.")
        yield Gap("9.1-b", title, "minor", place("metrics", row.pk), row.ref, 1)


def threshold_there(member: Member) -> Iterator[Gap]:
    """A metric in force says from which value something is done (9.1-e)."""
    rows = visible(member, Metric).filter(state="in_force", target=None, warning=None, alarm=None)
    for row in rows.order_by("ref"):
        title = _("No target or threshold says when the value is good enough.")
        yield Gap("9.1-e", title, "minor", place("metrics", row.pk), row.ref, 1)


def metric_owned(member: Member) -> Iterator[Gap]:
    """Somebody measures and analyses what is in force (9.1-d)."""
    rows = visible(member, Metric).filter(state="in_force", owner=None)
    for row in rows.order_by("ref"):
        title = _("Nobody is named who measures this.")
        yield Gap("9.1-d", title, "minor", place("metrics", row.pk), row.ref, 1)


def system_measured(member: Member) -> Iterator[Gap]:
    """Each AI system that is in scope and in operation is monitored (A.6.2.6)."""
    rows = visible(member, AISystem).filter(in_scope=True, state="in_force", stage__in=WATCHED)
    watched = visible(member, Metric).filter(state="in_force").exclude(system=None).values("system_id")
    yield from gaps("A.6.2.6", "minor", rows.exclude(pk__in=watched), _("No metric watches this system."))


def not_measured(member: Member) -> Iterator[Gap]:
    """A metric in force has no value within its own interval (9.1-c)."""
    for metric in late(member, inputs.now_there(member)):
        title = _("Not measured in time.")
        yield Gap("9.1-c", title, "minor", place("metrics", metric.pk), metric.ref, 2)


def alarms_without_analysis(member: Member) -> Iterator[Gap]:
    """A value beyond the alarm was left without an analysis (9.1-e)."""
    rows = standing(visible(member, Measurement)).filter(band=Measurement.Band.ALARM, state="recorded")
    for row in rows.filter(analysis="").order_by("ref"):
        title = _("An alarm was not analysed.")
        yield Gap("9.1-e", title, "minor", place("measurements", row.pk), row.ref, 2)


def evaluated(member: Member) -> Iterator[Gap]:
    """How the AIMS performs and how effective it is was evaluated within twelve months (9.1-e)."""
    start = add_months(inputs.now_there(member), -12)
    if not visible(member, PerformanceEvaluation).filter(state="approved", period_to__gte=start).exists():
        title = _("No evaluation of performance was approved in the last 12 months.")
        yield missing("9.1-e", "minor", PerformanceEvaluation, title)


RULES = (
    Rule("metrics_there", metrics_there),
    Rule("metric_method", method_there),
    Rule("metric_threshold", threshold_there),
    Rule("metric_owned", metric_owned),
    Rule("system_measured", system_measured),
    Rule("metric_measured", not_measured),
    Rule("alarm_analysed", alarms_without_analysis),
    Rule("performance_evaluated", evaluated),
)
