"""Planned changes of the AIMS (6.3, 8.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Record
from aims.records.fields import CodesField, Relations
from context.models import AISystem
from planning.models.staleness import StaleMark


class ChangePlan(Record):
    """A planned change of the AIMS: why, with what consequences, means and responsibilities, before it is made (6.3)."""

    ref_prefix = "CHP"
    event_dates = {"complete": "done_on"}

    purpose = models.TextField(_("purpose"), max_length=2000)
    consequences = models.TextField(_("possible consequences"), blank=True, max_length=2000)
    integrity = models.TextField(_("how the AIMS stays whole meanwhile"), blank=True, max_length=2000)
    resources = models.TextField(_("resources"), blank=True, max_length=1000)
    responsibilities = models.TextField(_("responsibilities"), blank=True, max_length=1000)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="change_plans")
    material = models.CharField(
        _("material change of these systems"), max_length=20, choices=StaleMark.Cause.choices, blank=True
    )
    origin = models.CharField(_("what led to it"), max_length=300, blank=True)
    codes = CodesField(_("clauses and controls"))
    planned_for = models.DateField(_("planned for"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.TextField(_("what came of it"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("change plan")
        verbose_name_plural = _("change plans")
