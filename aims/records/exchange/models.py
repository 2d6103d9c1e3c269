"""Imports with what each row did, and the views of a register that people keep."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership, Owned
from aims.records.fields import Relation


class Import(Owned):
    """A file that goes into a register: read, mapped, checked without changing anything, then taken as a whole or not."""

    class State(models.TextChoices):
        """How far the import is."""

        READ = "read", _("to be mapped")
        CHECKED = "checked", _("checked")
        WORKING = "working", _("under way")
        APPLIED = "applied", _("imported")
        UNDONE = "undone", _("undone")

    path = models.CharField(_("register"), max_length=60)
    name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size"))
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    header = models.PositiveIntegerField(_("row with the headings"), default=1)
    headings = models.JSONField(default=list)  # as they stand in the file, one per column
    mapping = models.JSONField(default=dict)  # column's position (as text) → field
    parts = models.JSONField(default=dict)  # name of parts → sheet, header, headings, mapping, rows
    # of a document, which is no table: its kind in words, the record it goes into, and what of it has no place
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    target = models.UUIDField(null=True)
    told = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READ)
    counts = models.JSONField(default=dict)  # rows by what they do: create, change, same, error
    digest = models.CharField(max_length=64, blank=True)  # of what the check said each row would do
    error = models.TextField(_("error"), blank=True)
    job = Relation("records.Job", null=True, related_name="+")
    asked_by = Relation(Membership, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    applied_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["organisation", "path", "-asked_at"], name="import_path")]

    def __str__(self) -> str:
        return self.name


class ImportRow(Owned):
    """What one row of the file does, would do, or why it cannot. Made again at each check, so the journal leaves it out."""

    journalled = False

    class Act(models.TextChoices):
        """What a row does."""

        CREATE = "create", _("new")
        CHANGE = "change", _("changed")
        SAME = "same", _("same")
        ERROR = "error", _("error")

    of = Relation(Import, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(
        _("sheet"), max_length=100, blank=True
    )  # of parts whose record is none of the file
    number = models.PositiveIntegerField(_("row"))
    path = models.CharField(
        _("register"), max_length=60, blank=True
    )  # of a record that comes with a document
    act = models.CharField(_("what it does"), max_length=10, choices=Act.choices)
    record_id = models.UUIDField(null=True)
    ref = models.CharField(_("number"), max_length=30, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    version = models.PositiveIntegerField(null=True)  # of the record afterwards
    before = models.JSONField(default=dict)  # field → value that it had
    after = models.JSONField(default=dict)  # field → value that it gets
    errors = models.JSONField(default=list)  # [column's letter, heading, text of the cell, message]

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["sheet", "number"]
        constraints = [models.UniqueConstraint(fields=["of", "sheet", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["organisation", "of", "act", "number"], name="import_row_act")]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"

    def keys(self) -> list[Any]:
        """What must be the same when the import is taken as when it was checked."""
        record = "" if self.act == self.Act.CREATE else str(self.record_id or "")
        return [self.number, self.act, record, self.version, self.before, self.after]


class SavedView(Owned):
    """A filter and an order of a register that a member keeps under a name, for themselves or for everybody."""

    path = models.CharField(_("register"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=2000, blank=True)
    member = Relation(Membership, on_delete=models.CASCADE, related_name="+")
    shared = models.BooleanField(_("for everybody"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["member", "path", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
