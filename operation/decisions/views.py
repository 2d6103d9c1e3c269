"""Decisions over REST: one as JSON, many as NDJSON, a list and a summary."""

import uuid
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api.operations import PAGED
from aims.api.parsers import Rows, StrictJSON, strict_json
from aims.api.queries import key_of, limit_of, next_link, refuse
from aims.api.schema import ANYTHING, INTEGER, MAYBE, MOMENT, STRING, UUID, Operation, Shape, several, thing
from aims.api.views import BaseSet, answer
from aims.organisation.refused import Refused
from aims.organisation.roles import WRITERS
from aims.records.access import existing, limits, require, visible
from aims.records.registry import register_of
from context.models import AISystem
from operation.decisions.ingest import Taken, find_systems, take
from operation.decisions.models import Decision

MOST_ROWS, MOST_BYTES = 10_000, 64 * 1024 * 1024
NUMBER: Shape = {"anyOf": [{"type": "number"}, STRING, {"type": "null"}]}
SHOWN = (
    "model",
    "model_version",
    "input_digest",
    "subject_ref",
    "correlation_id",
    "output",
    "score",
    "threshold",
    "groups",
    "human_override",
    "overridden",
    "final_output",
    "ground_truth",
)
DECISION = thing(
    id=STRING,
    key=UUID,
    system=UUID,
    timestamp=MOMENT,
    recorded_at=MOMENT,
    flag={"enum": list(Decision.Flag.values)},
    ground_truth_at=MAYBE,
    **dict.fromkeys(SHOWN, ANYTHING),
)
REPORT: Shape = {
    "type": "object",
    "required": ["id", "system", "timestamp", "output"],
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 200},
        "system": {"type": "string", "description": "The AI system's id, number or external id."},
        "timestamp": MOMENT,
        "output": {"type": ["string", "number", "boolean", "object", "array"]},
        "model": MAYBE,
        "model_version": MAYBE,
        "input_digest": MAYBE,
        "subject_ref": MAYBE,
        "correlation_id": MAYBE,
        "score": NUMBER,
        "threshold": NUMBER,
        "groups": {"type": ["object", "null"]},
        "human_override": {"type": ["boolean", "object", "null"]},
        "final_output": ANYTHING,
        "ground_truth": ANYTHING,
        "ground_truth_at": {"type": ["string", "null"], "format": "date-time"},
    },
    "additionalProperties": False,
}
BATCH = thing(
    accepted=INTEGER,
    known=INTEGER,
    rejected=INTEGER,
    errors=several(thing(line=INTEGER, id=STRING, errors=several(thing(field=STRING, message=STRING)))),
)
SUMMARY = thing(
    count=INTEGER,
    overridden=INTEGER,
    override_rate={"type": ["number", "null"]},
    with_ground_truth=INTEGER,
    late=INTEGER,
    future=INTEGER,
    first=MAYBE,
    last=MAYBE,
    model_versions=several(thing(model_version=STRING, count=INTEGER, overridden=INTEGER)),
)


