"""Signing over REST, by the rules of the page: what is signed is read first, and two proofs come with each request.

A passkey answers a challenge of its own browser, so here it is password and one-time code (who comes by single sign-on:
the code). Refusing is a step like others; it asks for its reason.
"""

import uuid
from typing import Any

from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api import inputs
from aims.api.conditions import etag, expected, showing_current
from aims.api.schema import INTEGER, MOMENT, STRING, UUID, Operation, Shape, several, shared, thing
from aims.api.serializers import record_serializer
from aims.api.views import BaseSet, answer
from aims.organisation.refused import Refused
from aims.records import delegating
from aims.records.access import existing, fetch, may_move, require, visible
from aims.records.base import Record
from aims.records.lifecycle import Transition
from aims.records.models import Delegation, Deputy, Signature
from aims.records.proving import count_wrong, prove
from aims.records.registry import Register
from aims.records.represent import represent
from aims.records.signatures import canonical, digest_of, sign, standing
from aims.schedule.telling import ask_again, ask_delegate, tell_deputy

DATE: Shape = {"type": "string", "format": "date"}
MAYBE_MOMENT: Shape = {"type": ["string", "null"], "format": "date-time"}
SIGNATURE = shared(
    "Signature",
    thing(
        id=UUID,
        transition=STRING,
        version=INTEGER,
        meaning=STRING,
        signer=UUID,
        name=STRING,
        on_behalf_of=STRING,
        signed_at=MOMENT,
        proof=STRING,
        digest=STRING,
        holds={"type": "boolean"},
    ),
)
TO_SIGN = thing(version=INTEGER, digest=STRING, content=STRING)
GIFT: dict[str, Shape] = {
    "giver": UUID,
    "to": UUID,
    "until": DATE,
    "reason": STRING,
    "given_at": MOMENT,
    "ended_at": MAYBE_MOMENT,
}
DELEGATION = shared("Delegation", thing(id=UUID, transition=STRING, **GIFT))
DEPUTY = shared("Deputy", thing(id=UUID, **GIFT))


class Signing(BaseSet):
    """The signatures and delegations of one record. Subclasses are made by `routes`, one for each signed register."""

    register: Register
    record: Record

    def allow(self, request: Request, **kwargs: Any) -> None:
        """Whether this member may sign, or let sign, anything here, asked before the body is read."""
        if self.action in (None, "metadata"):
            return
        self.record = fetch(self.member, self.register.model, kwargs["pk"])
        may = {
            "sign": may_move,
            "let_sign": delegating.may_delegate,
            "end": delegating.may_take_back,
        }.get(self.action)
        if may:
            require(any(may(self.member, self.record, step) for step in signing_steps(self.register)))

    def signatures(self, request: Request, pk: uuid.UUID) -> Response:
        """The signatures of a record, newest first, and exactly what one signs now: RFC 8785 text and its SHA-256."""
        text = canonical(self.record)
        to_sign = {"version": self.record.version, "digest": digest_of(text), "content": text}
        rows = [signature_shape(row, holds) for row, holds in standing(self.record)]
        return answer({"results": rows, "to_sign": to_sign}, ETag=etag(self.record.version))

    def sign(self, request: Request, pk: uuid.UUID) -> Response:
        """Sign a record, with password and one-time code in the request. `digest` is that of the content that you read."""
        with showing_current(self.member, self.record):
            version = expected(request, self.record)
            data = inputs.Sign.read(request.data)
            step = self._step(data["transition"], may_move)
            proof = self._proof(request, data)
            note = data.get("note", "")
            record = sign(self.member, self.record, step.code, version, data["digest"], proof, note)
        row = represent(self.member, self.register, record.pk)
        return answer(row, 201, ETag=etag(record.version))

    def _proof(self, request: Request, data: dict[str, Any]) -> str:
        try:
            return prove(self.member, data.get("password", ""), data["code"])
        except Refused as refusal:
            if refusal.code == "proof_needed":
                request._request.afterwards.append(lambda: count_wrong(self.member))  # type: ignore[attr-defined]
            raise

    def delegations(self, request: Request, pk: uuid.UUID) -> Response:
        """Who was let sign a record in another's place, the latest first."""
        return answer({"results": [delegation_shape(row) for row in delegating.delegations(self.record)]})

    def let_sign(self, request: Request, pk: uuid.UUID) -> Response:
        """Let somebody else sign a record in your place: they are asked at once, and the signature names both."""
        data = inputs.LetSign.read(request.data)
        step = self._step(data["transition"], delegating.may_delegate)
        row = delegating.delegate(self.member, self.record, step, data["to"], data["until"], data["reason"])
        ask_delegate(row, self.record)
        return answer(delegation_shape(row), 201)

    def end(self, request: Request, pk: uuid.UUID) -> Response:
        """Take a delegation of yours back; 409 where there is none."""
        data = inputs.OneStep.read(request.data)
        step = self._step(data["transition"], delegating.may_take_back)
        rows = delegating.take_back(self.member, self.record, step)
        for row in rows:
            ask_again(row, timezone.now())
        return answer(delegation_shape(rows[0]))

    def _step(self, code: str, may: Any) -> Transition:
        """A signing step that the member may take or give; which steps there are is no secret to who sees the record."""
        found = self.register.lifecycle.transition(code)
        if found is None or not found.meaning:
            message = _("“%(code)s” is no signature here.") % {"code": code}
            raise Refused("invalid", message, {"transition": [message]})
        require(may(self.member, self.record, found))
        return found


