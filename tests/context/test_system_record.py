"""The record of an AI system: its life cycle goes step by step wherever it is changed; its description has a history."""

from itertools import product

import pytest

from aims.catalogue import edition
from aims.journal.history import history
from aims.organisation.refused import Refused
from aims.pages.histories import timeline
from aims.records.changes import create, write
from aims.records.exchange.work import start
from aims.records.registry import register_of
from aims.records.undoing import undo
from context.models import AISystem
from tests.callers import Caller, caller, officer
from tests.people import World
from tests.records.exchanging import checked, csv_file, imported, messages

__all__ = ["caller", "officer"]

STAGES = AISystem.Stage.values
ALLOWED = {(step.source, step.target) for step in edition().life_cycle.transitions}


@pytest.fixture
def scan(inside: World) -> AISystem:
    """The system of the tests."""
    return create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Triage"})


def test_the_stages_are_the_eight_of_the_standard() -> None:
    assert [stage.code for stage in edition().life_cycle.stages] == STAGES and len(STAGES) == 8
    assert len(ALLOWED) == 15


def test_only_the_steps_of_the_life_cycle_are_taken(inside: World, scan: AISystem) -> None:
    for before, after in product(STAGES, STAGES):
        AISystem.objects.filter(pk=scan.pk).update(stage=before)
        try:
            taken = write(inside.officer, scan, {"stage": after}).stage == after
        except Refused as refused:
            assert list(refused.fields) == ["stage"]
            taken = False
        assert taken is (before == after or (before, after) in ALLOWED), (before, after)


def test_a_refusal_says_what_may_come(inside: World, scan: AISystem) -> None:
    with pytest.raises(Refused) as refused:
        write(inside.officer, scan, {"stage": "deployment"})
    assert refused.value.fields["stage"] == [
        "After “inception” comes one of: design and development, retirement."
    ]
    AISystem.objects.filter(pk=scan.pk).update(stage="retirement")
    with pytest.raises(Refused) as stays:
        write(inside.officer, scan, {"stage": "inception"})
    assert "stays there" in str(stays.value.fields)


def test_a_system_that_is_already_in_use_begins_there(inside: World) -> None:
    made = create(
        inside.officer, AISystem, {"title": "Old", "purpose": "Sorting", "stage": "operation_monitoring"}
    )
    assert made.next_stages == ("continuous_validation", "re_evaluation", "retirement")


def test_a_stage_set_by_mistake_is_taken_back(inside: World, scan: AISystem) -> None:
    moved = write(inside.officer, scan, {"stage": "design_development"})
    undo(inside.officer, moved, moved.version)
    scan.refresh_from_db()
    assert scan.stage == "inception"


def test_the_description_has_a_history_of_its_fields(inside: World, scan: AISystem) -> None:
    write(inside.officer, scan, {"ml": {"purpose": {"domain": "health"}}})
    said = write(
        inside.officer, scan, {"ml": {"purpose": {"domain": "health"}, "task": {"is_generative": False}}}
    )
    assert write(
        inside.officer, scan, {"ml": {"purpose": {"domain": "health"}, "task": {"is_generative": False}}}
    )
    assert AISystem.objects.get().version == said.version
    latest = timeline(inside.officer, history(scan, limit=1))[0]
    assert latest["changes"] == [
        {"label": "3. Task (23053 6.2) – Generates content", "before": "", "after": "no"}
    ]


def test_the_door_refuses_what_a_field_does_not_take(inside: World, scan: AISystem) -> None:
    with pytest.raises(Refused) as refused:
        write(inside.officer, scan, {"ml": {"purpose": {"domain": "sport"}}})
    assert list(refused.value.fields) == ["ml"]
    assert "Write one of: health" in refused.value.fields["ml"][0]


def test_the_interface_takes_and_gives_the_description_and_refuses_a_step(officer: Caller) -> None:
    made = officer.post("ai-systems/", {"title": "A", "purpose": "B", "ml": {"data": [{"records": 1e25}]}})
    assert made.status_code == 201, made.content
    assert made.json()["ml"] == {"data": [{"records": "10000000000000000000000000"}]}
    place = f"ai-systems/{made.json()['id']}/"
    assert officer.patch(place, {"stage": "design_development"}, version=1).status_code == 200
    refused = officer.patch(place, {"stage": "deployment"}, version=2)
    assert refused.status_code == 422 and "After “design and development”" in refused.content.decode()


def test_a_file_says_a_part_of_the_description_and_undo_gives_it_back(inside: World, scan: AISystem) -> None:
    system = register_of(AISystem)
    before = {"purpose": {"domain": "health", "locations": ["FR"]}}
    write(inside.officer, scan, {"ml": before})
    rows = [["number", "ml", "stage"], [scan.ref, '{"purpose": {"domain": null}}', "design_development"]]
    done = imported(inside.officer, system, csv_file(rows))
    scan.refresh_from_db()
    assert scan.ml == {"purpose": {"locations": ["FR"]}} and scan.stage == "design_development"
    start(inside.officer, done, "undo")
    scan.refresh_from_db()
    assert scan.ml == before and scan.stage == "inception"


def test_a_file_takes_no_step_that_the_life_cycle_does_not_have(inside: World, scan: AISystem) -> None:
    rows = [["number", "stage", "ml"], [scan.ref, "deployment", ""], ["", "inception", '{"purpose": []}']]
    of = checked(inside.officer, register_of(AISystem), csv_file(rows))
    assert [(row, column) for row, column, _message in messages(of)] == [(2, "B"), (3, ""), (3, ""), (3, "C")]
    assert "comes one of" in messages(of)[0][2]
