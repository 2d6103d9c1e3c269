"""Answers to requirements, evidence with its revisions and links, signatures, counters and jobs."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership, Owned
from aims.organisation.roles import Role
from aims.records.base import Record
from aims.records.fields import MarkdownField, Relation


class Answer(Record):
    """What the organisation says about one line of the standard: a requirement or an Annex A control."""

    ref_prefix = "ANS"
    settled = ("verdict_basis", "verdict_by", "verdict_on")
    fixed = True

    class Verdict(models.TextChoices):
        """How well a requirement is met."""

        CONFORM = "conform", _("conform")
        NONCONFORM = "nonconform", _("nonconform")
        OBSERVATION = "observation", _("observation")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    class Basis(models.TextChoices):
        """Who judged."""

        SELF = "self", _("own judgement")
        AUDIT = "audit", _("audit")

    code = models.CharField(_("requirement"), max_length=20, editable=False)
    text = MarkdownField(_("our answer"), blank=True, max_length=20_000)
    verdict = models.CharField(_("verdict"), max_length=20, blank=True, choices=Verdict.choices)
    verdict_basis = models.CharField(
        _("judged by"), max_length=10, blank=True, choices=Basis.choices, editable=False
    )
    verdict_by = Relation(
        Membership, verbose_name=_("judged by"), null=True, editable=False, related_name="+"
    )
    verdict_on = models.DateField(_("judged on"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["organisation", "code"], name="answer_code_once"),
        ]

    def settle(self, changed: frozenset[str]) -> None:
        """Writing begins the work; a verdict is dated, and falls when the answer that it judged changes."""
        if "text" in changed and self.text and self.state == "not_started":
            self.state = "in_progress"
        if "verdict" in changed and self.verdict:
            self.judge()
        elif "text" in changed or not self.verdict:
            self.verdict, self.verdict_basis, self.verdict_by, self.verdict_on = "", "", None, None

    def judge(self) -> None:
        """Date the verdict, with who gave it and whether as an auditor."""
        judge = self.changed_by
        audit = judge is not None and judge.role == Role.AUDITOR
        self.verdict_basis = self.Basis.AUDIT if audit else self.Basis.SELF
        self.verdict_by, self.verdict_on = judge, timezone.localdate()


class Evidence(Record):
    """A document, picture or export that shows that something is done; its files are revisions."""

    ref_prefix = "EVD"

    shows = models.TextField(_("what it shows"), blank=True, max_length=4000)
    effective_until = models.DateField(_("effective until"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")


class Revision(Owned):
    """One file of a piece of evidence, named by its SHA-256; never overwritten. The upload date cannot be changed."""

    journal_parent = "evidence_id"

    evidence = Relation(Evidence, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(_("size"))
    media_type = models.CharField(_("type"), max_length=100)
    name = models.CharField(_("file name"), max_length=255)
    uploaded_by = Relation(Membership, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["evidence", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return self.name


class Link(Owned):
    """Evidence that speaks for a record of any kind; an answer is a record too."""

    journal_parent = "record_id"

    evidence = Relation(Evidence, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(_("register"), max_length=60)
    record_id = models.UUIDField(_("record"))
    linked_by = Relation(Membership, null=True, related_name="+")
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [models.UniqueConstraint(fields=["evidence", "kind", "record_id"], name="link_once")]
        indexes = [models.Index(fields=["organisation", "kind", "record_id"], name="link_record")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class Origin(Owned):
    """What led to a record: a record of any kind, or one of its parts (a decision of a review); seen from both."""

    journal_parent = "record_id"

    kind = models.CharField(_("register"), max_length=60)
    record_id = models.UUIDField(_("record"))
    from_kind = models.CharField(_("register of the origin"), max_length=60)
    from_id = models.UUIDField(_("origin"))
    from_part = models.UUIDField(_("part of the origin"), null=True, blank=True)
    laid_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("origin")
        verbose_name_plural = _("origins")
        ordering = ["laid_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_id", "from_id", "from_part"], name="origin_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "record_id"], name="origin_record"),
            models.Index(fields=["organisation", "from_id"], name="origin_from"),
        ]

    def __str__(self) -> str:
        return f"{self.from_kind} {self.from_id} → {self.kind} {self.record_id}"


class Comment(Owned):
    """What somebody says about a record, or the reason given with a step."""

    journal_parent = "record_id"

    kind = models.CharField(_("register"), max_length=60)
    record_id = models.UUIDField(_("record"))
    author = Relation(Membership, null=True, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["written_at", "id"]
        indexes = [models.Index(fields=["organisation", "kind", "record_id"], name="comment_record")]

    def __str__(self) -> str:
        return self.text[:60]


class Signature(Owned):
    """A person's signature over the exact content of a record and its parts."""

    journal_parent = "record_id"

    kind = models.CharField(_("register"), max_length=60)
    record_id = models.UUIDField(_("record"))
    version = models.PositiveIntegerField(_("version"))
    transition = models.CharField(max_length=40)
    meaning = models.CharField(_("meaning"), max_length=300)
    signer = Relation(Membership, related_name="+")
    name = models.CharField(_("printed name"), max_length=300)
    signed_at = models.DateTimeField(_("signed"), auto_now_add=True)
    proof = models.CharField(_("identity"), max_length=60)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=300, blank=True)
    digest = models.CharField(_("SHA-256 of the content"), max_length=64)
    content = models.TextField(_("content"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["-signed_at"]
        indexes = [models.Index(fields=["organisation", "kind", "record_id"], name="signature_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["signer", "record_id", "digest", "transition"], name="signature_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.signed_at:%Y-%m-%d}"


class Delegation(Owned):
    """Leave to sign for somebody: one step of one record, by one other person, until a day.

    Who gives it may take the step themselves; the signature then names both. `ended_at` is when it was taken back.
    """

    journal_parent = "record_id"

    kind = models.CharField(_("register"), max_length=60)
    record_id = models.UUIDField(_("record"))
    transition = models.CharField(_("step"), max_length=40)
    giver = Relation(Membership, verbose_name=_("delegated by"), related_name="+")
    to = Relation(Membership, verbose_name=_("delegated to"), related_name="+")
    until = models.DateField(_("until"))
    reason = models.CharField(_("why"), max_length=1000)
    given_at = models.DateTimeField(_("delegated"), auto_now_add=True)
    ended_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-given_at"]
        indexes = [models.Index(fields=["organisation", "record_id", "transition"], name="delegation_record")]

    def __str__(self) -> str:
        return f"{self.giver} → {self.to}"


class Deputy(Owned):
    """Leave to sign for somebody in general: whatever waits for their signature, by one other person, until a day.

    A deputy signs in their own name, and the signature names both (`aims.records.deputies`).
    """

    giver = Relation(Membership, verbose_name=_("who is stood in for"), related_name="+")
    to = Relation(Membership, verbose_name=_("who stands in"), related_name="+")
    until = models.DateField(_("until"))
    reason = models.CharField(_("why"), max_length=1000)
    given_at = models.DateTimeField(_("named"), auto_now_add=True)
    ended_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        ordering = ["-given_at"]
        indexes = [models.Index(fields=["organisation", "to", "until"], name="deputy_to")]

    def __str__(self) -> str:
        return f"{self.giver} → {self.to}"


class Counter(Owned):
    """The last number given to a kind of record."""

    journalled = False

    prefix = models.CharField(max_length=20)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "prefix"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last}"


class Job(Owned):
    """Long work. This row is the truth; Celery only wakes a worker for it.

    A worker holds a lease and a fence: who comes back after the lease has passed on finds another fence and stops.
    """

    journalled = False

    class State(models.TextChoices):
        """How far the work is."""

        QUEUED = "queued", _("queued")
        BUILDING = "building", _("building")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    task = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    doing = models.CharField(_("doing"), max_length=200, blank=True)
    error = models.TextField(_("error"), blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    asked_by = Relation(Membership, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_state")]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"

    def key(self) -> tuple[Any, Any]:
        """What a worker is told: the organisation and the job."""
        return self.organisation_id, self.pk


from aims.records.collaboration import Damage, Mention, Watch  # noqa: E402, F401 - Django looks for models here
from aims.records.exchange.models import Import, ImportRow, SavedView  # noqa: E402, F401 - the same
