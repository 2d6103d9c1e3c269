"""The audit programme, audits with their checklist, and findings (9.2)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.organisation.models import Grant, Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from context.models import AISystem


def known_code(code: Any) -> None:
    """Refuse a code that the standard does not have."""
    if code and not edition().is_code(code):
        raise ValidationError(_("The standard has no %(code)s."), params={"code": code})


def in_order(first: Any, last: Any, name: str) -> None:
    """Refuse a period that ends before it begins, at the field with this name."""
    if first and last and last < first:
        raise ValidationError({name: _("The end must not be before the beginning.")})


# what a finding, or a decision of a review, may become (6.3, 10.1, 10.2)
LEADS_TO = ("change-plans", "improvements", "nonconformities")


class AuditProgramme(Record):
    """What is audited in a period, how often, by which methods and by whom, and why so (9.2.2-a and b)."""

    ref_prefix = "PRG"

    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    frequency = models.TextField(_("frequency"), blank=True, max_length=2000)
    methods = models.TextField(_("methods"), blank=True, max_length=2000)
    responsibilities = models.TextField(_("responsibilities"), blank=True, max_length=2000)
    planning = models.TextField(_("planning requirements"), blank=True, max_length=2000)
    reporting = models.TextField(_("reporting"), blank=True, max_length=2000)
    importance = models.TextField(_("importance of the processes"), blank=True, max_length=4000)
    earlier_results = models.TextField(_("results of earlier audits"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("audit programme")
        verbose_name_plural = _("audit programmes")

    def clean(self) -> None:
        """A period ends after it began."""
        in_order(self.period_from, self.period_to, "period_to")


class Audit(Record):
    """One audit: its plan, its auditors and their independence, and its report (9.2.1, 9.2.2-c to f)."""

    ref_prefix = "AUD"
    event_dates = {"finish": "ends_on", "report": "reported_on"}

    class Kind(models.TextChoices):
        """Who audits, and why."""

        INTERNAL = "internal", _("internal audit")
        STAGE_1 = "stage_1", _("certification, stage 1")
        STAGE_2 = "stage_2", _("certification, stage 2")
        SURVEILLANCE = "surveillance", _("surveillance")
        RECERTIFICATION = "recertification", _("recertification")
        SPECIAL = "special", _("special audit")
        CUSTOMER = "customer", _("audit by a customer")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.INTERNAL)
    programme = Relation(
        AuditProgramme, verbose_name=_("programme"), null=True, blank=True, related_name="audits"
    )
    objective = models.TextField(_("objective"), blank=True, max_length=2000)
    criteria = models.TextField(_("criteria"), blank=True, max_length=2000)
    scope = models.TextField(_("scope"), blank=True, max_length=2000)
    codes = CodesField(_("clauses and controls"))
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="audits")
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    lead = Relation(Membership, verbose_name=_("lead auditor"), null=True, blank=True, related_name="+")
    team = Relations(Membership, verbose_name=_("other auditors"), blank=True, related_name="+")
    auditors_from_outside = models.CharField(_("auditors without an account"), max_length=300, blank=True)
    independence = models.TextField(_("independence of the auditors"), blank=True, max_length=2000)
    methods = models.CharField(_("methods"), max_length=300, blank=True)
    agenda = MarkdownField(_("agenda"), blank=True, max_length=10_000)
    conclusion = MarkdownField(_("conclusion"), blank=True, max_length=10_000)
    reported_on = models.DateField(_("report sent on"), null=True, blank=True)
    recipients = Relations(Membership, verbose_name=_("report sent to"), blank=True, related_name="+")

    class Meta(Record.Meta):
        verbose_name = _("audit")
        verbose_name_plural = _("audits")

    def clean(self) -> None:
        """An audit ends after it began."""
        in_order(self.starts_on, self.ends_on, "ends_on")

    @property
    def scheduled(self) -> bool:
        """Only our own audits fulfil our audit programme."""
        return self.kind == self.Kind.INTERNAL


class AuditLine(Part):
    """One line of an audit's checklist. What it finds in confidence belongs in a finding, which is sealed."""

    of = "audit"
    form = ("code", "question", "verdict", "note")

    class Verdict(models.TextChoices):
        """What the auditor concludes on the line."""

        OPEN = "", _("not examined")
        CONFORM = "conform", _("conform")
        NONCONFORM = "nonconform", _("nonconform")
        OBSERVATION = "observation", _("observation")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    audit = Relation(Audit, on_delete=models.CASCADE, related_name="lines")
    code = models.CharField(_("clause or control"), max_length=20, validators=[known_code])
    question = models.CharField(_("what is examined"), max_length=500, blank=True)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict.choices, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta(Part.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("checklist")

    def __str__(self) -> str:
        return self.code


class Finding(Record):
    """What an audit found. Until it is issued, only the auditors of its audit see it (9.2.2-f)."""

    ref_prefix = "FND"
    leads_to = LEADS_TO

    class Grade(models.TextChoices):
        """How grave it is; an observation may become a nonconformity."""

        MAJOR = "major", _("major nonconformity")
        MINOR = "minor", _("minor nonconformity")
        OBSERVATION = "observation", _("observation")
        OPPORTUNITY = "opportunity", _("opportunity for improvement")
        STRENGTH = "strength", _("strength")

    audit = Relation(Audit, verbose_name=_("audit"), related_name="findings")
    code = models.CharField(_("clause or control"), max_length=20, validators=[known_code])
    grade = models.CharField(_("grade"), max_length=20, choices=Grade.choices)
    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="+")
    text = models.TextField(_("finding"), max_length=4000)
    evidence_note = models.TextField(_("evidence seen"), blank=True, max_length=4000)
    comment = models.TextField(_("answer of who was audited"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings")

    def clean(self) -> None:
        """In an internal audit only its auditors write drafts: nobody else could see them."""
        author = self.changed_by
        if self.state != "draft" or author is None or not self.audit_id or not self.audit.scheduled:
            return
        if not is_auditor(author, self.audit):
            raise ValidationError(
                {"audit": _("Only the auditors of this audit write its findings. Assign yourself first.")}
            )

    @property
    def nonconforming(self) -> bool:
        """Whether something has to be corrected."""
        return self.grade in (self.Grade.MAJOR, self.Grade.MINOR)


def is_auditor(member: Membership, audit: Audit) -> bool:
    """Whether a person holds a grant on an audit (whether it is still live, `access` has checked)."""
    return Grant.objects.filter(
        organisation_id=audit.organisation_id, user_id=member.person_id, object_pk=str(audit.pk)
    ).exists()
