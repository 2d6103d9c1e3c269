"""Versions of a document that is a record each (the scope, the AI policy): which there are, and what differs between two."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from aims.organisation.member import Member
from aims.pages.shown import said
from aims.records.access import visible
from aims.records.base import Record
from aims.records.display import Named, label
from aims.records.registry import Register, register_of
from aims.records.represent import contents

IGNORED = frozenset({"ref", "external_id", "title", "edition", "effective_from", "review_due"})


def others(member: Member, record: Record) -> list[Any]:
    """The other versions that are not withdrawn, the newest first."""
    rows = visible(member, type(record)).exclude(pk=record.pk).exclude(state="withdrawn")
    return list(rows.order_by("-created_at", "-ref"))


def before(record: Any, versions: Sequence[Any]) -> Any | None:
    """With which version a record is compared when nobody says: the newest that came before it, else any other."""
    earlier = [one for one in versions if one.created_at < record.created_at]
    return next(iter(earlier or versions), None)


def differences(member: Member, older: Record, newer: Record) -> list[dict[str, str]]:
    """What differs between two versions, line by line, for components/diff.html."""
    register = register_of(newer)
    found, named = contents(register, [older.pk, newer.pk]), Named(member)
    was, now = found[str(older.pk)], found[str(newer.pk)]
    for content in (was, now):
        named.want(register.model, register.fields, content)
    names = [name for name in now if name not in IGNORED]
    return [change for name in names for change in _changes(register, name, was, now, named)]


def _changes(
    register: Register, name: str, was: dict[str, Any], now: dict[str, Any], named: Named
) -> list[dict[str, str]]:
    texts = [lines(said(register, name, content, named)) for content in (was, now)]
    return [
        {"label": label(register.model, name), "before": left, "after": right}
        for left, right in changed_lines(*texts)
    ]


def lines(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def changed_lines(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, str]]:
    """The lines that differ, each with what stands in its place; a text that is the same has none."""
    pairs = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            pairs.append(("\n".join(left[i1:i2]), "\n".join(right[j1:j2])))
    return pairs
