"""The criteria for risks as versions: scales, matrix, appetite, and who may accept which band (6.1.1, 6.1.3)."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import MarkdownField, Relation
from planning import scoring
from planning.scoring import Authority, Band

COLUMNS = tuple(f"at_{number}" for number in range(1, scoring.MOST_STEPS + 1))


class RiskCriteria(Record):
    """One version of the criteria: scales, threshold, appetite, and who may accept which band (6.1.1).

    The approved version decides the levels of what is rated from then on. One without steps of its own holds the default
    scales of five steps.
    """

    ref_prefix = "CRI"

    edition = models.CharField(_("version of the criteria"), max_length=20)
    likelihood_scale = MarkdownField(_("likelihood scale"), blank=True, max_length=4000)
    consequence_scale = MarkdownField(_("consequence scale"), blank=True, max_length=4000)
    matrix = models.TextField(_("how the level is computed"), blank=True, max_length=2000)
    floor = models.CharField(
        _("gravest harm to individuals is never below"),
        max_length=10,
        choices=Band.choices,
        blank=True,
        default=Band.HIGH,
    )
    threshold = models.TextField(_("what is acceptable"), blank=True, max_length=2000)
    appetite_band = models.CharField(
        _("highest band within our appetite"),
        max_length=10,
        choices=Band.choices,
        default=Band.MEDIUM,
    )
    appetite = models.TextField(_("appetite for risk"), blank=True, max_length=2000)
    differences = models.TextField(_("stricter criteria for some systems"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("set of risk criteria")
        verbose_name_plural = _("risk criteria")

    def rules(self) -> scoring.Criteria:
        """What this version decides, read from its parts; the defaults where it has none."""
        likely, harmful = list(self.likelihoods.all()), list(self.consequences.all())
        return scoring.Criteria(
            self.scales(likely, harmful),
            tuple(_bands(list(self.acceptance.all()))) or scoring.DEFAULT.bands,
            self.appetite_band,
        )

    def scales(self, likely: "list[LikelihoodStep]", harmful: "list[ConsequenceStep]") -> scoring.Scales:
        """Scales and matrix of these steps; a scale without steps is the default one."""
        usual = scoring.DEFAULT.scales
        up = tuple(_numbered(likely)) or usual.likelihood
        along = tuple(_numbered(harmful)) or usual.consequence
        cells = scoring.mended([row.cells for row in likely], (len(up), len(along)))
        return scoring.Scales(up, along, cells, self.floor)


def _numbered(steps: "list[Any]") -> list[str]:
    return [f"{number} – {step.label}" for number, step in enumerate(steps, 1)]


def _bands(rows: "list[AcceptanceRule]") -> list[scoring.BandRule]:
    """The bands from the lowest up; of two rows for a band the first counts."""
    found = {row.band: row for row in reversed(rows)}
    return [found[code].as_rule() for code in scoring.ORDER if code in found]


class LikelihoodStep(Part):
    """A step of the likelihood scale, the least likely first, with its row of the matrix."""

    of = "criteria"
    form: ClassVar[tuple[str, ...]] = ("label", "description", *COLUMNS)

    criteria = Relation(RiskCriteria, on_delete=models.CASCADE, related_name="likelihoods")
    label = models.CharField(_("step"), max_length=60)
    description = models.CharField(_("how often"), max_length=300, blank=True)
    at_1 = models.CharField(_("consequence 1"), max_length=10, choices=Band.choices, blank=True)
    at_2 = models.CharField(_("consequence 2"), max_length=10, choices=Band.choices, blank=True)
    at_3 = models.CharField(_("consequence 3"), max_length=10, choices=Band.choices, blank=True)
    at_4 = models.CharField(_("consequence 4"), max_length=10, choices=Band.choices, blank=True)
    at_5 = models.CharField(_("consequence 5"), max_length=10, choices=Band.choices, blank=True)
    at_6 = models.CharField(_("consequence 6"), max_length=10, choices=Band.choices, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("step of likelihood, with its row of the matrix")
        verbose_name_plural = _("likelihood, with the matrix")

    def __str__(self) -> str:
        return self.label

    @property
    def cells(self) -> list[str]:
        """The row of the matrix, from the least consequence; empty where nobody said."""
        return [getattr(self, name) for name in COLUMNS]


class ConsequenceStep(Part):
    """A step of the consequence scale, the least first, and what it means for whom."""

    of = "criteria"
    form = ("label", "organisation_words", "individuals", "society")

    criteria = Relation(RiskCriteria, on_delete=models.CASCADE, related_name="consequences")
    label = models.CharField(_("step"), max_length=60)
    organisation_words = models.CharField(_("for the organisation"), max_length=300, blank=True)
    individuals = models.CharField(_("for individuals"), max_length=300, blank=True)
    society = models.CharField(_("for society"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("step of consequence")
        verbose_name_plural = _("consequence")

    def __str__(self) -> str:
        return self.label


class AcceptanceRule(Part):
    """Who may accept the risks of a band, and for how long (6.1.3)."""

    of = "criteria"
    form = ("band", "label", "rule", "authority", "person", "who", "months")

    criteria = Relation(RiskCriteria, on_delete=models.CASCADE, related_name="acceptance")
    band = models.CharField(_("band"), max_length=10, choices=Band.choices)
    label = models.CharField(_("what we call it"), max_length=40, blank=True)
    rule = models.CharField(_("what is done"), max_length=300)
    authority = models.CharField(_("who may accept"), max_length=20, choices=Authority.choices, blank=True)
    person = Relation(Membership, verbose_name=_("person named"), null=True, blank=True, related_name="+")
    who = models.CharField(_("who that is with us"), max_length=200, blank=True)
    months = models.PositiveSmallIntegerField(
        _("for at most (months)"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )

    class Meta(Part.Meta):
        verbose_name = _("band and acceptance rule")
        verbose_name_plural = _("bands, and who may accept them")

    def __str__(self) -> str:
        return self.rule

    def clean(self) -> None:
        """Somebody is named where acceptance is a named person's."""
        if self.authority == Authority.PERSON and not self.person_id:
            raise ValidationError({"person": _("Name the person who may accept.")})

    def as_rule(self) -> scoring.BandRule:
        """The row as the scoring reads it; who may accept is as usual where nobody said."""
        return scoring.BandRule(
            self.band,
            self.label or Band(self.band).label,
            self.authority or scoring.usual_authority(self.band),
            str(self.person_id or ""),
            self.months or 0,
        )


def criteria_in_force(organisation_id: Any) -> RiskCriteria | None:
    """The approved version with its parts, or None where an organisation has approved none."""
    rows = RiskCriteria.objects.filter(organisation_id=organisation_id, state="approved")
    parts = ("likelihoods", "consequences", "acceptance")
    return rows.prefetch_related(*parts).order_by("-effective_from", "-pk").first()


def rules_of(criteria: RiskCriteria | None) -> scoring.Criteria:
    """What a version decides; None stands for the default criteria."""
    return criteria.rules() if criteria else scoring.DEFAULT
