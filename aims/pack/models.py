"""Evidence packs: what was asked for, and the finished file."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership, Owned
from aims.records.fields import CodesField, Relation, Relations
from aims.records.models import Job
from context.models import AISystem


class Pack(Owned):
    """One evidence pack. How far it is stands in its job; `file` is empty until the job's last transaction.

    `scope` names clauses, lines and areas (empty: the whole system with Annex A), `systems` AI systems (none: all), `since`
    and `until` the first and last day of a period (empty: open). What they leave out tells `aims.pack.choosing`. `position`
    is the last entry of the organisation's journal that the pack could read. `volumes` are further files where one PDF does
    not hold it all: each with its title, file, sha256, size, pages (None for a ZIP of evidence).
    """

    class Language(models.TextChoices):
        """The languages a pack can be written in."""

        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")

    title = models.CharField(_("name"), max_length=200)
    scope = CodesField(_("clauses"))
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="+")
    since = models.DateField(_("period from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    job = Relation(Job, related_name="packs")
    position = models.BigIntegerField(_("journal position"), null=True, blank=True)
    file = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.BigIntegerField(_("size"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    volumes = models.JSONField(_("further files"), default=list, blank=True, editable=False)
    asked_by = Relation(Membership, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)

    class Meta:
        verbose_name = _("evidence pack")
        verbose_name_plural = _("evidence packs")
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """A period ends after it begins, and begins before the pack is asked for: what is to come is not evidence."""
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("The period ends before it begins.")})
        if self.since and self.since > timezone.localdate():
            raise ValidationError(
                {"since": _("The period begins in the future. Choose today or an earlier day.")}
            )

    @property
    def state(self) -> str:
        """How far it is: queued, building, done or failed."""
        return str(self.job.state)

    @property
    def file_name(self) -> str:
        """What the file is called when it is downloaded."""
        return f"evidence-pack-{self.asked_at:%Y-%m-%d}-{str(self.pk)[-6:]}.pdf"
