"""What a material change made outdated, and the waiver by which a named authority releases a version all the same."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Record
from aims.records.fields import Relation, Relations
from context.models import AISystem, SystemVersion
from planning.models.ai_act import AIActAnswer
from planning.models.impacts import ImpactAssessment
from planning.models.risk_assessments import RiskAssessment

FIXED = ("system_id", "kind", "cause", "since", "impact_id", "run_id", "sheet_id")


class StaleMark(Record):
    """An assessment that a material change made outdated: what, since when, by which change (8.2, 8.4).

    Made by the change itself. It stays until the assessment is approved again, done on the day of the change or later;
    nobody takes it away before.
    """

    ref_prefix = "STL"

    class Kind(models.TextChoices):
        """What must be done again."""

        IMPACT = "impact", _("impact assessment")
        RISKS = "risks", _("risk assessment")
        CLASSIFICATION = "classification", _("classification under the AI Act")

    class Cause(models.TextChoices):
        """Which sort of change it was."""

        VERSION = "version", _("a new version of the model")
        MODEL = "model", _("another model or more automation")
        PURPOSE = "purpose", _("another purpose")
        POPULATION = "population", _("other people concerned")
        ROLE = "role", _("another role of ours")
        SUPPLIER = "supplier", _("another supplier")
        DATA = "data", _("another data source")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="stale_marks")
    kind = models.CharField(_("what must be done again"), max_length=20, choices=Kind.choices)
    cause = models.CharField(_("why"), max_length=20, choices=Cause.choices)
    since = models.DateField(_("outdated since"))
    change = models.CharField(_("by which change"), max_length=300, blank=True)
    details = models.TextField(_("what is different"), blank=True, max_length=4000)
    system_version = Relation(
        SystemVersion, verbose_name=_("system version"), null=True, blank=True, related_name="stale_marks"
    )
    impact = Relation(
        ImpactAssessment,
        verbose_name=_("impact assessment"),
        null=True,
        blank=True,
        related_name="stale_marks",
    )
    run = Relation(
        RiskAssessment, verbose_name=_("risk assessment"), null=True, blank=True, related_name="stale_marks"
    )
    sheet = Relation(
        AIActAnswer, verbose_name=_("classification"), null=True, blank=True, related_name="stale_marks"
    )
    signatures = models.CharField(_("signatures that speak of the time before"), max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("outdated assessment")
        verbose_name_plural = _("outdated assessments")

    def clean(self) -> None:
        """It stays about what it was made for: else it would let a release go by being turned to something else."""
        before = type(self)._default_manager.filter(pk=self.pk).values(*FIXED).first()
        if before is None:
            return
        other = [name for name in FIXED if before[name] != getattr(self, name)]
        if other:
            words = _("This stays as it was marked. Redo the assessment, or have it waived.")
            raise ValidationError({name.removesuffix("_id"): words for name in other})


class ReleaseWaiver(Record):
    """Leave to release one version although assessments are outdated: by a named authority, with reasons, until a day."""

    ref_prefix = "WVR"

    system_version = Relation(SystemVersion, verbose_name=_("system version"), related_name="waivers")
    marks = Relations(StaleMark, verbose_name=_("outdated assessments"), blank=True, related_name="waivers")
    authority = Relation(
        Membership, verbose_name=_("authority"), null=True, blank=True, related_name="+",
        help_text=_("The one person who may grant it; a member of top management."),
    )  # fmt: skip
    reason = models.TextField(_("why the release cannot wait"), max_length=4000)
    conditions = models.TextField(_("conditions until it is redone"), blank=True, max_length=4000)
    until = models.DateField(_("holds until"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("release waiver")
        verbose_name_plural = _("release waivers")
