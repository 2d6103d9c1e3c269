"""The conformity file of a system under the AI Act, and how ISO/IEC 42001 compares with a standard that is there already."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.records.base import Record
from aims.records.fields import Relation
from context.models import AISystem


def text(label: object, length: int = 2000) -> "models.TextField[str, str]":
    """Words of which a form of the Act asks for."""
    return models.TextField(label, blank=True, max_length=length)  # type: ignore[arg-type]


class ConformityFile(Record):
    """What the AI Act wants of a system beside its technical documentation: assessment, declaration, marking, registration
    (Art. 43, 47, 48, 49, 72). Its points go into the forms of Annexes IV and VIII.
    """

    ref_prefix = "CNF"

    class Route(models.TextChoices):
        """Which conformity assessment it takes (Art. 43)."""

        INTERNAL = "internal_control", _("internal control (Annex VI)")
        BODY = "notified_body", _("notified body (Annex VII)")
        SECTOR = "sector_law", _("procedure of the product’s law (Annex I Section A)")

    class Status(models.TextChoices):
        """Where the system stands on the market (Annex VIII)."""

        PLANNED = "planned", _("not on the market yet")
        MARKET = "on_market", _("on the market or in service")
        ENDED = "ended", _("no longer on the market or in service")
        RECALLED = "recalled", _("recalled")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="conformity_files")
    route = models.CharField(_("conformity assessment"), max_length=20, choices=Route.choices, blank=True)
    assessed_on = models.DateField(_("conformity assessed on"), null=True, blank=True)
    standards = text(_("standards applied, and what meets the requirements otherwise"), 4000)
    body = models.CharField(_("notified body (name and number)"), max_length=200, blank=True)
    certificate = models.CharField(_("certificate (kind and number)"), max_length=200, blank=True)
    certificate_until = models.DateField(_("certificate valid until"), null=True, blank=True)
    declared_on = models.DateField(_("EU declaration of conformity signed on"), null=True, blank=True)
    marked_on = models.DateField(_("CE marking affixed on"), null=True, blank=True)
    registered_on = models.DateField(_("registered in the EU database on"), null=True, blank=True)
    registration = models.CharField(_("entry in the EU database"), max_length=300, blank=True)
    status = models.CharField(_("status on the market"), max_length=20, choices=Status.choices, blank=True)
    states = models.CharField(_("Member States"), max_length=300, blank=True)
    provider = text(_("address and contact"))
    submitter = text(_("who submits on our behalf"))
    representative = text(_("authorised representative"))
    instructions = models.CharField(_("where the instructions for use are"), max_length=300, blank=True)
    more_at = models.CharField(_("web address with more"), max_length=300, blank=True)
    monitoring = text(_("post-market monitoring plan"), 4000)
    cybersecurity = text(_("cybersecurity measures"), 4000)
    planned_changes = text(_("changes determined beforehand"), 4000)
    product = text(_("product that it is part of"))

    class Meta(Record.Meta):
        verbose_name = _("conformity file")
        verbose_name_plural = _("conformity files")

    def clean(self) -> None:
        """Nobody declares or marks what was not assessed before (Art. 47, 48)."""
        for name in ("declared_on", "marked_on"):
            day = getattr(self, name)
            if day and (self.assessed_on is None or day < self.assessed_on):
                raise ValidationError({name: _("Conformity is assessed first. Give that day too.")})


class StandardComparison(Record):
    """What an organisation has already from another standard for a clause or control of ISO/IEC 42001: its own answer."""

    ref_prefix = "CPS"

    class Standard(models.TextChoices):
        """The standard that is in place."""

        DEVICES = "iso_13485_2016", "ISO 13485:2016"
        QUALITY = "iso_9001_2015", "ISO 9001:2015"
        SECURITY = "iso_27001_2022", "ISO/IEC 27001:2022"

    class Standing(models.TextChoices):
        """How much of it is there."""

        HAVE = "have", _("we have it already")
        PARTLY = "partly", _("we have it in part")
        NEW = "new", _("new for us")

    standard = models.CharField(_("other standard"), max_length=20, choices=Standard.choices)
    code = models.CharField(_("clause or control"), max_length=20)
    standing = models.CharField(_("what we have"), max_length=10, choices=Standing.choices)
    note = models.TextField(_("where it is, and what is missing"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("comparison with another standard")
        verbose_name_plural = _("comparisons with other standards")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "standard", "code"],
                condition=models.Q(state="in_force"),
                name="standardcomparison_code_once",
                violation_error_message=_("This clause or control is compared already."),
            ),
        ]

    def clean(self) -> None:
        """Only what the crosswalk compares has a row."""
        if self.code not in {entry.code for entry in edition().crosswalks.entries}:
            raise ValidationError({"code": _("There is no clause or control of this code.")})
