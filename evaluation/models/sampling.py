"""Samples drawn in an audit, and what auditors ask to be shown (ISO 19011, A.6 and 6.4; ISO/IEC 42001, 9.2.2)."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership, Owned
from aims.organisation.roles import WRITERS
from aims.records.base import Record
from aims.records.fields import Relation
from context.models import AISystem
from evaluation.models.audits import Audit, in_order, known_code
from evaluation.models.findings import is_auditor


def only_own_audits(author: Membership | None, audit: Audit) -> None:
    """Refuse who asks or draws in an audit that is not theirs; where no auditor has an account, who keeps the AIMS does."""
    if author is None or is_auditor(author, audit):
        return
    if audit.has_auditors or author.role not in WRITERS:
        raise ValidationError({"audit": _("You are no auditor of this audit.")})


MOST_DRAWN = 500  # records that one sample may hold: more is no sample, and each becomes a request


class Sample(Record):
    """Records drawn by chance from a register and a period, so that neither side can pick (`evaluation.sampling`).

    The population is fixed and its digest recorded before there is a seed; whoever has the list and the seed draws the same.
    """

    ref_prefix = "SMP"
    settled = (
        "population_size",
        "population_digest",
        "committed_at",
        "committed_by",
        "method",
        "seed",
        "drawn_at",
        "drawn",
        "drift",
        "replaces",
    )

    audit = Relation(Audit, verbose_name=_("audit"), related_name="samples")
    code = models.CharField(_("clause or control"), max_length=20, blank=True, validators=[known_code])
    kind = models.CharField(_("register"), max_length=60)
    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="+")
    dated_by = models.CharField(_("dated by"), max_length=60, blank=True)
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    size = models.PositiveIntegerField(_("how many"), validators=[MinValueValidator(1)])
    population_size = models.PositiveIntegerField(_("of how many"), null=True, editable=False)
    population_digest = models.CharField(_("SHA-256 of the population"), max_length=64, editable=False)
    committed_at = models.DateTimeField(_("population fixed"), null=True, editable=False)
    committed_by = Relation(
        Membership, verbose_name=_("fixed by"), null=True, editable=False, related_name="+"
    )
    method = models.CharField(_("method"), max_length=40, editable=False)
    seed = models.CharField(_("seed"), max_length=64, editable=False)
    drawn_at = models.DateTimeField(_("drawn"), null=True, editable=False)
    drawn = models.JSONField(_("records drawn"), default=list, editable=False)
    drift = models.JSONField(_("changed before the draw"), default=dict, editable=False)
    replaces = Relation(
        "self", verbose_name=_("drawn again for"), null=True, editable=False, related_name="again"
    )

    class Meta(Record.Meta):
        verbose_name = _("sample")
        verbose_name_plural = _("samples")

    def clean(self) -> None:
        """A period has an order, a sample is small, and its auditors draw it."""
        if self.audit_id:
            only_own_audits(self.changed_by, self.audit)
        in_order(self.period_from, self.period_to, "period_to")
        if isinstance(self.size, int) and self.size > MOST_DRAWN:
            message = _("Draw at most %(most)d; more is no sample.")
            raise ValidationError({"size": message % {"most": MOST_DRAWN}})


class Population(Owned):
    """The list from which a sample is drawn, a line for each record; its digest stands in the sample, journalled."""

    journalled = False

    sample = Relation(Sample, on_delete=models.CASCADE, related_name="population")
    lines = models.TextField()

    class Meta:
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        constraints = [models.UniqueConstraint(fields=["sample"], name="population_once")]

    def __str__(self) -> str:
        return str(self.sample_id)


class AuditRequest(Record):
    """Something that an auditor asks to be shown; its owner delivers it, with evidence or in words."""

    ref_prefix = "REQ"
    settled = ("sample", "item_kind", "item_id", "delivered_at", "reminded_at")

    audit = Relation(Audit, verbose_name=_("audit"), related_name="requests")
    code = models.CharField(_("clause or control"), max_length=20, blank=True, validators=[known_code])
    text = models.TextField(_("what is asked for"), blank=True, max_length=4000)
    due = models.DateField(_("due"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    sample = Relation(
        Sample, verbose_name=_("sample"), null=True, blank=True, editable=False, related_name="requests"
    )
    item_kind = models.CharField(_("register"), max_length=60, blank=True, editable=False)
    item_id = models.UUIDField(_("record drawn"), null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("last reminded"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("audit request")
        verbose_name_plural = _("audit requests")
        indexes = [
            *Record.Meta.indexes,
            models.Index(fields=["organisation", "audit", "id"], name="auditrequest_audit"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["sample", "item_id"], name="auditrequest_item_once"),
        ]

    def clean(self) -> None:
        """What is asked for is changed by who asked; who is asked answers, and may hand it on."""
        author = self.changed_by
        if self._state.adding and self.audit_id:
            only_own_audits(author, self.audit)
        if self._state.adding or author is None or asks(author, self):
            return
        before = type(self)._default_manager.filter(pk=self.pk).values(*ASKED).first() or {}
        changed = [name for name in ASKED if before and before[name] != getattr(self, name)]
        if changed:
            message = _("Only who asked changes this. Write your answer below.")
            raise ValidationError({name.removesuffix("_id"): message for name in changed})


def asks(author: Membership, request: AuditRequest) -> bool:
    """Whether somebody may change what is asked for: an auditor of the audit, or who asked where none has an account."""
    own = author.pk == request.created_by_id and not request.audit.has_auditors
    return own or is_auditor(author, request.audit)


ASKED = ("title", "text", "code", "due", "audit_id")  # what an auditor asks for
