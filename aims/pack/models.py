"""Evidence packs: what was asked for, and the finished file."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership, Owned
from aims.records.fields import CodesField, Relation
from aims.records.models import Job


class Pack(Owned):
    """One evidence pack. How far it is stands in its job; `file` is empty until the job's last transaction.

    `scope` names clauses, lines and areas (empty: the whole system with Annex A). `position` is the last entry of the
    organisation's journal that the pack could read.
    """

    class Language(models.TextChoices):
        """The languages a pack can be written in."""

        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")

    title = models.CharField(_("name"), max_length=200)
    scope = CodesField(_("clauses"))
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    job = Relation(Job, related_name="packs")
    position = models.BigIntegerField(_("journal position"), null=True, blank=True)
    file = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.BigIntegerField(_("size"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    asked_by = Relation(Membership, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)

    class Meta:
        verbose_name = _("evidence pack")
        verbose_name_plural = _("evidence packs")
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """How far it is: queued, building, done or failed."""
        return str(self.job.state)

    @property
    def file_name(self) -> str:
        """What the file is called when it is downloaded."""
        return f"evidence-pack-{self.asked_at:%Y-%m-%d}-{str(self.pk)[-6:]}.pdf"
