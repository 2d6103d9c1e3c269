"""AI objectives with their plans (6.2), and legal and other requirements."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, Relation, Relations
from aims.records.registry import measures
from context.models import AISystem, InterestedParty
from leadership.models import AIPolicy
from planning.fields import ObjectivesField
from planning.progress import Aim, Point, progress


def figure(label: Any, **options: Any) -> "models.DecimalField[Any, Any]":
    """A measured or aimed-at value, exact."""
    return models.DecimalField(label, max_digits=14, decimal_places=3, **options)


class Objective(Record):
    """A measurable AI objective: indicator, baseline, target, unit, date, and how results are evaluated (6.2)."""

    ref_prefix = "OBJ"
    settled = ("latest", "latest_on", "progress")

    class Progress(models.TextChoices):
        """How it goes."""

        ON_TRACK = "on_track", _("on track")
        AT_RISK = "at_risk", _("at risk")
        LATE = "late", _("late")

    class Direction(models.TextChoices):
        """Which way is good."""

        FROM_BASELINE = "", _("from the baseline to the target")
        HIGHER = "higher", _("the target or more")
        LOWER = "lower", _("the target or less")

    themes = ObjectivesField(_("Annex C themes"))
    policy = Relation(AIPolicy, verbose_name=_("policy"), null=True, blank=True, related_name="objectives")
    statement = models.CharField(_("policy statement that it serves"), max_length=300, blank=True)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="objectives")
    codes = CodesField(_("clauses and controls"))
    indicator = models.CharField(_("indicator"), max_length=300, blank=True)
    baseline = figure(_("baseline"), null=True, blank=True)
    target = figure(_("target"), null=True, blank=True)
    direction = models.CharField(_("what is good"), max_length=10, choices=Direction.choices, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    resources = models.TextField(_("resources"), blank=True, max_length=1000)
    evaluation = models.TextField(_("how results are evaluated"), blank=True, max_length=1000)
    latest = models.DecimalField(
        _("latest value"), max_digits=18, decimal_places=6, null=True, blank=True, editable=False
    )
    latest_on = models.DateField(_("measured on"), null=True, blank=True, editable=False)
    progress = models.CharField(
        _("progress"), max_length=10, choices=Progress.choices, blank=True, editable=False
    )
    not_measurable = models.TextField(_("why it cannot be measured"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("AI objective")
        verbose_name_plural = _("AI objectives")

    def settle(self, changed: frozenset[str]) -> None:
        """How it goes follows from its figures, its dates and its plan; what is closed stays as it was judged."""
        points = sorted([*self._entered(), *measured(self)])
        self.latest_on, self.latest = points[-1] if points else (None, None)
        self.progress = progress(self.aim(), points, timezone.localdate())

    def aim(self) -> Aim:
        """What it says about where to go by when."""
        begun = self.effective_from or (self.created_at or timezone.now()).date()
        overdue = [due for due, done in self._steps() if due and not done]
        return Aim(_figure(self.baseline), _figure(self.target), _day(begun) or timezone.localdate(), _day(self.due),
                   self.direction, overdue)  # fmt: skip

    def _entered(self) -> list[Point]:
        """The values that people entered; those that cannot be read are refused when the parts are kept."""
        if "values" in self.coming:
            rows = [(_day(row.get("dated")), _figure(row.get("value"))) for row in self.coming["values"]]
            return [(day, value) for day, value in rows if day and value is not None]
        return [(row.dated, row.value) for row in self.values.all()] if not self._state.adding else []

    def _steps(self) -> list[tuple[date | None, date | None]]:
        """Due and done of each step of the plan."""
        if "steps" in self.coming:
            return [(_day(row.get("due")), _day(row.get("done_on"))) for row in self.coming["steps"]]
        return [(row.due, row.done_on) for row in self.steps.all()] if not self._state.adding else []


def measured(objective: Objective) -> list[Point]:
    """What the metrics of clause 9 say of an objective: asked through the registry, for that clause comes later."""
    found = [measure.series([objective]).get(objective.pk, []) for measure in measures("ai-objectives")]
    return [(day, value) for values in found for day, value, _source in values]


def _day(value: Any) -> date | None:
    """A date as it was given; None for what cannot be read, which validation then refuses by name."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return parse_date(str(value or ""))
    except ValueError:
        return None


def _figure(value: Any) -> Decimal | None:
    """A number as it was given, to six places; None for what is none or is too big to be kept."""
    try:
        found = Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
    kept = found is not None and found.is_finite() and found.adjusted() < 12
    return round(found, 6) if kept and found is not None else None


class ObjectiveStep(Part):
    """A step of the plan for an objective: what, by whom, by when."""

    of = "objective"
    form = ("text", "responsible", "resources", "due", "evaluation", "done_on")

    objective = Relation(Objective, on_delete=models.CASCADE, related_name="steps")
    text = models.CharField(_("what is done"), max_length=300)
    responsible = Relation(Membership, verbose_name=_("responsible"), null=True, blank=True, related_name="+")
    resources = models.CharField(_("resources"), max_length=300, blank=True)
    due = models.DateField(_("due"), null=True, blank=True)
    evaluation = models.CharField(_("how the result is evaluated"), max_length=300, blank=True)
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
