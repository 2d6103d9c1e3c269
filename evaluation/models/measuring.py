"""Metrics with their thresholds, measurements, and the evaluation of performance (9.1)."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation
from context.models import AISystem
from planning.models import Objective


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

    class Kind(models.TextChoices):
        """What a metric speaks of."""

        PERFORMANCE = "performance", _("performance")
        FAIRNESS = "fairness", _("fairness")
        ROBUSTNESS = "robustness", _("robustness")
        SAFETY = "safety", _("safety")
        TRANSPARENCY = "transparency", _("transparency and explanation")
        OVERSIGHT = "oversight", _("human oversight")
        DATA = "data", _("quality of data")
        ENERGY = "energy", _("energy and climate")
        OBJECTIVE = "objective", _("objective")
        PROCESS = "process", _("process of the AIMS")

    class Statistic(models.TextChoices):
        """What is computed: the names that data scientists and auditors share."""

        ACCURACY = "accuracy", _("accuracy")
        SENSITIVITY = "sensitivity", _("sensitivity (recall)")
        SPECIFICITY = "specificity", _("specificity")
        PRECISION = "precision", _("precision")
        F1 = "f1", _("F1 score")
        AUROC = "auroc", _("area under the ROC curve")
        CALIBRATION = "calibration_error", _("calibration error")
        MEAN_ERROR = "mean_absolute_error", _("mean absolute error")
        PARITY = "demographic_parity_difference", _("demographic parity difference")
        IMPACT_RATIO = "disparate_impact_ratio", _("disparate impact ratio")
        OPPORTUNITY = "equal_opportunity_difference", _("equal opportunity difference")
        ODDS = "equalised_odds_difference", _("equalised odds difference")
        PREDICTIVE = "predictive_parity_difference", _("predictive parity difference")
        FALSE_POSITIVE = "false_positive_rate", _("false positive rate")
        FALSE_NEGATIVE = "false_negative_rate", _("false negative rate")
        DRIFT = "population_stability_index", _("population stability index (drift)")
        ROBUST_ACCURACY = "accuracy_under_disturbance", _("accuracy under disturbance")
        HARMFUL = "harmful_output_rate", _("rate of harmful outputs")
        OVERRIDE = "override_rate", _("rate of human overrides")
        ENERGY_USED = "energy", _("energy used")
        CARBON = "carbon", _("carbon emitted")
        SHARE = "share", _("share")
        COUNT = "count", _("count")
        DURATION = "duration", _("duration")
        OTHER = "other", _("other")

    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="metrics")
    objective = Relation(
        Objective, verbose_name=_("objective that it serves"), null=True, blank=True, related_name="metrics"
    )
    kind = models.CharField(_("speaks of"), max_length=20, choices=Kind.choices, blank=True)
    statistic = models.CharField(_("measure"), max_length=40, choices=Statistic.choices, blank=True)
    definition = models.TextField(_("definition"), blank=True, max_length=2000)
    source = models.CharField(_("where the data comes from"), max_length=300, blank=True)
    group = models.CharField(_("group"), max_length=120, blank=True)
    reference_group = models.CharField(_("compared with the group"), max_length=120, blank=True)
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
        """A warning comes before the alarm; a difference between groups names both (A.6.2.6)."""
        if self.statistic in COMPARING and bool(self.group) != bool(self.reference_group):
            lacking = "reference_group" if self.group else "group"
            raise ValidationError({lacking: _("This measure compares two groups: name both, or neither.")})
        if self.warning is None or self.alarm is None:
            return
        gap = self.warning - self.alarm
        if (gap if self.direction == self.Direction.HIGHER else -gap) < 0:
            raise ValidationError({"warning": _("The warning must come before the alarm.")})

    @property
    def group_words(self) -> str:
        """For whom it is measured: the group, against the group that it is compared with."""
        return " / ".join(name for name in (self.group, self.reference_group) if name)

    def band(self, value: Decimal) -> str:
        """Where a value lies: ok, warning or alarm. A value at the threshold itself is still good."""
        sign = 1 if self.direction == self.Direction.HIGHER else -1
        for name, limit in (("alarm", self.alarm), ("warning", self.warning)):
            if limit is not None and sign * value < sign * limit:
                return name
        return "ok"


# measures of fairness that say how far one group is from another
COMPARING = frozenset(
    str(one)
    for one in (
        Metric.Statistic.PARITY,
        Metric.Statistic.IMPACT_RATIO,
        Metric.Statistic.OPPORTUNITY,
        Metric.Statistic.ODDS,
        Metric.Statistic.PREDICTIVE,
    )
)


class Measurement(Record):
    """One measured value of a metric, kept as evidence (9.1-d).

    It happened at `measured_at` and was recorded at `created_at`. `measured_on` is its day in the organisation's time
    zone: whoever knows only the day gives that alone, and the moment is the day's beginning. What was measured is never
    overwritten: a wrong value is corrected by a new measurement that `corrects` it, and both stay.
    """

    ref_prefix = "MEA"
    leads_to = ("nonconformities", "improvements")
    settled = ("band",)
    event_dates = {"create": "measured_on"}

    class Band(models.TextChoices):
        """Where the value lies against the thresholds of its metric on the day it was entered."""

        OK = "ok", _("as it should be")
        WARNING = "warning", _("warning")
        ALARM = "alarm", _("alarm")

    metric = Relation(Metric, verbose_name=_("metric"), related_name="measurements")
    measured_at = models.DateTimeField(
        _("measured at"),
        null=True,
        blank=True,
        help_text=_("In the time zone of the organisation. Or give the day alone."),
    )
    measured_on = models.DateField(
        _("measured on"), blank=True, help_text=_("Where only the day is known; its beginning counts.")
    )
    value = number(_("value"))
    sample = models.CharField(_("sample"), max_length=200, blank=True)
    corrects = Relation("self", verbose_name=_("corrects"), null=True, blank=True, related_name="corrections")
    band = models.CharField(_("result"), max_length=10, choices=Band.choices, blank=True, editable=False)
    analysis = models.TextField(_("analysis and decision"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["metric", "-measured_on"], name="measurement_series"),
        ]

    @property
    def scheduled(self) -> bool:
        """A correction is no new measurement: it fulfils nothing that the calendar asks for."""
        return self.corrects_id is None

    def settle(self, changed: frozenset[str]) -> None:
        """The day follows from the moment, or the moment from the day; it is called after its metric and when it was."""
        if sensible(self.measured_at or self.measured_on):
            zone = ZoneInfo(self.organisation.time_zone)
            if self.measured_at is None:
                self.measured_at = datetime.combine(self.measured_on, time.min, zone).astimezone(UTC)
            self.measured_at = self.measured_at.replace(microsecond=0)  # a form shows and sends whole seconds
            local = self.measured_at.astimezone(zone)
            self.measured_on = self.measured_on or local.date()
            clock = f" {local:%H:%M}" if local.time() != time.min else ""
        else:
            clock = ""
        if self.metric_id and not self.title:
            self.title = f"{self.metric.title}, {self.measured_on}{clock}"[:200]

    def clean(self) -> None:
        """What was measured stays; a new value is judged by the thresholds that its metric has now."""
        kept = Measurement.objects.filter(pk=self.pk).first()
        self._one_day()
        if kept is not None:
            self._unchanged(kept)
        elif self.metric_id and isinstance(self.value, Decimal):
            self._correction()
            self.band = self.metric.band(self.value)

    def _one_day(self) -> None:
        """A value was measured at one moment; a day given beside it is the day of that moment."""
        if self.measured_at is None and self.measured_on is None:
            raise ValidationError({"measured_at": _("Say when it was measured, or on which day.")})
        if self.measured_at is None or not sensible(self.measured_at):
            raise ValidationError({"measured_at": _("Write a day between 1900 and 2200.")})
        if self.measured_at.astimezone(ZoneInfo(self.organisation.time_zone)).date() != self.measured_on:
            raise ValidationError({"measured_on": _("This is not the day of the moment that you give.")})

    def _unchanged(self, kept: "Measurement") -> None:
        """Refuse another value, moment, metric or sample for a measurement that is kept (9.1-d)."""
        # what was recorded when only days were kept has no moment yet, and may be given the one of its day
        names = MEASURED if kept.measured_at else [name for name in MEASURED if name != "measured_at"]
        changed = [name for name in names if getattr(kept, name) != getattr(self, name)]
        if changed:
            words = _(
                "A measured value is not overwritten. Record the right value as one that corrects this one."
            )
            raise ValidationError({name.removesuffix("_id"): words for name in changed})

    def _correction(self) -> None:
        """A correction is about the same metric, and about what still counts."""
        if self.corrects is None:
            return
        if self.corrects.metric_id != self.metric_id:
            raise ValidationError({"corrects": _("It is a measurement of another metric.")})
        if not standing(Measurement.objects.filter(pk=self.corrects.pk)).exists():
            raise ValidationError({"corrects": _("It no longer counts: correct the value that replaced it.")})


MEASURED = ("metric_id", "measured_at", "measured_on", "value", "sample", "corrects_id")


def sensible(day: date | None) -> bool:
    """Whether a day can be one on which something was measured: far from the ends of what a calendar can count."""
    return day is not None and 1900 <= day.year <= 2200


def standing(rows: "QuerySet[Measurement]") -> "QuerySet[Measurement]":
    """The measurements that count: neither withdrawn nor corrected by another that stands."""
    corrected = Measurement.objects.filter(corrects=OuterRef("pk")).exclude(state="withdrawn")
    return rows.exclude(state="withdrawn").filter(~Exists(corrected))


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


class EvaluationFigure(Part):
    """What one metric came to in the period of an evaluation: gathered from its measurements, with room for words."""

    of = "evaluation"
    form = ("metric", "first", "last", "worst", "number", "note")

    evaluation = Relation(PerformanceEvaluation, on_delete=models.CASCADE, related_name="figures")
    metric = Relation(Metric, verbose_name=_("metric"), related_name="+")
    first = number(_("first value"), null=True, blank=True)
    last = number(_("last value"), null=True, blank=True)
    worst = models.CharField(_("worst result"), max_length=10, choices=Measurement.Band.choices, blank=True)
    number = models.PositiveIntegerField(_("values"), default=0)
    note = models.CharField(_("what it tells us"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures of the period")

    def __str__(self) -> str:
        return str(self.metric)
