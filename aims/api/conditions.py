"""ETag and If-Match: a record's entity tag is its version, and nobody changes a version that they have not seen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.base import Record
from aims.records.registry import register_of
from aims.records.represent import represent

TAG = re.compile(r'(?:W/)?"([^"]*)"')


def etag(version: Any) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def tags(header: str) -> set[str]:
    """The versions that a header names; a bare number is taken as one, `*` stands for any."""
    header = header.strip()
    if header == "*" or header.isdigit():
        return {header}
    return set(TAG.findall(header))


def expected(request: Request, record: Record) -> int:
    """The version that the client has seen, from If-Match: 428 without it, 412 when the record has moved on."""
    header = request.headers.get("If-Match")
    if header is None:
        message = _("Send If-Match with the ETag of the record as you read it.")
        raise Refused("version_needed", message, details={"version": record.version})
    if not tags(header) & {"*", str(record.version)}:
        raise Refused(
            "stale", _("Somebody else changed this record. Read it again, then repeat your change.")
        )
    return record.version


def unchanged(request: Request, version: Any) -> bool:
    """Whether the client has this version already (If-None-Match)."""
    return bool(tags(request.headers.get("If-None-Match", "")) & {"*", str(version)})


@contextmanager
def showing_current(member: Member, record: Record) -> Iterator[None]:
    """A stale change is refused together with the record as it is now."""
    try:
        yield
    except Refused as refused:
        if refused.code != "stale":
            raise
        now = represent(member, register_of(record), record.pk)
        details = {"version": now and now["version"], "current": now}
        raise Refused("stale", refused.message, refused.fields, details) from refused
