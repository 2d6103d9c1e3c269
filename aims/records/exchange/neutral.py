"""Cells that spreadsheet programs would run as formulas, made harmless and back again.

A text that begins with one of `TRIGGERS` gets an apostrophe in front (OWASP, "CSV Injection"). What begins with
apostrophes and then a trigger gets one more, so that `restore` finds exactly what was there.
"""

import re

TRIGGERS = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - the full-width forms are meant
_RISKY = re.compile(f"'*[{re.escape(TRIGGERS)}]")
_SHIELDED = re.compile(f"'+[{re.escape(TRIGGERS)}]")
_NUMBER = re.compile(r"-\d+(?:[.,]\d+)?\Z")


def neutral(text: str) -> str:
    """The text as a cell that no program runs; negative numbers stay numbers."""
    return f"'{text}" if _RISKY.match(text) and not _NUMBER.match(text) else text


def restore(text: str) -> str:
    """The text as it was before `neutral`."""
    return text[1:] if _SHIELDED.match(text) else text
