"""A stage-2 audit rehearsed, kept with its result: what was drawn, by whom and when, and what could not be shown (9.2.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Record
from aims.records.fields import Relation


class SimulatedAudit(Record):
    """One rehearsal. The draw can be made again from seed and list; the result is what the records showed on that day."""

    ref_prefix = "SIM"
    settled = ("run_at", "run_by", "seed", "digest", "population", "asked", "lacking", "result")

    notes = models.TextField(_("what we do about it"), blank=True, max_length=4000)
    run_at = models.DateTimeField(_("drawn"), null=True, editable=False)
    run_by = Relation(Membership, verbose_name=_("drawn by"), null=True, editable=False, related_name="+")
    seed = models.CharField(_("seed"), max_length=64, blank=True, editable=False)
    digest = models.CharField(_("SHA-256 of the population"), max_length=64, blank=True, editable=False)
    population = models.PositiveIntegerField(_("of how many"), null=True, editable=False)
    asked = models.PositiveIntegerField(_("links followed"), null=True, editable=False)
    lacking = models.PositiveIntegerField(_("links that could not be shown"), null=True, editable=False)
    result = models.JSONField(_("result"), default=dict, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("simulated audit")
        verbose_name_plural = _("simulated audits")
