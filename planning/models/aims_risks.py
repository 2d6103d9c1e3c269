"""Risks and opportunities of the management system itself, apart from those of AI systems (6.1.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import Relation, Relations
from context.models import ContextIssue, InterestedParty


class AIMSRisk(Record):
    """What may keep the AIMS from its results, or help it further."""

    ref_prefix = "RO"

    class Kind(models.TextChoices):
        """Whether it threatens or helps."""

        RISK = "risk", _("risk")
        OPPORTUNITY = "opportunity", _("opportunity")

    class Weight(models.TextChoices):
        """How much it matters."""

        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    description = models.TextField(_("what may happen"), max_length=2000)
    issues = Relations(ContextIssue, verbose_name=_("from issues"), blank=True, related_name="aims_risks")
    parties = Relations(
        InterestedParty, verbose_name=_("from interested parties"), blank=True, related_name="aims_risks"
    )
    weight = models.CharField(_("how much it matters"), max_length=10, choices=Weight.choices, blank=True)
    integrated = models.TextField(_("how actions are built into processes"), blank=True, max_length=2000)
    result = models.TextField(_("whether the actions worked"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("AIMS risk or opportunity")
        verbose_name_plural = _("AIMS risks and opportunities")


class AIMSAction(Part):
    """An action on a risk or opportunity, with the way its effect is judged (6.1.1)."""

    of = "risk"
    form = ("text", "responsible", "due", "done_on", "criterion", "judged_on")

    risk = Relation(AIMSRisk, on_delete=models.CASCADE, related_name="actions")
    text = models.CharField(_("action"), max_length=500)
    responsible = Relation(Membership, verbose_name=_("responsible"), null=True, blank=True, related_name="+")
    due = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    criterion = models.CharField(_("how we see that it works"), max_length=300, blank=True)
    judged_on = models.DateField(_("effect is judged on"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("action")
        verbose_name_plural = _("actions")

    def __str__(self) -> str:
        return self.text
