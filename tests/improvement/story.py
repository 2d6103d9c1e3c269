"""A nonconformity of 8 October: corrected, understood, acted on by Yuki, and judged by somebody else."""

from datetime import date
from typing import Any

from aims.records.changes import create, move, write
from improvement.models import CorrectiveAction, EffectivenessReview, Nonconformity
from tests.evaluation.story import row
from tests.people import World


def opened(world: World, **data: Any) -> Nonconformity:
    """A case that Nadia answers for."""
    values = {
        "title": "Drift alarm analysed late",
        "owner": row(world.officer),
        "opened_on": date(2026, 10, 8),
        "codes": ["9.1", "A.6.2.6"],
        "description": "The alarm of 14 September was analysed on 30 September.",
    }
    return create(world.officer, Nonconformity, {**values, **data})


def analysed(world: World, case: Nonconformity | None = None) -> Nonconformity:
    """The case, corrected and understood."""
    case = write(world.officer, case or opened(world), {"correction": "Analysed and recalibrated."})
    case = move(world.officer, case, "contain")
    causes = [{"branch": "why", "text": text} for text in ("Alarm not seen", "Mailbox on leave", "No deputy")]
    known = {
        "root_cause": "No deputy",
        "cause_category": "method",
        "similar_cases": "Orva Assist, changed too",
        "effect_criterion": "No alarm waits longer than a day",
        "effect_from": date(2026, 10, 27),
    }
    case = write(world.officer, case, known, parts={"causes": causes})
    return move(world.officer, case, "analyse")


def action(world: World, case: Nonconformity, **data: Any) -> CorrectiveAction:
    """An action of Yuki's, due on 31 October."""
    values = {
        "nonconformity": case,
        "title": "Alarm to on-call group",
        "owner": row(world.contributor),
        "due": date(2026, 10, 31),
        "criterion": "No alarm waits longer than a day for three months.",
        **data,
    }
    return create(world.officer, CorrectiveAction, values)


def done(world: World, step: CorrectiveAction) -> CorrectiveAction:
    """The action, done by Yuki."""
    step = move(world.contributor, step, "start")
    values = {"done_on": date(2026, 10, 27), "result": "On-call group set up."}
    return move(world.contributor, write(world.contributor, step, values), "complete")


def checking(world: World) -> Nonconformity:
    """The case with its one action done."""
    case = analysed(world)
    step = action(world, case)
    case = move(world.officer, case, "run")
    done(world, step)
    return move(world.officer, case, "check")


def judged(
    world: World, case: Nonconformity, result: str = "effective", on: date = date(2026, 10, 27)
) -> EffectivenessReview:
    """Claire's judgement of the effect."""
    values = {"nonconformity": case, "result": result, "seen": "Three drills, no delay.", "reviewed_on": on}
    return move(world.executive, create(world.executive, EffectivenessReview, values), "confirm")
