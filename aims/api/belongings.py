"""What hangs on a record of any kind over REST: the evidence that speaks for it, and comments."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from aims.api import inputs
from aims.api.views import BaseSet, answer
from aims.organisation.refused import Refused
from aims.records import changes
from aims.records.access import existing, fetch, visible
from aims.records.base import Record
from aims.records.evidence import link, unlink
from aims.records.models import Comment, Evidence, Link
from aims.records.registry import Register
from aims.records.watching import watch, watches


class Belongings(BaseSet):
    """Evidence links and comments of one record."""

    register: Register
    record: Record

    def links(self, request: Request, pk: uuid.UUID) -> Response:
        """The evidence that speaks for a record."""
        seen = visible(self.member, Evidence)
        rows = self._links().filter(evidence__in=seen.values("pk")).select_related("evidence")
        return answer({"results": [link_shape(row) for row in rows.order_by("linked_at", "id")]})

    def link(self, request: Request, pk: uuid.UUID) -> Response:
        """Say that evidence speaks for a record; 200 where that was said already."""
        data = inputs.Speaks.read(request.data)
        evidence = self._evidence(data["evidence"])
        known = self._links().filter(evidence=evidence).exists()
        row = link(self.member, evidence, self.register.path, self.record.pk)
        return answer(link_shape(row), 200 if known else 201)

    def unlink(self, request: Request, pk: uuid.UUID, link_id: uuid.UUID) -> Response:
        """Take a link back."""
        row = existing(self._links().filter(pk=link_id).first())
        unlink(self.member, row)
        return answer(None, 204)

    def comments(self, request: Request, pk: uuid.UUID) -> Response:
        """What was said about a record, oldest first."""
        rows = Comment.objects.filter(
            organisation_id=self.member.organisation_id, kind=self.register.path, record_id=self.record.pk
        )
        return answer({"results": [comment_shape(row) for row in rows]})

    def comment(self, request: Request, pk: uuid.UUID) -> Response:
        """Say something about a record."""
        data = inputs.Remark.read(request.data)
        return answer(comment_shape(changes.comment(self.member, self.record, data["text"])), 201)

    def watching(self, request: Request, pk: uuid.UUID) -> Response:
        """Whether you hear of changes to a record with the day's digest. Owners do, until they say otherwise."""
        return answer({"watching": watches(self.member, self.record)})

    def watch(self, request: Request, pk: uuid.UUID) -> Response:
        """Begin to hear of a record's changes."""
        watch(self.member, self.record, True)
        return answer({"watching": True})

    def unwatch(self, request: Request, pk: uuid.UUID) -> Response:
        """Hear no more of a record's changes, also as its owner."""
        watch(self.member, self.record, False)
        return answer(None, 204)

    def _links(self) -> Any:
        return Link.objects.filter(
            organisation_id=self.member.organisation_id, kind=self.register.path, record_id=self.record.pk
        )

    def _evidence(self, key: uuid.UUID) -> Evidence:
        """The evidence, or a refusal of the field that is the same for foreign and for unknown ids."""
        try:
            return fetch(self.member, Evidence, key)
        except Refused as refused:
            raise Refused("invalid", refused.message, {"evidence": [refused.message]}) from refused


def link_shape(row: Link) -> dict[str, Any]:
    """A link as JSON."""
    return {
        "id": row.pk,
        "evidence": row.evidence_id,
        "ref": row.evidence.ref,
        "title": row.evidence.title,
        "linked_at": row.linked_at,
        "linked_by": row.linked_by_id,
    }


def comment_shape(row: Comment) -> dict[str, Any]:
    """A comment as JSON."""
    return {"id": row.pk, "text": row.text, "author": row.author_id, "written_at": row.written_at}
