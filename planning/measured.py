"""What was measured for objectives: the values that people entered, and those of the metrics of clause 9 (6.2, 9.1).

Clause 9 comes later: its figures are asked through the registry (`Measure`), never imported.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from aims.organisation.member import Member
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


def series(objective: Objective) -> list[Value]:
    """Everything that was measured for an objective, the oldest first; of one day what a metric says comes last."""
    own = [(row.dated, row.value, row.note) for row in objective.values.all()]
    return sorted([*own, *from_metrics([objective]).get(objective.pk, [])], key=lambda value: value[0])


def look_again(member: Member, objective: Objective) -> None:
    """Settle how an objective goes after something was measured for it. Whoever measures need not be allowed to change
    the objective: what follows from a value is not refused for their role."""
    fresh = Objective.objects.get(pk=objective.pk)
    if not register_of(fresh).lifecycle.state(fresh.state).locked:
        write(replace(member, role=Role.OFFICER, scopes=None), fresh, {})
