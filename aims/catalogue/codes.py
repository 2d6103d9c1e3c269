"""The order of the standard's codes, which is not the order of their letters."""

import re

FORM = re.compile(r"(?:([A-Z])(?:\.|$))?((?:[0-9]+(?:\.[0-9]+)*)?)(?:-([a-z]+))?")

SortKey = tuple[int, str, tuple[int, ...], int, str]


def numeric(code: str) -> SortKey:
    """Sort key: 9.3 before 10.2, 6.1.2-a before 6.1.2-b, A.9.4 before A.10.2, clauses before annexes.

    A code of another form (an organisation's own control) comes last, by its letters.
    """
    match = FORM.fullmatch(code)
    if match is None or not code:
        return (2, code, (), 0, "")
    annex, numbers, letters = match[1] or "", match[2], match[3] or ""
    parts = tuple(int(number) for number in numbers.split(".")) if numbers else ()
    return (1 if annex else 0, annex, parts, len(letters), letters)
