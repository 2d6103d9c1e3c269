"""Records whose content was changed after the approval that they still carry, read from the journal.

The journal's entries are in the order of the changes of a record, whatever dates were typed into it. An approval is the last
step into an approved state; a change is a later version in that same state with other content.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import CharField, QuerySet, Value

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.lifecycle import IN_FORCE
from aims.records.registry import Register

APPROVING = frozenset({"approve", "sign", "confirm", "put_in_force", "report"})
# columns that change without the content: what the system stamps, and who looks after it until when
BESIDE = ["version", "state", "changed_at", "changed_by_id", "edited_by_id", "owner_id", "review_due"]

CHANGED_SINCE = """
with step as (
  select pk, id, state::jsonb as row, lag(state::jsonb) over (partition by pk order by id) as was
  from journal.entry
  where organisation_id = %(organisation)s and kind = any(%(tables)s) and state is not null and pk = any(%(keys)s)),
latest as (
  select pk,
    max(id) filter (where row->>'state' = any(%(states)s) and was->>'state' is distinct from row->>'state') as approved,
    max(id) filter (where was->>'state' = row->>'state' and was->>'version' <> row->>'version'
      and (row - %(beside)s::text[]) <> (was - %(beside)s::text[])) as changed
  from step group by pk)
select pk from latest where changed > approved"""


def approved_states(register: Register) -> list[str]:
    """The states into which an approval leads; the plain lifecycle only says that something is used."""
    if register.lifecycle is IN_FORCE:
        return []
    return sorted({t.target for t in register.lifecycle.transitions if t.code in APPROVING})


def edited_after_approval(member: Member, kept: Sequence[Register]) -> dict[str, list[str]]:
    """The numbers of the approved records whose content was changed since, by register; in two statements."""
    approved = {register.path: states for register in kept if (states := approved_states(register))}
    rows = [
        _rows(member, register, approved[register.path]) for register in kept if register.path in approved
    ]
    refs = {str(key): (path, ref) for path, key, ref in rows[0].union(*rows[1:], all=True)} if rows else {}
    changed = _changed(
        organisation=member.organisation_id,
        tables=[register.model._meta.db_table for register in kept if register.path in approved],
        keys=list(refs),
        states=sorted({state for states in approved.values() for state in states}),
        beside=BESIDE,
    )
    found: dict[str, list[str]] = defaultdict(list)
    for path, ref in sorted(refs[key] for key in changed):
        found[path].append(ref)
    return found


def _rows(member: Member, register: Register, states: list[str]) -> "QuerySet[Any, tuple[Any, ...]]":
    """The approved records of a register that a member sees."""
    rows = visible(member, register.model).filter(state__in=states).order_by()
    return rows.annotate(path=Value(register.path, output_field=CharField())).values_list("path", "pk", "ref")


def _changed(**given: Any) -> list[str]:
    """The ids of the records that are different from what was approved."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_SINCE, given)
        return [key for (key,) in cursor.fetchall()]
