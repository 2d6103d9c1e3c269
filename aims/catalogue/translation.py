"""Text in another language beside the English: our own words too, never a published translation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Translation:
    """What is translated of one code; what is empty is read in English."""

    title: str = ""
    long_title: str = ""
    text: str = ""
    objective: str = ""
    guidance: str = ""
    evidence_examples: tuple[str, ...] = ()
    auditor_questions: tuple[str, ...] = ()
