"""Impact assessments of AI systems: what they mean for individuals, groups and society (6.1.4, 8.4, A.5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import Relation, Relations
from context.models import AISystem
from planning.models.assessments import Trigger
from planning.models.methods import Method
from planning.models.risks import AIRisk


class ImpactAssessment(Record):
    """What a system means for individuals, groups and society, in use and foreseeable misuse (6.1.4, A.5)."""

    ref_prefix = "AIA"
    event_dates = {"approve": "done_on"}

    class Conclusion(models.TextChoices):
        """Whether the system may be used so."""

        ACCEPTABLE = "acceptable", _("acceptable")
        MEASURES = "acceptable_with_measures", _("acceptable with measures")
        NOT = "not_acceptable_without_measures", _("not acceptable without measures")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="impact_assessments")
    method = Relation(Method, verbose_name=_("method"), null=True, blank=True, related_name="+")
    trigger = models.CharField(_("why"), max_length=20, choices=Trigger.choices, default=Trigger.PLANNED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    contributors = Relations(Membership, verbose_name=_("who took part"), blank=True, related_name="+")
    others = models.CharField(_("others who took part"), max_length=300, blank=True)
    setting = models.TextField(_("technical and societal setting"), blank=True, max_length=2000)
    individuals = models.TextField(_("individuals and groups"), blank=True, max_length=4000)
    society = models.TextField(_("society"), blank=True, max_length=4000)
    misuse = models.TextField(_("foreseeable misuse"), blank=True, max_length=2000)
    oversight = models.TextField(_("human oversight"), blank=True, max_length=2000)
    conclusion = models.CharField(_("conclusion"), max_length=40, choices=Conclusion.choices, blank=True)
    published = models.BooleanField(_("result made available"), default=False)
    related = models.CharField(_("related assessments (DPIA, FRIA)"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("impact assessment")
        verbose_name_plural = _("impact assessments")


class Impact(Part):
    """One impact on a group; a negative one leads to a risk or is closed with a reason (6.1.4)."""

    of = "assessment"
    form = ("group", "effect", "negative", "severity", "risk", "closed")

    class Severity(models.TextChoices):
        """How grave it is for those concerned."""

        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    assessment = Relation(ImpactAssessment, on_delete=models.CASCADE, related_name="impacts")
    group = models.CharField(_("who"), max_length=200)
    effect = models.CharField(_("effect"), max_length=500)
    negative = models.BooleanField(_("negative"), default=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, blank=True)
    risk = Relation(AIRisk, verbose_name=_("risk"), null=True, blank=True, related_name="impacts")
    closed = models.CharField(_("or why no risk follows"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("impact")
        verbose_name_plural = _("impacts")

    def __str__(self) -> str:
        return self.effect
