"""What changed in the organisation, in an order that a client can follow without ever missing anything.

Positions are the ids of journal entries until the sequencer assigns contiguous ones. Ids are given when a row is written
and seen when its transaction commits, so a higher one may be seen before a lower. Therefore nothing is shown above a
bound below which no entry can still appear: take the highest id that is visible, then see which other transactions hold
the lock that writing to the journal takes (PostgreSQL takes it before it gives an id, and lets it go only after the
commit can be seen). When each of those has ended, everything up to that id is visible. A writer that takes longer than
the wait holds the feed back; it never tears a hole in it.
"""

import time
from typing import Any

from django.db import connection
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api.operations import PAGED, POSITION
from aims.api.queries import limit_of, whole
from aims.api.schema import INTEGER, MAYBE, MOMENT, STRING, UUID, Operation, several, thing
from aims.api.views import Base, answer
from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.records.access import limits, visible
from aims.records.registry import Register, registers

WAIT, PAUSE = 1.0, 0.01  # seconds
WRITERS = """
    select virtualtransaction from pg_locks
    where relation = 'journal.entry'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()"""
SHOWN = """
    select e.id, e.kind, e.pk, e.version, e.action::text, e.at,
           e.state::jsonb ->> 'ref', e.state::jsonb ->> 'external_id', e.state::jsonb ->> 'state'
    from journal.entry e where e.id = any(%s) order by e.id"""
CHANGE = thing(
    position=INTEGER,
    kind=STRING,
    id=UUID,
    ref=MAYBE,
    external_id=MAYBE,
    version={"type": ["integer", "null"]},
    action={"enum": ["created", "changed", "withdrawn"]},
    at=MOMENT,
)


class Changes(Base):
    """The changes feed."""

    operations = {
        "get": Operation(
            "changes_list",
            {
                **thing(results=several(CHANGE), next=INTEGER),
            },
            query={"after": {**POSITION, "default": 0}, "limit": PAGED["limit"]},
        )
    }

    def get(self, request: Request) -> Response:
        """What changed after a position, oldest first, as far as it is open to you. Ask again with `next` as `after`."""
        after, limit = whole(request, "after", 0), limit_of(request)
        bound = settled_bound(self.member, after)
        keys = entry_ids(self.member, after, bound, limit)
        rows = shown(keys)
        return answer({"results": rows, "next": keys[-1] if len(keys) == limit else max(bound, after)})


def settled_bound(member: Member, after: int) -> int:
    """The highest entry up to which no other can appear any more; `after` where that cannot be said in time."""
    highest = Entry.objects.filter(organisation_id=member.organisation_id).order_by("-id")
    bound = highest.values_list("id", flat=True).first() or 0
    if bound <= after:
        return after
    waiting, until = _writers(), time.monotonic() + WAIT
    while waiting and time.monotonic() < until:
        time.sleep(PAUSE)
        waiting &= _writers()
    return after if waiting else bound


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        return {row[0] for row in cursor.fetchall()}


def entry_ids(member: Member, after: int, bound: int, limit: int) -> list[int]:
    """The entries of records that the member may see, between two positions."""
    rule = Q(pk__in=[])
    for register in registers():
        rule |= _open_entries(member, register)
    rows = Entry.objects.filter(rule, organisation_id=member.organisation_id, id__gt=after, id__lte=bound)
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def _open_entries(member: Member, register: Register) -> Q:
    rule = Q(kind=register.model._meta.db_table)
    if limits(member, register) is None:
        return rule
    seen = visible(member, register.model).annotate(key_text=Cast(F("pk"), TextField()))
    return rule & Q(pk_text__in=seen.values("key_text"))


def shown(keys: list[int]) -> list[dict[str, Any]]:
    """Entries as the feed gives them."""
    paths = {register.model._meta.db_table: register.path for register in registers()}
    with connection.cursor() as cursor:
        cursor.execute(SHOWN, [keys])
        return [
            {
                "position": key,
                "kind": paths[kind],
                "id": pk,
                "ref": ref,
                "external_id": external_id,
                "version": version,
                "action": _action(action, state),
                "at": at,
            }
            for key, kind, pk, version, action, at, ref, external_id, state in cursor.fetchall()
        ]


def _action(action: str, state: str | None) -> str:
    if action == "D" or state == "withdrawn":
        return "withdrawn"
    return "created" if action == "I" else "changed"


urlpatterns = [path("changes/", Changes.as_view())]
