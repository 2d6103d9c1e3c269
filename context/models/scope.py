"""What clause 4 keeps: the scope of the AIMS and its processes (4.3, 4.4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from context.models.systems import AISystem


class ScopeStatement(Record):
    """One version of the scope of the AIMS: boundaries, systems, sites, and what stays outside with its reason (4.3)."""

    ref_prefix = "SCP"

    edition = models.CharField(_("version of the scope"), max_length=20)
    text = MarkdownField(_("scope"), blank=True, max_length=10_000)
    basis = models.TextField(_("how it follows from issues and requirements"), blank=True, max_length=2000)
    organisation_units = models.TextField(_("units, functions and sites"), blank=True, max_length=2000)
    systems = Relations(AISystem, verbose_name=_("AI systems inside"), blank=True, related_name="scopes")
    certificate_text = models.TextField(_("wording for the certificate"), blank=True, max_length=1000)
    changed = models.TextField(_("what changed since the version before"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("scope statement")
        verbose_name_plural = _("scope statements")


class ScopeSite(Part):
    """A place inside the scope, with what is done there (4.3)."""

    of = "scope"
    form = ("name", "address", "activities", "people")

    scope = Relation(ScopeStatement, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(_("site"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    activities = models.CharField(_("what is done there"), max_length=500, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return self.name


class ScopeExclusion(Part):
    """Something that stays outside the scope, with the reason (4.3)."""

    of = "scope"
    form = ("item", "reason")

    scope = Relation(ScopeStatement, on_delete=models.CASCADE, related_name="exclusions")
    item = models.CharField(_("outside"), max_length=300)
    reason = models.CharField(_("why"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")

    def __str__(self) -> str:
        return self.item


class Process(Record):
    """A process of the AIMS: what goes in, what comes out, who owns it, how we know that it works (4.4)."""

    ref_prefix = "PRC"

    purpose = models.TextField(_("purpose"), max_length=2000)
    inputs = models.TextField(_("inputs, and from where"), blank=True, max_length=2000)
    outputs = models.TextField(_("outputs, and to where"), blank=True, max_length=2000)
    activities = MarkdownField(_("what is done"), blank=True, max_length=10_000)
    measured_by = models.CharField(_("how we know that it works"), max_length=500, blank=True)
    codes = CodesField(_("clauses and controls"))
    before = Relations(
        "self", verbose_name=_("follows on"), blank=True, symmetrical=False, related_name="followed_by"
    )
    from_other = models.CharField(_("shared with another management system"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("process")
        verbose_name_plural = _("processes")
