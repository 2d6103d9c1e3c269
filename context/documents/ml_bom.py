"""CycloneDX bills of materials that hold machine-learning models (ML-BOM), versions 1.5 to 1.7, in JSON."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from context.documents.found import APPROACHES, LINE, Found, family, lines, task
from context.documents.untrusted import Unreadable, decoded, json_of

VERSIONS = ("1.5", "1.6", "1.7")
MODEL, MODELS, DATA, TOOLS = "machine-learning-model", 50, 50, 50
MACHINE_MADE = re.compile(r"\d{4}-\d{2}-\d{2}[-T ]\d{2}")  # the name of a run, not of an application
NOTHING = {"", "noassertion", "no description available", "unknown", "n/a"}
Part = dict[str, Any]


def read_bom(content: bytes) -> Found:
    """What a bill of materials says; raises `Unreadable` for what is none, or names no model."""
    bom = json_of(decoded(content))
    if not isinstance(bom, dict) or bom.get("bomFormat") != "CycloneDX":
        raise Unreadable(_("The file is JSON, but no CycloneDX bill of materials."))
    version = bom.get("specVersion")
    if version not in VERSIONS:
        said = {"version": str(version)[:20], "known": ", ".join(VERSIONS)}
        raise Unreadable(_("CycloneDX %(version)s is not read here; these are: %(known)s.") % said)
    main = part(part(bom, "metadata"), "component", "metadata")
    parts = [*every(main, "metadata.component"), *components(bom, "")]
    models = [one for one in parts if one.get("type") == MODEL]
    if not models:
        raise Unreadable(_("The file names no component of the type “machine-learning-model”."))
    found = Found(f"CycloneDX {version}")
    _system(found, main, models)
    data = {str(one.get("bom-ref")): one for one in datasets(parts)}
    found.ml["model"] = [_model(found, one) for one in models[:MODELS]]
    found.ml["data"] = [_data(found, one) for one in _used(models, data)[:DATA]]
    _tools(found, parts)
    return found.finished()


def part(of: Part, name: str, at: str = "") -> Part:
    """An object inside an object; nothing where there is none. Refuses what is no object, with its place."""
    said = of.get(name)
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Unreadable(_("“%(place)s” is no object.") % {"place": f"{at}.{name}".strip(".")})
    return said


def rows(of: Part, name: str, at: str = "") -> list[Part]:
    """A list of objects inside an object."""
    said = of.get(name)
    if said is None:
        return []
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise Unreadable(_("“%(place)s” is no list of objects.") % {"place": f"{at}.{name}".strip(".")})
    return said


def text(of: Part, name: str) -> str:
    """A text inside an object; nothing for what says nothing or is no text."""
    said = of.get(name)
    said = said.strip() if isinstance(said, str) else ""
    return "" if said.lower() in NOTHING else said


def texts(of: Part, name: str) -> list[str]:
    """One text or several."""
    said = of.get(name)
    several = said if isinstance(said, list) else [said]
    return [one.strip() for one in several if isinstance(one, str) and one.strip()]


def components(of: Part, at: str) -> Iterator[Part]:
    """The components of a bill or of a component, those inside them included."""
    for number, one in enumerate(rows(of, "components", at)):
        yield from every(one, f"{at}.components[{number}]".strip("."))


def every(one: Part, at: str) -> Iterator[Part]:
    """A component and those inside it."""
    yield one
    yield from components(one, at)


def _system(found: Found, main: Part, models: list[Part]) -> None:
    """What the whole is called and is for: of the application, or else of the model."""
    first, named = models[0], text(main, "name")
    own = bool(named) and not MACHINE_MADE.search(named)
    head = main if own else first
    found.say("title", text(head, "name") or text(first, "name") or _("Model"), 200)
    found.say("release", text(head, "version") or text(first, "version"), 50)
    if label := text(first, "version") or text(head, "version"):
        found.version["label"] = label[:50]
    description = text(first, "description") or (text(main, "description") if own else "")
    found.describe("identification", "description", found.cut("description", description))
    supplier = text(part(first, "supplier"), "name") or text(part(first, "manufacturer"), "name")
    found.describe("identification", "supplier", supplier[:LINE])
    considered = [part(part(one, "modelCard"), "considerations", "modelCard") for one in models]
    uses = lines(use for one in considered for use in texts(one, "useCases"))
    found.say("purpose", uses or description or _("Not stated in the bill of materials."))
    found.say("users", lines(user for one in considered for user in texts(one, "users")), 2000)
    groups = [group for one in considered for group in rows(one, "fairnessAssessments")]
    found.say("affected", lines(_group(one) for one in groups), 2000)
    for one in models:
        for licence in rows(one, "licenses"):
            known = part(licence, "license")
            found.left("license", text(known, "id") or text(known, "name") or text(licence, "expression"))


def _group(one: Part) -> str:
    """A group at risk with what may happen to it."""
    return ": ".join(filter(None, (text(one, "groupAtRisk"), text(one, "harms"))))


def _model(found: Found, one: Part) -> Part:
    """A component as a row of the description; its results are those of the version."""
    card = part(one, "modelCard")
    parameters = part(card, "modelParameters", "modelCard")
    considered = part(card, "considerations", "modelCard")
    name, architecture = text(one, "name"), text(parameters, "modelArchitecture")
    if not task(found, text(parameters, "task")):
        found.left("task", text(parameters, "task"))
    inputs = [text(row, "format") for row in rows(parameters, "inputs")]
    found.describe("task", "output", lines(text(row, "format") for row in rows(parameters, "outputs"))[:4000])
    found.say("model_description", architecture)
    approach = APPROACHES.get(text(part(parameters, "approach"), "type"), "")
    found.say("approach", approach)
    _results(found, part(card, "quantitativeAnalysis", "modelCard"))
    return {
        "model_name": f"{text(one, 'group')}/{name}".strip("/")[:LINE] or "–",
        "model_version": text(one, "version")[:LINE],
        "model_family": family(text(parameters, "architectureFamily"), architecture),
        "learning_approach": [approach] if approach else [],
        "input_features": [format_[:LINE] for format_ in inputs if format_][:200],
        "limits": found.cut("technicalLimitations", _limits(considered)),
        "hyperparameters": _properties(found, card),
    }


def _limits(considered: Part) -> str:
    """Known limits and trade-offs, and what to mind, a line each."""
    minded = [
        ": ".join(filter(None, (text(one, "name"), text(one, "mitigationStrategy"))))
        for one in rows(considered, "ethicalConsiderations")
    ]
    return lines(
        [*texts(considered, "technicalLimitations"), *texts(considered, "performanceTradeoffs"), *minded]
    )


def _properties(found: Found, card: Part) -> dict[str, str]:
    """Names with values that somebody added; short ones, the others are told."""
    kept: dict[str, str] = {}
    for one in rows(card, "properties", "modelCard")[:100]:
        name, value = text(one, "name")[:100], text(one, "value")
        if len(value) <= 100 and len(kept) < 40:
            kept[name] = value
        else:
            found.left(name, value)
    return {name: value for name, value in kept.items() if name and value}


def _results(found: Found, analysis: Part) -> None:
    for one in rows(analysis, "performanceMetrics", "quantitativeAnalysis"):
        found.result(text(one, "type"), one.get("value"), subgroup=text(one, "slice"))


def datasets(parts: list[Part]) -> Iterator[Part]:
    """The data sets that stand as components of their own; each with the reference of its component."""
    for one in parts:
        if one.get("type") == "data":
            inner = rows(one, "data") or [{}]
            for row in inner:
                yield {
                    "name": one.get("name"),
                    "description": one.get("description"),
                    **row,
                    "bom-ref": one.get("bom-ref"),
                }


def _used(models: list[Part], known: dict[str, Part]) -> list[Part]:
    """The data sets of the models, by reference or written in place, each once; then those that no model names."""
    found: list[Part] = []
    for model in models:
        parameters = part(part(model, "modelCard"), "modelParameters")
        for one in rows(parameters, "datasets", "modelParameters"):
            found.append(known.pop(str(one.get("ref")), {}) if "ref" in one else one)
    found += known.values()
    named = {text(one, "name"): one for one in found if text(one, "name")}
    return list(named.values())


def _data(found: Found, one: Part) -> Part:
    """A data set as a row of the description. A bill of materials does not tell training from testing."""
    contents, governed = part(one, "contents"), part(one, "governance")
    owners = [text(part(row, "organization"), "name") for row in rows(governed, "owners")]
    said = [
        text(one, "description"),
        text(contents, "url"),
        text(one, "classification"),
        *texts(one, "sensitiveData"),
    ]
    known = [*said, *(f"© {owner}" for owner in dict.fromkeys(owners) if owner)]
    return {
        "dataset": text(one, "name")[:LINE],
        "data_role": "training",
        "provenance": found.cut(text(one, "name"), lines(known)),
        "personal_data": False if "no personal data" in " ".join(said).lower() else None,
    }


def _tools(found: Found, parts: list[Part]) -> None:
    """Libraries and frameworks with their versions."""
    known = [one for one in parts if one.get("type") in ("library", "framework") and text(one, "name")]
    tools = [{"name": text(one, "name")[:LINE], "version": text(one, "version")[:LINE]} for one in known]
    found.describe("tools", "frameworks", tools[:TOOLS])
    if len(tools) > TOOLS:
        found.left("libraries", len(tools) - TOOLS)
