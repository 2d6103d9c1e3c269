"""What an auditor concludes on each record that a sample drew (9.2.2; ISO 19011, A.6)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Record
from aims.records.fields import Relation
from evaluation.models.audits import Audit
from evaluation.models.sampling import Sample, only_own_audits


class SampleVerdict(Record):
    """The verdict on one record of a sample, with what was seen. Sealed until the report is sent, as the checklist is."""

    ref_prefix = "SVD"
    settled = ("audit",)

    class Verdict(models.TextChoices):
        """What the auditor concludes on the record; keys 1 to 3 in this order."""

        OPEN = "", _("not examined")
        CONFORM = "conform", _("conform")
        NONCONFORM = "nonconform", _("nonconform")
        NOT_VERIFIED = "not_verified", _("not verified")

    audit = Relation(Audit, verbose_name=_("audit"), editable=False, related_name="sample_verdicts")
    sample = Relation(Sample, verbose_name=_("sample"), related_name="verdicts")
    item = models.UUIDField(_("record drawn"))
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict.choices, blank=True)
    note = models.TextField(_("what was seen"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("sample verdict")
        verbose_name_plural = _("sample verdicts")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["sample", "item"], name="sampleverdict_item_once"),
        ]

    def settle(self, changed: frozenset[str]) -> None:
        """It belongs to the audit of its sample."""
        sample = Sample.objects.filter(pk=self.sample_id).first()
        self.audit = sample.audit if sample else None

    def clean(self) -> None:
        """Its audit's auditors judge a record that was drawn."""
        sample: Any = Sample.objects.filter(pk=self.sample_id).select_related("audit__programme").first()
        if sample is None:
            return
        if str(self.item) not in {row["id"] for row in sample.drawn}:
            raise ValidationError({"item": _("This record is not in the sample.")})
        only_own_audits(self.changed_by, sample.audit)
