"""Risks rated under older criteria: what they would be under those in force, and rating them again in one go (6.1.1, 6.1.2).

A rating is carried over by its share of the scale, rounded up; whoever does it sees before and after first. Nothing is
written but by the one door: each risk gets an entry of its own in the journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from aims.organisation.member import Member
from aims.records.access import may_change, visible
from aims.records.changes import write
from planning.criteria import older
from planning.matrix import GONE, on_scales
from planning.models import AIRisk
from planning.models.risk_criteria import criteria_in_force, rules_of
from planning.models.risks import RATINGS, STAGES
from planning.scoring import Criteria, Scales, acceptance_falls, carried

MOST = 200  # risks that are rated again at once
Rating = tuple[int | None, str]


@dataclass(frozen=True)
class Again:
    """A risk as it is, and as it would be: its values and, for each stage, level and band before and after."""

    risk: AIRisk
    values: dict[str, int | None]
    before: dict[str, Rating]
    after: dict[str, Rating]

    @property
    def moves(self) -> bool:
        """Whether a band becomes another."""
        return any(self.before[stage][1] != self.after[stage][1] for stage in STAGES)

    @property
    def falls(self) -> bool:
        """Whether its acceptance would fall."""
        stage = "residual"
        return self.risk.state == "accepted" and acceptance_falls(
            self.before[stage], self.after[stage], False
        )


def waiting(member: Member) -> QuerySet[AIRisk]:
    """The live, rated risks that the criteria in force would rate on other scales than they were rated on."""
    _rules, others = older(member.organisation_id)
    rows = visible(member, AIRisk).exclude(state__in=GONE)
    if not others:
        return rows.none()
    rated = Q(inherent_level__isnull=False) | Q(residual_level__isnull=False) | Q(current_level__isnull=False)
    return rows.filter(rated).exclude(on_scales(others))


def preview(rows: Iterable[AIRisk], rules: Criteria) -> list[Again]:
    """What each risk would become; its old scales are read once for each version."""
    shapes: dict[Any, tuple[int, int]] = {}
    found = []
    for risk in rows:
        if risk.criteria_id not in shapes:
            shapes[risk.criteria_id] = rules_of(risk.criteria).scales.shape
        found.append(again(risk, shapes[risk.criteria_id], rules.scales))
    return found


def again(risk: AIRisk, old: tuple[int, int], new: Scales) -> Again:
    """One risk on other scales."""
    values = {
        f"{stage}_{name}": carried(getattr(risk, f"{stage}_{name}"), *steps_of(name, old, new.shape))
        for stage in STAGES
        for name in RATINGS
    }
    before = {stage: (getattr(risk, f"{stage}_level"), getattr(risk, f"{stage}_band")) for stage in STAGES}
    return Again(risk, values, before, {stage: rated(values, stage, new) for stage in STAGES})


def steps_of(name: str, old: tuple[int, int], new: tuple[int, int]) -> tuple[int, int]:
    """How many steps the scale of a rating had and has."""
    place = 0 if name == "likelihood" else 1
    return old[place], new[place]


def rated(values: dict[str, int | None], stage: str, scales: Scales) -> Rating:
    """Level and band of a stage."""
    likely, *harms = (values[f"{stage}_{name}"] for name in RATINGS)
    return scales.rate(likely, harms)


def apply(member: Member, keys: Iterable[Any]) -> int:
    """Rate these risks again under the criteria in force, as far as they wait and the member may; answers how many."""
    force = criteria_in_force(member.organisation_id)
    rows = waiting(member).filter(pk__in=list(keys)[:MOST]).select_related("criteria").order_by("ref")
    done = 0
    for one in preview(rows, rules_of(force)):
        if may_change(member, one.risk):
            write(member, one.risk, {**one.values, "criteria": force.pk if force else None})
            done += 1
    return done
