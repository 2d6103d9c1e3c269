"""How risks and impacts are assessed and treated (6.1.2, 6.1.3, 6.1.4), and the criteria for risks (6.1.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import MarkdownField, Relation
from planning.scoring import Band


class Method(Record):
    """One version of a method: risk assessment, risk treatment or impact assessment."""

    ref_prefix = "MTH"

    class Kind(models.TextChoices):
        """Which process it describes."""

        ASSESSMENT = "risk_assessment", _("risk assessment")
        TREATMENT = "risk_treatment", _("risk treatment")
        IMPACT = "impact_assessment", _("impact assessment")

    kind = models.CharField(_("process"), max_length=20, choices=Kind.choices)
    edition = models.CharField(_("version of the method"), max_length=20)
    steps = MarkdownField(_("steps"), blank=True, max_length=20_000)
    alignment = models.TextField(_("how it follows from policy and objectives"), blank=True, max_length=2000)
    comparable = models.TextField(_("what keeps results comparable"), blank=True, max_length=2000)
    triggers = models.TextField(_("when it is done again"), blank=True, max_length=2000)
    records = models.TextField(_("what is kept"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("method")
        verbose_name_plural = _("methods")


class RiskCriteria(Record):
    """One version of the criteria: scales, threshold, appetite, and who may accept which band (6.1.1)."""

    ref_prefix = "CRI"

    edition = models.CharField(_("version of the criteria"), max_length=20)
    likelihood_scale = MarkdownField(_("likelihood scale"), blank=True, max_length=4000)
    consequence_scale = MarkdownField(_("consequence scale"), blank=True, max_length=4000)
    matrix = models.TextField(_("how the level is computed"), blank=True, max_length=2000)
    threshold = models.TextField(_("what is acceptable"), blank=True, max_length=2000)
    appetite = models.TextField(_("appetite for risk"), blank=True, max_length=2000)
    differences = models.TextField(_("stricter criteria for some systems"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("set of risk criteria")
        verbose_name_plural = _("risk criteria")


class AcceptanceRule(Part):
    """Who may accept the risks of a band."""

    of = "criteria"
    form = ("band", "rule", "who")

    criteria = Relation(RiskCriteria, on_delete=models.CASCADE, related_name="acceptance")
    band = models.CharField(_("band"), max_length=10, choices=Band.choices)
    rule = models.CharField(_("what is done"), max_length=300)
    who = models.CharField(_("who accepts"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("acceptance rule")
        verbose_name_plural = _("acceptance rules")

    def __str__(self) -> str:
        return self.rule
