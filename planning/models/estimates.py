"""The quantitative estimate of a risk, where somebody wants one: how often a year, and what an event costs, as ranges."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from planning.estimating import drawn

FREQUENCY = ("frequency_low", "frequency_likely", "frequency_high")
LOSS = ("loss_low", "loss_likely", "loss_high")
SEED = 42001
OFTEN = 100  # events a year at most: what comes more often is a cost, not a risk


def often(words: Any) -> Any:
    """Events in a year."""
    return models.DecimalField(
        words,
        max_digits=7,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(OFTEN)],
    )


def money(words: Any) -> Any:
    """What one event costs."""
    return models.DecimalField(
        words, max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


class EstimateField(models.JSONField):
    """The summary of the draws (`planning.draws.summary`); in words, its percentiles."""

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def words(self, value: Any) -> str:
        """Half, one and one half of ten years, the way risk people say it."""
        found = value if isinstance(value, dict) else {}
        return f"P50 {found['p50']}, P90 {found['p90']}, P95 {found['p95']}" if found else ""


class Estimated(models.Model):
    """A record with an estimate. It is drawn anew where a range or the seed changes, and only then."""

    frequency_low = often(_("events a year, at least"))
    frequency_likely = often(_("events a year, most likely"))
    frequency_high = often(_("events a year, at most"))
    loss_low = money(_("loss of an event, at least"))
    loss_likely = money(_("loss of an event, most likely"))
    loss_high = money(_("loss of an event, at most"))
    seed = models.PositiveIntegerField(
        _("seed of the draws"),
        default=SEED,
        validators=[MaxValueValidator(2**31 - 1)],
        help_text=_("The same ranges and the same seed give the same numbers."),
    )
    assumptions = models.TextField(_("assumptions of the estimate"), blank=True, max_length=2000)
    estimate = EstimateField(_("yearly loss"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    def draw(self, was: "Estimated | None") -> None:
        """Set the estimate where its ranges hang together and are others than before; empty where there is none."""
        names = (*FREQUENCY, *LOSS, "seed")
        if self.range_errors() or None in self.ranges():
            self.estimate = {}
        elif not was or not was.estimate or any(getattr(was, n) != number(getattr(self, n)) for n in names):
            values = [number(value) for value in self.ranges()]
            self.estimate = drawn(values[:3], values[3:], int(number(self.seed) or 0))  # type: ignore[arg-type]

    def ranges(self) -> list[Any]:
        """The six numbers, as they were given."""
        return [getattr(self, name) for name in (*FREQUENCY, *LOSS)]

    def range_errors(self) -> dict[str, str]:
        """What is wrong with the ranges, by field; a number that cannot be read is for the field itself to refuse."""
        values = [number(value) for value in self.ranges()]
        if not any(value is not None for value in values):
            return {}
        names = (*FREQUENCY, *LOSS)
        wrong = {
            n: gettext("Give all six numbers, or none.")
            for n, v in zip(names, values, strict=True)
            if v is None
        }
        if not wrong:
            for names_, (low, likely, high) in ((FREQUENCY, values[:3]), (LOSS, values[3:])):
                if not low <= likely <= high:  # type: ignore[operator]
                    wrong[names_[1]] = gettext("The most likely value lies between the least and the most.")
        if not wrong and not readable(values, self.seed):
            wrong["seed"] = gettext("Write numbers within the limits.")
        return wrong


def readable(values: list[Decimal | None], seed: Any) -> bool:
    """Whether the draws can be made: nothing negative, not too often, a seed that is a number."""
    whole = number(seed)
    fits = whole is not None and 0 <= whole < 2**31 and whole == int(whole)
    return fits and all(v is not None and 0 <= v < 10**12 for v in values) and (values[2] or 0) <= OFTEN


def number(value: Any) -> Decimal | None:
    """A number that was given in whatever form; None for nothing and for nonsense."""
    try:
        found = Decimal(str(value)) if value not in (None, "") else None
    except ArithmeticError:
        return None
    return found if found is not None and found.is_finite() else None
