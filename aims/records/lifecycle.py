"""Lifecycles: the states of a kind of record and the arrows between them, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import WRITERS, Role

Words = str | Promise


@dataclass(frozen=True)
class State:
    """One state. `tone` is the colour (idle, info, ok, warn, bad, seal); a `locked` state refuses edits."""

    code: str
    label: Words
    tone: str = "idle"
    locked: bool = False


@dataclass(frozen=True)
class Transition:
    """One arrow: who may take it, and what must be there.

    `owner` lets the record's owner take it too. `four_eyes` wants somebody other than who last edited the content.
    `required` names fields that must be filled. `meaning` makes it a signature with that printed meaning. `effects` run
    in the same transaction, with the member and the record; `stamps` run just before it is saved, and set what the step
    itself fills in (`Record.stamped`), so that the record and its journal change once.
    """

    code: str
    label: Words
    sources: tuple[str, ...]
    target: str
    roles: frozenset[Role] = WRITERS
    owner: bool = False
    four_eyes: bool = False
    required: tuple[str, ...] = ()
    note: bool = False
    meaning: Words = ""
    effects: tuple[Callable[[Any, Any], None], ...] = ()
    stamps: tuple[Callable[[Any, Any], None], ...] = ()


WITHDRAWN = State("withdrawn", _("withdrawn"), "idle", locked=True)


@dataclass(frozen=True)
class Team:
    """Who is named to audit what a record belongs to works on the record as an auditor does, whatever their role.

    `relation` leads to what an audit grant is on ("audit"; "id" for the record itself). `alone` tells of a record and a step
    whether nobody but its auditors takes it. `written` follows each writing of the record.
    """

    relation: str
    alone: Callable[[Any, str], bool]
    written: tuple[Callable[[Any, Any], None], ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    """States and transitions; the first state is where a record begins. Every lifecycle can withdraw and restore.

    A lifecycle that says itself what `withdraw` or `restore` asks declares a transition of that code.
    """

    states: tuple[State, ...]
    transitions: tuple[Transition, ...] = ()
    withdrawers: frozenset[Role] = WRITERS  # who withdraws and restores
    team: Team | None = None

    @property
    def initial(self) -> str:
        """The code of the state in which a record begins."""
        return self.states[0].code

    @property
    def all_states(self) -> tuple[State, ...]:
        """The declared states and `withdrawn`."""
        return (*self.states, WITHDRAWN)

    @property
    def all_transitions(self) -> tuple[Transition, ...]:
        """The declared arrows, and those that withdraw and restore: records are not deleted."""
        open_states = tuple(state.code for state in self.states if not state.locked)
        withdraw = Transition(
            "withdraw", _("Withdraw"), open_states, WITHDRAWN.code, self.withdrawers, note=True
        )
        restore = Transition(
            "restore", _("Restore"), (WITHDRAWN.code,), self.initial, self.withdrawers, note=True
        )
        declared = {transition.code for transition in self.transitions}
        return (*self.transitions, *(t for t in (withdraw, restore) if t.code not in declared))

    def state(self, code: str) -> State:
        """The state with this code."""
        return next(state for state in self.all_states if state.code == code)

    def transition(self, code: str) -> Transition | None:
        """The arrow with this code, or None."""
        return next((t for t in self.all_transitions if t.code == code), None)

    def leaving(self, state: str) -> list[Transition]:
        """The arrows that leave a state."""
        return [t for t in self.all_transitions if state in t.sources]


# The plain lifecycle: drafted, then in force until withdrawn.
IN_FORCE = Lifecycle(
    states=(State("draft", _("draft")), State("in_force", _("in force"), "ok")),
    transitions=(
        Transition("put_in_force", _("Put in force"), ("draft",), "in_force", owner=True),
        Transition("reopen", _("Back to draft"), ("in_force",), "draft", owner=True),
    ),
)
