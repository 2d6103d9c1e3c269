"""Dated runs over an AI system: risk assessments (8.2), which keep what was looked at as it was then."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Record
from aims.records.fields import Relation, Relations
from context.models import AISystem
from planning.fields import SourcesField
from planning.models.methods import Method
from planning.models.risks import AIRisk


class Trigger(models.TextChoices):
    """Why an assessment was made."""

    PLANNED = "planned", _("planned interval")
    CHANGE = "change", _("significant change")
    INCIDENT = "incident", _("incident or alarm")
    LAW = "law", _("change of law")
    FIRST = "first", _("first assessment")


class FrozenField(models.JSONField):
    """What a run looked at, kept as it was: one line for each risk where it is said in words."""

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def words(self, value: Any) -> str:
        """Each risk with its level after treatment."""
        rows = value.get("risks", []) if isinstance(value, dict) else []
        return "\n".join(
            f"{row['ref']} {row['title']}: {_level(row['levels'].get('residual'))}" for row in rows
        )


def _level(rating: dict[str, Any] | None) -> str:
    return f"{rating['level']} {rating['label']}" if rating and rating.get("level") else "–"


class RiskAssessment(Record):
    """One assessment of a system's risks, with the version of the method; the next is due on its review date (8.2).

    Approval keeps the risks looked at, their ratings and controls, the criteria, and the system's release and stage as
    they are (`planning.runs`): what is changed later does not change what the run says.
    """

    ref_prefix = "RAS"
    settled = ("frozen",)
    stamped = ("frozen",)
    event_dates = {"approve": "done_on"}

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="risk_assessments")
    method = Relation(Method, verbose_name=_("method"), null=True, blank=True, related_name="+")
    trigger = models.CharField(_("why"), max_length=20, choices=Trigger.choices, default=Trigger.PLANNED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    participants = Relations(Membership, verbose_name=_("who took part"), blank=True, related_name="+")
    others = models.CharField(_("others who took part"), max_length=300, blank=True)
    sources = SourcesField(_("risk sources looked at"))
    risks = Relations(
        AIRisk,
        verbose_name=_("risks looked at"),
        blank=True,
        related_name="assessments",
        help_text=_("Choose none to look at all open risks of the system."),
    )
    result = models.TextField(_("result"), blank=True, max_length=4000)
    frozen = FrozenField(_("as it was"), default=dict, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
