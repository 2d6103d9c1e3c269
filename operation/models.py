"""What clause 8 keeps: operational controls with their criteria."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import MarkdownField, Relation, Relations
from context.models import AISystem
from operation.decisions.models import Decision

__all__ = ["Criterion", "Decision", "OperationalControl"]


class OperationalControl(Record):
    """Criteria that a process must meet at a stage of the life cycle, and the gate that checks them (8.1)."""

    ref_prefix = "OPC"

    process = models.CharField(_("process"), max_length=200)
    stage = models.CharField(_("life cycle stage"), max_length=30, choices=AISystem.Stage.choices, blank=True)
    systems = Relations(
        AISystem, verbose_name=_("AI systems"), blank=True, related_name="operational_controls"
    )
    method = MarkdownField(_("how it is done"), blank=True, max_length=10_000)
    record = models.CharField(_("what is recorded, and where"), max_length=500, blank=True)
    stops = models.BooleanField(_("a failed criterion stops the work"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("operational control")
        verbose_name_plural = _("operational controls")


class Criterion(Part):
    """A criterion of a gate: met or not met."""

    of = "control"
    form = ("text", "measure")

    control = Relation(OperationalControl, on_delete=models.CASCADE, related_name="criteria")
    text = models.CharField(_("criterion"), max_length=500)
    measure = models.CharField(_("met when"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")

    def __str__(self) -> str:
        return self.text
