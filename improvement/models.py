"""What clause 10 keeps: nonconformities with causes and corrective actions, reviews of their effect, improvements."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from context.models import AISystem
from evaluation.models import Finding, ManagementReview


class Nonconformity(Record):
    """A requirement that was not met: what was done at once, why it happened, and what keeps it from coming back (10.2)."""

    ref_prefix = "NC"
    event_dates = {"create": "opened_on"}

    class Source(models.TextChoices):
        """Where it came from."""

        INTERNAL = "internal_audit", _("internal audit")
        EXTERNAL = "external_audit", _("audit by others")
        INCIDENT = "incident", _("incident")
        CONCERN = "concern", _("concern or complaint")
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
    similar_cases = models.TextField(_("similar cases"), blank=True, max_length=4000)
    aims_change = models.TextField(_("change of the AIMS"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("nonconformity")
        verbose_name_plural = _("nonconformities")


class Cause(Part):
    """One “why” of the five, or one cause on a branch of the fishbone, in their order (10.2-b)."""

    of = "nonconformity"
    form = ("branch", "text")

    class Branch(models.TextChoices):
        """A why, or where on the fishbone."""

        WHY = "why", _("why?")
        PEOPLE = "people", _("people")
        METHOD = "method", _("method")
        TECHNOLOGY = "technology", _("technology")
        DATA = "data", _("data")
        SUPPLIER = "supplier", _("supplier")
        MANAGEMENT = "management", _("management")
        MEASUREMENT = "measurement", _("measurement")
        ENVIRONMENT = "environment", _("environment")

    nonconformity = Relation(Nonconformity, on_delete=models.CASCADE, related_name="causes")
    branch = models.CharField(_("branch"), max_length=20, choices=Branch.choices, default=Branch.WHY)
    text = models.CharField(_("cause"), max_length=500)

    class Meta(Part.Meta):
        verbose_name = _("cause")
        verbose_name_plural = _("causes")

    def __str__(self) -> str:
        return self.text


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
    due = models.DateField(_("due"), null=True, blank=True)
    measured = models.TextField(_("measured effect"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
