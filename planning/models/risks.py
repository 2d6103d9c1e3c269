"""Risks of AI systems: rated three ways, treated, and accepted by who may (6.1.2, 6.1.3)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import Relation, Relations
from context.models import AISystem
from planning.fields import LibraryField, ObjectivesField, SourcesField
from planning.models.controls import ControlImplementation
from planning.models.estimates import Estimated
from planning.models.ratings import RatingField
from planning.models.risk_criteria import RiskCriteria, criteria_in_force, rules_of
from planning.scoring import MOST_STEPS, Band, Scales, acceptance_falls

STAGES = ("inherent", "current", "residual", "target")
RATINGS = ("likelihood", "organisation", "individuals", "society")
RATED = tuple(f"{stage}_{name}" for stage in STAGES for name in RATINGS)


def likelihood() -> Any:
    """A rating of how often something may happen, on the scale of the criteria in force."""
    return RatingField(_("likelihood"), scale="likelihood")


def consequence(words: Any) -> Any:
    """A rating of how bad something would be, on the scale of the criteria in force."""
    return RatingField(words, scale="consequence")


def points(words: Any) -> Any:
    """A computed level."""
    return models.PositiveSmallIntegerField(words, null=True, blank=True, editable=False)


def band_of(words: Any) -> Any:
    """A computed band."""
    return models.CharField(words, max_length=10, choices=Band.choices, blank=True, editable=False)


class AIRisk(Estimated, Record):
    """A risk of an AI system, rated up to four ways (6.1.2, 6.1.3).

    `inherent`: before any treatment; `current`: with the controls that are in place now, where that is rated apart;
    `residual`: what remains after the treatment, which is what is accepted; `target`: what we aim at. It keeps the version
    of the criteria under which it was rated; a rating that changes is made under the version in force. Acceptance falls
    when the residual level moves: an accepted risk then is back in treatment.
    """

    ref_prefix = "RSK"
    settled = (*(f"{stage}_{name}" for stage in STAGES for name in ("level", "band")), "estimate")

    class Option(models.TextChoices):
        """What is done about a risk, after ISO/IEC 23894."""

        AVOID = "avoid", _("avoid")
        TAKE = "take", _("take or increase")
        REMOVE = "remove_source", _("remove the source")
        REDUCE = "reduce", _("reduce")
        SHARE = "transfer", _("share")
        RETAIN = "accept", _("retain")

    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="risks")
    sources = SourcesField(_("risk sources"))
    objectives = ObjectivesField(_("objectives affected"))
    library = LibraryField(_("from the library"))
    criteria = Relation(RiskCriteria, verbose_name=_("rated under"), null=True, blank=True, related_name="+")
    cause = models.TextField(_("cause"), blank=True, max_length=2000)
    event = models.TextField(_("what may happen"), blank=True, max_length=2000)
    consequences = models.TextField(_("what it would mean"), blank=True, max_length=2000)
    inherent_likelihood = likelihood()
    inherent_organisation = consequence(_("for the organisation"))
    inherent_individuals = consequence(_("for individuals"))
    inherent_society = consequence(_("for society"))
    inherent_level = points(_("level before treatment"))
    inherent_band = band_of(_("before treatment"))
    current_likelihood = likelihood()
    current_organisation = consequence(_("for the organisation"))
    current_individuals = consequence(_("for individuals"))
    current_society = consequence(_("for society"))
    current_level = points(_("level now"))
    current_band = band_of(_("risk now"))
    option = models.CharField(_("treatment"), max_length=20, choices=Option.choices, blank=True)
    option_reason = models.TextField(_("why this treatment"), blank=True, max_length=2000)
    controls = Relations(ControlImplementation, verbose_name=_("controls"), blank=True, related_name="risks")
    residual_likelihood = likelihood()
    residual_organisation = consequence(_("for the organisation"))
    residual_individuals = consequence(_("for individuals"))
    residual_society = consequence(_("for society"))
    residual_level = points(_("level after treatment"))
    residual_band = band_of(_("residual risk"))
    target_likelihood = likelihood()
    target_organisation = consequence(_("for the organisation"))
    target_individuals = consequence(_("for individuals"))
    target_society = consequence(_("for society"))
    target_level = points(_("level aimed at"))
    target_band = band_of(_("target"))
    acceptance_note = models.TextField(_("conditions of acceptance"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("AI risk")
        verbose_name_plural = _("AI risks")

    def settle(self, changed: frozenset[str]) -> None:
        """Compute levels and bands; where the residual risk moves, its acceptance falls."""
        self.was = AIRisk.objects.filter(pk=self.pk).first() if self.created_at else None
        self.draw(self.was)
        self.rated_by = self._criteria()
        scales = rules_of(self.rated_by).scales
        before = (self.residual_level, self.residual_band)
        for stage in STAGES:
            self._rate(stage, scales)
        same = not self.was or self.was.criteria_id == self.criteria_id
        after = (self.residual_level, self.residual_band)
        if self.state == "accepted" and acceptance_falls(before, after, same):
            self.state = "treating"

    def _criteria(self) -> Any:
        """The version to rate under: the one in force where a rating or the version itself changes, else the one kept."""
        names = (*RATED, "criteria_id")
        kept = self.was or AIRisk()
        if all(_plain(getattr(self, name)) == _plain(getattr(kept, name)) for name in names):
            return self.criteria
        self.chosen = self.criteria_id if self.criteria_id != kept.criteria_id else None
        self.criteria = criteria_in_force(self.organisation_id)
        return self.criteria

    def _rate(self, stage: str, scales: Scales) -> None:
        likely, *harms = (_number(getattr(self, f"{stage}_{name}")) for name in RATINGS)
        level, band = scales.rate(likely, harms)
        setattr(self, f"{stage}_level", level)
        setattr(self, f"{stage}_band", band)

    def clean(self) -> None:
        """Ratings lie on the scales, and nobody rates under other criteria than those in force."""
        wrong: dict[str, Any] = {**self.range_errors()}
        chosen = getattr(self, "chosen", None)
        if chosen and str(chosen) != str(self.criteria_id):
            wrong["criteria"] = gettext(
                "Risks are rated under the criteria in force, not under another version."
            )
        up, along = rules_of(getattr(self, "rated_by", None)).scales.shape
        for name in RATED:
            top, value = (up if name.endswith("_likelihood") else along), _number(getattr(self, name))
            if value and value > top:
                words = gettext("The scale of the criteria in force ends at %(top)d.")
                wrong[name] = words % {"top": top}
        if wrong:
            raise ValidationError(wrong)

    @property
    def now(self) -> str:
        """The rating that tells how the risk stands today: with the controls in place where that is rated apart."""
        return "current" if self.current_level else "residual" if self.residual_level else "inherent"


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _number(value: Any) -> int | None:
    """A rating; None for anything else, which validation then refuses by name."""
    number = int(value) if str(value).isascii() and str(value).isdigit() else 0
    return number if 1 <= number <= MOST_STEPS else None


class RiskAction(Part):
    """Something to be done about a risk (6.1.1, 6.1.3)."""

    of = "risk"
    form = ("text", "responsible", "due", "status", "effect")

    class Status(models.TextChoices):
        """How far an action is."""

        OPEN = "open", _("open")
        IN_PROGRESS = "in_progress", _("in progress")
        DONE = "done", _("done")

    risk = Relation(AIRisk, on_delete=models.CASCADE, related_name="actions")
    text = models.CharField(_("action"), max_length=500)
    responsible = Relation(Membership, verbose_name=_("responsible"), null=True, blank=True, related_name="+")
    due = models.DateField(_("due"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.OPEN)
    effect = models.CharField(_("how we see that it works"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("treatment action")
        verbose_name_plural = _("treatment actions")

    def __str__(self) -> str:
        return self.text
