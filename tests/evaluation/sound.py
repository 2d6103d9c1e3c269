"""An organisation in which nothing of clauses 9 and 10 is wrong on 24 November 2026."""

from datetime import date

from aims.records.changes import create, move
from aims.schedule.fulfilment import finish
from aims.schedule.models import Task
from context.models import AISystem
from evaluation.models import AuditProgramme, Measurement, Metric, PerformanceEvaluation
from evaluation.scheduling import everything
from improvement.models import Improvement, Nonconformity
from tests.evaluation.story import begun, held, reported, row, signed
from tests.improvement.story import checking, judged
from tests.people import World

TODAY = date(2026, 11, 24)


def sound(world: World) -> None:
    """Measured, audited, reviewed, corrected and improved, each in time."""
    measured(world)
    audited(world)
    signed(world, held(world))
    for task in Task.objects.filter(source__startswith="decision:", due__lt=TODAY):
        finish(world.officer, task)
    corrected(world)
    idea = {"title": "One dashboard", "description": "All alarms at one place", "owner": row(world.officer)}
    create(world.officer, Improvement, idea)


def measured(world: World) -> Metric:
    """A system in operation with a metric that was measured in October, and the evaluation of the quarter."""
    values = {"title": "ThoraScan", "purpose": "Triage", "stage": "operation_monitoring"}
    system = move(world.officer, create(world.officer, AISystem, values), "put_in_force")
    metric = create(
        world.officer,
        Metric,
        {
            "title": "Sensitivity",
            "system": system,
            "method": "Findings of radiologists against flags",
            "warning": "93",
            "alarm": "91",
            "every_months": 1,
            "owner": row(world.contributor),
        },
    )
    metric = move(world.officer, metric, "put_in_force")
    given = {"metric": metric, "measured_on": date(2026, 10, 31), "value": "95"}
    create(world.contributor, Measurement, given)
    quarter = {"period_from": date(2026, 7, 1), "period_to": date(2026, 9, 30)}
    judged_by = {"title": "Q3", "analysis": "As planned.", "result": "effective", **quarter}
    move(world.officer, create(world.officer, PerformanceEvaluation, judged_by), "approve")
    return metric


def audited(world: World) -> None:
    """A programme, and an audit of everything whose report reached top management."""
    year = {"period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}
    fixed = dict.fromkeys(("frequency", "methods", "responsibilities", "importance", "reporting"), "Fixed.")
    programme = create(world.officer, AuditProgramme, {"title": "2026", **year, **fixed})
    programme = move(world.officer, programme, "put_in_force")
    reported(world, begun(world, codes=everything(), programme=programme))


def corrected(world: World) -> Nonconformity:
    """A nonconformity that was closed because somebody else saw that its action works."""
    case = checking(world)
    judged(world, case)
    return move(world.executive, case, "close")
