"""AI objectives with their plans (6.2), and legal and other requirements."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, Relation, Relations
from context.models import AISystem, InterestedParty
from leadership.models import AIPolicy
from planning.fields import ObjectivesField


def figure(label: Any, **options: Any) -> "models.DecimalField[Any, Any]":
    """A measured or aimed-at value, exact."""
    return models.DecimalField(label, max_digits=14, decimal_places=3, **options)


class Objective(Record):
    """A measurable AI objective: indicator, baseline, target, unit, date, and how results are evaluated (6.2)."""

    ref_prefix = "OBJ"

    class Progress(models.TextChoices):
        """How it goes."""

        ON_TRACK = "on_track", _("on track")
        AT_RISK = "at_risk", _("at risk")
        LATE = "late", _("late")

    themes = ObjectivesField(_("Annex C themes"))
    policy = Relation(AIPolicy, verbose_name=_("policy"), null=True, blank=True, related_name="objectives")
    statement = models.CharField(_("policy statement that it serves"), max_length=300, blank=True)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="objectives")
    codes = CodesField(_("clauses and controls"))
    indicator = models.CharField(_("indicator"), max_length=300, blank=True)
    baseline = figure(_("baseline"), null=True, blank=True)
    target = figure(_("target"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    resources = models.TextField(_("resources"), blank=True, max_length=1000)
    evaluation = models.TextField(_("how results are evaluated"), blank=True, max_length=1000)
    progress = models.CharField(_("progress"), max_length=10, choices=Progress.choices, blank=True)
    not_measurable = models.TextField(_("why it cannot be measured"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("AI objective")
        verbose_name_plural = _("AI objectives")


class ObjectiveStep(Part):
    """A step of the plan for an objective: what, by whom, by when."""

    of = "objective"
    form = ("text", "responsible", "due", "done_on")

    objective = Relation(Objective, on_delete=models.CASCADE, related_name="steps")
    text = models.CharField(_("what is done"), max_length=300)
    responsible = Relation(Membership, verbose_name=_("responsible"), null=True, blank=True, related_name="+")
    due = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("plan")

    def __str__(self) -> str:
        return self.text


class ObjectiveValue(Part):
    """A value of the indicator on a day."""

    of = "objective"
    form = ("dated", "value", "note")

    objective = Relation(Objective, on_delete=models.CASCADE, related_name="values")
    dated = models.DateField(_("date"))
    value = figure(_("value"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("value")
        verbose_name_plural = _("values")

    def __str__(self) -> str:
        return f"{self.dated}: {self.value}"


class LegalRequirement(Record):
    """A law, contract or promise that applies to our AI, with a dated evaluation of whether it is met (4.2, A.8.5)."""

    ref_prefix = "LEG"

    class Kind(models.TextChoices):
        """Where it comes from."""

        LAW = "law", _("law")
        CONTRACT = "contract", _("contract")
        STANDARD = "standard", _("standard")
        REPORTING = "reporting", _("duty to report or inform")
        PROMISE = "promise", _("own promise")

    class Verdict(models.TextChoices):
        """Whether it is met."""

        MET = "met", _("met")
        PARTLY = "partly", _("partly met")
        NOT = "not_met", _("not met")
        LATER = "later", _("applies later")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=200)
    asks = models.TextField(_("what it asks of us"), max_length=4000)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="legal_requirements")
    party = Relation(
        InterestedParty, verbose_name=_("interested party"), null=True, blank=True, related_name="+"
    )
    applies_from = models.DateField(_("applies from"), null=True, blank=True)
    answered_by = CodesField(_("answered by"))
    evaluated_on = models.DateField(_("evaluated on"), null=True, blank=True)
    verdict = models.CharField(_("result"), max_length=10, choices=Verdict.choices, blank=True)
    reasons = models.TextField(_("reasons"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("legal requirement")
        verbose_name_plural = _("legal and other requirements")
