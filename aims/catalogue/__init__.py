"""The standards as data: requirements, controls, terms, risk guidance, AI Act rules, crosswalks, calendar.

No database, nothing of the application: `edition()` gives a frozen, checked Catalogue, and the database keeps
only its codes. An edition is a folder under `data/`.
"""

from aims.catalogue.ai_act import AIAct
from aims.catalogue.catalogue import Catalogue
from aims.catalogue.codes import numeric
from aims.catalogue.crosswalks import Crosswalk
from aims.catalogue.durations import Duration
from aims.catalogue.errors import CatalogueError, UnknownCode
from aims.catalogue.loading import edition, editions, load
from aims.catalogue.ml import FormField, FormSection
from aims.catalogue.model import Area, Clause, Control, Line, Place, Requirement, RiskSource, Theme
from aims.catalogue.risk import ExampleRisk
from aims.catalogue.schedule_rules import LegalDate, ScheduleRule
from aims.catalogue.terms import LifeCycleStage, StakeholderRole, Term, Transition
from aims.catalogue.validation import problems

__all__ = [
    "AIAct",
    "Area",
    "Catalogue",
    "CatalogueError",
    "Clause",
    "Control",
    "Crosswalk",
    "Duration",
    "ExampleRisk",
    "FormField",
    "FormSection",
    "LegalDate",
    "LifeCycleStage",
    "Line",
    "Place",
    "Requirement",
    "RiskSource",
    "ScheduleRule",
    "StakeholderRole",
    "Term",
    "Theme",
    "Transition",
    "UnknownCode",
    "edition",
    "editions",
    "load",
    "numeric",
    "problems",
]
