"""ISO/IEC 23053: how an AI system that uses machine learning is described, as a form of 102 fields."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """A task type, a learning approach or a kind of data set."""

    code: str
    meaning: str
    label: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """A step of the pipeline (ISO/IEC 23053 clause 8) with what shows that it was done."""

    code: str
    clause: str
    label: str
    meaning: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """A field. `type` is one of the description's `field_types`, also `list:type` and `ref:record type`.

    `visible_if` and `computed_from` are rules in words that the form implements.
    """

    code: str
    label: str
    type: str
    required: bool
    options: tuple[str, ...] = ()
    help: str = ""
    evidence: tuple[str, ...] = ()
    clause: str = ""
    visible_if: str = ""
    computed_from: str = ""


@dataclass(frozen=True, slots=True)
class FormSection:
    """A section; a repeatable one is answered once for each model or data set."""

    code: str
    label: str
    fields: tuple[FormField, ...]
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form."""

    code: str
    title: str
    sections: tuple[FormSection, ...]


@dataclass(frozen=True, slots=True)
class MachineLearning:
    """The file as a whole."""

    source: str
    note: str
    clause_map: Mapping[str, str]
    field_types: Mapping[str, str]
    task_types: tuple[Choice, ...]
    learning_approaches: tuple[Choice, ...]
    data_sets: tuple[Choice, ...]
    pipeline_steps: tuple[PipelineStep, ...]
    form: Form

    def fields(self) -> tuple[FormField, ...]:
        """All fields of all sections, in order."""
        return tuple(field for section in self.form.sections for field in section.fields)