class Decisions(BaseSet):
    """The decisions of the organisation's AI systems."""

    path = "decisions"
    parser_classes = [StrictJSON, Rows]
    operations = {
        "index": Operation(
            "decisions_list",
            DECISION,
            paged=True,
            query={"system": STRING, "after": UUID, "limit": PAGED["limit"]},
        ),
        "create": Operation(
            "decisions_create",
            DECISION,
            201,
            request={"application/json": REPORT, "application/x-ndjson": STRING},
            also={200: {"anyOf": [DECISION, BATCH]}},
        ),
        "retrieve": Operation("decisions_retrieve", DECISION),
        "summary": Operation("decisions_summary", SUMMARY, query={"system": STRING}),
    }

    def allow(self, request: Request, **kwargs: Any) -> None:
        """Who writes to registers reports decisions."""
        if self.action == "create":
            require(self.member.role in WRITERS)

    def index(self, request: Request) -> Response:
        """The decisions open to you, in the order in which they were reported."""
        limit, after = limit_of(request), key_of(request, "after")
        rows = self._rows(request)
        found = list(rows.filter(pk__gt=after)[:limit] if after else rows[:limit])
        more = next_link(request, "after", found[-1].pk) if len(found) == limit else None
        return answer({"next": more, "results": [shape(row) for row in found]})

    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One decision, by its key."""
        return answer(shape(existing(self._rows(request).filter(pk=pk).first())))

    def summary(self, request: Request) -> Response:
        """How many decisions, how many overridden by people, per model version too."""
        rows = self._rows(request).order_by()
        counts = rows.aggregate(
            count=Count("pk"),
            overridden=Count("pk", filter=Q(overridden=True)),
            with_ground_truth=Count("pk", filter=Q(ground_truth__isnull=False)),
            late=Count("pk", filter=Q(flag=Decision.Flag.LATE)),
            future=Count("pk", filter=Q(flag=Decision.Flag.FUTURE)),
            first=Min("timestamp"),
            last=Max("timestamp"),
        )
        rate = counts["overridden"] / counts["count"] if counts["count"] else None
        versions = rows.values("model_version").annotate(
            count=Count("pk"), overridden=Count("pk", filter=Q(overridden=True))
        )
        return answer(
            {**counts, "override_rate": rate, "model_versions": list(versions.order_by("model_version"))}
        )

    def create(self, request: Request) -> Response:
        """Report one decision, or a batch as NDJSON (gzip welcome). The same again adds nothing."""
        data = unzipped(request)
        if isinstance(data, bytes):
            return answer(batch_shape(take(self.member, rows_of(data))))
        taken = take(self.member, [(1, data)])
        if taken.accepted:
            row = taken.accepted[1]
            return answer(shape(row), 201, Location=f"{request.path}{row.pk}/")
        if taken.known:
            return answer(shape(taken.known[1]))
        _id, errors = taken.rejected[1]
        message = _("This id is known with other content.")
        raise Refused(
            *(("conflict", message) if taken.conflicts else ("invalid", _("Check the marked fields."))),
            errors,
        )

    def _rows(self, request: Request) -> QuerySet[Decision]:
        rows = visible(self.member, Decision)
        unscoped = replace(self.member, scopes=None)
        if limits(unscoped, register_of(AISystem)) is not None:
            rows = rows.filter(system__in=visible(unscoped, AISystem).values("pk"))
        if (name := request.query_params.get("system")) is not None:
            system = find_systems(self.member, {name}).get(name)
            if system is None:
                raise refuse(
                    "system", _("There is no such AI system. Give its id, its number or its external id.")
                )
            rows = rows.filter(system_id=system)
        return rows


def unzipped(request: Request) -> Any:
    """The body; a gzipped one is unpacked as far as the limit."""
    encoding = request.headers.get("Content-Encoding", "").lower()
    data: Any = request.data
    if encoding in ("", "identity") or not isinstance(data, bytes):
        return data
    if encoding != "gzip":
        raise Refused("unsupported", _("Only gzip is unpacked here."))
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise ParseError(_("The body is not gzip.")) from error
    if unpacker.unconsumed_tail:
        raise Refused("too_large", _("The body is too large. At most %(mb)s MB can be sent.") % {"mb": 64})
    if not unpacker.eof:
        raise ParseError(_("The body is cut off."))
    return plain


def rows_of(data: bytes) -> Iterator[tuple[int, Any]]:
    """The rows of NDJSON by line, from 1; what is no JSON comes as its error."""
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if len(lines) > MOST_ROWS:
        raise Refused("too_large", _("At most %(most)d rows can be sent at once.") % {"most": MOST_ROWS})
    for number, line in lines:
        try:
            yield number, strict_json(line)
        except ValueError as error:
            yield number, error


def batch_shape(taken: Taken) -> dict[str, Any]:
    """What became of a batch."""
    return {
        "accepted": len(taken.accepted),
        "known": len(taken.known),
        "rejected": len(taken.rejected),
        "errors": [
            {
                "line": line,
                "id": client_id,
                "errors": [
                    {"field": name, "message": text} for name, texts in errors.items() for text in texts
                ],
            }
            for line, (client_id, errors) in sorted(taken.rejected.items())
        ],
    }


def shape(row: Decision) -> dict[str, Any]:
    """A decision as JSON; `key` is ours, `id` the client's."""
    return {
        "id": row.client_id,
        "key": row.pk,
        "system": row.system_id,
        "timestamp": row.timestamp,
        "recorded_at": row.recorded_at,
        "flag": row.flag,
        "ground_truth_at": row.ground_truth_at,
        **{name: getattr(row, name) for name in SHOWN},
    }
