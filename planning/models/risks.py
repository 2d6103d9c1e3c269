"""Risks of AI systems: rated three ways, treated, and accepted by who may (6.1.2, 6.1.3)."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import Relation, Relations
from context.models import AISystem
from planning.fields import ObjectivesField, SourcesField
from planning.models.controls import ControlImplementation
from planning.scoring import Band, Consequence, Likelihood, band, level

STAGES = ("inherent", "residual", "target")


def likelihood() -> Any:
    """A rating of how often something may happen."""
    return models.PositiveSmallIntegerField(
        _("likelihood"), choices=Likelihood.choices, null=True, blank=True
    )


def consequence(words: Any) -> Any:
    """A rating of how bad something would be."""
    return models.PositiveSmallIntegerField(words, choices=Consequence.choices, null=True, blank=True)


def points() -> Any:
    """A computed level."""
    return models.PositiveSmallIntegerField(_("level"), null=True, blank=True, editable=False)


def band_of(words: Any) -> Any:
    """A computed band."""
    return models.CharField(words, max_length=10, choices=Band.choices, blank=True, editable=False)


class AIRisk(Record):
    """A risk of an AI system, with its ratings before treatment, now, and as aimed at.

    Acceptance falls when the residual level moves: an accepted risk then is back in treatment.
    """

    ref_prefix = "RSK"
    settled = tuple(f"{stage}_{name}" for stage in STAGES for name in ("level", "band"))

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
    cause = models.TextField(_("cause"), blank=True, max_length=2000)
    event = models.TextField(_("what may happen"), blank=True, max_length=2000)
    consequences = models.TextField(_("what it would mean"), blank=True, max_length=2000)
    inherent_likelihood = likelihood()
    inherent_organisation = consequence(_("for the organisation"))
    inherent_individuals = consequence(_("for individuals"))
    inherent_society = consequence(_("for society"))
    inherent_level = points()
    inherent_band = band_of(_("before treatment"))
    option = models.CharField(_("treatment"), max_length=20, choices=Option.choices, blank=True)
    option_reason = models.TextField(_("why this treatment"), blank=True, max_length=2000)
    controls = Relations(ControlImplementation, verbose_name=_("controls"), blank=True, related_name="risks")
    residual_likelihood = likelihood()
    residual_organisation = consequence(_("for the organisation"))
    residual_individuals = consequence(_("for individuals"))
    residual_society = consequence(_("for society"))
    residual_level = points()
    residual_band = band_of(_("residual risk"))
    target_likelihood = likelihood()
    target_organisation = consequence(_("for the organisation"))
    target_individuals = consequence(_("for individuals"))
    target_society = consequence(_("for society"))
    target_level = points()
    target_band = band_of(_("target"))
    acceptance_note = models.TextField(_("conditions of acceptance"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("AI risk")
        verbose_name_plural = _("AI risks")

    def settle(self, changed: frozenset[str]) -> None:
        """Compute levels and bands; where the residual risk moves, its acceptance falls."""
        before = (self.residual_level, self.residual_band)
        for stage in STAGES:
            self._rate(stage)
        if self.state == "accepted" and (self.residual_level, self.residual_band) != before:
            self.state = "treating"

    def _rate(self, stage: str) -> None:
        likely, *harms = (_number(getattr(self, f"{stage}_{name}")) for name in RATINGS)
        found = level(likely, *harms)
        setattr(self, f"{stage}_level", found)
        setattr(self, f"{stage}_band", band(found, harms[1]))


RATINGS = ("likelihood", "organisation", "individuals", "society")


def _number(value: Any) -> int | None:
    """A rating from 1 to 5; None for anything else, which validation then refuses by name."""
    number = int(value) if str(value).isdigit() else None
    return number if number in Likelihood.values else None


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
