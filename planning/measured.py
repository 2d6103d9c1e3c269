"""What was measured for objectives: the values that people entered, and those of the metrics of clause 9 (6.2, 9.1).

Clause 9 comes later: its figures are asked through the registry (`Measure`), never imported.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import prefetch_related_objects

from aims.organisation.member import Member, robot
from aims.organisation.models import Organisation
from aims.organisation.roles import Role
from aims.records.changes import write
from aims.records.registry import measures, register_of
from planning.models.objectives import Objective

PATH = "ai-objectives"
Value = tuple[date, Decimal, str]  # day, value, where it comes from


def from_metrics(objectives: Iterable[Objective]) -> dict[uuid.UUID, list[Value]]:
    """The values of the metrics that serve some objectives, by objective, the oldest first."""
    found: dict[uuid.UUID, list[Value]] = defaultdict(list)
    rows = list(objectives)
    for measure in measures(PATH):
        for key, values in measure.series(rows).items():
            found[key] += values
    return found


def series_of(objectives: Sequence[Objective]) -> list[list[Value]]:
    """Everything that was measured for each objective, the oldest first; of one day what a metric says comes last. The
    number of statements does not grow with the objectives."""
    prefetch_related_objects(list(objectives), "values", "steps")
    served = from_metrics(objectives)
    own = [[(row.dated, row.value, row.note) for row in one.values.all()] for one in objectives]
    return [
        sorted([*rows, *served.get(one.pk, [])], key=lambda value: value[0])
        for one, rows in zip(objectives, own, strict=True)
    ]


def look_again(member: Member, objective: Objective) -> None:
    """Settle how an objective goes after something was measured for it. Whoever measures need not be allowed to change
    the objective: what follows from a value is not refused for their role."""
    fresh = Objective.objects.get(pk=objective.pk)
    if not register_of(fresh).lifecycle.state(fresh.state).locked:
        write(replace(member, role=Role.OFFICER, scopes=None), fresh, {})


def settle_all(organisation: Organisation) -> None:
    """Settle every running objective anew, by the clock; where nothing changes nothing is written."""
    actor = robot(organisation, "settle_objectives")
    for objective in Objective.objects.filter(organisation=organisation, state="running"):
        look_again(actor, objective)
