"""Findings: what an audit found, with a grade that can be said in two sets of words (9.2.2-f)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Grant, Membership
from aims.records.base import Record
from aims.records.fields import Relation
from context.models import AISystem
from evaluation.models.audits import LEADS_TO, Audit, Scale, known_code

# states in which only the auditors, and once asked the person audited, see a finding
SEALED = ("draft", "shared", "answered", "dropped")
SHARED = ("shared", "answered")
AUDITORS_OWN = ("audit_id", "title", "code", "grade", "system_id", "text", "evidence_note")


class Finding(Record):
    """What an audit found. Until it is issued, only the auditors of its audit see it (9.2.2-f).

    `owner` is who answers for what was audited: asked for a comment on the facts before the finding is issued.
    """

    ref_prefix = "FND"
    leads_to = LEADS_TO
    settled = ("issued_on",)

    class Grade(models.TextChoices):
        """How grave it is; an observation may become a nonconformity. Rules know these, whatever words are shown."""

        MAJOR = "major", _("major nonconformity")
        MINOR = "minor", _("minor nonconformity")
        OBSERVATION = "observation", _("observation")
        OPPORTUNITY = "opportunity", _("opportunity for improvement")
        STRENGTH = "strength", _("strength")
        NOTE = "note", _("note for the next audit")

    audit = Relation(Audit, verbose_name=_("audit"), related_name="findings")
    code = models.CharField(_("clause or control"), max_length=20, validators=[known_code])
    grade = models.CharField(_("grade"), max_length=20, choices=Grade.choices)
    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="+")
    text = models.TextField(_("finding"), max_length=4000)
    evidence_note = models.TextField(_("evidence seen"), blank=True, max_length=4000)
    comment = models.TextField(_("answer of who was audited"), blank=True, max_length=4000)
    issued_on = models.DateField(_("issued on"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings")

    def clean(self) -> None:
        """In an internal audit only its auditors write findings; who was audited writes the answer, nothing else."""
        author = self.changed_by
        if author is None or not self.audit_id or not self.audit.scheduled or is_auditor(author, self.audit):
            return
        if self.state == "draft":
            raise ValidationError(
                {"audit": _("Only the auditors of this audit write its findings. Assign yourself first.")}
            )
        names = (*AUDITORS_OWN, "owner_id") if self.state in SEALED else AUDITORS_OWN
        was = Finding.objects.filter(pk=self.pk).values(*names).first() or {}
        changed = [name.removesuffix("_id") for name in names if was.get(name) != getattr(self, name)]
        if changed:
            message = _("Only the auditors of this audit change this. Write your answer instead.")
            raise ValidationError(dict.fromkeys(changed, message))

    @property
    def nonconforming(self) -> bool:
        """Whether something has to be corrected."""
        return self.grade in (self.Grade.MAJOR, self.Grade.MINOR)

    @property
    def grade_words(self) -> str:
        """The grade in the words of its audit's scale."""
        return str(dict(grades(self.audit.words))[self.grade])


# French bodies' own words, which are not translated: which meaning each has (certification practice)
FRENCH = (
    (Finding.Grade.STRENGTH, "point fort"),
    (Finding.Grade.OPPORTUNITY, "piste de progrès"),
    (Finding.Grade.OBSERVATION, "point sensible"),
    (Finding.Grade.MINOR, "NC mineure"),
    (Finding.Grade.MAJOR, "NC majeure"),
    (Finding.Grade.NOTE, "note"),
)


def grades(scale: str) -> list[tuple[str, Any]]:
    """The grades on offer in a scale: what is stored, and the words for it."""
    if scale == Scale.FRENCH:
        return [(grade.value, words) for grade, words in FRENCH]
    return list(Finding.Grade.choices)


def is_auditor(member: Membership, audit: Audit) -> bool:
    """Whether a person holds a live grant on an audit."""
    live = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Grant.objects.filter(
        live, organisation_id=audit.organisation_id, user_id=member.person_id, object_pk=str(audit.pk)
    ).exists()
