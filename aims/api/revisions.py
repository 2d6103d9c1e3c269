"""The files of a piece of evidence over REST: upload with the client's own digest, list, and the file itself."""

import base64
import binascii
import contextlib
import re
import uuid
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import FileResponse
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api.renderers import Anything
from aims.api.schema import INTEGER, MAYBE, MOMENT, STRING, UUID, Operation, several, thing
from aims.api.views import Base, BaseSet, answer
from aims.organisation.refused import Refused
from aims.records.access import existing, fetch, may_change, require
from aims.records.evidence import CHUNK, add_revision, opened
from aims.records.models import Evidence, Revision

REVISION = thing(
    id=UUID,
    number=INTEGER,
    name=STRING,
    media_type=STRING,
    size=INTEGER,
    sha256=STRING,
    uploaded_by=MAYBE,
    uploaded_at=MOMENT,
    file=STRING,
)
UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}, "sha256": STRING},
    },
    "application/octet-stream": {"type": "string", "format": "binary"},
}
SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class RawFile(BaseParser):
    """Any body that is no form: the file itself, kept on disk while it comes in."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> Any:
        """The file; one byte more than the limit is enough to refuse it."""
        file = TemporaryUploadedFile("file", media_type or "", 0, None)
        file.name = context["request"].query_params.get("name") or "file"
        left = settings.EVIDENCE_LIMIT + 1
        while left and (piece := stream.read(min(CHUNK, left))):
            file.write(piece)
            left -= len(piece)
        file.size = file.tell()
        file.seek(0)
        return file


def refuse_length(request: Request) -> None:
    """Refuse a body that says it is too large before any of it is read; a form may be a little longer than its file."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.EVIDENCE_LIMIT + CHUNK:
        message = _("The file is too large. At most %(mb)s MB can be kept.")
        raise Refused("too_large", message % {"mb": settings.EVIDENCE_LIMIT // 1_000_000})


def claimed_digest(request: Request, given: Any) -> str:
    """The SHA-256 that the client says the file has, in hexadecimal: `sha256`, or Digest / Content-Digest headers."""
    claims = [str(claim) for claim in (given, request.query_params.get("sha256")) if claim is not None]
    header = request.headers.get("Content-Digest") or request.headers.get("Digest") or ""
    if header:
        found = re.search(r"sha-256=:?([A-Za-z0-9+/=]+):?", header, re.IGNORECASE)
        claims.append(_hexadecimal(found.group(1)) if found else header)
    if not all(SHA256.fullmatch(claim) for claim in claims) or len({c.lower() for c in claims}) > 1:
        message = _("Write the SHA-256 as 64 hexadecimal digits.")
        raise Refused("invalid", message, {"sha256": [message]})
    return claims[0] if claims else ""


def _hexadecimal(text: str) -> str:
    if SHA256.fullmatch(text):
        return text
    try:
        return base64.b64decode(text, validate=True).hex()
    except binascii.Error:
        return text


class Revisions(BaseSet):
    """The files of one piece of evidence."""

    path = "evidence"
    parser_classes = [MultiPartParser, RawFile]
    evidence: Evidence
    operations = {
        "index": Operation("evidence_revisions_list", thing(results=several(REVISION))),
        "create": Operation(
            "evidence_revisions_create",
            REVISION,
            201,
            request=UPLOAD,
            query={"name": STRING, "sha256": {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}},
        ),
    }

    def allow(self, request: Request, **kwargs: Any) -> None:
        """The evidence must be open to the member; adding a file needs the right to change it."""
        self.evidence = fetch(self.member, Evidence, kwargs["pk"])
        if self.action == "create":
            require(may_change(self.member, self.evidence) or self.evidence.created_by_id == self.member.id)
            refuse_length(request)

    def index(self, request: Request, pk: uuid.UUID) -> Response:
        """The files of a piece of evidence, newest first."""
        return answer({"results": [revision_shape(row) for row in self.evidence.revisions.all()]})

    def create(self, request: Request, pk: uuid.UUID) -> Response:
        """Add a file as the next revision: a form with `file`, or the file itself with `?name=`."""
        upload, claimed = self._upload(request)
        with contextlib.closing(upload):  # else it is missed at the end of the request, for it was moved
            revision = add_revision(self.member, self.evidence, upload, claimed_digest(request, claimed))
        shape = revision_shape(revision)
        return answer(shape, 201, Location=shape["file"])

    def _upload(self, request: Request) -> "tuple[UploadedFile[Any], Any]":
        data: Any = request.data
        if isinstance(data, UploadedFile):
            return data, None
        upload = data.get("file")
        if not isinstance(upload, UploadedFile):
            message = _("Send a file.")
            raise Refused("invalid", message, {"file": [message]})
        return upload, data.get("sha256")


class RevisionFile(Base):
    """One file."""

    path = "evidence"
    renderer_classes = [Anything]
    operations = {
        "get": Operation(
            "evidence_revisions_file_retrieve",
            {"type": "string", "format": "binary"},
            media="*/*",
        )
    }

    def get(self, request: Request, pk: uuid.UUID, revision_id: uuid.UUID) -> FileResponse:
        """The file, for saving: browsers are told not to run anything in it."""
        evidence = fetch(self.member, Evidence, pk)
        revision = existing(evidence.revisions.filter(pk=revision_id).first())
        try:
            file = opened(revision)
        except FileNotFoundError as error:
            raise Refused("not_found", _("The file is missing from the storage.")) from error
        response = FileResponse(
            file, as_attachment=True, filename=revision.name, content_type=revision.media_type
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Content-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(revision.sha256)).decode()}:"
        return response


def revision_shape(row: Revision) -> dict[str, Any]:
    """A revision as JSON."""
    return {
        "id": row.pk,
        "number": row.number,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "uploaded_by": row.uploaded_by_id,
        "uploaded_at": row.uploaded_at,
        "file": f"/api/v1/evidence/{row.evidence_id}/revisions/{row.pk}/file/",
    }


urlpatterns = [
    path("evidence/<uuid:pk>/revisions/", Revisions.as_view({"get": "index", "post": "create"})),
    path("evidence/<uuid:pk>/revisions/<uuid:revision_id>/file/", RevisionFile.as_view()),
]
