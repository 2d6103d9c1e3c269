"""The evidence pack over REST: ask, watch, fetch."""

import base64
import uuid
from typing import Any

from django.http import FileResponse
from django.urls import URLPattern, URLResolver, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api import fields
from aims.api.renderers import Anything
from aims.api.schema import INTEGER, MAYBE, MOMENT, STRING, UUID, Operation, several, thing
from aims.api.serializers import StrictSerializer
from aims.api.views import READING, Base, BaseSet, answer
from aims.pack import asking, rights
from aims.pack.models import Pack
from aims.records.access import require
from aims.records.models import Job

STATE = {"type": "string", "enum": list(Job.State.values)}
PERCENT = {"type": "integer", "minimum": 0, "maximum": 100}
MAYBE_DAY = {"type": ["string", "null"], "format": "date"}
MAYBE_NUMBER = {"type": ["integer", "null"]}
PACK = thing(
    id=UUID,
    title=STRING,
    scope=several(STRING),
    systems=several(UUID),
    since=MAYBE_DAY,
    until=MAYBE_DAY,
    language=STRING,
    state=STATE,
    progress=PERCENT,
    doing=STRING,
    error=STRING,
    sha256=MAYBE,
    size=MAYBE_NUMBER,
    pages=MAYBE_NUMBER,
    journal_position=MAYBE_NUMBER,
    asked_by=UUID,
    asked_at=MOMENT,
    finished_at={"type": ["string", "null"], "format": "date-time"},
    file=MAYBE,
    volumes=several(thing(title=STRING, file=STRING, sha256=STRING, size=INTEGER, pages=MAYBE_NUMBER)),
)


class Keys(serializers.ListField):
    """Ids of AI systems."""

    child = fields.Key()


class Wish(StrictSerializer):
    """What a pack shall be about. Everything may be left out: the whole system, in the member's language.

    `systems` are ids of AI systems: what concerns others only stays out. `since` and `until` are the first and last day
    of a period: what began after it or was over before it stays out.
    """

    title = fields.Text(max_length=200, required=False, allow_blank=True)
    scope = fields.Codes(required=False)
    systems = Keys(max_length=1000, required=False)
    since = fields.Day(required=False, allow_null=True)
    until = fields.Day(required=False, allow_null=True)
    language = fields.Choice(choices=Pack.Language.choices, required=False)


class PackView:
    """Who may not use packs is refused before a body is read."""

    def allow(self, request: Request, **kwargs: Any) -> None:
        """By role, live grant and token."""
        action = "read" if request.method in READING else "write"
        require(rights.may_use(self.member, action))  # type: ignore[attr-defined]


class Packs(PackView, BaseSet):
    """The evidence packs of the organisation."""

    operations = {
        "index": Operation("packs_list", thing(results=several(PACK))),
        "create": Operation("packs_create", PACK, 202, request=Wish, refusals=(429,)),
        "retrieve": Operation("packs_retrieve", PACK),
    }

    def index(self, request: Request) -> Response:
        """The packs that the member may see, newest first."""
        return answer({"results": [shape(pack) for pack in rights.packs(self.member)[:200]]})

    def create(self, request: Request) -> Response:
        """Ask for a pack. It is built in the background: watch `state` at the Location."""
        wish = Wish.read(request.data)
        pack = asking.ask_pack(
            self.member,
            wish.get("title", ""),
            wish.get("scope", ()),
            wish.get("language", ""),
            systems=wish.get("systems", ()),
            since=wish.get("since"),
            until=wish.get("until"),
        )
        return answer(shape(pack), 202, Location=f"/api/v1/packs/{pack.pk}/")

    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """How far a pack is."""
        return answer(shape(rights.pack(self.member, pk)))


class PackFile(PackView, Base):
    """The finished file."""

    renderer_classes = [Anything]
    operations = {
        "get": Operation(
            "packs_file_retrieve",
            {"type": "string", "format": "binary"},
            query={"volume": STRING},
            media="application/pdf",
            refusals=(409,),
        )
    }

    def get(self, request: Request, pk: uuid.UUID) -> FileResponse:
        """The PDF; 409 until the pack is done. `volume` names a further file where one PDF does not hold it all."""
        pack = rights.pack(self.member, pk)
        file = asking.finished(pack, request.query_params.get("volume", ""))
        response = asking.handed_out(file)
        response["Content-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:"
        return response


def shape(pack: Pack) -> dict[str, Any]:
    """A pack as JSON."""
    job, done = pack.job, bool(pack.file)
    return {
        "id": pack.pk,
        "title": pack.title,
        "scope": pack.scope,
        "systems": [system.pk for system in pack.systems.all()],
        "since": pack.since,
        "until": pack.until,
        "language": pack.language,
        "state": job.state,
        "progress": job.progress,
        "doing": job.doing,
        "error": job.error,
        "sha256": pack.sha256 or None,
        "size": pack.size,
        "pages": pack.pages,
        "journal_position": pack.position,
        "asked_by": pack.asked_by_id,
        "asked_at": pack.asked_at,
        "finished_at": job.finished_at,
        "file": f"/api/v1/packs/{pack.pk}/file/" if done else None,
        "volumes": [
            {**one, "file": f"/api/v1/packs/{pack.pk}/file/?volume={number}"}
            for number, one in enumerate(pack.volumes, 2)
        ],
    }


urlpatterns: list[URLPattern | URLResolver] = [
    path("packs/", Packs.as_view({"get": "index", "post": "create"})),
    path("packs/<uuid:pk>/", Packs.as_view({"get": "retrieve"})),
    path("packs/<uuid:pk>/file/", PackFile.as_view()),
]
