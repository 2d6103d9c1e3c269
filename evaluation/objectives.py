"""What clause 9 tells of AI objectives: the measurements of the metrics that serve them (6.2, 9.1)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from aims.organisation.member import Member
from aims.records.base import Record
from evaluation.models import Measurement, Metric
from evaluation.models.measuring import standing
from planning.measured import look_again
from planning.models import Objective


def series(objectives: Iterable[Objective]) -> dict[uuid.UUID, list[tuple[date, Decimal, str]]]:
    """What counts of the metrics that serve some objectives, by objective, the oldest first. An objective with a metric
    that has no value yet has an empty list."""
    metrics = Metric.objects.filter(objective__in=[one.pk for one in objectives]).exclude(state="withdrawn")
    by_metric = {row.pk: row for row in metrics}
    found: dict[uuid.UUID, list[tuple[date, Decimal, str]]] = defaultdict(list)
    for metric in by_metric.values():
        if metric.objective_id:
            found[metric.objective_id] = []
    rows = standing(Measurement.objects.filter(metric__in=list(by_metric)))
    for row in rows.order_by("measured_on", "created_at", "pk"):
        metric = by_metric[row.metric_id]
        if metric.objective_id:
            found[metric.objective_id].append((row.measured_on, row.value, metric.ref))
    return dict(found)


def follow(member: Member, record: Record, step: str) -> None:
    """Told of every step: a value that came, was withdrawn or came back settles anew how its objective goes."""
    metric = record.metric if isinstance(record, Measurement) else record
    if step != "mention" and isinstance(metric, Metric) and metric.objective is not None:
        look_again(member, metric.objective)
