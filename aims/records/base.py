"""The abstract models on which all records and their parts stand."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.organisation.models import Membership, Owned
from aims.records.fields import Relation


def line_title(code: str, language: str = "en") -> str:
    """What a line of the standard is called as a record: a control by its title, a requirement by its text."""
    said = edition().text(code, "title", language) or edition().text(code, "text", language)
    return Truncator(said).chars(200)


def line_heading(code: str, title: str) -> str:
    """The title of a line in the language of who reads; a title of the organisation's own stays."""
    return line_title(code, get_language() or "en") if title == line_title(code) else title


class Record(Owned):
    """A record of an organisation. Only `aims.records.changes` creates, writes or moves one.

    `ref` is its number for people, unique in the organisation; `external_id` is a REST client's own key; `version` counts
    its changes. `edited_by` is who last changed the content (four-eyes rules ask), `changed_by` who did anything at all.
    """

    ref_prefix: ClassVar[str] = ""
    settled: ClassVar[tuple[str, ...]] = ()  # fields that `settle` computes: shown, never entered
    # fields that a step fills in: outside what is signed, because the step that is signed fills them
    stamped: ClassVar[tuple[str, ...]] = ()
    undoing = False  # set while a change is taken back: what was there before may come again
    fixed: ClassVar[bool] = (
        False  # rows are laid at the founding of an organisation: nobody adds or withdraws one
    )
    leads_to: ClassVar[
        tuple[str, ...]
    ] = ()  # paths of the registers to which it may lead (`aims.records.origins`)
    leads_silently: ClassVar[bool] = False  # what it led to takes none of its words
    # people are invited to it: the fields of its first and last day, and those that name who takes part
    meeting: ClassVar[tuple[str, str, tuple[str, ...]] | None] = None
    # the field that holds the day on which a step really happened; the calendar counts from it
    event_dates: ClassVar[Mapping[str, str]] = {}

    # the rows of parts that a change brings, as they were given and not yet checked: `settle` comes before they are kept
    coming: Mapping[str, Any] = MappingProxyType({})

    # what followed elsewhere from the change that was just made (`registry.Effect`)
    brought_about: tuple[Any, ...] = ()

    ref = models.CharField(_("number"), max_length=30, editable=False)
    external_id = models.CharField(_("external id"), max_length=100, null=True, blank=True)  # noqa: DJ001 - unique or NULL
    title = models.CharField(_("title"), max_length=200)
    owner = Relation(Membership, verbose_name=_("owner"), null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=30, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    review_due = models.DateField(_("review due"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)
    created_by = Relation(Membership, null=True, editable=False, related_name="+")
    changed_at = models.DateTimeField(_("changed"), auto_now=True, editable=False)
    changed_by = Relation(Membership, null=True, editable=False, related_name="+")
    edited_by = Relation(Membership, null=True, editable=False, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["organisation", "ref"], name="%(class)s_ref_once"),
            models.UniqueConstraint(fields=["organisation", "external_id"], name="%(class)s_external_once"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "id"], name="%(class)s_state")]

    def __str__(self) -> str:
        return f"{self.ref} {self.heading}"

    @property
    def heading(self) -> str:
        """The title for people: what was laid in English from the catalogue is said in their language."""
        return line_heading(self.ref, self.title) if self.fixed else self.title

    def settle(self, changed: frozenset[str]) -> None:
        """Set what follows from other fields, before validation. `changed` names the fields that were given."""

    @property
    def scheduled(self) -> bool:
        """Whether its steps start and fulfil what is on the calendar (an audit by others does not)."""
        return True


class Part(Owned):
    """A row that belongs to one record and is written with it: a requirement of a party, an input of a review."""

    of: ClassVar[str] = ""  # the name of the relation to the record
    form: ClassVar[tuple[str, ...]] = ()  # the fields that people fill in, in order
    settled: ClassVar[tuple[str, ...]] = ()  # fields that AIMS fills in: shown and signed, never entered
    leads_to: ClassVar[
        tuple[str, ...]
    ] = ()  # as for a record: a decision leads on, once its record is closed
    leads_when_closed: ClassVar[bool] = True  # False: as soon as it is there

    position = models.PositiveSmallIntegerField(_("position"), default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.of:
            cls.journal_parent = f"{cls.of}_id"