class Deputies(BaseSet):
    """Who may sign for the caller in general, and for whom the caller may."""

    path = "deputies"
    operations = {
        "index": Operation("deputies_list", thing(results=several(DEPUTY))),
        "create": Operation("deputies_create", DEPUTY, 201, request=inputs.NameDeputy),
        "end": Operation("deputies_end", DEPUTY),
    }

    def allow(self, request: Request, **kwargs: Any) -> None:
        """Whether this member may name anybody at all."""
        if self.action == "create":
            require(delegating.may_name(self.member))

    def index(self, request: Request) -> Response:
        """Whom you named to sign for you, and for whom you stand in; the latest first, those that have ended too."""
        return answer({"results": [deputy_shape(row) for row in delegating.deputies(self.member)]})

    def create(self, request: Request) -> Response:
        """Name who may give every signature that waits for you, until a day. Who was your deputy before no longer is."""
        row = delegating.name_deputy(self.member, inputs.NameDeputy.read(request.data))
        tell_deputy(row)
        return answer(deputy_shape(row), 201)

    def end(self, request: Request, pk: uuid.UUID) -> Response:
        """Take the leave to sign back from a deputy."""
        rows = visible(self.member, Deputy).filter(giver_id=self.member.id)
        row = existing(rows.filter(pk=pk).first())
        return answer(deputy_shape(delegating.end_deputy(self.member, row.pk)))


def signing_steps(register: Register) -> list[Transition]:
    """The steps of a register that are signatures."""
    return [step for step in register.lifecycle.all_transitions if step.meaning]


def signature_shape(row: Signature, holds: bool) -> dict[str, Any]:
    """A signature as JSON; `holds` says whether the record still is what was signed."""
    return {
        "id": row.pk,
        "transition": row.transition,
        "version": row.version,
        "meaning": row.meaning,
        "signer": row.signer_id,
        "name": row.name,
        "on_behalf_of": row.on_behalf_of,
        "signed_at": row.signed_at,
        "proof": row.proof,
        "digest": row.digest,
        "holds": holds,
    }


def gift_shape(row: Delegation | Deputy) -> dict[str, Any]:
    """Who gave whom leave to sign, until when and why."""
    return {
        "giver": row.giver_id,
        "to": row.to_id,
        "until": row.until,
        "reason": row.reason,
        "given_at": row.given_at,
        "ended_at": row.ended_at,
    }


def delegation_shape(row: Delegation) -> dict[str, Any]:
    """A delegation as JSON."""
    return {"id": row.pk, "transition": row.transition, **gift_shape(row)}


def deputy_shape(row: Deputy) -> dict[str, Any]:
    """A deputy as JSON."""
    return {"id": row.pk, **gift_shape(row)}


def operations(register: Register) -> dict[str, Operation]:
    """The operations on the signatures of a register's records."""
    name = register.path.replace("-", "_")
    signatures = thing(results=several(SIGNATURE), to_sign=TO_SIGN)
    return {
        "signatures": Operation(f"{name}_signatures_list", signatures, versioned=True),
        "sign": Operation(
            f"{name}_signatures_create",
            record_serializer(register),
            201,
            request=inputs.Sign,
            versioned=True,
            guarded=True,
        ),
        "delegations": Operation(f"{name}_delegations_list", thing(results=several(DELEGATION))),
        "let_sign": Operation(f"{name}_delegations_create", DELEGATION, 201, request=inputs.LetSign),
        "end": Operation(f"{name}_delegations_end", DELEGATION, request=inputs.OneStep),
    }


def routes(register: Register) -> list[URLPattern]:
    """The addresses of signing, for a register that is signed."""
    if not signing_steps(register):
        return []
    body = {"register": register, "path": register.path, "operations": operations(register)}
    view = type(f"{register.model.__name__}Signing", (Signing,), body)
    actions = {
        "signatures/": {"get": "signatures", "post": "sign"},
        "delegations/": {"get": "delegations", "post": "let_sign"},
        "delegations/end/": {"post": "end"},
    }
    return [
        path(f"{register.path}/<uuid:pk>/{tail}", view.as_view(methods))  # type: ignore[attr-defined]
        for tail, methods in actions.items()
    ]


urlpatterns = [
    path("deputies/", Deputies.as_view({"get": "index", "post": "create"})),
    path("deputies/<uuid:pk>/end/", Deputies.as_view({"post": "end"})),
]
