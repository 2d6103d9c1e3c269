"""The lifecycle of an AI system's version, and what its steps write down (A.6.2.4, A.6.2.5)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.base import Record
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import DECIDERS
from aims.records.registry import Guard, bases, register_of
from context.gaps import today_there
from context.models import SystemVersion

VERSIONS = "system-versions"  # the register's path; later clauses guard `system-versions.release`


def on_its_day(name: str) -> Any:
    """The stamp of a step: today in the organisation, unless somebody wrote the day down."""

    def stamp(member: Member, version: SystemVersion) -> None:
        if getattr(version, name) is None:
            setattr(version, name, today_there(member))

    return stamp


def write_down_basis(member: Member, version: SystemVersion) -> None:
    """Freeze the system's record as it is, and which of its assessments hold today, as the clauses declare them."""
    system = version.system
    here = register_of(system).path
    found = [(basis.kind, basis.find(member, system)) for basis in bases(here)]
    version.basis = [basis_row(kind, record) for kind, record in [(here, system), *found]]


def basis_row(kind: str, record: Record | None) -> dict[str, Any]:
    """One record as it is kept with a release; only its kind where there is none."""
    if record is None:
        return {"kind": kind}
    day = type(record).event_dates.get("approve", "")
    return {
        "kind": kind,
        "id": record.pk,
        "ref": record.ref,
        "title": record.title,
        "version": record.version,
        "state": record.state,
        "dated": getattr(record, day) if day else None,
        "until": record.review_due,
    }


def not_by_its_maker(member: Member, version: SystemVersion) -> None:
    """Who made a version, or changed it last, does not release it."""
    if member.id in (version.created_by_id, version.edited_by_id):
        raise Refused(
            "four_eyes", gettext("Another person releases this version: you made it or changed it.")
        )


def never_released(member: Member, version: SystemVersion) -> None:
    """What was in use stays as it was: a new version is made instead."""
    if version.released:
        raise Refused("conflict", gettext("This version was in use and stays as it was. Make a new version."))


def named_once(member: Member, version: SystemVersion) -> None:
    """Two versions of a system that were validated do not bear the same name."""
    others = SystemVersion.objects.filter(system_id=version.system_id, label=version.label)
    if others.filter(state__in=("validated", "released")).exclude(pk=version.pk).exists():
        words = gettext("This system has a version of this name already. Give this one another name.")
        raise Refused("conflict", words, {"label": [words]})


def in_use_again(member: Member, version: SystemVersion) -> None:
    """Restored: the day on which it was withdrawn no longer holds."""
    version.withdrawn_on = None


VERSION = Lifecycle(
    states=(
        State("draft", _("draft")),
        State("validated", _("validated"), "info", locked=True),
        State("released", _("released"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "validate",
            _("Record the validation"),
            ("draft",),
            "validated",
            owner=True,
            required=("intended_use", "owner"),
            stamps=(on_its_day("validated_on"),),
        ),
        Transition("reopen", _("Back to draft"), ("validated",), "draft", owner=True, note=True),
        Transition(
            "release",
            _("Release"),
            ("validated",),
            "released",
            DECIDERS,
            four_eyes=True,
            meaning=_("I release this version of the AI system for use."),
            stamps=(on_its_day("released_on"), write_down_basis),
        ),
        Transition(
            "withdraw",
            _("Withdraw"),
            ("draft", "validated", "released"),
            "withdrawn",
            note=True,
            stamps=(on_its_day("withdrawn_on"),),
        ),
        Transition("restore", _("Restore"), ("withdrawn",), "draft", note=True, stamps=(in_use_again,)),
    ),
)

GUARDS = (
    Guard(f"{VERSIONS}.validate", named_once),
    Guard(f"{VERSIONS}.release", not_by_its_maker),
    Guard(f"{VERSIONS}.restore", never_released),
)
