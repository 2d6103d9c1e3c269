"""Versions of an AI system: what was built, validated, released and taken out of use, each a record of its own (A.6.2)."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.display import first_letter_up, plain
from aims.records.fields import Relation
from aims.records.registry import register
from context.models.systems import AISystem


class BasisField(models.JSONField):
    """What a release rested on, as rows of `kind` (path of a register), `id`, `ref`, `title`, `version`, `state`,
    `dated` and `until`. A row without `id` says that no record of this kind held on that day.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"encoder": DjangoJSONEncoder, "default": list, "blank": True, **options})

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def words(self, value: Any) -> str:
        """One line for each, in the order of the clauses."""
        return "\n".join(basis_words(row) for row in value or [])


def basis_words(row: dict[str, Any]) -> str:
    """One record that held, or that there was none."""
    known = register(str(row.get("kind", "")))
    name = first_letter_up(str(known.name if known else row.get("kind", "")))
    if not row.get("id"):
        return gettext("%(name)s: none held") % {"name": name}
    said = {one: row.get(one, "") for one in ("ref", "title", "version")}
    return gettext("%(name)s: %(ref)s %(title)s, version %(version)s") % {"name": name, **said}


class SystemVersion(Record):
    """A version of an AI system. Several may be in use at once; what is validated or released is no longer edited.

    `basis` is what AIMS wrote down at the release: the system's record as it was, and which of its assessments held on
    that day (8.2, 8.4).
    """

    ref_prefix = "VER"
    settled = ("basis",)
    stamped = ("basis", "validated_on", "released_on", "withdrawn_on")
    event_dates = {"release": "released_on"}

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="versions")
    label = models.CharField(_("version"), max_length=50)
    previous = Relation("self", verbose_name=_("version before"), null=True, blank=True, related_name="+")
    intended_use = models.TextField(_("intended use"), blank=True, max_length=4000)
    changes = models.TextField(_("changes since the version before"), blank=True, max_length=4000)
    limits = models.TextField(_("known limits"), blank=True, max_length=4000)
    planned_for = models.DateField(_("release planned for"), null=True, blank=True)
    validated_on = models.DateField(_("validated on"), null=True, blank=True)
    released_on = models.DateField(_("released on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("out of use since"), null=True, blank=True)
    basis = BasisField(_("what held at the release"), editable=False)

    class Meta(Record.Meta):
        verbose_name = _("system version")
        verbose_name_plural = _("system versions")

    @property
    def released(self) -> bool:
        """Whether it was ever released: then it is history, and not opened again."""
        return bool(self.basis)

    def clean(self) -> None:
        """The version before is one of the same system, and another one; the days come in their order."""
        if self.previous_id and (self.previous_id == self.pk or self.previous.system_id != self.system_id):
            raise ValidationError({"previous": _("Choose another version of the same system.")})
        if self.validated_on and self.released_on and self.released_on < self.validated_on:
            raise ValidationError({"released_on": _("It is released after it was validated, not before.")})


class FigureField(models.DecimalField):  # type: ignore[type-arg]
    """An exact number, read without the zeros behind its fraction."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_digits": 18, "decimal_places": 6, **options})

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.DecimalField", args, options

    def words(self, value: Any) -> str:
        """The number as people write it."""
        return plain(Decimal(str(value)).normalize()) if value is not None else ""


class EvaluationResult(Part):
    """A result of testing a version: a metric, for whom, on which data, and what it had to reach (A.6.2.4)."""

    of = "system_version"
    form = ("metric", "subgroup", "value", "unit", "comparison", "threshold", "dataset")

    class Comparison(models.TextChoices):
        """On which side of the threshold a good value lies."""

        LEAST = "at_least", _("at least")
        MOST = "at_most", _("at most")

    system_version = Relation(SystemVersion, on_delete=models.CASCADE, related_name="evaluations")
    metric = models.CharField(_("metric"), max_length=200)
    subgroup = models.CharField(_("subgroup"), max_length=200, blank=True)
    value = FigureField(_("value"))
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    comparison = models.CharField(
        _("a good value is"), max_length=10, choices=Comparison.choices, default=Comparison.LEAST
    )
    threshold = FigureField(_("threshold"), null=True, blank=True)
    dataset = models.CharField(_("data set"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("evaluation result")
        verbose_name_plural = _("evaluation results")

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.metric, self.subgroup)))

    @property
    def met(self) -> bool | None:
        """Whether the value reaches its threshold; None where there is no threshold."""
        if self.threshold is None:
            return None
        more = self.comparison == self.Comparison.LEAST
        return bool(self.value >= self.threshold if more else self.value <= self.threshold)
