"""Samples, and what auditors ask to be shown (9.2.2)."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import WRITERS, Role
from aims.records.registry import ObligationRule, Register
from evaluation import auditing, rehearsing
from evaluation import lifecycles_sampling as lifecycles
from evaluation.models import AuditRequest, Sample, SampleVerdict, SimulatedAudit

SAMPLES = (
    Register(
        Sample,
        answers=("9.2.2",),
        columns=("title", "audit", "kind", "population_size", "size", "drawn_at"),
        form=(
            (_("What it is for"), ("audit", "title", "code", "owner")),
            (_("What is drawn from"), ("kind", "system", "dated_by", "period_from", "period_to", "size")),
        ),
        filters=("state", "audit", "owner"),
        lifecycle=lifecycles.SAMPLE,
        writers=lifecycles.AUDITING,
        icon="dices",
        about=_("Records drawn by chance from a list that was fixed before, so that nobody can pick."),
    ),
    Register(
        SampleVerdict,
        answers=("9.2.2",),
        columns=("title", "sample", "verdict", "note"),
        form=((_("What the auditors concluded"), ("sample", "item", "title", "verdict", "note")),),
        filters=("state", "audit", "sample", "verdict"),
        lifecycle=lifecycles.VERDICT,
        writers=lifecycles.AUDITING,
        sealed=auditing.sealed_checks,
        icon="list-checks",
        about=_("What auditors concluded on each record of a sample. Only they see it before the report."),
    ),
    Register(
        AuditRequest,
        answers=("9.2.2",),
        columns=("title", "audit", "owner", "due"),
        form=(
            (_("What is asked for"), ("audit", "title", "text", "code", "owner", "due")),
            (_("What is delivered"), ("answer",)),
        ),
        filters=("state", "audit", "owner"),
        lifecycle=lifecycles.REQUEST,
        writers=lifecycles.AUDITING,
        icon="inbox",
        about=_("What auditors ask to be shown, from whom and by when; delivered with evidence or in words."),
    ),
)

REHEARSALS = (
    Register(
        SimulatedAudit,
        answers=("9.2.1",),
        columns=("title", "run_at", "asked", "lacking", "run_by"),
        form=((_("The run"), ("title", "owner", "notes")),),
        filters=("state", "owner"),
        lifecycle=lifecycles.REHEARSAL,
        writers=WRITERS | {Role.EXECUTIVE},
        sealed=rehearsing.sealed_runs,
        icon="dices",
        about=_("Stage-2 audits rehearsed: what was drawn by chance, and what could not be shown that day."),
    ),
)

REGISTERS: tuple[Register, ...] = (*SAMPLES, *REHEARSALS)

OBLIGATIONS: tuple[ObligationRule, ...] = ()
