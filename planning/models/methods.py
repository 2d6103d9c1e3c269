"""How risks and impacts are assessed and treated (6.1.2, 6.1.3, 6.1.4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Record
from aims.records.fields import MarkdownField


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
