"""Auditors from outside: for which audit, until when, and what they have read (ISO/IEC 17021-1, 9.2 to 9.4)."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership, Owned
from aims.records.fields import Relation
from evaluation.models.audits import Audit


class OutsideAuditor(Owned):
    """Somebody from outside who may read for one audit, until a moment. Who has such a row is never treated as one of us."""

    journal_parent = "audit_id"

    audit = Relation(Audit, on_delete=models.PROTECT, related_name="outside")
    membership = Relation(Membership, on_delete=models.PROTECT, related_name="outside")
    firm = models.CharField(_("organisation"), max_length=150, blank=True)
    until = models.DateTimeField(_("ends"))
    invited_by = Relation(Membership, null=True, related_name="+")
    invited_at = models.DateTimeField(_("invited"), auto_now_add=True)
    mailed_at = models.DateTimeField(_("mail sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("auditor from outside")
        verbose_name_plural = _("auditors from outside")
        ordering = ["invited_at", "id"]
        constraints = [models.UniqueConstraint(fields=["audit", "membership"], name="outside_once")]

    def __str__(self) -> str:
        return str(self.membership)

    def live(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return self.until > now


class AuditorRead(Owned):
    """One thing that an auditor from outside asked to see or to do, and what they got."""

    journalled = False

    membership = Relation(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    method = models.CharField(max_length=10)
    path = models.CharField(_("what"), max_length=300)
    kind = models.CharField(max_length=60, blank=True)
    record_id = models.UUIDField(null=True)
    status = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("read by an auditor")
        verbose_name_plural = _("read by auditors")
        ordering = ["-id"]
        indexes = [models.Index(fields=["organisation", "membership", "-id"], name="auditor_read")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
