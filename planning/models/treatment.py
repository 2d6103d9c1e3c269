"""The treatment plan, own controls and tests of controls (6.1.3, 8.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from planning.models.controls import ControlImplementation, Ground
from planning.models.risks import AIRisk


class TreatmentPlan(Record):
    """One version of the AI risk treatment plan; the actions stand with the risks that it gathers."""

    ref_prefix = "RTP"

    edition = models.CharField(_("version of the plan"), max_length=20)
    risks = Relations(AIRisk, verbose_name=_("risks treated"), blank=True, related_name="plans")
    approach = MarkdownField(_("how risks are treated"), blank=True, max_length=10_000)
    resources = models.TextField(_("resources"), blank=True, max_length=2000)
    compared_on = models.DateField(_("compared with all controls of Annex A on"), null=True, blank=True)
    comparison = models.TextField(_("result of the comparison"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("treatment plan")
        verbose_name_plural = _("treatment plans")


class CustomControl(Record):
    """A control of our own that Annex A does not have (6.1.3)."""

    ref_prefix = "CUS"

    ground = models.CharField(_("ground"), max_length=20, choices=Ground.choices, blank=True)
    reason = models.TextField(_("why it is needed"), max_length=2000)
    description = MarkdownField(_("how we do it"), blank=True, max_length=10_000)
    status = models.CharField(
        _("implementation"), max_length=20, choices=ControlImplementation.Status.choices, blank=True
    )
    risks = Relations(AIRisk, verbose_name=_("risks"), blank=True, related_name="custom_controls")
    codes = CodesField(_("related clauses and controls"))

    class Meta(Record.Meta):
        verbose_name = _("own control")
        verbose_name_plural = _("own controls")


class ControlTest(Record):
    """A test of whether a control works (8.1)."""

    ref_prefix = "TST"
    event_dates = {"complete": "tested_on"}

    class Result(models.TextChoices):
        """What was found."""

        EFFECTIVE = "effective", _("effective")
        PARTLY = "partly", _("partly effective")
        NOT = "not_effective", _("not effective")

    line = Relation(
        ControlImplementation, verbose_name=_("control"), null=True, blank=True, related_name="tests"
    )
    own_control = Relation(
        CustomControl, verbose_name=_("own control"), null=True, blank=True, related_name="tests"
    )
    tested_on = models.DateField(_("tested on"), null=True, blank=True)
    tester = Relation(Membership, verbose_name=_("tester"), null=True, blank=True, related_name="+")
    method = models.TextField(_("how it was tested"), blank=True, max_length=2000)
    sample = models.CharField(_("sample"), max_length=300, blank=True)
    result = models.CharField(_("result"), max_length=20, choices=Result.choices, blank=True)
    seen = models.TextField(_("what was seen"), blank=True, max_length=2000)
    follows = models.TextField(_("what follows"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("control test")
        verbose_name_plural = _("control tests")
