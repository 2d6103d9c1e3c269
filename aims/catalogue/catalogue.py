"""One edition of the standard with all that hangs on it, and the questions that the application asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from aims.catalogue.ai_act import AIAct
from aims.catalogue.ai_act_support import ActSupport
from aims.catalogue.crosswalks import Crosswalks
from aims.catalogue.errors import UnknownCode
from aims.catalogue.ml import MachineLearning
from aims.catalogue.model import (
    AnnexD,
    Area,
    Clause,
    Control,
    Edition,
    Line,
    Place,
    Requirement,
    RiskSource,
    Theme,
)
from aims.catalogue.risk import RiskGuidance
from aims.catalogue.schedule_rules import LegalDate, ScheduleRule, ScheduleRules
from aims.catalogue.terms import LifeCycle, Term, Vocabulary
from aims.catalogue.translation import Translation

Entry = Line | Place | Theme | RiskSource
TEXT_FIELDS = ("title", "heading", "text", "objective", "guidance")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything of one edition, read-only, in numeric order.

    A *line* is what an organisation answers: a requirement or a control. A *workspace* is where lines are
    answered: a leaf clause, or an area (for A.6 a sub-area) of Annex A.
    """

    edition: Edition
    record_types: Mapping[str, str]
    clauses: Mapping[str, Clause]
    requirements: Mapping[str, Requirement]
    areas: Mapping[str, Area]
    controls: Mapping[str, Control]
    objectives: Mapping[str, Theme]
    risk_sources: Mapping[str, RiskSource]
    annex_d: AnnexD
    vocabulary: Vocabulary
    machine_learning: MachineLearning
    risk: RiskGuidance
    ai_acts: Mapping[
        str, AIAct
    ]  # every version of the rules by its name (the day of its text), the oldest first
    act_support: ActSupport
    crosswalks: Crosswalks
    schedule: ScheduleRules
    translations: Mapping[str, Mapping[str, Translation]]
    phrases: Mapping[str, Mapping[str, str]]

    @property
    def ai_act(self) -> AIAct:
        """The newest version of the AI Act's rules: what is classified now is classified by it."""
        return self.ai_acts[max(self.ai_acts)]

    @property
    def life_cycle(self) -> LifeCycle:
        """Stages of an AI system and the steps between them."""
        return self.vocabulary.life_cycle

    @property
    def terms(self) -> tuple[Term, ...]:
        """The glossary."""
        return self.vocabulary.terms

    @property
    def schedule_rules(self) -> tuple[ScheduleRule, ...]:
        """What has to be done again, by when, or kept for how long."""
        return self.schedule.schedule_rules

    @property
    def legal_dates(self) -> tuple[LegalDate, ...]:
        """Dates on which the law changes what is due."""
        return self.schedule.legal_dates

    def leaves(self) -> tuple[Clause, ...]:
        """The clauses that have requirements, 4.1 to 10.2."""
        return tuple(clause for clause in self.clauses.values() if clause.leaf)

    def lines(self) -> tuple[Line, ...]:
        """All requirements, then all controls."""
        return (*self.requirements.values(), *self.controls.values())

    def line(self, code: str) -> Line:
        """The requirement or control of that code; UnknownCode when it is neither."""
        found = self.requirements.get(code) or self.controls.get(code)
        if found is None:
            raise UnknownCode(code, self.edition.standard)
        return found

    def clause_of(self, code: str) -> Place:
        """Where a line belongs (its leaf clause or area); a clause or an area is its own place."""
        if code in self.requirements or code in self.controls:
            code = self.line(code).workspace
        found = self.clauses.get(code) or self.areas.get(code)
        if found is None:
            raise UnknownCode(code, self.edition.standard)
        return found

    def top(self, code: str) -> str:
        """'4' to '10', or 'A', for any code of the edition; UnknownCode for another."""
        if code != "A":
            self.clause_of(code)
        return code.split(".")[0]

    def is_code(self, code: str) -> bool:
        """Whether something can be attached to it: a leaf clause, a line or an area."""
        clause = self.clauses.get(code)
        return (clause is not None and clause.leaf) or any(
            code in codes for codes in (self.requirements, self.controls, self.areas)
        )

    def lines_of(self, code: str) -> tuple[Line, ...]:
        """The lines of a leaf or area, also of all below a clause, an area with sub-areas, or 'A'.

        A line's own code gives that line. UnknownCode when the edition does not have the code.
        """
        self.top(code)
        inside = (code, code + ".")
        return tuple(
            line
            for line in self.lines()
            if code == line.code or line.workspace == inside[0] or line.workspace.startswith(inside[1])
        )

    def workspaces(self, top: str) -> tuple[Place, ...]:
        """For '4' to '10' the leaves under it, for 'A' the areas and sub-areas with controls, in order."""
        if top == "A":
            holding = {control.area for control in self.controls.values()}
            return tuple(area for area in self.areas.values() if area.code in holding)
        if top not in self.clauses or self.clauses[top].parent is not None:
            raise UnknownCode(top, self.edition.standard)
        return tuple(leaf for leaf in self.leaves() if leaf.code.startswith(top + "."))

    def text(self, code: str, field: str = "text", language: str = "en") -> str:
        """One field of a clause, line, area, objective or risk source; English where no translation exists.

        Fields are title, heading (the title that stands on its own), text (of a control its intent),
        objective and guidance; empty where the entry has no such field. ValueError for another field.
        """
        if field not in TEXT_FIELDS:
            raise ValueError(f"no text field {field!r}; there are: {', '.join(TEXT_FIELDS)}")
        translation, entry = self._translation(code, language), self._entry(code)
        if field == "heading":
            # a requirement has no title: its text names it, in French as in English
            named = translation.title or ("" if getattr(entry, "title", "") else translation.text)
            return translation.long_title or named or entry.heading
        translated: str = getattr(translation, field)
        english: str = getattr(entry, field, "")
        return translated or english

    def texts(self, code: str, field: str, language: str = "en") -> tuple[str, ...]:
        """The same for a field of several: evidence_examples, auditor_questions."""
        translated: tuple[str, ...] = getattr(self._translation(code, language), field)
        english: tuple[str, ...] = getattr(self._entry(code), field, ())
        return translated or english

    def phrase(self, english: str, language: str = "en") -> str:
        """A text of the AI Act, Annex D or the glossary in another language; English where no translation exists."""
        return self.phrases.get(language.split("-")[0].lower(), {}).get(english, english)

    def _translation(self, code: str, language: str) -> Translation:
        return self.translations.get(language.split("-")[0].lower(), {}).get(code, Translation())

    def _entry(self, code: str) -> Entry:
        kinds: tuple[Mapping[str, Entry], ...] = (
            self.requirements,
            self.controls,
            self.objectives,
            self.risk_sources,
        )
        found = next((kind[code] for kind in kinds if code in kind), None)
        return found or self.clause_of(code)
