"""What people tell each other about records (mentions, watching), and what the nightly check found in the files."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership, Owned
from aims.records.fields import Relation
from aims.records.models import Comment, Revision


class Mention(Owned):
    """Somebody whose name a comment calls: `@First Last`."""

    journalled = False  # it follows from the comment, which the journal has

    comment = Relation(Comment, on_delete=models.CASCADE, related_name="mentions")
    member = Relation(Membership, related_name="+")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [models.UniqueConstraint(fields=["comment", "member"], name="mention_once")]

    def __str__(self) -> str:
        return f"@{self.member}"


class Watch(Owned):
    """Whether a member hears of changes to a record. Owners do without a row, until they say otherwise (`on` False)."""

    journalled = False  # what a person likes to read is no change of the management system

    member = Relation(Membership, related_name="+")
    kind = models.CharField(_("register"), max_length=60)
    record_id = models.UUIDField(_("record"))
    on = models.BooleanField(_("watching"), default=True)
    since = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints = [models.UniqueConstraint(fields=["member", "record_id"], name="watch_once")]

    def __str__(self) -> str:
        return f"{self.member} {self.kind} {self.record_id}"


class Damage(Owned):
    """A file of evidence that is no longer what was kept: found by the nightly check, until it is found well again."""

    journal_parent = "evidence_id"

    class Kind(models.TextChoices):
        """What is wrong with it."""

        MISSING = "missing", _("missing")
        CHANGED = "changed", _("changed")

    evidence = Relation("records.Evidence", related_name="damages")
    revision = Relation(Revision, related_name="damages")
    what = models.CharField(_("what is wrong"), max_length=10, choices=Kind.choices)
    found_sha256 = models.CharField(_("SHA-256 as found"), max_length=64, blank=True)
    found_at = models.DateTimeField(_("found"))
    mended_at = models.DateTimeField(_("mended"), null=True, blank=True)

    class Meta:
        verbose_name = _("damaged file")
        verbose_name_plural = _("damaged files")
        ordering = ["found_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision"], condition=models.Q(mended_at=None), name="damage_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision}: {self.get_what_display()}"
