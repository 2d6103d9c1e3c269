"""Pages of handing over, absences, intervals and the week; what was typed stays, and the law is named."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Membership, Organisation
from aims.organisation.roles import Role
from aims.records.changes import create
from aims.schedule.models import Absence, FreeDay, Obligation, Occurrence, Task
from aims.schedule.obligations import sync
from evaluation.models import CertificationCycle
from tests.pages.conftest import Browser
from tests.people import World


@pytest.fixture
def task(world: World) -> Task:
    """Something that the compliance officer is asked to do."""
    with acting(world.orvanne.pk, world.officer.actor):
        sync(world.orvanne, timezone.now())
        values = {"title": "Read the report", "source": "t", "made_at": timezone.now()}
        return Task.objects.create(organisation=world.orvanne, member_id=world.officer.id, **values)


def rule(world: World, code: str) -> Obligation:
    with acting(world.orvanne.pk, world.officer.actor):
        return Obligation.objects.get(code=code)


def test_a_task_is_handed_over_and_both_see_it(
    world: World, nadia: Client, browser: Browser, task: Task
) -> None:
    assert f"/tasks/{task.pk}/hand/" in nadia.get("/").content.decode()
    page = nadia.get(f"/tasks/{task.pk}/hand/").content.decode()
    assert "Yuki Tanaka" in page and "Nadia Benhaddou</option>" not in page and "Paul Girard" not in page
    answer = nadia.post(f"/tasks/{task.pk}/hand/", {"to": str(world.contributor.id), "why": "You know it"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    theirs = browser(world.contributor).get("/").content.decode()
    assert "Read the report" in theirs and "from Nadia Benhaddou" in theirs and "You know it" in theirs
    mine = nadia.get("/").content.decode()
    assert "you handed it over" in mine and f"/tasks/{task.pk}/back/" in mine
    assert "Read the report" in nadia.get("/away/").content.decode()
    nadia.post(f"/tasks/{task.pk}/back/")
    assert f"/tasks/{task.pk}/hand/" in nadia.get("/").content.decode()


def test_what_was_typed_stays_when_the_person_is_missing(nadia: Client, task: Task) -> None:
    answer = nadia.post(f"/tasks/{task.pk}/hand/", {"to": "", "why": "You know it"})
    assert answer.status_code == 422 and 'value="You know it"' in answer.content.decode()


def test_an_absence_is_kept_shown_and_ended(
    world: World, nadia: Client, browser: Browser, task: Task
) -> None:
    assert "You are here" in nadia.get("/away/").content.decode()
    day = timezone.localdate()
    data = {
        "since": day,
        "until": day + timedelta(days=9),
        "to": str(world.contributor.id),
        "why": "Holidays",
    }
    assert nadia.post("/away/", data).status_code == 302
    assert "Yuki Tanaka does your tasks" in nadia.get("/away/").content.decode()
    assert "Read the report" in browser(world.contributor).get("/").content.decode()
    assert "Nadia Benhaddou" in browser(world.contributor).get("/away/").content.decode()
    with acting(world.orvanne.pk, world.officer.actor):
        row = Absence.objects.get()
    assert nadia.post(f"/away/{row.pk}/end/").status_code == 302
    with acting(world.orvanne.pk, world.officer.actor):
        assert Task.objects.get().member_id == world.officer.id


def test_an_absence_that_ends_before_it_begins_is_said_beside_the_field(world: World, nadia: Client) -> None:
    data = {"since": "2030-01-10", "until": "2030-01-09", "to": str(world.contributor.id)}
    answer = nadia.post("/away/", data)
    assert answer.status_code == 422 and "The end must not be before the beginning" in answer.content.decode()
    assert 'value="2030-01-10"' in answer.content.decode()


def test_the_intervals_are_open_to_all_and_changed_by_who_plans(
    world: World, nadia: Client, paul: Client, task: Task
) -> None:
    page = paul.get("/calendar/rules/").content.decode()
    for words in ("every 12 months", "72 hours after the event", "kept at least 120 months", "GDPR Art. 33",
                  "30 days before: Management review", "asked at once, within 14 days"):  # fmt: skip
        assert words in page
    row = rule(world, "SR15")
    assert f"/calendar/rules/{row.pk}/" not in page
    assert paul.get(f"/calendar/rules/{row.pk}/").status_code == 403
    data = {
        "months": "6",
        "days": "0",
        "lead": "7, 60,30",
        "shift": "last_working_day",
        "owner": "",
        "active": "on",
    }
    assert nadia.post(f"/calendar/rules/{row.pk}/", data).status_code == 302
    changed = rule(world, "SR15")
    assert (changed.months, changed.lead_days, changed.shift) == (6, [60, 30, 7], "last_working_day")
    assert sorted(changed.own) == ["lead_days", "months"]
    assert "every 6 months" in nadia.get("/calendar/rules/").content.decode()


@pytest.mark.parametrize(
    ("code", "data", "words"),
    [
        ("SR46", {"hours": "73", "lead": "3"}, "GDPR Art. 33"),
        ("SR51", {"months": "119"}, "AI Act Art. 18"),
        ("SR15", {"months": "0", "days": "0", "lead": "7"}, "at least a day"),
        ("SR15", {"months": "3", "days": "0", "lead": "soon"}, "Write numbers with commas"),
        ("SR15", {"months": "3", "days": "0", "lead": "400"}, "A year is the longest"),
        ("SR15", {"months": "x", "days": "0", "lead": "7"}, "whole number"),
    ],
)
def test_a_wrong_change_is_said(
    world: World, nadia: Client, task: Task, code: str, data: dict[str, str], words: str
) -> None:
    row = rule(world, code)
    answer = nadia.post(f"/calendar/rules/{row.pk}/", {**data, "active": "on"})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert rule(world, code).own == row.own


def test_somebody_is_asked_by_name(world: World, nadia: Client, task: Task) -> None:
    row = rule(world, "SR15")
    data = {"months": "3", "days": "0", "lead": "14", "owner": str(world.executive.id), "active": "on"}
    assert nadia.post(f"/calendar/rules/{row.pk}/", data).status_code == 302
    assert rule(world, "SR15").owner_id == world.executive.id
    assert nadia.post(f"/calendar/rules/{row.pk}/", {**data, "owner": ""}).status_code == 302
    assert rule(world, "SR15").owner_id is None


def test_the_week_and_its_days(world: World, nadia: Client, paul: Client) -> None:
    assert paul.post("/calendar/week/", {"rest": ["4", "5"]}).status_code == 403
    assert nadia.post("/calendar/week/", {"rest": ["4", "5"]}).status_code == 302
    with acting(world.orvanne.pk, world.officer.actor):
        kept = Organisation.objects.get(pk=world.orvanne.pk).settings["week"]
    assert kept == {"rest": [4, 5], "holidays": False}
    answer = nadia.post("/calendar/week/", {"rest": [str(day) for day in range(7)]})
    assert answer.status_code == 422 and "A day of work must remain" in answer.content.decode()
    data = {"day": "2035-12-24", "name": "Christmas Eve"}
    assert nadia.post("/calendar/week/days/", data).status_code == 302
    assert "Christmas Eve" in nadia.get("/calendar/rules/").content.decode()
    again = nadia.post("/calendar/week/days/", data)
    assert again.status_code == 422 and "on the list already" in again.content.decode()
    with acting(world.orvanne.pk, world.officer.actor):
        row = FreeDay.objects.get()
    assert paul.post(f"/calendar/week/days/{row.pk}/remove/").status_code == 403
    assert nadia.post(f"/calendar/week/days/{row.pk}/remove/").status_code == 302
    assert "Christmas Eve" not in nadia.get("/calendar/rules/").content.decode()


def test_the_calendar_lists_what_must_be_kept(nadia: Client, task: Task) -> None:
    page = nadia.get("/calendar/").content.decode()
    assert "Kept at least" in page and "120 months" in page and "AI Act Art. 18" in page


def test_people_who_come_and_change_place_are_on_the_calendar(
    world: World, browser: Browser, task: Task
) -> None:
    pauline = browser(world.members[Role.ADMINISTRATOR])
    new = {"email": "new@orvanne.test", "name": "Nils Holm", "role": "contributor"}
    assert pauline.post("/settings/members/", new).status_code == 302
    with acting(world.orvanne.pk, world.officer.actor):
        row = Membership.objects.get(name="Nils Holm")
        asked = Occurrence.objects.get(obligation__code="SR19N")
        assert (asked.subject_id, asked.due) == (row.pk, timezone.localdate() + timedelta(days=30))
        assert not Occurrence.objects.filter(obligation__code="SR07T").exists()
    pauline.post(f"/settings/members/{row.pk}/", {"role": "executive", "active": "on"})
    with acting(world.orvanne.pk, world.officer.actor):
        assert Occurrence.objects.filter(obligation__code="SR07T").count() == 1


def test_a_last_instant_is_shown(world: World, nadia: Client, task: Task) -> None:
    row = rule(world, "SR46")
    with acting(world.orvanne.pk, world.officer.actor):
        at = timezone.now() + timedelta(days=2)
        one = Occurrence.objects.create(
            organisation=world.orvanne, obligation=row, due=timezone.localdate(at), due_at=at
        )
        Task.objects.update(occurrence=one, due=one.due)
    assert "at the latest" in nadia.get("/").content.decode()
    assert "at the latest" in nadia.get("/calendar/?view=list").content.decode()


def test_what_is_missing_before_stage_2_stands_on_the_cycle(world: World, nadia: Client, task: Task) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        cycle = create(world.officer, CertificationCycle, {"title": "2027", "body": "B"})
    url = f"/registers/certification-cycles/{cycle.pk}/"
    assert "4 things missing" in nadia.get(url).content.decode()
    with acting(world.orvanne.pk, world.officer.actor):
        CertificationCycle.objects.update(state="deciding")
    assert "Before stage 2" not in nadia.get(url).content.decode()
