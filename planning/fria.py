"""The fundamental rights impact assessment of Art. 27 of the AI Act, drawn from the impact assessment.

Its questions are data. Each names the fields that answer it, so nothing is asked twice: the sheet shows what is there with
the place it comes from, and what is missing with the field where it is written. It is made of what stands in the
catalogue's AI Act data (`fria.content`), one question for each item, in its order; a test holds the two together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.pages.places import record_url
from aims.records.display import label
from aims.records.lifecycle import Words
from aims.records.registry import register_of
from planning.models import Impact, ImpactAssessment

DUTY = frozenset(
    {
        ImpactAssessment.RightsDuty.PUBLIC.value,
        ImpactAssessment.RightsDuty.SERVICE.value,
        ImpactAssessment.RightsDuty.CREDIT.value,
    }
)


@dataclass(frozen=True)
class Question:
    """One item that Art. 27(1) asks for. `own` are fields that answer it, `system` tells more; `rows` speak for it too."""

    code: str
    ref: str
    text: Words
    own: tuple[str, ...]  # of the assessment; the first is where an answer is written
    system: tuple[str, ...] = ()  # of the AI system
    system_answers: bool = False  # whether what the system says is an answer by itself
    rows: Callable[[Impact], str] | None = None


@dataclass(frozen=True)
class Source:
    """A text that answers, with the place it comes from."""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class Answered:
    """A question with what answers it already; without an answer `url` is where it is written."""

    question: Question
    sources: tuple[Source, ...]
    met: bool
    field: str
    url: str


def concerned(impact: Impact) -> str:
    """Who is concerned, whether for good or for ill."""
    return impact.group


def harmed(impact: Impact) -> str:
    """A harm and whom it meets."""
    return f"{impact.group}: {impact.effect}" if impact.negative else ""


QUESTIONS = (
    Question(
        "a", "Art. 27(1)(a)",
        gettext_lazy("In which of our processes is the system used, in line with its purpose?"),
        ("processes",), ("purpose", "deployed"),
    ),
    Question(
        "b", "Art. 27(1)(b)", gettext_lazy("For how long, and how often, is it used?"), ("use_period",),
    ),
    Question(
        "c", "Art. 27(1)(c)",
        gettext_lazy("Which categories of people and groups are likely to be affected?"),
        ("individuals",), rows=concerned,
    ),
    Question(
        "d", "Art. 27(1)(d)",
        gettext_lazy("Which specific risks of harm do they run?"), ("misuse",), rows=harmed,
    ),
    Question(
        "e", "Art. 27(1)(e)", gettext_lazy("How do people oversee it?"), ("oversight",), ("oversight",), True,
    ),
    Question(
        "f", "Art. 27(1)(f)",
        gettext_lazy("What is done if harm occurs: who decides, and how do people complain?"), ("if_harm",),
    ),
)  # fmt: skip
ROWS_NEEDED = frozenset(
    {"d"}
)  # a risk of harm is a row: the text on misuse alone does not name who is harmed


def sheet(assessment: ImpactAssessment, impacts: Iterable[Impact]) -> list[Answered]:
    """The questions with their answers, each with its source."""
    rows = list(impacts)
    return [answered(question, assessment, rows) for question in QUESTIONS]


def answered(question: Question, assessment: ImpactAssessment, rows: list[Impact]) -> Answered:
    """What answers one question."""
    told = told_by_rows(question, assessment, rows)
    own = texts(assessment, question.own)
    more = texts(assessment.system, question.system)
    enough = told or (own and question.code not in ROWS_NEEDED) or (more and question.system_answers)
    written = "impacts" if question.code in ROWS_NEEDED else question.own[0]
    return Answered(
        question,
        (*told, *own, *more),
        bool(enough),
        label(ImpactAssessment, written),
        where(assessment, written),
    )


def texts(record: Any, names: Iterable[str]) -> tuple[Source, ...]:
    """What the fields of a record say."""
    return tuple(
        Source(f"{record.ref}, {label(type(record), name)}", getattr(record, name), record_url(record))
        for name in names
        if getattr(record, name)
    )


def told_by_rows(question: Question, assessment: ImpactAssessment, rows: list[Impact]) -> tuple[Source, ...]:
    """What the rows of benefits and harms say, each once."""
    if question.rows is None:
        return ()
    said = list(dict.fromkeys(filter(None, (question.rows(row) for row in rows))))
    place = f"{assessment.ref}, {label(ImpactAssessment, 'impacts')}"
    return (Source(place, "\n".join(said), record_url(assessment, "impacts")),) if said else ()


def where(assessment: ImpactAssessment, name: str) -> str:
    """The field of the form in which an answer is written, or the rows; where it is locked, the record."""
    register = register_of(assessment)
    if register.lifecycle.state(assessment.state).locked:
        return record_url(assessment)
    part = "#rows-impacts" if name == "impacts" else f"#id_{name}"
    return reverse("edit", args=[register.path, assessment.pk]) + part


def authority_url(assessment: ImpactAssessment) -> str:
    """Where it is written that the authority was told; nothing where that is done, or nobody asks for it (Art. 27(3))."""
    due = assessment.rights_duty in DUTY and not assessment.authority_told_on
    return where(assessment, "authority_told_on") if due else ""


def missing(assessment: ImpactAssessment, answers: list[Answered]) -> list[tuple[str, str]]:
    """What is not there yet, in words, each with where it is written. Nothing where Art. 27 asks for nothing."""
    if assessment.rights_duty not in {*DUTY, ImpactAssessment.RightsDuty.VOLUNTARY.value}:
        return []
    found = [(str(one.question.text), one.url) for one in answers if not one.met]
    told = authority_url(assessment)
    if told:
        found.append((_("The market surveillance authority is told of the result (Art. 27(3))."), told))
    return found
