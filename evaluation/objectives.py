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
    """What counts of the metrics that serve some objectives, by objective, the oldest first, in one statement."""
    keys = [one.pk for one in objectives]
    rows = standing(Measurement.objects.filter(metric__objective__in=keys))
    rows = (
        rows.exclude(metric__state="withdrawn")
        .select_related("metric")
        .order_by("measured_on", "created_at", "pk")
    )
    found: dict[uuid.UUID, list[tuple[date, Decimal, str]]] = defaultdict(list)
    for row in rows:
        if row.metric.objective_id:
            found[row.metric.objective_id].append((row.measured_on, row.value, row.metric.ref))
    return dict(found)


def follow(member: Member, record: Record, step: str) -> None:
    """Told of every step: a value that came, was withdrawn or came back settles anew how its objective goes."""
    metric = record.metric if isinstance(record, Measurement) else record
    if step != "mention" and isinstance(metric, Metric) and metric.objective is not None:
        look_again(member, metric.objective)
