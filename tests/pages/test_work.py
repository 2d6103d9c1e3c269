"""Today, the calendar, tasks, the journal and the search."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import comment, create, write
from aims.records.models import Answer
from aims.schedule.models import Obligation, Occurrence, Task
from context.models import AISystem
from tests.pages.conftest import Browser
from tests.people import World


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def ask(world: World, member: Any, title: str, due: date, **fields: Any) -> Task:
    return Task.objects.create(
        organisation_id=world.orvanne.pk,
        member_id=member.id,
        title=title,
        due=due,
        source=title,
        made_at=timezone.now(),
        **fields,
    )


def promise(world: World, due: date, **fields: Any) -> Occurrence:
    obligation, _new = Obligation.objects.get_or_create(
        organisation_id=world.orvanne.pk,
        code="t",
        defaults={"title": "Look again", "clause": "9.2", "anchor": due},
    )
    return Occurrence.objects.create(
        organisation_id=world.orvanne.pk, obligation=obligation, due=due, **fields
    )


def test_today_groups_the_tasks_by_what_they_ask_for(nadia: Client, inside: World) -> None:
    system = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    ask(inside, inside.officer, "Too late", day(-3), kind="ai-systems", record_id=system.pk, why="4.1")
    ask(inside, inside.officer, "Soon", day(5))
    ask(inside, inside.officer, "Some day", day(60))
    ask(inside, inside.executive, "Hers", day(1))
    body = nadia.get("/").content.decode()
    places = [
        body.index(words)
        for words in (
            "Overdue <",
            "Too late",
            "Due in 14 days <",
            "Soon",
            "Later <",
            "Some day",
            "Waiting on others <",
            "Hers",
        )
    ]
    assert places == sorted(places)
    assert f"/registers/ai-systems/{system.pk}/" in body and "3 days overdue" in body
    assert 'aria-label="Tasks, 1 due"' in body


def test_a_contributor_sees_only_their_own_work(browser: Browser, inside: World) -> None:
    ask(inside, inside.contributor, "Mine to do", day(1))
    ask(inside, inside.executive, "Hers to do", day(1))
    body = browser(inside.contributor).get("/").content.decode()
    assert "Mine to do" in body and "Hers to do" not in body


def test_only_the_person_asked_says_that_it_is_done(nadia: Client, paul: Client, inside: World) -> None:
    task = ask(inside, inside.officer, "Do it", day(1))
    assert paul.post(f"/tasks/{task.pk}/done/").status_code == 403
    assert nadia.post(f"/tasks/{task.pk}/done/").status_code == 302
    task.refresh_from_db()
    assert task.state == Task.State.DONE
    assert nadia.get(f"/tasks/{task.pk}/done/").status_code == 405


def test_a_new_organisation_is_led_to_its_first_steps(
    nadia: Client, lines: dict[str, Answer], inside: World
) -> None:
    assert "Where to begin" in nadia.get("/").content.decode()
    write(inside.officer, lines["6.1.2-a"], {"text": "We do"}, 1)
    body = nadia.get("/").content.decode()
    assert "Where to begin" not in body and "Coverage per clause" in body


def test_todays_queries_do_not_grow_with_tasks_and_dates(nadia: Client, inside: World) -> None:
    def cost() -> int:
        nadia.get("/")
        with CaptureQueriesContext(connection) as asked:
            nadia.get("/")
        return len(asked)

    def fill(first: int, last: int) -> None:
        for n in range(first, last):
            system = create(inside.officer, AISystem, {"title": f"S{n}", "purpose": "x"})
            ask(inside, inside.officer, f"T{n}", day(n % 20), kind="ai-systems", record_id=system.pk)
            promise(inside, day(n + 1), subject_kind="ai-systems", subject_id=system.pk)

    fill(0, 5)
    few = cost()
    fill(5, 60)
    assert cost() == few


def test_the_calendar_lists_by_month_and_says_what_is_late(nadia: Client, inside: World) -> None:
    promise(inside, day(-20))
    promise(inside, day(40))
    promise(inside, day(41), state=Occurrence.State.CANCELLED)
    body = nadia.get("/calendar/?view=list").content.decode()
    assert body.count("<b>Look again</b>") == 2 and "1 late" in body
    assert f'datetime="{day(40).isoformat()}"' in body


def test_the_journal_is_for_those_who_keep_the_whole(
    nadia: Client, paul: Client, browser: Browser, inside: World
) -> None:
    create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    body = nadia.get("/journal/").content.decode()
    assert "created this AI system: AIS-0001 ThoraScan" in body and "Nadia Benhaddou" in body
    assert paul.get("/journal/").status_code == 403
    assert browser(inside.stranger).get("/journal/").content.decode().count("ThoraScan") == 0
    assert nadia.get("/journal/?before=x").status_code == 422


def test_the_journal_goes_page_by_page_at_the_same_cost(nadia: Client, inside: World) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    for number in range(60):
        comment(inside.officer, record, f"remark {number}")
    nadia.get("/journal/")
    with CaptureQueriesContext(connection) as asked:
        body = nadia.get("/journal/").content.decode()
    assert "remark 59" in body and "remark 0<" not in body and 'rel="next"' in body
    assert len(asked) <= 15


def test_what_is_sealed_stays_sealed_in_the_journal(nadia: Client, browser: Browser, inside: World) -> None:
    from evaluation.models import Audit, Finding  # noqa: PLC0415

    owner = Membership.objects.get(pk=inside.auditor.id)
    audit = create(
        inside.officer, Audit, {"title": "Audit 1", "owner": owner, "lead": owner, "objective": "x"}
    )
    with acting(inside.orvanne.pk, inside.auditor.actor):
        draft = Finding(
            organisation_id=inside.orvanne.pk, ref="F-1", title="Secret draft", state="draft", audit=audit
        )
        draft.save(force_insert=True)
    body = nadia.get("/journal/").content.decode()
    assert "Secret draft" not in body and "changed something that is sealed" in body


@pytest.mark.parametrize(
    ("words", "place"), [("6.1.2", "/clauses/6.1.2/"), ("a.5.2", "/clauses/A.5/?line=A.5.2")]
)
def test_a_code_in_the_search_leads_to_its_place(nadia: Client, words: str, place: str) -> None:
    assert nadia.get("/search/", {"q": words})["Location"] == place
