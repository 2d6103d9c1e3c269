"""Each register over REST, made from its declaration: list, record, changes, steps, history, and what hangs on a record."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api import inputs
from aims.api.belongings import Belongings
from aims.api.conditions import etag, expected, showing_current, unchanged
from aims.api.operations import operations
from aims.api.queries import limit_of, names_of, next_link, page, whole, yes
from aims.api.serializers import Input, empty, parse
from aims.api.views import answer
from aims.journal.history import Change, history
from aims.organisation.refused import Refused
from aims.records import changes
from aims.records.access import existing, fetch, may_add, may_change, may_move, require
from aims.records.base import Record
from aims.records.foretelling import foretell
from aims.records.lifecycle import Transition
from aims.records.models import Evidence
from aims.records.registry import Register, register_of
from aims.records.represent import listing, represent
from aims.records.undoing import undo

ACTIONS = {"I": "created", "U": "changed", "D": "removed"}


class RegisterSet(Belongings):
    """One register. Subclasses are made by `routes`, one for each declaration."""

    record: Record

    def allow(self, request: Request, **kwargs: Any) -> None:
        """Whether this member may do this, asked before the body is read. Finds the record of all but list and read."""
        if self.action in (None, "metadata"):
            return  # a method that is not allowed here: 405 follows
        if self.action == "create":
            require(may_add(self.member, self.register))
        elif self.action not in ("index", "retrieve"):
            self.record = fetch(self.member, self.register.model, kwargs["pk"])
            if self.action in ("update", "partial_update", "undo"):
                require(may_change(self.member, self.record))
            elif self.action == "destroy":
                require(may_move(self.member, self.record, self._transition("withdraw")))
            elif self.action == "step":
                steps = self.register.lifecycle.all_transitions
                require(any(may_move(self.member, self.record, step) for step in steps))
            elif self.action in ("link", "unlink"):
                require(
                    may_change(self.member, self.record) or (self.action == "link" and self._adds_evidence)
                )

    @property
    def _adds_evidence(self) -> bool:
        return may_add(self.member, register_of(Evidence))

    def index(self, request: Request) -> Response:
        """The records of this register that are open to you, oldest first."""
        asked = page(request, self.register)
        text, count, last = listing(
            self.member, self.register, asked.where, asked.values, asked.limit, asked.names
        )
        more = next_link(request, "cursor", last) if count == asked.limit else None
        return answer(
            b'{"next":%s,"results":%s}' % (b'"%s"' % more.encode() if more else b"null", text.encode())
        )

    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One record."""
        names = names_of(request, self.register)
        row = existing(represent(self.member, self.register, pk))
        tag = etag(row["version"])
        if unchanged(request, row["version"]):
            return answer(None, 304, ETag=tag)
        return answer({name: row[name] for name in row if name in names} if names else row, ETag=tag)

    def create(self, request: Request) -> Response:
        """Add a record; it begins in the first state of its lifecycle."""
        values, parts = parse(self.member, self.register, request.data)
        if yes(request, "dry_run"):
            return self._foretold(
                lambda: changes.create(self.member, self.register.model, values, parts), None
            )
        record = changes.create(self.member, self.register.model, values, parts)
        return self._shown(record, 201, Location=f"{request.path}{record.pk}/")

    def update(self, request: Request, pk: uuid.UUID) -> Response:
        """Replace the content of a record: what is not given becomes empty."""
        values, parts = empty(self.register)
        return self._write(request, lambda given: ({**values, **given[0]}, {**parts, **given[1]}), whole=True)

    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Change some fields of a record. A list of parts replaces the parts: rows with an id stay."""
        return self._write(request, lambda given: given, whole=False)

    def _write(self, request: Request, complete: Callable[[Input], Input], whole: bool) -> Response:
        with showing_current(self.member, self.record):
            version = expected(request, self.record)
            given = parse(self.member, self.register, request.data, self.record, whole)
            values, parts = complete(given)
            if yes(request, "dry_run"):
                return self._foretold(
                    lambda: changes.write(self.member, self.record, values, version, parts), self.record
                )
            record = changes.write(self.member, self.record, values, version, parts)
        return self._shown(record)

    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Withdraw a record: it stays readable, with the reason (`note`), and can be restored."""
        with showing_current(self.member, self.record):
            version = expected(request, self.record)
            note = request.query_params.get("note") or inputs.Note.read(request.data).get("note", "")
            changes.move(self.member, self.record, "withdraw", version, note)
        return answer(None, 204)

    def steps(self, request: Request, pk: uuid.UUID) -> Response:
        """The transitions that leave the record's present state, and which of them are open to you."""
        leaving = self.register.lifecycle.leaving(self.record.state)
        return answer({"results": [self._step(transition) for transition in leaving]})

    def step(self, request: Request, pk: uuid.UUID) -> Response:
        """Take a transition. One that is a signature is refused: it is given under `signatures/`, or in the browser."""
        with showing_current(self.member, self.record):
            version = expected(request, self.record)
            data = inputs.Step.read(request.data)
            self._refuse_signing(data["transition"])
            record = changes.move(self.member, self.record, data["transition"], version, data.get("note", ""))
        return self._shown(record)

    def undo(self, request: Request, pk: uuid.UUID) -> Response:
        """Take your own last change back, within a day: a change like any other. 409 where it was not yours, or a step."""
        with showing_current(self.member, self.record):
            record = undo(self.member, self.record, expected(request, self.record))
        return self._shown(record)

    def past(self, request: Request, pk: uuid.UUID) -> Response:
        """The history of a record and of what belongs to it, newest first, with what was different."""
        before, limit = whole(request, "before", 0), limit_of(request)
        rows = history(self.record, limit, before or None)
        more = next_link(request, "before", rows[-1].id) if len(rows) == limit else None
        return answer({"next": more, "results": [change_shape(row) for row in rows]})

    def _foretold(self, change: Callable[[], Record], record: Record | None) -> Response:
        """What would follow from a change: it is checked as a real one is, and nothing is kept."""
        row = represent(self.member, self.register, record.pk) if record else {}
        return answer({**(row or {}), "effects": [asdict(effect) for effect in foretell(change)]})

    def _shown(self, record: Record, status: int = 200, **headers: str) -> Response:
        row = represent(self.member, self.register, record.pk)
        return answer(row, status, ETag=etag(record.version), **headers)

    def _transition(self, code: str) -> Transition:
        found = self.register.lifecycle.transition(code)
        if found is None:
            message = _("There is no step “%(code)s”.") % {"code": code}
            raise Refused("invalid", message, {"transition": [message]})
        return found

    def _refuse_signing(self, code: str) -> None:
        transition = self._transition(code)
        if transition.meaning:
            require(may_move(self.member, self.record, transition))
            raise Refused(
                "proof_needed",
                _(
                    "This step is a signature and needs two proofs of who you are. Use signatures/ or the browser."
                ),
            )

    def _step(self, transition: Transition) -> dict[str, Any]:
        return {
            "transition": transition.code,
            "label": transition.label,
            "target": transition.target,
            "signature": bool(transition.meaning),
            "note": transition.note,
            "required": transition.required,
            "allowed": may_move(self.member, self.record, transition),
        }


