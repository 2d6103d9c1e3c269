"""Finds what is wrong with an edition: a catalogue with a dangling link would mislead an auditor quietly."""

from collections.abc import Iterator
from dataclasses import fields

from aims.catalogue.ai_act_checks import ai_act_problems
from aims.catalogue.catalogue import Catalogue
from aims.catalogue.checking import duplicates, unknown
from aims.catalogue.guidance_checks import guidance_problems
from aims.catalogue.model import Clause, Control, RiskSource, Theme
from aims.catalogue.translation import Translation

ANNEX_C_SECTIONS = frozenset({"C.2", "C.3"})


def problems(catalogue: Catalogue) -> list[str]:
    """Everything that is wrong, one sentence each; empty when the edition can be relied upon."""
    return [
        *_counts(catalogue),
        *_codes(catalogue),
        *_clauses(catalogue),
        *_controls(catalogue),
        *_links(catalogue),
        *_crosswalks(catalogue),
        *_translations(catalogue),
        *guidance_problems(catalogue),
        *ai_act_problems(catalogue),
    ]


def _counts(catalogue: Catalogue) -> Iterator[str]:
    expected = catalogue.edition.counts
    permissions = sum(line.permission for line in catalogue.requirements.values())
    for what, found, wanted in (
        ("leaf clauses", len(catalogue.leaves()), expected.leaves),
        ("lines", len(catalogue.requirements), expected.lines),
        ("permissions", permissions, expected.permissions),
        ("controls", len(catalogue.controls), expected.controls),
    ):
        if found != wanted:
            yield f"{found} {what} where the edition has {wanted}"


def _codes(catalogue: Catalogue) -> Iterator[str]:
    """A code means one thing only, across clauses, lines, areas and Annex C."""
    kinds = (
        catalogue.clauses,
        catalogue.requirements,
        catalogue.areas,
        catalogue.controls,
        catalogue.objectives,
        catalogue.risk_sources,
    )
    return duplicates("edition", (code for kind in kinds for code in kind))


def _clauses(catalogue: Catalogue) -> Iterator[str]:
    for clause in catalogue.clauses.values():
        yield from unknown(clause.code, "parent", [clause.parent] if clause.parent else [], catalogue.clauses)
        if clause.leaf != bool(clause.requirements):
            yield f"{clause.code}: a leaf has requirements, another clause has none"
        if clause.leaf and not (clause.pdca and clause.guidance and clause.auditor_questions):
            yield f"{clause.code}: a leaf needs pdca, guidance and auditor_questions"
        yield from _requirements(catalogue, clause)


def _requirements(catalogue: Catalogue, clause: Clause) -> Iterator[str]:
    for line in clause.requirements:
        if not line.code.startswith(f"{clause.code}-"):
            yield f"{line.code}: stands under {clause.code}"
        if (line.documented_information == "not_required") != (line.di_kind is None):
            yield f"{line.code}: di_kind is given exactly when documented information is needed"
        yield from unknown(line.code, "record_type", line.record_types, catalogue.record_types)


def _controls(catalogue: Catalogue) -> Iterator[str]:
    stages = [stage.code for stage in catalogue.life_cycle.stages]
    split = {area.parent for area in catalogue.areas.values()}
    for area in catalogue.areas.values():
        yield from unknown(area.code, "parent", [area.parent] if area.parent else [], catalogue.areas)
    for control in catalogue.controls.values():
        yield from unknown(control.code, "area", [control.area], catalogue.areas.keys() - split)
        if not control.code.startswith(control.area + "."):
            yield f"{control.code}: stands in area {control.area}"
        yield from unknown(control.code, "record_type", control.record_types, catalogue.record_types)
        yield from unknown(control.code, "life cycle stage", control.life_cycle_stages, stages)
        yield from unknown(control.code, "objective", control.objectives, catalogue.objectives)
        yield from unknown(control.code, "risk source", control.risk_sources, catalogue.risk_sources)


def _links(catalogue: Catalogue) -> Iterator[str]:
    known = catalogue.clauses.keys() | catalogue.controls.keys() | catalogue.areas.keys() | ANNEX_C_SECTIONS
    linked: list[Clause | Control] = [*catalogue.clauses.values(), *catalogue.controls.values()]
    for item in linked:
        yield from unknown(item.code, "link", item.links, known - {item.code})
    themes: list[Theme | RiskSource] = [*catalogue.objectives.values(), *catalogue.risk_sources.values()]
    for theme in themes:
        yield from unknown(theme.code, "suggested control", theme.suggested_controls, catalogue.controls)


def _crosswalks(catalogue: Catalogue) -> Iterator[str]:
    wanted = {leaf.code for leaf in catalogue.leaves()} | catalogue.controls.keys()
    found = [entry.code for entry in catalogue.crosswalks.entries]
    yield from unknown("crosswalks", "code", found, wanted)
    yield from (f"crosswalks: no entry for {code}" for code in sorted(wanted.difference(found)))
    yield from duplicates("crosswalks", found)


def _translations(catalogue: Catalogue) -> Iterator[str]:
    """Only what the English has is translated, and a list as a whole: item by item it stands beside it."""
    entries: dict[str, object] = {
        **catalogue.clauses,
        **catalogue.requirements,
        **catalogue.areas,
        **catalogue.controls,
        **catalogue.objectives,
        **catalogue.risk_sources,
    }
    for language, translated in catalogue.translations.items():
        yield from unknown(language, "code", translated, entries)
        for code in translated.keys() & entries.keys():
            yield from _translated(f"{language} {code}", entries[code], translated[code])


def _translated(where: str, entry: object, translation: Translation) -> Iterator[str]:
    for field in fields(Translation):
        english, other = getattr(entry, field.name, ""), getattr(translation, field.name)
        if other and not english:
            yield f"{where}: translates {field.name}, which the English does not have"
        elif isinstance(other, tuple) and other and len(other) != len(english):
            yield f"{where}: {len(other)} {field.name} for {len(english)} in English"
