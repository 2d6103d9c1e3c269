"""Dated runs over an AI system: risk assessments (8.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Record
from aims.records.fields import Relation, Relations
from context.models import AISystem
from planning.models.methods import Method
from planning.models.risks import AIRisk


class Trigger(models.TextChoices):
    """Why an assessment was made."""

    PLANNED = "planned", _("planned interval")
    CHANGE = "change", _("significant change")
    INCIDENT = "incident", _("incident or alarm")
    LAW = "law", _("change of law")
    FIRST = "first", _("first assessment")


class RiskAssessment(Record):
    """One assessment of a system's risks, with the version of the method; the next is due on its review date (8.2)."""

    ref_prefix = "RAS"
    event_dates = {"approve": "done_on"}

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="risk_assessments")
    method = Relation(Method, verbose_name=_("method"), null=True, blank=True, related_name="+")
    trigger = models.CharField(_("why"), max_length=20, choices=Trigger.choices, default=Trigger.PLANNED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    participants = Relations(Membership, verbose_name=_("who took part"), blank=True, related_name="+")
    others = models.CharField(_("others who took part"), max_length=300, blank=True)
    risks = Relations(AIRisk, verbose_name=_("risks looked at"), blank=True, related_name="assessments")
    result = models.TextField(_("result"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
