"""The certification cycle: stages, certificate, what the body found, and what it was told (ISO/IEC 17021-1)."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import Relation
from aims.schedule.dates import add_months
from evaluation.models.audits import Audit, known_code

# days, days, and months after the closing of the audit (certification.md, section 2)
PLAN, EVIDENCE, LIMIT = 30, 90, 6


class CertificationCycle(Record):
    """The three years of a certificate. It is valid until the day before the third anniversary, unless entered."""

    ref_prefix = "CER"
    settled = ("surveillance_1_done_on", "surveillance_2_done_on", "recertification_done_on")
    event_dates = {"certify": "decided_on", "stage_2_done": "stage_2_last_day", "expire": "valid_until"}

    body = models.CharField(_("certification body"), max_length=200, blank=True)
    stage_1_on = models.DateField(_("stage 1"), null=True, blank=True)
    stage_2_from = models.DateField(_("stage 2 from"), null=True, blank=True)
    stage_2_last_day = models.DateField(_("last day of stage 2"), null=True, blank=True)
    decided_on = models.DateField(_("certification decision"), null=True, blank=True)
    certificate = models.CharField(_("certificate number"), max_length=100, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    surveillance_1_on = models.DateField(_("surveillance 1"), null=True, blank=True)
    surveillance_2_on = models.DateField(_("surveillance 2"), null=True, blank=True)
    recertification_on = models.DateField(_("recertification audit"), null=True, blank=True)
    surveillance_1_done_on = models.DateField(_("surveillance 1 passed"), null=True, editable=False)
    surveillance_2_done_on = models.DateField(_("surveillance 2 passed"), null=True, editable=False)
    recertification_done_on = models.DateField(_("recertification audit done"), null=True, editable=False)
    scope = models.TextField(_("scope of the certificate"), blank=True, max_length=2000)
    notes = models.TextField(_("rules of the body"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("certification cycle")
        verbose_name_plural = _("certification cycles")

    def clean(self) -> None:
        """A decision fixes the end of the certificate."""
        if isinstance(self.decided_on, date) and not self.valid_until:
            self.valid_until = add_months(self.decided_on, 36) - timedelta(days=1)


class BodyNotice(Part):
    """An important change and when the certification body was told of it (ISO/IEC 17021-1, 8.5.3)."""

    of = "cycle"
    form = ("change", "changed_on", "told_on", "told_by", "answer")

    cycle = Relation(CertificationCycle, on_delete=models.CASCADE, related_name="notices")
    change = models.CharField(_("what changed"), max_length=500)
    changed_on = models.DateField(_("changed on"))
    told_on = models.DateField(_("body told on"), null=True, blank=True)
    told_by = Relation(Membership, verbose_name=_("told by"), null=True, blank=True, related_name="+")
    answer = models.CharField(_("answer of the body"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("change told to the body")
        verbose_name_plural = _("changes told to the body")

    def __str__(self) -> str:
        return self.change


class BodyFinding(Record):
    """What the certification body found, with its grade and the days by which it wants answers.

    `closed_on` is the closing meeting of its audit: deadlines count from it (SR34, SR35, SR37; a body may set others).
    """

    ref_prefix = "CBF"
    event_dates = {"create": "closed_on", "send_plan": "plan_sent_on", "send_evidence": "evidence_sent_on"}

    class Grade(models.TextChoices):
        """How grave it is for the body."""

        MAJOR = "major", _("major nonconformity")
        MINOR = "minor", _("minor nonconformity")
        CONCERN = "concern", _("area of concern (stage 1)")
        OPPORTUNITY = "opportunity", _("opportunity for improvement")
        STRENGTH = "strength", _("strength")

    cycle = Relation(CertificationCycle, verbose_name=_("certification cycle"), related_name="body_findings")
    audit = Relation(Audit, verbose_name=_("audit"), null=True, blank=True, related_name="body_findings")
    body_ref = models.CharField(_("number of the body"), max_length=60, blank=True)
    grade = models.CharField(_("grade"), max_length=20, choices=Grade.choices)
    code = models.CharField(_("clause or control"), max_length=20, blank=True, validators=[known_code])
    text = models.TextField(_("finding"), blank=True, max_length=4000)
    closed_on = models.DateField(_("closing meeting of the audit"))
    plan_due = models.DateField(_("causes and plan by"), null=True, blank=True)
    evidence_due = models.DateField(_("evidence of effective action by"), null=True, blank=True)
    verify_due = models.DateField(_("to be verified by the body by"), null=True, blank=True)
    plan_sent_on = models.DateField(_("plan sent on"), null=True, blank=True)
    evidence_sent_on = models.DateField(_("evidence sent on"), null=True, blank=True)
    answer = models.TextField(_("our answer"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("body finding")
        verbose_name_plural = _("body findings")

    def settle(self, changed: frozenset[str]) -> None:
        """The deadlines that nobody entered follow from the grade and the closing meeting."""
        closed: Any = self.closed_on
        for name, day in (usual_deadlines(self.grade, closed) if isinstance(closed, date) else {}).items():
            if not getattr(self, name):
                setattr(self, name, day)

    def clean(self) -> None:
        """Nothing was sent before it was found."""
        for name in ("plan_sent_on", "evidence_sent_on"):
            sent: Any = getattr(self, name)
            if sent and isinstance(self.closed_on, date) and sent < self.closed_on:
                raise ValidationError({name: _("This is before the closing meeting.")})


def usual_deadlines(grade: str, closed_on: date) -> dict[str, date]:
    """What bodies usually ask for (certification.md, section 2), where nothing else was agreed."""
    if grade not in (BodyFinding.Grade.MAJOR, BodyFinding.Grade.MINOR):
        return {}
    plan = {"plan_due": closed_on + timedelta(days=PLAN)}
    if grade == BodyFinding.Grade.MINOR:
        return plan
    return {
        **plan,
        "evidence_due": closed_on + timedelta(days=EVIDENCE),
        "verify_due": add_months(closed_on, LIMIT),
    }
