"""Lifecycles that several clauses share: what is approved and replaced, what is done and checked."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.roles import WRITERS, Role
from aims.records.base import Record
from aims.records.changes import move
from aims.records.lifecycle import Lifecycle, State, Transition, Words

EXECUTIVES = frozenset({Role.EXECUTIVE})
DECIDERS = frozenset({Role.EXECUTIVE, Role.OFFICER})
Effect = Callable[[Any, Any], None]


def replacing(*same: str) -> Effect:
    """The effect of an approval: earlier approved records with the same values in `same` become superseded."""

    def replace(member: Member, record: Record) -> None:
        values = {name: getattr(record, name) for name in same}
        rows = type(record)._default_manager.filter(
            organisation_id=record.organisation_id, state="approved", **values
        )
        for earlier in rows.exclude(pk=record.pk):
            move(member, earlier, "supersede")

    return replace


def approval(
    meaning: Words,
    roles: frozenset[Role] = EXECUTIVES,
    required: tuple[str, ...] = (),
    effects: tuple[Effect, ...] = (),
) -> Lifecycle:
    """Drafted, reviewed, approved by somebody else with a signature, later superseded; approved content is locked."""
    return Lifecycle(
        states=(
            State("draft", _("draft")),
            State("in_review", _("in review"), "info"),
            State("approved", _("approved"), "ok", locked=True),
            State("superseded", _("superseded"), locked=True),
        ),
        transitions=(
            Transition(
                "submit", _("Send to approval"), ("draft",), "in_review", owner=True, required=required
            ),
            Transition("send_back", _("Send back"), ("in_review",), "draft", WRITERS | roles, note=True),
            Transition(
                "approve",
                _("Approve"),
                ("in_review",),
                "approved",
                roles,
                four_eyes=True,
                required=required,
                meaning=meaning,
                effects=effects,
            ),
            Transition("revise", _("Open for revision"), ("approved",), "draft", owner=True, note=True),
            Transition("supersede", _("Mark as superseded"), ("approved",), "superseded", WRITERS | roles),
        ),
    )


def doing(required: tuple[str, ...] = ()) -> Lifecycle:
    """Planned, under way, done; `required` must be filled before it counts as done."""
    return Lifecycle(
        states=(
            State("planned", _("planned")),
            State("under_way", _("under way"), "info"),
            State("done", _("done"), "ok", locked=True),
        ),
        transitions=(
            Transition("start", _("Begin"), ("planned",), "under_way", owner=True),
            Transition(
                "complete",
                _("Mark as done"),
                ("planned", "under_way"),
                "done",
                owner=True,
                required=required,
            ),
            Transition("reopen", _("Open again"), ("done",), "under_way", owner=True, note=True),
        ),
    )
