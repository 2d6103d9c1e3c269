"""An AI system as a CycloneDX 1.6 machine-learning bill of materials: its models, data sets, tools, and what was measured.

Pure: from what AIMS has to the bill. What nobody said is left out; the number of the system's record is the bill's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from context.documents.found import APPROACHES

APPROACH = {ours: theirs for theirs, ours in APPROACHES.items()}
Part = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """A result of testing: metric, value with its unit, for whom."""

    metric: str
    value: str
    subgroup: str = ""


@dataclass(frozen=True)
class Facts:
    """What the bill is made from. `version` counts the changes of the system's record; `ml` is its description."""

    key: UUID
    title: str
    version: int
    release: str
    purpose: str
    users: str
    misuse: str
    affected: str
    task: str
    approach: str
    organisation: str
    ml: Mapping[str, Any]
    results: tuple[Result, ...]
    made_at: datetime


def bill(facts: Facts) -> Part:
    """The bill of materials."""
    rows = facts.ml.get("model") or [{}]
    models = [model(facts, row, number) for number, row in enumerate(rows, start=1)]
    data = [dataset(row, number) for number, row in enumerate(facts.ml.get("data") or [], start=1)]
    tools = [tool(row, number) for number, row in enumerate(frameworks(facts), start=1)]
    main = application(facts)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{facts.key}",
        "version": facts.version,
        "metadata": {
            "timestamp": facts.made_at.isoformat(),
            "tools": {"components": [{"type": "application", "name": "AIMS"}]},
            "component": main,
            "supplier": {"name": facts.organisation},
        },
        "components": [*models, *data, *tools],
        "dependencies": dependencies(main, models, [*data, *tools]),
    }


def told(**parts: Any) -> Part:
    """An object without what says nothing; `type_` stands for `type`, `bom_ref` for `bom-ref`."""
    found = {name.rstrip("_").replace("bom_ref", "bom-ref"): value for name, value in parts.items()}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def application(facts: Facts) -> Part:
    """The system itself."""
    said = facts.ml.get("identification", {}).get("description") or facts.purpose
    return told(
        type_="application",
        bom_ref=f"system:{facts.key}",
        name=facts.title,
        version=facts.release,
        description=said,
    )


def model(facts: Facts, row: Mapping[str, Any], number: int) -> Part:
    """A model with its card. The results are those of the system: they stand with the first model."""
    supplier = facts.ml.get("identification", {}).get("supplier")
    return told(
        type_="machine-learning-model",
        bom_ref=f"model:{facts.key}:{number}",
        name=row.get("model_name") or facts.title,
        version=row.get("model_version"),
        supplier=told(name=supplier),
        modelCard=told(
            modelParameters=parameters(facts, row),
            quantitativeAnalysis=told(performanceMetrics=metrics(facts.results)) if number == 1 else None,
            considerations=considerations(facts, row),
            properties=properties(row),
        ),
    )


def parameters(facts: Facts, row: Mapping[str, Any]) -> Part:
    """How the model works, and the data sets that it has, by reference."""
    approaches = [
        APPROACH[one] for one in [*row.get("learning_approach", []), facts.approach] if one in APPROACH
    ]
    data = range(1, len(facts.ml.get("data") or []) + 1)
    return told(
        approach=told(type_=approaches[0] if approaches else None),
        task=", ".join(facts.ml.get("task", {}).get("task_types", [])).replace("_", "-") or facts.task,
        architectureFamily=row.get("model_family"),
        modelArchitecture=row.get("pretrained_base"),
        datasets=[{"ref": f"data:{number}"} for number in data],
        inputs=[{"format": one} for one in row.get("input_features", [])],
        outputs=[{"format": one} for one in facts.ml.get("task", {}).get("output_type", [])],
    )


def metrics(results: Iterable[Result]) -> list[Part]:
    """What was measured."""
    return [told(type_=one.metric, value=one.value, slice=one.subgroup) for one in results]


def considerations(facts: Facts, row: Mapping[str, Any]) -> Part:
    """Who uses it and for what, its limits, misuse and whom it affects."""
    return told(
        users=facts.users.splitlines(),
        useCases=[facts.purpose] if facts.purpose else [],
        technicalLimitations=[line for line in (row.get("limits") or "").splitlines() if line.strip()],
        ethicalConsiderations=[{"name": line} for line in facts.misuse.splitlines() if line.strip()],
        fairnessAssessments=[{"groupAtRisk": line} for line in facts.affected.splitlines() if line.strip()],
    )


def properties(row: Mapping[str, Any]) -> list[Part]:
    """The other fields of a model that are one text or number, under our own names."""
    named = ("parameters_count", "training_compute", "gpai", "continuous_learning", "explainability")
    said = {name: row[name] for name in named if name in row}
    texts = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in said.items()
    }
    more = row.get("hyperparameters")
    flat = more if isinstance(more, dict) else {}
    texts |= {name: str(value) for name, value in flat.items() if isinstance(value, str | int | float)}
    return [{"name": name, "value": value} for name, value in texts.items()]


def dataset(row: Mapping[str, Any], number: int) -> Part:
    """A data set."""
    name = row.get("dataset") or f"{number}"
    said_private: dict[Any, list[str]] = {True: ["personal data"], False: ["no personal data"]}
    private = said_private.get(row.get("personal_data"), [])
    said = told(
        type_="dataset",
        name=name,
        description=row.get("provenance") or row.get("population"),
        sensitiveData=private,
        contents=told(
            properties=[{"name": "use", "value": row["data_role"]}] if row.get("data_role") else None
        ),
    )
    return told(type_="data", bom_ref=f"data:{number}", name=name, data=[said])


def frameworks(facts: Facts) -> list[Mapping[str, Any]]:
    """The tools that have a name."""
    tools = facts.ml.get("tools", {})
    rows = [*tools.get("frameworks", []), *tools.get("prep_tools", [])]
    return [row for row in rows if row.get("name")]


def tool(row: Mapping[str, Any], number: int) -> Part:
    """A framework or a library."""
    return told(type_="library", bom_ref=f"tool:{number}", name=row["name"], version=row.get("version"))


def dependencies(main: Part, models: list[Part], others: list[Part]) -> list[Part]:
    """The system stands on its models, and they on data and tools."""
    below = [one["bom-ref"] for one in others]
    found = [{"ref": main["bom-ref"], "dependsOn": [one["bom-ref"] for one in models]}]
    return [*found, *(told(ref=one["bom-ref"], dependsOn=below) for one in models)]
