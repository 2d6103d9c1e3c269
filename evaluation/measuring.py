"""What measurements come to: series of what counts, late metrics, and the figures of a period (9.1)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.changes import write_parts
from aims.schedule.dates import add_months, today
from evaluation.models import EvaluationFigure, Measurement, Metric, PerformanceEvaluation
from evaluation.models.measuring import standing

Series = dict[uuid.UUID, list[Measurement]]
PATIENCE = timedelta(days=14)  # how late a measurement may be before it counts as missing
IN_TIME = ("measured_on", "measured_at", "created_at", "pk")  # from the oldest value to the newest
WORST = ("", Measurement.Band.OK, Measurement.Band.WARNING, Measurement.Band.ALARM)


def latest_of(member: Member, metrics: Iterable[Metric], points: int) -> Series:
    """The latest measurements that count of each metric, oldest first, in one statement."""
    order = [F("measured_on").desc(), F("measured_at").desc(), F("created_at").desc(), F("pk").desc()]
    turn = Window(RowNumber(), partition_by=[F("metric_id")], order_by=order)
    rows = standing(visible(member, Measurement)).filter(metric__in=[one.pk for one in metrics])
    found: Series = defaultdict(list)
    for row in rows.annotate(turn=turn).filter(turn__lte=points).order_by(*IN_TIME):
        found[row.metric_id].append(row)
    return found


def siblings(member: Member, metric: Metric, most: int) -> list[Metric]:
    """The same measure of the same system for other groups, itself first: what is looked at side by side."""
    rows = visible(member, Metric).filter(system=metric.system_id, statistic=metric.statistic)
    if not (metric.system_id and metric.statistic):
        return [metric]
    others = rows.filter(unit=metric.unit).exclude(state="withdrawn").exclude(pk=metric.pk)
    return [metric, *others.order_by("group", "ref")[: most - 1]]


def late(member: Member, day: date) -> "list[Metric]":
    """The metrics in force that have no value within their own interval, with `last`, the day of their last value."""
    counts = Q(measurements__in=standing(visible(member, Measurement)))
    rows: QuerySet[Any] = visible(member, Metric).filter(state="in_force")
    found = rows.annotate(last=Max("measurements__measured_on", filter=counts)).order_by("ref")
    return [one for one in found if next_due(member, one, one.last) + PATIENCE < day]


def next_due(member: Member, metric: Metric, last: date | None) -> date:
    """By when the next value is due: an interval after the last one, or after the metric began."""
    begun = metric.effective_from or today(member.time_zone, metric.created_at)
    return add_months(last or begun, metric.every_months)


def gather(member: Member, evaluation: PerformanceEvaluation) -> None:
    """Fill the figures of an evaluation from what was measured in its period; what people wrote beside them stays."""
    present = {row.metric_id: row for row in evaluation.figures.all()}
    period = (evaluation.period_from, evaluation.period_to)
    rows = standing(visible(member, Measurement)).filter(measured_on__range=period)
    series: Series = defaultdict(list)
    for row in rows.order_by("metric__ref", *IN_TIME):
        series[row.metric_id].append(row)
    silent = visible(member, Metric).filter(state="in_force").exclude(pk__in=list(series)).order_by("ref")
    wanted = [*series, *silent.values_list("pk", flat=True)]
    figures = [figure(key, series.get(key, []), present.get(key)) for key in wanted]
    write_parts(member, evaluation, EvaluationFigure, figures)


def figure(key: uuid.UUID, values: list[Measurement], kept: EvaluationFigure | None) -> dict[str, Any]:
    """One line of an evaluation: from the first value of the period to the last, and the worst between."""
    worst = max((row.band for row in values), key=lambda band: WORST.index(band), default="")
    return {
        **({"id": str(kept.pk), "note": kept.note} if kept else {}),
        "metric": key,
        "first": values[0].value if values else None,
        "last": values[-1].value if values else None,
        "worst": worst,
        "number": len(values),
    }
