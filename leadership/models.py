"""What clause 5 keeps: the AI policy in its versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import MarkdownField, Relation


class AIPolicy(Record):
    """One version of the AI policy, with each element that 5.2 and A.2.2 ask for in a place of its own."""

    ref_prefix = "POL"

    edition = models.CharField(_("version of the policy"), max_length=20)
    text = MarkdownField(_("policy"), blank=True, max_length=40_000)
    suits = models.TextField(_("how it suits our purpose"), blank=True, max_length=2000)
    basis = models.TextField(_("how AI objectives follow from it"), blank=True, max_length=2000)
    requirements = models.TextField(
        _("commitment to meet applicable requirements"), blank=True, max_length=2000
    )
    improvement = models.TextField(_("commitment to continual improvement"), blank=True, max_length=2000)
    exceptions = models.TextField(_("how exceptions are handled"), blank=True, max_length=2000)
    available = models.TextField(
        _("where people and interested parties find it"), blank=True, max_length=1000
    )
    changed = models.TextField(_("what changed since the version before"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("AI policy")
        verbose_name_plural = _("AI policies")


class PolicyPrinciple(Part):
    """A principle that guides decisions about AI (A.2.2)."""

    of = "policy"
    form = ("text",)

    policy = Relation(AIPolicy, on_delete=models.CASCADE, related_name="principles")
    text = models.CharField(_("principle"), max_length=300)

    class Meta(Part.Meta):
        verbose_name = _("principle")
        verbose_name_plural = _("principles")

    def __str__(self) -> str:
        return self.text


class PolicyLink(Part):
    """Another policy of the organisation that this one points to or must fit with (5.2, A.2.3)."""

    of = "policy"
    form = ("name", "relation", "checked_on")

    policy = Relation(AIPolicy, on_delete=models.CASCADE, related_name="links")
    name = models.CharField(_("other policy"), max_length=200)
    relation = models.CharField(_("how the two fit"), max_length=500, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("other policy")
        verbose_name_plural = _("other policies")

    def __str__(self) -> str:
        return self.name
