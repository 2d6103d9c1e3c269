"""Could it be elsewhere: systems that are alike are found, and the analysis waits until each is judged."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from context.models import AISystem, Process
from improvement.extent import alike, other_places, records_named, unjudged
from improvement.models import Nonconformity
from operation.models import Dataset, OperationalControl, Supplier
from planning.models import AIRisk, ControlImplementation
from tests.factory import make
from tests.improvement.story import analysed, opened
from tests.people import World


def system(world: World, title: str, **data: Any) -> AISystem:
    """A system with a purpose."""
    return create(world.officer, AISystem, {"title": title, "purpose": "x", **data})


def reasons(world: World, case: Nonconformity) -> dict[str, tuple[str, ...]]:
    """What makes which system alike."""
    return {row.record.title: row.reasons for row in alike(world.officer, case)}


def test_the_same_task_and_domain_are_alike_and_the_way_of_learning_alone_is_not(inside: World) -> None:
    own = system(inside, "Own", task_type="classification", approach="supervised", domain="radiology")
    system(inside, "Twin", task_type="classification", approach="supervised")
    system(inside, "Cousin", task_type="classification", approach="none")
    system(inside, "Neighbour", domain="radiology")
    system(inside, "Stranger", task_type="clustering", approach="supervised")
    case = opened(inside, systems=[own])
    assert reasons(inside, case) == {
        "Twin": ("same task and kind of model: classification",),
        "Cousin": ("same task: classification",),
        "Neighbour": ("same domain: radiology",),
    }


def test_a_shared_supplier_or_dataset_makes_alike(inside: World) -> None:
    own, one, two = (system(inside, name) for name in ("Own", "One", "Two"))
    create(inside.officer, Supplier, {"title": "Northgate", "provides": "models", "systems": [own, one]})
    create(inside.officer, Dataset, {"title": "Chest", "use": "training", "systems": [own, two]})
    case = opened(inside, systems=[own])
    assert reasons(inside, case) == {"One": ("same supplier: Northgate",), "Two": ("same data: Chest",)}


def test_the_same_requirement_found_wanting_makes_alike(inside: World) -> None:
    own, other = system(inside, "Own"), system(inside, "Other")
    earlier = opened(inside, systems=[other], codes=["9.1"])
    opened(inside, systems=[system(inside, "Far")], codes=["7.2"])
    case = opened(inside, systems=[own])
    assert reasons(inside, case) == {"Other": (f"{earlier.ref} on the same requirement",)}


def test_the_same_gate_process_control_or_cause_makes_alike(inside: World) -> None:
    own, gate, way, relies, cause = (system(inside, n) for n in ("Own", "Gate", "Way", "Relies", "Cause"))
    process = create(inside.officer, Process, {"title": "Release", "purpose": "x"})
    gates: Any = {"process": "Release", "processes": [process]}
    create(inside.officer, OperationalControl, {"title": "Gate 1", **gates, "systems": [own, gate]})
    create(inside.officer, OperationalControl, {"title": "Gate 2", **gates, "systems": [way]})
    line = make(inside, ControlImplementation)
    create(inside.officer, AIRisk, {"title": "Drift", "system": relies, "controls": [line]})
    known: dict[str, Any] = {"cause_category": "method", "codes": ["7.2"]}
    earlier = opened(inside, systems=[cause], opened_on=date(2026, 3, 1), **known)
    opened(inside, systems=[system(inside, "Long ago")], opened_on=date(2024, 9, 1), **known)
    case = opened(inside, systems=[own], codes=[line.code], cause_category="method")
    assert reasons(inside, case) == {
        "Gate": ("same gate: Gate 1", "same process: Release"),
        "Way": ("same process: Release",),
        "Relies": (f"same control: {line.code}",),
        "Cause": (f"{earlier.ref} had the same kind of cause",),
    }


def test_other_places_are_proposed_with_their_reason_until_they_are_in_the_list(inside: World) -> None:
    own = system(inside, "Own")
    raw = create(inside.officer, Dataset, {"title": "Raw", "use": "training"})
    used = create(
        inside.officer, Dataset, {"title": "Used", "use": "training", "systems": [own], "derived_from": [raw]}
    )
    twin = create(inside.officer, Dataset, {"title": "Twin", "use": "test", "derived_from": [used]})
    process = create(
        inside.officer, Process, {"title": "Monitoring", "purpose": "x", "codes": ["9.1", "8.1"]}
    )
    create(inside.officer, Process, {"title": "Buying", "purpose": "x", "codes": ["8.1"]})
    earlier = opened(inside, opened_on=date(2026, 3, 1), codes=["7.2"], cause_category="method")
    case = opened(inside, systems=[own], codes=["9.1"], cause_category="method")

    def found() -> dict[str, tuple[str, ...]]:
        return {row.record.ref: row.reasons for row in other_places(inside.officer, case)}

    assert found() == {
        process.ref: ("carries out 9.1 too",),
        raw.ref: ("Used was made from it",),
        twin.ref: ("made from Used",),
        earlier.ref: ("the same kind of cause: process",),
    }
    listed = [{"subject": str(raw)}, {"subject": str(process)}]
    case = write(inside.officer, case, {}, parts={"elsewhere": listed})
    assert set(found()) == {twin.ref, earlier.ref}
    named = records_named(inside.officer, [str(raw), "Night shift", ""])
    assert named == {raw.ref: raw}


def test_the_page_lists_other_places_and_takes_them_up(inside: World) -> None:
    nadia = Client()
    nadia.force_login(Person.objects.get(pk=inside.officer.person_id))
    process = create(inside.officer, Process, {"title": "Monitoring", "purpose": "x", "codes": ["9.1"]})
    case = opened(inside, codes=["9.1"])
    place = f"/registers/nonconformities/{case.pk}/"
    assert "carries out 9.1 too" in nadia.get(place).content.decode()
    assert nadia.post(f"/improvement/{case.pk}/elsewhere/").status_code == 302
    row = case.elsewhere.get()
    assert (row.subject, row.affected) == (str(process), "unknown")
    page = nadia.get(place).content.decode()
    assert "carries out 9.1 too" not in page and f"/registers/processes/{process.pk}/" in page
    with pytest.raises(Refused):  # taken up, it waits like a system
        analysed(inside, case)


@pytest.mark.parametrize("change", [{"stage": "retirement"}, "withdraw"])
def test_what_is_gone_is_not_looked_at(inside: World, change: Any) -> None:
    own, gone = (system(inside, name, domain="radiology") for name in ("Own", "Gone"))
    if change == "withdraw":
        move(inside.officer, gone, "withdraw", note="Sold")
    else:
        write(inside.officer, gone, change)
    assert reasons(inside, opened(inside, systems=[own])) == {}


def test_a_case_without_a_system_is_like_none(inside: World) -> None:
    system(inside, "Any")
    assert reasons(inside, opened(inside, codes=[])) == {}


def test_the_analysis_waits_until_each_is_judged(inside: World) -> None:
    own, twin = (system(inside, name, domain="radiology") for name in ("Own", "Twin"))
    case = opened(inside, systems=[own])
    with pytest.raises(Refused) as refused:
        analysed(inside, case)
    assert twin.ref in refused.value.fields["elsewhere"][0]
    case = Nonconformity.objects.get(pk=case.pk)
    case = write(inside.officer, case, {}, parts={"elsewhere": [{"system": twin.pk}]})
    assert [row.record for row in unjudged(inside.officer, case)] == [twin]
    with pytest.raises(Refused):  # taken up, not judged
        move(inside.officer, case, "analyse")
    place = case.elsewhere.get()
    rows = [{"id": str(place.pk), "affected": "no", "note": "Its alarm goes to a group"}]
    case = write(inside.officer, case, {}, parts={"elsewhere": rows})
    assert move(inside.officer, case, "analyse").state == "analysed"


def test_a_place_of_another_kind_waits_as_well(inside: World) -> None:
    case = write(inside.officer, opened(inside), {}, parts={"elsewhere": [{"subject": "Night shift"}]})
    with pytest.raises(Refused) as refused:
        analysed(inside, case)
    assert "Night shift" in refused.value.fields["elsewhere"][0]


@pytest.mark.parametrize(
    ("row", "name"),
    [({"affected": "no", "note": "x"}, "subject"), ({"subject": "Night shift", "affected": "yes"}, "note")],
)
def test_a_place_has_a_name_and_a_judgement_a_reason(inside: World, row: dict[str, str], name: str) -> None:
    with pytest.raises(Refused) as refused:
        write(inside.officer, opened(inside), {}, parts={"elsewhere": [row]})
    assert set(refused.value.fields) == {f"elsewhere.0.{name}"}


def test_the_search_asks_the_same_however_many_there_are(
    inside: World, django_assert_max_num_queries: Any
) -> None:
    own = system(inside, "Own", domain="radiology")
    case = opened(inside, systems=[own])
    for number in range(12):
        other = system(inside, f"S{number}", domain="radiology")
        create(inside.officer, Supplier, {"title": "N", "provides": "m", "systems": [own, other]})
        opened(inside, systems=[other])
    with django_assert_max_num_queries(16):
        assert len(alike(inside.officer, case)) == 12
