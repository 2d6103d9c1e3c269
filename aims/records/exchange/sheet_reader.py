"""Reads one sheet of a spreadsheet in a process of its own, with little memory: run as a script, without Django.

calamine lays a sheet out as a dense grid, so two cells at opposite corners ask for half a terabyte and end the process
(found by trying). Here only this process ends. The file comes on standard input, the name of the sheet and the limits
as arguments; JSON goes to standard output: `{"sheets": [...], "sheet": "...", "rows": [[...]]}` or `{"refused": code}`.
"""

import io
import json
import resource
import sys
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

MEMORY = 1 << 30  # bytes of address space
SECONDS = 20  # of processor time


def as_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO, truth as true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)


def read(content: bytes, wanted: str, most_rows: int, most_columns: int) -> dict[str, Any]:
    """The sheets of a workbook, and the rows of the one that is wanted (the first when none is named)."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = list(book.sheet_names)
    if not names:
        return {"refused": "empty"}
    name = wanted if wanted in names else names[0]
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > most_rows:
        return {"refused": "rows"}
    if sheet.total_width > most_columns:
        return {"refused": "columns"}
    rows = [[as_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    return {"sheets": names, "sheet": name, "rows": rows}


def limit() -> None:
    """Bound memory and time, where the system lets us."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS refuses some limits
            resource.setrlimit(kind, (most, most))


def main() -> None:
    """Read standard input, answer on standard output."""
    limit()
    _script, wanted, most_rows, most_columns = sys.argv
    try:
        answer = read(sys.stdin.buffer.read(), wanted, int(most_rows), int(most_columns))
    except python_calamine.PasswordError:
        answer = {"refused": "password"}
    except (python_calamine.CalamineError, OSError, MemoryError):
        answer = {"refused": "broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
