"""The journal as people read it: who did what to a record, with before and after in words."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.journal.history import NOISE, Change, Difference
from aims.organisation.member import Member
from aims.records.base import Part, Record
from aims.records.display import (
    NOTHING,
    Named,
    actor_names,
    column,
    kind_words,
    label,
    model_of,
    plain,
    state_words,
    words,
)
from aims.records.models import Comment, Link, Origin, Revision, Signature

LONG = 400  # characters of a text that a difference shows
HIDDEN = NOISE | {"created_at", "created_by_id", "ref", "organisation_id", "content", "gathered", "frozen"}


def timeline(member: Member, changes: Sequence[Change], named: Named | None = None) -> list[dict[str, Any]]:
    """Entries for components/timeline.html. One query per kind of row referred to."""
    named = named or Named(member)
    for change in changes:
        _want(named, change)
    who = actor_names(named, (change.actor for change in changes))
    return [
        {
            "who": who[change.actor],
            "at": change.at,
            "changes": [] if skip_differences(change) else differences(change, named),
            **told(change, named),
        }
        for change in changes
    ]


def _want(named: Named, change: Change) -> None:
    model = model_of(change.kind)
    if model is None:
        return
    for difference in change.differences:
        for value in (difference.before, difference.after):
            named.want(
                model, [difference.column], {difference.column: value, _name(model, difference.column): value}
            )
    named.want(model, [name for name in change.state if name not in HIDDEN], change.state)


def _name(model: type[Model], name: str) -> str:
    field = column(model, name)
    return field.name if field else name


def skip_differences(change: Change) -> bool:
    """Whether the words say everything: a link or a comment has no before and after worth reading."""
    return change.action != "U" and model_of(change.kind) in (Link, Origin, Comment, Signature, Revision)


def differences(change: Change, named: Named) -> list[dict[str, str]]:
    """Before and after of each column, by its label."""
    model = model_of(change.kind)
    if model is None:
        return []
    shown = [d for d in change.differences if d.column not in HIDDEN and d.column != "state"]
    return [line for difference in shown for line in lines_of(model, difference, named)]


def lines_of(model: type[Model], difference: Difference, named: Named) -> list[dict[str, str]]:
    """A column before and after; of a field that holds fields of its own, each of those that differ."""
    field = column(model, difference.column)
    own = getattr(field, "differences", None)
    if own is None:
        before, after = (
            value_words(model, difference.column, one, named) for one in (difference.before, difference.after)
        )
        found = [(label(model, difference.column), before, after)]
    else:
        found = own(difference.before, difference.after)
    return [{"label": head, "before": cut(was), "after": cut(now) or NOTHING} for head, was, now in found]


def value_words(model: type[Model], name: str, value: Any, named: Named) -> str:
    """A column's value from the journal in words."""
    field = column(model, name)
    return words(field, value, named) if field is not None else plain(value)


def cut(text: str) -> str:
    """A long text, shortened."""
    return Truncator(text).chars(LONG)


def told(change: Change, named: Named) -> dict[str, Any]:
    """What happened in a sentence without its subject, with a shape and, for a comment, its text."""
    model, state = model_of(change.kind), change.state
    if model is not None and issubclass(model, Record):
        return _told_of_record(change, model)
    if change.action == "U":
        return _told_of_part(change, model, named)
    if model is Link:
        title = named.name(column(Link, "evidence").related_model, state.get("evidence_id", ""))  # type: ignore[union-attr, arg-type]
        says = _("took the evidence “%(title)s” away") if change.action == "D" else _("linked “%(title)s”")
        return {"what": says % {"title": title}, "icon": "paperclip"}
    if model is Comment:
        return {"what": _("commented"), "note": state.get("text", ""), "icon": "message-square"}
    if model is Signature:
        says = _("signed version %(version)s: %(meaning)s")
        return {"what": says % _from(state, "version", "meaning"), "icon": "badge-check", "tone": "seal"}
    if model is Revision:
        says = _("added the file %(name)s (revision %(number)s)")
        return {"what": says % _from(state, "name", "number"), "icon": "upload"}
    return _told_of_part(change, model, named)


def _from(state: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: state.get(name, "") for name in names}


def _told_of_record(change: Change, model: type[Record]) -> dict[str, Any]:
    if change.action == "I":
        return {"what": _("created this %(kind)s") % {"kind": kind_words(change.kind)}, "icon": "plus"}
    moved = next((d for d in change.differences if d.column == "state"), None)
    if moved is not None:
        says = _("moved it to “%(state)s”, version %(version)s")
        values = {"state": state_words(model, str(moved.after)), "version": change.version}
        return {"what": says % values, "icon": "arrow-right"}
    return {"what": _("changed it, version %(version)s") % {"version": change.version}, "icon": "pen-line"}


def _told_of_part(change: Change, model: type[Model] | None, named: Named) -> dict[str, Any]:
    says = {
        "I": _("added %(kind)s: %(what)s"),
        "U": _("changed %(kind)s: %(what)s"),
        "D": _("removed %(kind)s: %(what)s"),
    }[change.action]
    values = {"kind": kind_words(change.kind), "what": cut(gist(change.state, model, named))}
    return {"what": says % values, "icon": {"I": "plus", "D": "minus"}.get(change.action, "pen-line")}


def gist(state: dict[str, Any], model: type[Model] | None, named: Named) -> str:
    """The words that tell a row from others: a part's first field, else what a row between two refers to."""
    if model is None:
        return ""
    if issubclass(model, Part):
        field = column(model, model.form[0])
        value = state.get(field.attname, state.get(field.name)) if field else ""
        return value_words(model, model.form[0], _read(value), named)
    relations = [f for f in model._meta.concrete_fields if f.many_to_one and f.attname in state]
    found = [words(f, state[f.attname], named) for f in relations if f.name != "organisation"]
    return found[-1] if found else str(state.get("title") or state.get("name") or "")


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value[:1] == "[" else value
