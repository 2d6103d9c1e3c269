"""An AI system on one screen: what refers to it is found by the registry, counted, judged, asked for in few statements."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.changes import create, move
from aims.records.related import related
from context.models import AISystem
from evaluation.models import Measurement, Metric
from operation.decisions.models import Decision
from planning.founding import lay_controls
from planning.models import AIActAnswer, AIRisk, Objective
from tests.pages.markup import Page
from tests.people import World


@pytest.fixture
def story(world: World) -> Iterator[World]:
    """Two systems; ThoraScan has risks, a metric with an alarm, an objective through many-to-many, and decisions."""
    with acting(world.orvanne.pk, world.officer.actor):
        lay_controls(world.officer)
        make(world, AISystem, title="ThoraScan", purpose="Triage")
        other = make(world, AISystem, title="CodeMate", purpose="Code")
        make(world, AIRisk, title="Elsewhere", system=other)
    yield world


def make(world: World, kind: Any, **given: Any) -> Any:
    return create(world.officer, kind, given)


def system() -> AISystem:
    return AISystem.objects.get(title="ThoraScan")


def fill(world: World, times: int) -> None:
    """More of everything."""
    with acting(world.orvanne.pk, world.officer.actor):
        scan = system()
        for number in range(times):
            make(world, AIRisk, title=f"Risk {number}", system=scan)
            make(world, Objective, title=f"Goal {number}", systems=[scan])
            metric = make(
                world, Metric, title=f"Metric {number}", system=scan, warning=90, alarm=80, unit="%"
            )
            for value in (95, 70):
                make(
                    world, Measurement, metric=metric, value=value, measured_on=date(2026, 1, value % 28 + 1)
                )


def page(world: World) -> str:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    with acting(world.orvanne.pk, world.officer.actor):
        key = system().pk
    answer = client.get(f"/registers/ai-systems/{key}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_refers_to_a_record_is_counted_by_register_and_state(story: World) -> None:
    fill(story, 2)
    with acting(story.orvanne.pk, story.officer.actor):
        risk = AIRisk.objects.get(title="Risk 0")
        move(story.officer, risk, "withdraw", note="double")
        with CaptureQueriesContext(connection) as captured:
            found = {one.register.path: one for one in related(story.officer, system())}
    assert sum(" UNION ALL " in query["sql"] for query in captured) == 2  # beside what seals ask
    assert len(captured) <= 6
    assert set(found) == {"ai-risks", "ai-objectives", "metrics"}
    assert found["ai-risks"].states == {"identified": 1} and found["ai-objectives"].number == 2
    assert [row.title for row in found["ai-risks"].rows] == ["Risk 1"]


def test_the_chain_the_metrics_and_what_is_missing(story: World) -> None:
    fill(story, 1)
    words = Page(page(story)).words()
    assert "Roles 0 missing" in words and "AI risks 1 Identified" in words and "Incidents 0 none" in words
    assert "Measured 1 1 alarm" in words and "Metric 0 70 %" in words
    assert "The role of the organisation for this system is not determined." in words
    assert "Elsewhere" not in words
    assert "Not classified yet." in words


def test_the_class_and_the_decisions(story: World) -> None:
    now = timezone.now()
    with acting(story.orvanne.pk, story.officer.actor):
        scan = system()
        make(
            story,
            AIActAnswer,
            title="Sheet",
            system=scan,
            answers={"Q1": False},
            applies_from=date(2027, 12, 2),
        )
        for number in range(4):
            Decision.objects.create(
                organisation_id=story.orvanne.pk,
                system=scan,
                client_id=str(number),
                timestamp=now - timedelta(days=200 if number == 3 else 1),
                overridden=number == 0,
                output=1,
                digest=str(number),
            )
    words = Page(page(story)).words()
    assert "Outside the Act" in words and "2 December 2027" in words
    assert "Decisions 3 33.3 % overridden" in words


def test_the_number_of_statements_stays(story: World) -> None:
    def counted() -> int:
        page(story)
        with CaptureQueriesContext(connection) as captured:
            page(story)
        return len(captured)

    fill(story, 1)
    few = counted()
    fill(story, 5)
    assert counted() == few
