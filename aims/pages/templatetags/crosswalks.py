"""What corresponds in other texts to a clause or control: informative, on the page where it is worked on."""

from typing import Any

from django import template
from django.utils.translation import get_language

from aims.catalogue import edition
from aims.pages.context import address

register = template.Library()
FIELDS = (
    ("nist_ai_rmf", "NIST AI RMF 1.0"),
    ("eu_ai_act", "EU AI Act"),
    ("iso_27001_2022", "ISO/IEC 27001:2022"),
    ("iso_9001_2015", "ISO 9001:2015"),
    ("iso_13485_2016", "ISO 13485:2016"),
)


@register.simple_tag
def crosswalk(code: str) -> dict[str, Any] | None:
    """The numbers that other frameworks have for a line's clause or control, and what to mind; None where there are none."""
    catalogue = edition()
    named = code if code in catalogue.controls else catalogue.clause_of(code).code
    entry = next((one for one in catalogue.crosswalks.entries if one.code == named), None)
    if entry is None:
        return None
    found = [(label, ", ".join(getattr(entry, field))) for field, label in FIELDS if getattr(entry, field)]
    note = catalogue.phrase(entry.note, get_language() or "en")
    return {"code": named, "rows": found, "note": note, "url": address("crosswalks")}
