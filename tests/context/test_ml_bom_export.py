"""A system as a CycloneDX 1.6 ML-BOM: it validates against the schema, and is read again as it was written."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.changes import create
from context.documents.ml_bom import read_bom
from context.documents.ml_bom_export import Facts, Result, bill
from context.models import AISystem, SystemVersion
from tests.context.test_documents import as_bytes, bom
from tests.context.test_ml_description import full
from tests.people import World

LITTLE = Facts(
    key=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    title="ThoraScan",
    version=1,
    release="",
    purpose="Triage",
    users="",
    misuse="",
    affected="",
    task="",
    approach="",
    organisation="Orvanne Medical",
    ml={},
    results=(),
    made_at=datetime(2026, 11, 25, tzinfo=UTC),
)
MUCH = replace(
    LITTLE,
    release="3.2.1",
    users="Radiologists\nRadiographers",
    misuse="Reading only flagged images",
    affected="Patients over 85",
    task="classification",
    approach="supervised",
    ml=full(),
    results=(Result("Sensitivity", "94.6 %", "mobile units"), Result("Specificity", "91.8 %")),
)
TWO = replace(
    MUCH,
    ml={
        **full(),
        "model": [{"model_name": "A"}, {"model_name": "A"}],
        "data": [{"dataset": "D"}, {"dataset": "D"}],
    },
)


def faults(made: Any) -> Iterable[str]:
    """What the schema finds wrong."""
    found = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(made))
    return [str(found)[:400]] if found else []


@pytest.mark.parametrize("facts", [LITTLE, MUCH, TWO], ids=["little", "much", "two"])
def test_it_validates(facts: Facts) -> None:
    made = bill(facts)
    assert faults(made) == []
    refs = [one["bom-ref"] for one in [made["metadata"]["component"], *made["components"]]]
    assert len(refs) == len(set(refs))
    assert {one["ref"] for one in made["dependencies"]} <= set(refs)


def test_the_schema_can_fail() -> None:
    assert faults({**bill(LITTLE), "colour": "red"})


def test_it_is_read_again_as_it_was_written() -> None:
    found = read_bom(as_bytes(bill(MUCH)))
    assert found.values["title"] == "ThoraScan" and found.values["purpose"] == "Triage"
    assert found.values["users"] == MUCH.users and found.values["affected"] == MUCH.affected
    assert found.ml["model"][0]["model_name"] == MUCH.ml["model"][0]["model_name"]
    assert found.ml["data"][0]["dataset"] == MUCH.ml["data"][0]["dataset"]
    assert found.ml["tools"]["frameworks"][0] == {"name": "PyTorch", "version": "2.4"}
    assert [(row["metric"], row["value"], row["unit"]) for row in found.results] == [
        ("Sensitivity", "94.6", "%"),
        ("Specificity", "91.8", "%"),
    ]


def test_what_was_imported_is_exported_and_validates() -> None:
    found = read_bom(as_bytes(bom()))
    again = bill(replace(LITTLE, ml=found.ml, users=found.values["users"]))
    assert faults(again) == []
    model = again["components"][0]
    assert model["name"] == "acme/scorer" and model["supplier"] == {"name": "Acme"}
    assert model["modelCard"]["properties"] == [{"name": "trees", "value": "300"}]


def test_the_page_gives_the_results_of_the_version_in_use(world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        system = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Triage", "release": "3"})
        for label, value in (("3.2", "94.6"), ("3.3", "95")):
            data = {"title": label, "system": system, "label": label}
            create(
                world.officer, SystemVersion, data, {"evaluations": [{"metric": "Recall", "value": value}]}
            )
        SystemVersion.objects.filter(label="3.2").update(state="released")
    client = Client()
    client.force_login(Person.objects.get(pk=world.reader.person_id))
    answer = client.get(f"/systems/{system.pk}/ml-bom.cdx.json")
    made = json.loads(answer.content)
    assert faults(made) == [] and answer["Content-Type"].startswith("application/vnd.cyclonedx+json")
    assert made["metadata"]["component"]["version"] == "3.2"
    card = made["components"][0]["modelCard"]
    assert card["quantitativeAnalysis"]["performanceMetrics"] == [{"type": "Recall", "value": "94.6"}]
