"""How an outdated assessment is closed, and how a waiver is granted (8.2, 8.4)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import EXECUTIVES
from planning.material import Mark, redone_by
from planning.models import ReleaseWaiver, StaleMark
from planning.reassessed import approved_days


def was_redone(member: Member, mark: StaleMark) -> None:
    """Nobody closes it by hand: the assessment must have been approved again, done on the day of the change or later."""
    asked = Mark(mark.kind, mark.since)
    if not any(redone_by(asked, mark.kind, day) for day in approved_days(mark.system_id, mark.kind)):
        words = gettext("Redo it first: approve an assessment that was done on %(day)s or later.")
        raise Refused("conflict", words % {"day": mark.since})


def made_by_hand(member: Member, mark: StaleMark) -> None:
    """What a change marked is redone or waived; only what somebody noted by hand, of no assessment, is taken back."""
    if mark.impact_id or mark.run_id or mark.sheet_id:
        words = gettext("A change made this outdated: redo the assessment, or have its release waived.")
        raise Refused("conflict", words)


def by_the_authority(member: Member, waiver: ReleaseWaiver) -> None:
    """Only the person who is named grants it."""
    if member.id != waiver.authority_id:
        words = gettext("Only the named authority grants this waiver: %(name)s.")
        raise Refused("forbidden", words % {"name": waiver.authority.name if waiver.authority else "–"})


def of_one_system(member: Member, waiver: ReleaseWaiver) -> None:
    """It waives what is outdated about the system of its version, and nothing else."""
    if waiver.marks.exclude(system_id=waiver.system_version.system_id).exists():
        words = gettext("Choose outdated assessments of the system of this version.")
        raise Refused("invalid", words, {"marks": [words]})


STALE = Lifecycle(
    states=(
        State("stale", _("to be redone"), "bad"),
        State("redone", _("redone"), "ok", locked=True),
    ),
    transitions=(
        Transition("redo", _("Redone"), ("stale",), "redone", owner=True, effects=(was_redone,)),
        Transition("withdraw", _("Withdraw"), ("stale",), "withdrawn", note=True, effects=(made_by_hand,)),
    ),
)

WAIVER = Lifecycle(
    states=(
        State("draft", _("draft")),
        State("granted", _("granted"), "warn", locked=True),
        State("ended", _("ended"), locked=True),
    ),
    transitions=(
        Transition(
            "grant",
            _("Grant the waiver"),
            ("draft",),
            "granted",
            EXECUTIVES,
            four_eyes=True,
            required=("marks", "reason", "conditions", "until", "authority"),
            meaning=_("I waive that these assessments are redone before this version is released."),
            effects=(by_the_authority, of_one_system),
        ),
        Transition("end", _("End"), ("granted",), "ended", note=True),
    ),
)
