"""The clock brings open nonconformities and actions before people: 5, 30 and 90 days, and 90 after the action."""

from datetime import date

from aims.organisation.models import Membership
from aims.records.changes import move, write
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import sync
from improvement import tasks
from improvement.follow_up import follow_up
from improvement.models import Nonconformity
from tests.evaluation.story import row
from tests.improvement.story import action, analysed, checking, done, judged, opened
from tests.people import World
from tests.schedule.story import asked, at


def deadlines(world: World) -> dict[str, tuple[date, str]]:
    """The deadlines of the one case."""
    rows = Occurrence.objects.filter(obligation__code__startswith="SR3", subject_kind="nonconformities")
    return {r.obligation.code: (r.due, r.state) for r in rows.select_related("obligation")}


def test_an_opened_case_has_its_deadlines_counted_from_its_day(inside: World) -> None:
    sync(inside.orvanne, at("2026-10-08"))
    opened(inside)
    assert deadlines(inside) == {
        "SR30": (date(2026, 10, 13), "planned"),
        "SR31": (date(2026, 11, 7), "planned"),
        "SR32": (date(2027, 1, 6), "planned"),
    }
    follow_up(inside.orvanne, at("2026-10-08"))
    assert deadlines(inside)["SR30"] == (date(2026, 10, 13), "due")
    assert {due for due, _ in deadlines(inside).values()} >= {date(2026, 11, 7)}


def test_each_step_fulfils_its_deadline(inside: World) -> None:
    sync(inside.orvanne, at("2026-10-08"))
    case = analysed(inside)
    states = {code: state for code, (_, state) in deadlines(inside).items()}
    assert states == {"SR30": "done", "SR31": "done", "SR32": "planned"}
    step = action(inside, case)
    case = move(inside.officer, case, "run")
    done(inside, step)
    case = move(inside.officer, case, "check")
    assert {deadlines(inside)["SR32"][1], deadlines(inside)["SR33"][1]} == {"done", "planned"}
    judged(inside, case)
    assert deadlines(inside)["SR33"][1] == "done"


def test_a_case_that_came_without_a_step_gets_its_deadlines_too(inside: World) -> None:
    case = opened(inside)  # before there were obligations: an import, a restore
    Nonconformity.objects.filter(pk=case.pk).update(state="contained")
    assert deadlines(inside) == {}
    for _ in range(2):
        follow_up(inside.orvanne, at("2026-11-24"))
    assert set(deadlines(inside)) == {"SR31", "SR32"}


def test_the_owner_is_asked_and_the_executive_hears_when_it_is_late(inside: World) -> None:
    sync(inside.orvanne, at("2026-10-08"))
    case = opened(inside)
    follow_up(inside.orvanne, at("2026-10-08"))
    follow_up(inside.orvanne, at("2026-10-14"))
    title = f"Correct the nonconformity: {case}"
    assert ("Nadia Benhaddou", title) in asked(inside.orvanne)
    assert ("Claire Vasseur", f"Late with Nadia Benhaddou: {title}") in asked(inside.orvanne)
    move(inside.officer, write(inside.officer, case, {"correction": "Done."}), "contain")
    assert not [who for who, what in asked(inside.orvanne) if title in what]


def test_an_action_is_asked_of_its_owner_until_it_is_done(inside: World) -> None:
    sync(inside.orvanne, at("2026-10-08"))
    step = action(inside, analysed(inside))
    for _ in range(2):
        follow_up(inside.orvanne, at("2026-10-10"))
    task = Task.objects.get(source=f"action:{step.pk}")
    assert (task.member_id, task.due, task.state) == (inside.contributor.id, date(2026, 10, 31), "open")
    follow_up(inside.orvanne, at("2026-11-01"))
    assert ("Nadia Benhaddou", f"Late with Yuki Tanaka: {step}") in asked(inside.orvanne)
    done(inside, step)
    assert not Task.objects.filter(record_id=step.pk, state="open").exists()


def test_a_task_moves_with_its_action(inside: World) -> None:
    sync(inside.orvanne, at("2026-10-08"))
    step = action(inside, analysed(inside))
    follow_up(inside.orvanne, at("2026-10-10"))
    write(inside.officer, step, {"due": date(2026, 12, 15), "owner": row(inside.executive)})
    follow_up(inside.orvanne, at("2026-10-11"))
    task = Task.objects.get(source=f"action:{step.pk}")
    assert (task.member_id, task.due) == (inside.executive.id, date(2026, 12, 15))


def test_who_left_hands_the_action_to_whoever_answers_for_the_case(inside: World) -> None:
    sync(inside.orvanne, at("2026-10-08"))
    step = action(inside, analysed(inside))
    Membership.objects.filter(pk=inside.contributor.id).update(active=False)
    follow_up(inside.orvanne, at("2026-10-10"))
    assert Task.objects.get(source=f"action:{step.pk}").member_id == inside.officer.id


def test_a_closed_case_asks_for_nothing(inside: World) -> None:
    sync(inside.orvanne, at("2026-10-08"))
    case = checking(inside)
    judged(inside, case)
    move(inside.executive, case, "close")
    follow_up(inside.orvanne, at("2027-06-01"))
    assert asked(inside.orvanne) == []


def test_the_celery_task_runs_twice_and_makes_one(inside: World) -> None:
    opened(inside)
    for _ in range(2):
        tasks.follow_up_nonconformities()
    assert Obligation.objects.filter(code="SR30").count() == 1
    assert Occurrence.objects.filter(obligation__code="SR30").count() == 1
