"""Duties under the EU AI Act by role and outcome, each with the day from which it applies. Orientation, not legal advice.

Pure functions over the catalogue's data; who is provider and who deployer, and what a system is, comes from the records.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from aims.catalogue import AIAct, Catalogue
from aims.catalogue.model import DomainNote
from aims.organisation.profile import Sector
from planning.ai_act import ANNEX_I, ANNEX_III, LITERACY, MODELS, begins
from planning.proposals import GENERAL, HIGH, Facts, Outcome, SystemFacts

PROVIDER, DEPLOYER, EVERYBODY = "provider", "deployer", ""
# other roles under the Act → the list of their duties on a high-risk system
OTHERS = {"importer": "importer", "distributor": "distributor", "component_supplier": "value_chain"}
ELSEWHERE = frozenset({"Art. 4", "Art. 50(3)–(4)"})  # told for everybody, and by outcome
# duties that hang on an Annex III use
ONLY_ANNEX_III = frozenset({"Art. 26(8)", "Art. 26(10)", "Art. 26(11)", "Art. 27", "Art. 49", "Art. 86"})
CREDIT = frozenset({"5.b", "5.c"})  # creditworthiness, and life and health insurance: Art. 27 for everybody
BIOMETRIC = "1.a"  # remote biometric identification
# how Annex D's note on a sector begins
FIELDS = {
    Sector.HEALTH: "health",
    Sector.EMPLOYMENT: "employment",
    Sector.FINANCE: "finance",
    Sector.SERVICES: "customer service",
    Sector.EDUCATION: "education",
    Sector.PUBLIC: "public sector",
    Sector.INDUSTRY: "industry",
}
UNION = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)


@dataclass(frozen=True)
class Duty:
    """One duty: on which system (empty: all of them), in which role, from which outcome, since or from when."""

    ref: str
    title: str
    summary: str = ""
    system: str = ""
    role: str = EVERYBODY
    outcome: str = ""
    applies: date | None = None
    key: UUID | None = None

    @property
    def waits(self) -> bool:
        """Whether nothing can be said before the system is classified."""
        return bool(self.system) and not self.outcome


def duties(facts: Facts, act: AIAct) -> tuple[Duty, ...]:
    """Everything that the Act asks of an organisation, system by system; what is the same twice is told once."""
    found = [*_everybody(facts, act)]
    for system in facts.systems:
        outcomes = system.outcomes or ("",)
        told = (duty for outcome in outcomes for duty in _of(facts, system, outcome, act))
        found += [replace(duty, key=system.key) for duty in told]
    return tuple(dict.fromkeys(found))


def field_note(facts: Facts, catalogue: Catalogue) -> DomainNote | None:
    """What to watch in the organisation's sector, as Annex D has it; None where it says nothing."""
    begin = FIELDS.get(facts.profile.sector) if facts.profile.sector else None
    notes = catalogue.annex_d.domain_notes
    return next((note for note in notes if begin and note.domain.startswith(begin)), None)


def _everybody(facts: Facts, act: AIAct) -> Iterator[Duty]:
    """Literacy, unless no system falls under the Act."""
    if all(Outcome.OUTSIDE in system.outcomes for system in facts.systems):
        return
    for duty in act.obligations["all"]:
        yield Duty(duty.ref, duty.title, duty.summary, applies=begins(act, LITERACY))


def _of(facts: Facts, system: SystemFacts, outcome: str, act: AIAct) -> Iterable[Duty]:
    if outcome in HIGH - {Outcome.HIGH_B}:
        return _high(facts, system, outcome, act)
    if outcome in GENERAL:
        return _models(facts, system, outcome, act)
    if outcome == Outcome.TRANSPARENCY:
        return _transparency(system, act)
    return _single(system, outcome, act)


def _single(system: SystemFacts, outcome: str, act: AIAct) -> Iterator[Duty]:
    """Outcomes with one consequence, and the question that is still open."""
    if outcome == "":
        yield Duty("Art. 6", _("Classify the system"), _("Its class decides what applies."), system.title)
    label = {o.code: o for o in act.decision_tree.outcomes}
    if outcome == Outcome.PROHIBITED:
        about = label[outcome]
        yield Duty(
            "Art. 5", about.label, about.consequence, system.title, EVERYBODY, outcome, begins(act, LITERACY)
        )
    if outcome == Outcome.HIGH_B:
        about, day = label[outcome], system.applies_from or begins(act, ANNEX_I)
        yield Duty("Art. 2(2)", about.label, about.consequence, system.title, EVERYBODY, outcome, day)
    if outcome == Outcome.EXEMPT and system.provided:
        for words in act.art_6_3.duties:
            day = begins(act, ANNEX_III)
            yield Duty("Art. 6(4)", words, "", system.title, PROVIDER, outcome, day)


def _high(facts: Facts, system: SystemFacts, outcome: str, act: AIAct) -> Iterator[Duty]:
    """The duties on a high-risk system, for each role that the organisation has under the Act."""
    annex = ANNEX_III if outcome == Outcome.HIGH_III else ANNEX_I
    day = system.applies_from or begins(act, annex)
    held = {PROVIDER: system.provided, DEPLOYER: system.deployed}
    lists = [(role, f"high_risk_{role}") for role in held if held[role]]
    lists += [(role, kept) for role, kept in OTHERS.items() if f"eu_{role}" in system.roles]
    for role, kept in lists:
        for duty in act.obligations[kept]:
            if _concerns(duty.ref, facts, system, outcome):
                yield Duty(duty.ref, duty.title, duty.summary, system.title, role, outcome, day)


def _concerns(ref: str, facts: Facts, system: SystemFacts, outcome: str) -> bool:
    """Whether a duty of the general list is this organisation's on this system."""
    if ref in ELSEWHERE or (ref in ONLY_ANNEX_III and outcome != Outcome.HIGH_III):
        return False
    if ref == "Art. 27":
        return facts.profile.public or bool(CREDIT & system.uses)
    if ref == "Art. 26(8)":
        return facts.profile.public
    if ref == "Art. 26(10)":
        return BIOMETRIC in system.uses
    return ref != "Art. 22" or facts.country not in UNION


def _models(facts: Facts, system: SystemFacts, outcome: str, act: AIAct) -> Iterator[Duty]:
    """The duties on a general-purpose model, which are its provider's."""
    if not system.provided:
        return
    rules = [*act.gpai.model_duties, *(act.gpai.systemic if outcome == Outcome.SYSTEMIC else ())]
    for rule in rules:
        if rule.ref != "Art. 54" or facts.country not in UNION:
            day = begins(act, MODELS)
            yield Duty(rule.ref, rule.text, "", system.title, PROVIDER, outcome, day)


def _transparency(system: SystemFacts, act: AIAct) -> Iterator[Duty]:
    """The cases of Art. 50 that were ticked, or all of one's role where nothing was."""
    held = {PROVIDER: system.provided, DEPLOYER: system.deployed}
    for case in act.transparency:
        if held[case.actor] and (not system.cases or case.code in system.cases):
            outcome = Outcome.TRANSPARENCY.value
            yield Duty(case.ref, case.case, case.duty, system.title, case.actor, outcome, case.applies_from)