def change_shape(row: Change) -> dict[str, Any]:
    """A change of the journal as JSON."""
    return {
        "position": row.id,
        "at": row.at,
        "actor": row.actor,
        "kind": row.kind,
        "id": row.pk,
        "action": ACTIONS[row.action],
        "version": row.version,
        "differences": [{"column": d.column, "before": d.before, "after": d.after} for d in row.differences],
    }


def routes(register: Register) -> list[URLPattern]:
    """The addresses of a register. Rows of a fixed kind are neither added nor withdrawn."""
    body = {"register": register, "path": register.path, "operations": operations(register)}
    view = type(f"{register.model.__name__}Set", (RegisterSet,), body)
    fixed = register.model.fixed
    one = {"get": "retrieve", "put": "update", "patch": "partial_update"}
    actions = {
        "": {"get": "index"} if fixed else {"get": "index", "post": "create"},
        "<uuid:pk>/": one if fixed else {**one, "delete": "destroy"},
        "<uuid:pk>/transitions/": {"get": "steps", "post": "step"},
        "<uuid:pk>/history/": {"get": "past"},
        "<uuid:pk>/evidence/": {"get": "links", "post": "link"},
        "<uuid:pk>/evidence/<uuid:link_id>/": {"delete": "unlink"},
        "<uuid:pk>/comments/": {"get": "comments", "post": "comment"},
        "<uuid:pk>/watch/": {"get": "watching", "post": "watch", "delete": "unwatch"},
        "<uuid:pk>/undo/": {"post": "undo"},
    }
    return [
        path(f"{register.path}/{tail}", view.as_view(methods))  # type: ignore[attr-defined]
        for tail, methods in actions.items()
    ]
