"""The lifecycles of risks: how one is treated and accepted, how criteria are approved and runs are kept (6.1, 8.2)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import DECIDERS, EXECUTIVES, approval, replacing
from planning.acceptance import within_authority
from planning.criteria import coherent
from planning.runs import freeze

RATED = tuple(f"inherent_{name}" for name in ("likelihood", "organisation", "individuals", "society"))
REMAINS = tuple(f"residual_{name}" for name in ("likelihood", "organisation", "individuals", "society"))
OFFICERS = frozenset({Role.OFFICER})

RISK = Lifecycle(
    states=(
        State("identified", _("identified")),
        State("treating", _("in treatment"), "info"),
        State("accepted", _("accepted"), "ok"),
        State("closed", _("closed"), locked=True),
    ),
    transitions=(
        Transition(
            "treat",
            _("Begin treatment"),
            ("identified",),
            "treating",
            owner=True,
            required=(*RATED, "option", "owner"),
        ),
        Transition(
            "accept",
            _("Accept the residual risk"),
            ("identified", "treating"),
            "accepted",
            OFFICERS | EXECUTIVES | {Role.CONTRIBUTOR},  # whoever the criteria entitle (`within_authority`)
            four_eyes=True,
            required=(*RATED, *REMAINS, "option", "review_due"),
            meaning=_("I accept this residual risk within my authority."),
            effects=(within_authority,),
        ),
        Transition("verify", _("Effect verified"), ("accepted",), "accepted", owner=True, note=True),
        Transition("reassess", _("Assess again"), ("accepted",), "treating", owner=True, note=True),
        Transition("close", _("Close"), ("treating", "accepted"), "closed", note=True),
        Transition("reopen", _("Open again"), ("closed",), "treating", note=True),
    ),
)


def once(lifecycle: Lifecycle) -> Lifecycle:
    """A lifecycle whose approved versions are never opened again: another version replaces them."""
    return replace(lifecycle, transitions=tuple(t for t in lifecycle.transitions if t.code != "revise"))


def judged(lifecycle: Lifecycle, effect: Callable[[Any, Any], None]) -> Lifecycle:
    """A lifecycle whose drafts are looked at when they are sent to approval."""
    steps = (replace(t, effects=(effect,)) if t.code == "submit" else t for t in lifecycle.transitions)
    return replace(lifecycle, transitions=tuple(steps))


CRITERIA = judged(
    once(
        approval(
            _("I approve these risk criteria."),
            required=("threshold", "appetite", "effective_from"),
            effects=(coherent, replacing()),
        )
    ),
    coherent,
)


def keeping(lifecycle: Lifecycle, *stamps: Callable[[Any, Any], None]) -> Lifecycle:
    """A lifecycle whose approval keeps something as it is."""
    steps = (replace(t, stamps=stamps) if t.code == "approve" else t for t in lifecycle.transitions)
    return replace(lifecycle, transitions=tuple(steps))


ASSESSMENT = keeping(
    approval("", DECIDERS, ("method", "done_on", "result", "review_due"), (replacing("system"),)), freeze
)
