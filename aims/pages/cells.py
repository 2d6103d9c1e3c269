"""The cells of a list: chips where somebody must act, quiet words elsewhere."""

from typing import Any

from django.db import models
from django.utils.text import Truncator

from aims.pages.templatetags.marks import BANDS, STATES, band, chip, due_chip, freshness_chip, state_chip
from aims.pages.templatetags.words import SOON_DAYS, date_row, days_until
from aims.records.base import Record
from aims.records.display import Named, first_letter_up, raw, words
from aims.records.models import Evidence
from aims.records.registry import Register


def state_of(register: Register, code: str) -> Any:
    """The chip of a record's state, in the tone that its lifecycle declares."""
    state = register.lifecycle.state(code)
    return chip(first_letter_up(str(state.label)), state.tone, "ban" if code == "withdrawn" else "")


def cell(register: Register, record: Record, name: str, named: Named) -> Any:
    """A field of a record as the cell of a list."""
    field = register.field(name)
    value = raw(record, field)
    if name == "state":
        return state_of(register, str(value))
    if name == "review_due" and isinstance(record, Evidence) and record.state != "withdrawn":
        return freshness_chip(value)
    if isinstance(field, models.DateField) and value:
        pressing = name.endswith("due") and days_until(value) <= SOON_DAYS
        return due_chip(value) if pressing and record.state != "withdrawn" else date_row(value)
    said = words(field, value, named)
    if field.choices and value in BANDS:
        return band("", str(value), said)
    if field.choices and value in STATES:
        return state_chip(str(value), first_letter_up(said))
    return Truncator(first_letter_up(said) if field.choices else said).chars(90)
