"""What clause 10 keeps: nonconformities with causes and corrective actions, reviews of their effect, improvements."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from context.models import AISystem
from evaluation.models import Finding, ManagementReview

FIXED_EFFECT = ("effect_criterion", "effect_from")  # what is agreed before the actions are done


class Branch(models.TextChoices):
    """A bone of the fishbone: where causes of what goes wrong with AI are looked for."""

    DATA = "data", _("data")
    MODEL = "model", _("model")
    PEOPLE = "people", _("people")
    METHOD = "method", _("process")
    SUPPLIER = "supplier", _("supplier")
    ENVIRONMENT = "environment", _("environment and tools")
    MEASUREMENT = "measurement", _("measurement")
    MANAGEMENT = "management", _("management")
    TECHNOLOGY = "technology", _("technology")


def number(label: Any) -> "models.DecimalField[Any, Any]":
    """A measured value that may be missing: exact, never a float."""
    return models.DecimalField(label, max_digits=18, decimal_places=6, null=True, blank=True)


class Nonconformity(Record):
    """A requirement that was not met: what was done at once, why it happened, and what keeps it from coming back (10.2)."""

    ref_prefix = "NC"
    event_dates = {"create": "opened_on"}

    class Source(models.TextChoices):
        """Where it came from."""

        INTERNAL = "internal_audit", _("internal audit")
        EXTERNAL = "external_audit", _("audit by others")
        INCIDENT = "incident", _("incident")
        CONCERN = "concern", _("concern")
        COMPLAINT = "complaint", _("complaint")
        SUPPLIER = "supplier", _("review of a supplier")
        MONITORING = "monitoring", _("monitoring")
        CONTROL = "control_check", _("check of a control")
        REVIEW = "management_review", _("management review")
        OTHER = "other", _("other")

    class Grade(models.TextChoices):
        """How grave it is."""

        MAJOR = "major", _("major")
        MINOR = "minor", _("minor")

    class Method(models.TextChoices):
        """How the cause was looked for."""

        WHYS = "five_whys", _("five whys")
        FISHBONE = "fishbone", _("fishbone (Ishikawa)")
        OTHER = "other", _("other")

    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.OTHER)
    finding = Relation(
        Finding, verbose_name=_("finding"), null=True, blank=True, related_name="nonconformities"
    )
    grade = models.CharField(_("grade"), max_length=10, choices=Grade.choices, default=Grade.MINOR)
    codes = CodesField(_("clauses and controls"))
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="nonconformities")
    opened_on = models.DateField(_("opened on"), default=date.today)
    description = models.TextField(_("what is not met"), max_length=4000)
    correction = models.TextField(_("correction"), blank=True, max_length=4000)
    containment = models.TextField(_("consequences dealt with"), blank=True, max_length=4000)
    cause_method = models.CharField(_("method"), max_length=20, choices=Method.choices, blank=True)
    root_cause = models.TextField(_("root cause"), blank=True, max_length=4000)
    cause_category = models.CharField(_("kind of cause"), max_length=20, choices=Branch.choices, blank=True)
    similar_cases = models.TextField(_("similar cases"), blank=True, max_length=4000)
    aims_change = models.TextField(_("change of the AIMS"), blank=True, max_length=4000)
    effect_criterion = models.TextField(_("effective when"), blank=True, max_length=2000)
    effect_from = models.DateField(_("effect checked not before"), null=True, blank=True)
    checker = Relation(
        Membership, verbose_name=_("who checks the effect"), null=True, blank=True, related_name="+"
    )

    class Meta(Record.Meta):
        verbose_name = _("nonconformity")
        verbose_name_plural = _("nonconformities")

    def clean(self) -> None:
        """By what the effect is judged, and from when, is fixed once the actions are done (10.2-d)."""
        if self.state != "checking":
            return
        kept = Nonconformity.objects.filter(pk=self.pk).values(*FIXED_EFFECT).first() or {}
        moved = [name for name, value in kept.items() if value and value != getattr(self, name)]
        if moved:
            words = _("It was fixed before the actions were done.")
            raise ValidationError(dict.fromkeys(moved, words))


class Cause(Part):
    """One “why” of the five, or one cause on a branch of the fishbone, in their order (10.2-b)."""

    of = "nonconformity"
    form = ("branch", "text")

    WHY = "why"
    BRANCHES = (("why", _("why?")), *Branch.choices)

    nonconformity = Relation(Nonconformity, on_delete=models.CASCADE, related_name="causes")
    branch = models.CharField(_("branch"), max_length=20, choices=BRANCHES, default=WHY)
    text = models.CharField(_("cause"), max_length=500)

    class Meta(Part.Meta):
        verbose_name = _("cause")
        verbose_name_plural = _("causes")

    def __str__(self) -> str:
        return self.text


class SimilarCase(Part):
    """A place where the same could exist or happen, looked at and judged (10.2-b)."""

    of = "nonconformity"
    form = ("system", "subject", "affected", "note")

    class Affected(models.TextChoices):
        """Whether the same is there."""

        UNKNOWN = "unknown", _("not judged yet")
        YES = "yes", _("yes, here too")
        NO = "no", _("no")

    nonconformity = Relation(Nonconformity, on_delete=models.CASCADE, related_name="elsewhere")
    system = Relation(
        AISystem,
        verbose_name=_("AI system"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    subject = models.CharField(_("or another place"), max_length=200, blank=True)
    affected = models.CharField(
        _("affected"), max_length=10, choices=Affected.choices, default=Affected.UNKNOWN
    )
    note = models.CharField(_("what shows it, or what follows"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("place looked at")
        verbose_name_plural = _("places looked at")

    def __str__(self) -> str:
        return self.subject or (str(self.system) if self.system_id else "–")

    def clean(self) -> None:
        """A place has a name, and a judgement a reason."""
        if not self.system_id and not self.subject:
            raise ValidationError({"subject": _("Name the place, or choose an AI system.")})
        if self.affected != self.Affected.UNKNOWN and not self.note:
            raise ValidationError({"note": _("Say what shows it.")})


class CorrectiveAction(Record):
    """What removes the cause of a nonconformity; how its effect will be judged is fixed before it begins (10.2-c, f)."""

    ref_prefix = "CA"
    event_dates = {"complete": "done_on"}

    nonconformity = Relation(Nonconformity, verbose_name=_("nonconformity"), related_name="actions")
    text = models.TextField(_("what is done"), blank=True, max_length=4000)
    due = models.DateField(_("due"), null=True, blank=True)
    criterion = models.TextField(_("how its effect will be judged"), blank=True, max_length=2000)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.TextField(_("what was done"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")

    def clean(self) -> None:
        """The criterion is fixed once the action has begun."""
        if self.state == "planned":
            return
        kept = CorrectiveAction.objects.filter(pk=self.pk).values_list("criterion", flat=True).first()
        if kept and kept != self.criterion:
            raise ValidationError({"criterion": _("It was fixed when the action began.")})


class EffectivenessReview(Record):
    """Whether the corrective action of a nonconformity worked, judged by somebody else (10.2-d)."""

    ref_prefix = "EFF"

    class Result(models.TextChoices):
        """Whether it worked."""

        EFFECTIVE = "effective", _("effective")
        INEFFECTIVE = "ineffective", _("not effective")

    nonconformity = Relation(
        Nonconformity, verbose_name=_("nonconformity"), related_name="effectiveness_reviews"
    )
    reviewed_on = models.DateField(_("reviewed on"), default=date.today)
    result = models.CharField(_("the action was"), max_length=20, blank=True, choices=Result.choices)
    seen = models.TextField(_("what shows it"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("effectiveness review")
        verbose_name_plural = _("effectiveness reviews")

    def settle(self, changed: frozenset[str]) -> None:
        """A review is called after what it reviews."""
        if self.nonconformity_id and not self.title:
            self.title = str(self.nonconformity)[:200]


class Improvement(Record):
    """An idea that makes the AIMS fit, cover or work better, and what came of it (10.1)."""

    ref_prefix = "IMP"

    class Source(models.TextChoices):
        """Where it came from."""

        IDEA = "idea", _("idea")
        AUDIT = "audit", _("audit")
        REVIEW = "management_review", _("management review")
        MONITORING = "monitoring", _("monitoring")
        INCIDENT = "incident", _("incident")
        PARTY = "interested_party", _("interested party")

    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.IDEA)
    finding = Relation(Finding, verbose_name=_("finding"), null=True, blank=True, related_name="improvements")
    review = Relation(
        ManagementReview,
        verbose_name=_("management review"),
        null=True,
        blank=True,
        related_name="improvements",
    )
    description = MarkdownField(_("what gets better"), blank=True, max_length=8000)
    codes = CodesField(_("clauses and controls"))
    expected = models.TextField(_("expected effect"), blank=True, max_length=2000)
    measure = models.CharField(_("what is measured"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    baseline = number(_("value before"))
    target = number(_("value expected"))
    decision = models.TextField(_("decision, and why"), blank=True, max_length=2000)
    due = models.DateField(_("due"), null=True, blank=True)
    measured = models.TextField(_("measured effect"), blank=True, max_length=2000)
    reached = number(_("value reached"))
    measured_on = models.DateField(_("measured on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")

    def clean(self) -> None:
        """An expected value says of what it is."""
        if self.target is not None and not self.measure:
            raise ValidationError({"measure": _("Say what is measured.")})

    @property
    def share(self) -> Decimal | None:
        """How much of the expected effect was reached: 1 is all of it, below 0 the wrong way; None while unknown."""
        if self.baseline is None or self.target is None or self.reached is None:
            return None
        if self.target == self.baseline:  # to keep a value: reached or not
            return Decimal(self.reached == self.target)
        share: Decimal = (self.reached - self.baseline) / (self.target - self.baseline)
        return share
