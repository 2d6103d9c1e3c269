"""Issued versions of the Statement of Applicability beside each other: pure functions of their frozen lines (6.1.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from aims.records.display import NOTHING
from planning.models import ControlImplementation, Ground
from planning.models.statements import line_title

Line = Mapping[str, Any]
COMPARED = ("applicable", "ground", "reason", "status", "owner", "due", "risks", "without")
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Change:
    """What is different in one line: `items` are (field, before, after) as they were kept."""

    code: str
    title: str
    kind: str
    items: tuple[tuple[str, Any, Any], ...] = ()


def compare(before: Iterable[Line], after: Iterable[Line]) -> list[Change]:
    """The lines that are in one version only, and those that differ, in the order of the later version.

    Versions that were issued by an older AIMS keep fewer fields: what one of the two does not have is not compared.
    """
    old, new = by_code(before), by_code(after)
    found = [changed(old.get(code), line) for code, line in new.items()]
    gone = [Change(code, line_title(line), REMOVED) for code, line in old.items() if code not in new]
    return [*(one for one in found if one), *gone]


def by_code(lines: Iterable[Line]) -> dict[str, Line]:
    """Lines by the control's number."""
    return {str(line["code"]): line for line in lines}


def changed(old: Line | None, new: Line) -> Change | None:
    """What is different in a line, or None."""
    if old is None:
        return Change(str(new["code"]), line_title(new), ADDED)
    items = tuple((name, old[name], new[name]) for name in COMPARED if differ(old, new, name))
    return Change(str(new["code"]), line_title(new), CHANGED, items) if items else None


def differ(old: Line, new: Line, name: str) -> bool:
    """Whether both have a field and it says something else."""
    return name in old and name in new and old[name] != new[name]


def field_words() -> dict[str, str]:
    """What the compared fields are called."""
    return {
        "applicable": _("Applies"),
        "ground": _("Ground"),
        "reason": _("Why included or excluded"),
        "status": _("Implementation"),
        "owner": _("Owner"),
        "due": _("In place by"),
        "risks": _("Risks treated"),
        "without": _("Not for these systems"),
    }


def said(name: str, value: Any) -> str:
    """A kept value in words."""
    if name == "applicable":
        return {True: _("Yes"), False: _("No")}.get(value, _("To decide"))
    if name == "ground":
        return str(dict(Ground.choices).get(value, NOTHING))
    if name == "status":
        return str(dict(ControlImplementation.Status.choices).get(value, NOTHING))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or NOTHING
    return str(value) if value not in ("", None) else NOTHING


def rows(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Changes as components/diff.html shows them, a block for each line."""
    kinds = {ADDED: _("added"), REMOVED: _("removed"), CHANGED: _("changed")}
    labels = field_words()
    return [
        {
            "code": one.code,
            "title": one.title,
            "kind": one.kind,
            "kind_words": kinds[one.kind],
            "items": [
                {"label": labels[name], "before": said(name, was), "after": said(name, is_)}
                for name, was, is_ in one.items
            ],
        }
        for one in changes
    ]
