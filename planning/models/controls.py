"""The Statement of Applicability: one line per control of Annex A, decided with a reason (6.1.3)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import MarkdownField, Relation
from context.models import AISystem


class Ground(models.TextChoices):
    """Why a control is needed (6.1.3); the text says it in full."""

    RISK = "risk_treatment", _("risk treatment")
    LAW = "law", _("law")
    CONTRACT = "contract", _("contract")
    OTHER = "other", _("other")


class ControlImplementation(Record):
    """One line of the Statement of Applicability: whether a control applies, why, and how far it is in place."""

    ref_prefix = "SOA"
    fixed = True

    class Status(models.TextChoices):
        """How far a control is in place."""

        PLANNED = "planned", _("planned")
        PARTLY = "partly", _("partly implemented")
        IMPLEMENTED = "implemented", _("implemented")

    code = models.CharField(_("control"), max_length=20, editable=False)
    applicable = models.BooleanField(_("applies to us"), null=True, blank=True)
    ground = models.CharField(_("ground"), max_length=20, choices=Ground.choices, blank=True)
    inclusion_reason = models.TextField(_("why it is needed"), blank=True, max_length=2000)
    exclusion_reason = models.TextField(_("why it is left out"), blank=True, max_length=2000)
    status = models.CharField(_("implementation"), max_length=20, choices=Status.choices, blank=True)
    description = MarkdownField(_("how we do it"), blank=True, max_length=10_000)
    gap = models.TextField(_("what is missing"), blank=True, max_length=2000)
    due = models.DateField(_("in place by"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("control implementation")
        verbose_name_plural = _("control implementations")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["organisation", "code"], name="control_code_once"),
        ]

    def clean(self) -> None:
        """A decision has its reason (6.1.3: reasons for including and for excluding)."""
        if self.applicable and not self.inclusion_reason.strip():
            raise ValidationError({"inclusion_reason": _("Say why this control is needed.")})
        if self.applicable is False and not self.exclusion_reason.strip():
            raise ValidationError({"exclusion_reason": _("Say why this control is left out.")})


class SystemExclusion(Part):
    """An AI system to which a control does not apply although the organisation uses the control."""

    of = "line"
    form = ("system", "reason")

    line = Relation(ControlImplementation, on_delete=models.CASCADE, related_name="exclusions")
    system = Relation(AISystem, verbose_name=_("AI system"), related_name="+")
    reason = models.CharField(_("why not"), max_length=500)

    class Meta(Part.Meta):
        verbose_name = _("system to which it does not apply")
        verbose_name_plural = _("systems to which it does not apply")

    def __str__(self) -> str:
        return self.reason
