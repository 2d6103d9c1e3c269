"""Metrics with their thresholds, measurements, and the evaluation of performance (9.1)."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Record
from aims.records.fields import CodesField, MarkdownField, Relation
from context.models import AISystem


def number(label: Any, **options: Any) -> "models.DecimalField[Any, Any]":
    """A measured value: exact, never a float."""
    return models.DecimalField(label, max_digits=18, decimal_places=6, **options)


class Metric(Record):
    """What is monitored and measured, how, and when (9.1-a to c). With `every_months` it says its own interval."""

    ref_prefix = "MET"

    class Direction(models.TextChoices):
        """Which way is good."""

        HIGHER = "higher_is_better", _("higher is better")
        LOWER = "lower_is_better", _("lower is better")

    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="metrics")
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    direction = models.CharField(
        _("direction"), max_length=20, choices=Direction.choices, default=Direction.HIGHER
    )
    target = number(_("target"), null=True, blank=True)
    warning = number(_("warning at"), null=True, blank=True)
    alarm = number(_("alarm at"), null=True, blank=True)
    method = models.TextField(_("how it is measured, and why that is valid"), blank=True, max_length=4000)
    every_months = models.PositiveSmallIntegerField(
        _("measured every … months"), default=3, validators=[MinValueValidator(1)]
    )
    analysed = models.CharField(_("when it is analysed, by whom"), max_length=300, blank=True)
    reaction = models.TextField(_("what we do on an alarm"), blank=True, max_length=4000)
    codes = CodesField(_("speaks for"))

    class Meta(Record.Meta):
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")

    def clean(self) -> None:
        """A warning comes before the alarm."""
        if self.warning is None or self.alarm is None:
            return
        gap = self.warning - self.alarm
        if (gap if self.direction == self.Direction.HIGHER else -gap) < 0:
            raise ValidationError({"warning": _("The warning must come before the alarm.")})

    def band(self, value: Decimal) -> str:
        """Where a value lies: ok, warning or alarm. A value at the threshold itself is still good."""
        sign = 1 if self.direction == self.Direction.HIGHER else -1
        for name, limit in (("alarm", self.alarm), ("warning", self.warning)):
            if limit is not None and sign * value < sign * limit:
                return name
        return "ok"


class Measurement(Record):
    """One measured value of a metric, kept as evidence (9.1-d)."""

    ref_prefix = "MEA"
    settled = ("band",)
    event_dates = {"create": "measured_on"}

    class Band(models.TextChoices):
        """Where the value lies against the thresholds of its metric on the day it was entered."""

        OK = "ok", _("as it should be")
        WARNING = "warning", _("warning")
        ALARM = "alarm", _("alarm")

    metric = Relation(Metric, verbose_name=_("metric"), related_name="measurements")
    measured_on = models.DateField(_("measured on"))
    value = number(_("value"))
    sample = models.CharField(_("sample"), max_length=200, blank=True)
    band = models.CharField(_("result"), max_length=10, choices=Band.choices, blank=True, editable=False)
    analysis = models.TextField(_("analysis and decision"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["metric", "-measured_on"], name="measurement_series"),
        ]

    def settle(self, changed: frozenset[str]) -> None:
        """A measurement is called after its metric and day."""
        if self.metric_id and self.measured_on and not self.title:
            self.title = f"{self.metric.title}, {self.measured_on}"[:200]

    def clean(self) -> None:
        """A value is judged by the thresholds of its metric."""
        if self.metric_id and isinstance(self.value, Decimal):
            self.band = self.metric.band(self.value)


class PerformanceEvaluation(Record):
    """The evaluation of how the AIMS performs and how effective it is, for a period (9.1-e)."""

    ref_prefix = "PEV"

    class Result(models.TextChoices):
        """What the evaluation comes to."""

        YES = "effective", _("effective")
        PARTLY = "partly", _("partly effective")
        NO = "not_effective", _("not effective")

    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    analysis = MarkdownField(_("analysis"), blank=True, max_length=20_000)
    result = models.CharField(_("the AIMS is"), max_length=20, blank=True, choices=Result.choices)
    decisions = models.TextField(_("what follows from it"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("performance evaluation")
        verbose_name_plural = _("performance evaluations")

    def clean(self) -> None:
        """A period ends after it began."""
        if self.period_from and self.period_to and self.period_to < self.period_from:
            raise ValidationError({"period_to": _("The end must not be before the beginning.")})
