"""Loads an edition: a folder of YAML files becomes one frozen, checked Catalogue."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from aims.catalogue.ai_act import AIAct
from aims.catalogue.ai_act_support import ActSupport
from aims.catalogue.catalogue import Catalogue
from aims.catalogue.codes import numeric
from aims.catalogue.crosswalks import Crosswalks
from aims.catalogue.errors import CatalogueError
from aims.catalogue.ml import MachineLearning
from aims.catalogue.model import AnnexD, Area, Clause, Control, Edition, RiskSource, Theme
from aims.catalogue.reading import read
from aims.catalogue.risk import RiskGuidance
from aims.catalogue.schedule_rules import ScheduleRules
from aims.catalogue.structure import structure
from aims.catalogue.terms import Vocabulary
from aims.catalogue.translation import Translation
from aims.catalogue.validation import problems

DATA = Path(__file__).parent / "data"


class Coded(Protocol):
    """Whatever has a code."""

    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=Coded)


def editions() -> tuple[str, ...]:
    """The editions there are, by name."""
    return tuple(sorted(folder.name for folder in DATA.iterdir() if (folder / "edition.yaml").is_file()))


@lru_cache
def edition(code: str = "iso42001_2023") -> Catalogue:
    """The catalogue of an edition, loaded once per process; CatalogueError when it is unknown or wrong."""
    if code not in editions():
        raise CatalogueError(f"no edition {code!r}; there are: {', '.join(editions())}")
    return load(DATA / code)


def load(folder: Path) -> Catalogue:
    """Read and check an edition's folder; CatalogueError lists everything that is wrong with it."""
    catalogue = _assemble(folder)
    if found := problems(catalogue):
        raise CatalogueError("\n".join(found))
    return catalogue


def _assemble(folder: Path) -> Catalogue:
    raw_crosswalks = read(folder / "crosswalks.yaml")
    crosswalks = structure(Crosswalks, raw_crosswalks, "crosswalks.yaml")
    related = {entry["code"]: entry for entry in raw_crosswalks["entries"]}
    clauses = _clauses(folder, related)
    areas, controls = _annex_a(folder, related)
    objectives, risk_sources, annex_d = _annexes_c_d(folder)
    lines = (line for clause in clauses.values() for line in clause.requirements)
    return Catalogue(
        edition=_whole(Edition, folder, "edition"),
        record_types=structure(Mapping[str, str], read(folder / "record_types.yaml"), "record_types.yaml"),
        clauses=clauses,
        requirements=_by_code(lines, "clauses.yaml"),
        areas=areas,
        controls=controls,
        objectives=objectives,
        risk_sources=risk_sources,
        annex_d=annex_d,
        vocabulary=_whole(Vocabulary, folder, "terms_22989"),
        machine_learning=_whole(MachineLearning, folder, "ml_23053"),
        risk=_whole(RiskGuidance, folder, "risk_23894"),
        ai_acts=_ai_acts(folder),
        act_support=_whole(ActSupport, folder, "ai_act_support"),
        crosswalks=crosswalks,
        schedule=_whole(ScheduleRules, folder, "schedule_rules"),
        translations=_translations(folder),
        phrases=_phrases(folder),
    )


def _ai_acts(folder: Path) -> Mapping[str, AIAct]:
    """Every version of the AI Act's rules by its name, the oldest first: a file each, never changed once it was used."""
    paths = sorted((folder / "eu_ai_act").glob("[0-9]*.yaml"))
    found = {path.stem: structure(AIAct, read(path), f"eu_ai_act/{path.name}") for path in paths}
    if not found:
        raise CatalogueError("eu_ai_act: no version of the rules")
    return MappingProxyType(found)


def _clauses(folder: Path, related: Mapping[str, Any]) -> Mapping[str, Clause]:
    """Each requirement is told its clause and each leaf its crosswalk: the files need not repeat them."""
    raw = _part(read(folder / "clauses.yaml"), "clauses", "clauses.yaml")
    for clause in raw:
        clause["crosswalk"] = related.get(clause.get("code"))
        for requirement in clause.get("requirements", []):
            requirement["clause"] = clause.get("code")
    return _list(Clause, raw, "clauses.yaml")


def _annex_a(folder: Path, related: Mapping[str, Any]) -> tuple[Mapping[str, Area], Mapping[str, Control]]:
    raw = read(folder / "annex_a.yaml")
    controls = _part(raw, "controls", "annex_a.yaml")
    for control in controls:
        control["crosswalk"] = related.get(control.get("code"), {})
    areas = _list(Area, _part(raw, "areas", "annex_a.yaml"), "annex_a.yaml")
    return areas, _list(Control, controls, "annex_a.yaml")


def _annexes_c_d(folder: Path) -> tuple[Mapping[str, Theme], Mapping[str, RiskSource], AnnexD]:
    name = "annex_c_d.yaml"
    raw = read(folder / name)
    return (
        _list(Theme, _part(raw, "objectives", name), name),
        _list(RiskSource, _part(raw, "risk_sources", name), name),
        structure(AnnexD, _part(raw, "annex_d", name), name),
    )


def _translations(folder: Path) -> Mapping[str, Mapping[str, Translation]]:
    """One file per language, named by its two letters."""
    return MappingProxyType(
        {
            path.stem: structure(Mapping[str, Translation], read(path), path.name)
            for path in sorted(folder.glob("[a-z][a-z].yaml"))
        }
    )


def _phrases(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """What has no code of its own, by its English: one file per language."""
    return MappingProxyType(
        {
            path.name.split(".")[1]: structure(Mapping[str, str], read(path), path.name)
            for path in sorted(folder.glob("phrases.[a-z][a-z].yaml"))
        }
    )


def _whole(kind: Any, folder: Path, name: str) -> Any:
    return structure(kind, read(folder / f"{name}.yaml"), f"{name}.yaml")


def _part(raw: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in raw:
        raise CatalogueError(f"{where}: missing {key}")
    return raw[key]


def _list(kind: Any, raw: object, where: str) -> Mapping[str, Any]:
    return _by_code(structure(tuple[kind, ...], raw, where), where)


def _by_code(items: Iterable[T], where: str) -> Mapping[str, T]:
    """In numeric order; a code given twice would silently lose a line, so it is an error."""
    found: dict[str, T] = {}
    for item in sorted(items, key=lambda item: numeric(item.code)):
        if item.code in found:
            raise CatalogueError(f"{where}: duplicate code {item.code!r}")
        found[item.code] = item
    return MappingProxyType(found)
