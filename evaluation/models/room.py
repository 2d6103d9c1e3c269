"""What is kept in the audit room: the lines of the checklist with their verdicts, and private working notes (9.2.2)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Record
from aims.records.fields import Relation
from evaluation.models.audits import Audit, known_code
from evaluation.models.findings import Finding, is_auditor


def only_auditors(author: Membership | None, audit: Audit) -> None:
    """Refuse whoever is no auditor of an internal audit; work by the clock has no author."""
    if author is not None and audit.scheduled and not is_auditor(author, audit):
        message = _("Only the auditors of this audit write in its room. Assign yourself first.")
        raise ValidationError({"audit": message})


class AuditCheck(Record):
    """One line of an audit's checklist with what the auditors concluded. Sealed until the report is sent."""

    ref_prefix = "CHK"

    class Source(models.TextChoices):
        """Where the line comes from."""

        SCOPE = "scope", _("scope of the audit")
        OWN = "own", _("own question")
        FINDING = "finding", _("earlier finding")

    class Verdict(models.TextChoices):
        """What the auditor concludes on the line; keys 1 to 5 in this order."""

        OPEN = "", _("not examined")
        CONFORM = "conform", _("conform")
        NONCONFORM = "nonconform", _("nonconform")
        OBSERVATION = "observation", _("observation")
        NOT_APPLICABLE = "not_applicable", _("not applicable")
        NOT_VERIFIED = "not_verified", _("not verified")

    class How(models.TextChoices):
        """How the line was examined."""

        UNSAID = "", _("not said")
        SITE = "site", _("on site")
        REMOTE = "remote", _("remotely")
        PAPERS = "papers", _("on documents")

    audit = Relation(Audit, verbose_name=_("audit"), related_name="checks")
    code = models.CharField(_("clause or control"), max_length=20, validators=[known_code])
    source = models.CharField(_("from"), max_length=10, choices=Source.choices, default=Source.OWN)
    question = models.TextField(_("what is examined"), blank=True, max_length=1000)
    earlier = Relation(
        Finding, verbose_name=_("earlier finding"), null=True, blank=True, related_name="checked_by"
    )
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict.choices, blank=True)
    note = models.TextField(_("what was seen"), blank=True, max_length=4000)
    interviewed = models.CharField(_("people interviewed"), blank=True, max_length=500)
    how = models.CharField(_("how"), max_length=10, choices=How.choices, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("audit check")
        verbose_name_plural = _("audit checks")

    def clean(self) -> None:
        """Its audit's auditors write it, nobody else."""
        if self.audit_id:
            only_auditors(self.changed_by, self.audit)


class WorkingNote(Record):
    """What an auditor writes for the auditors alone. Nobody else reads it, administrators included, until released."""

    ref_prefix = "WRK"

    audit = Relation(Audit, verbose_name=_("audit"), related_name="working_notes")
    check_line = Relation(
        AuditCheck, verbose_name=_("line of the checklist"), null=True, blank=True, related_name="notes"
    )
    text = models.TextField(_("note"), blank=True, max_length=8000)

    class Meta(Record.Meta):
        verbose_name = _("working note")
        verbose_name_plural = _("working notes")

    def clean(self) -> None:
        """Only for the auditors of its audit."""
        if self.audit_id:
            only_auditors(self.changed_by, self.audit)
        if self.check_line and self.check_line.audit_id != self.audit_id:
            raise ValidationError({"check_line": _("This line belongs to another audit.")})
