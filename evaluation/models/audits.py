"""The audit programme, audits with their checklist, and findings (9.2)."""

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from context.models import AISystem
from support.models import CompetenceRequirement


def known_code(code: Any) -> None:
    """Refuse a code that the standard does not have."""
    if code and not edition().is_code(code):
        raise ValidationError(_("The standard has no %(code)s."), params={"code": code})


def in_order(first: Any, last: Any, name: str) -> None:
    """Refuse a period that ends before it begins, at the field with this name."""
    if first and last and last < first:
        raise ValidationError({name: _("The end must not be before the beginning.")})


class Scale(models.TextChoices):
    """In which words grades are said: those of ISO/IEC 17021-1, or those that French bodies write."""

    ISO = "iso", _("major, minor, observation, opportunity, strength")
    FRENCH = "french", _("point fort, piste de progrès, point sensible, NC mineure, NC majeure, note")


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
    scale = models.CharField(
        _("words of the grades"), max_length=10, choices=Scale.choices, default=Scale.ISO
    )
    competence = Relation(
        CompetenceRequirement,
        verbose_name=_("what auditors must be able to do"),
        null=True,
        blank=True,
        related_name="+",
    )

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
    meeting = ("starts_on", "ends_on", ("lead", "team", "owner"))

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
    scale = models.CharField(
        _("words of the grades"),
        max_length=10,
        choices=[("", _("as the programme says")), *Scale.choices],
        blank=True,
    )
    opened_on = models.DateField(_("opening meeting"), null=True, blank=True)
    opening_people = models.TextField(_("who was at the opening"), blank=True, max_length=1000)
    closed_on = models.DateField(_("closing meeting"), null=True, blank=True)
    closing_people = models.TextField(_("who was at the closing"), blank=True, max_length=1000)
    conclusion = MarkdownField(_("conclusion"), blank=True, max_length=10_000)
    reported_on = models.DateField(_("report sent on"), null=True, blank=True)
    recipients = Relations(Membership, verbose_name=_("report sent to"), blank=True, related_name="+")

    class Meta(Record.Meta):
        verbose_name = _("audit")
        verbose_name_plural = _("audits")

    def clean(self) -> None:
        """An audit ends after it began."""
        in_order(self.starts_on, self.ends_on, "ends_on")
        in_order(self.opened_on, self.closed_on, "closed_on")

    @property
    def scheduled(self) -> bool:
        """Only our own audits fulfil our audit programme."""
        return self.kind == self.Kind.INTERNAL

    @cached_property
    def has_auditors(self) -> bool:
        """Whether members audit it for us: then nobody else does an auditor's work in it (9.2.2-d)."""
        return self.scheduled and (self.lead_id is not None or self.team.exists())

    @property
    def words(self) -> str:
        """The scale in whose words its grades are said: its own, else the programme's."""
        return str(self.scale or (self.programme.scale if self.programme else Scale.ISO))


class AuditLine(Part):
    """A question of the organisation's own that the plan adds to the checklist; it is answered in the audit room.

    `verdict` and `note` are those of audits held before there was a room.
    """

    of = "audit"
    form = ("code", "question")

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
        verbose_name = _("own question")
        verbose_name_plural = _("own questions")

    def __str__(self) -> str:
        return self.code


class AuditorOverride(Part):
    """Why somebody audits although they are not independent, or their competence is not on record (9.2.2-d, 7.2)."""

    of = "audit"
    form = ("auditor", "reason")

    audit = Relation(Audit, on_delete=models.CASCADE, related_name="overrides")
    auditor = Relation(Membership, verbose_name=_("auditor"), related_name="+")
    reason = models.TextField(_("why nevertheless"), max_length=1000)

    class Meta(Part.Meta):
        verbose_name = _("override")
        verbose_name_plural = _("auditors in spite of a conflict")

    def __str__(self) -> str:
        return str(self.auditor)

    def clean(self) -> None:
        """Nobody lets themselves audit in spite of a conflict: somebody else gives the reason."""
        if self.audit.changed_by_id != self.auditor_id:
            return
        was = AuditorOverride.objects.filter(pk=self.pk).first()
        if was is None or (was.auditor_id, was.reason) != (self.auditor_id, self.reason):
            raise ValidationError({"reason": _("Somebody else must give the reason: it is about you.")})


class ReportAcceptance(Part):
    """That somebody to whom the report was sent has accepted it, and when."""

    of = "audit"
    form = ("name", "accepted_on")

    audit = Relation(Audit, on_delete=models.CASCADE, related_name="acceptances")
    name = models.CharField(_("who"), max_length=200)
    accepted_on = models.DateField(_("accepted on"))

    class Meta(Part.Meta):
        verbose_name = _("acceptance")
        verbose_name_plural = _("report accepted by")

    def __str__(self) -> str:
        return self.name
