"""What clause 7 keeps: controlled documents with their versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation


class Document(Record):
    """A controlled document: identified, reviewed, approved by another, kept where people find it (7.5)."""

    ref_prefix = "DOC"

    class Kind(models.TextChoices):
        """What sort of document."""

        POLICY = "policy", _("policy")
        PROCEDURE = "procedure", _("procedure")
        MANUAL = "manual", _("manual")
        PLAN = "plan", _("plan")
        TEMPLATE = "template", _("template")
        INFORMATION = "information", _("information for users")

    class Access(models.TextChoices):
        """Who may read it (7.5.3)."""

        PUBLIC = "public", _("public")
        INTERNAL = "internal", _("everybody inside")
        RESTRICTED = "restricted", _("named people")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PROCEDURE)
    edition = models.CharField(_("version of the document"), max_length=20, blank=True)
    codes = CodesField(_("answers"))
    text = MarkdownField(_("content"), blank=True, max_length=40_000)
    place = models.CharField(_("where it is kept"), max_length=300, blank=True)
    access = models.CharField(
        _("who may read it"), max_length=20, choices=Access.choices, default=Access.INTERNAL
    )
    access_note = models.CharField(_("access rule"), max_length=500, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")


class DocumentVersion(Part):
    """One version of a document and what changed with it."""

    of = "document"
    form = ("edition", "dated", "author", "change")

    document = Relation(Document, on_delete=models.CASCADE, related_name="versions")
    edition = models.CharField(_("version"), max_length=20)
    dated = models.DateField(_("date"))
    author = models.CharField(_("author"), max_length=150, blank=True)
    change = models.CharField(_("what changed"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("version")
        verbose_name_plural = _("versions")

    def __str__(self) -> str:
        return self.edition
