"""Management reviews with what was heard and what was decided (9.3)."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import MarkdownField, Relation, Relations
from evaluation.models.audits import LEADS_TO


class Conclusion(models.TextChoices):
    """What top management concludes on one of the three questions of 9.3.1."""

    YES = "confirmed", _("confirmed")
    PARTLY = "partly_confirmed", _("partly confirmed")
    NO = "not_confirmed", _("not confirmed")


class ManagementReview(Record):
    """A review of the AIMS by top management (9.3.1), with its results (9.3.3-c)."""

    ref_prefix = "MR"
    event_dates = {"sign": "held_on"}
    meeting = ("held_on", "held_on", ("chair", "attendees", "owner"))
    settled = ("frozen_at",)

    held_on = models.DateField(_("held on"), null=True, blank=True)
    period_from = models.DateField(_("period from"), null=True, blank=True)
    period_to = models.DateField(_("period to"), null=True, blank=True)
    chair = Relation(Membership, verbose_name=_("chair"), null=True, blank=True, related_name="+")
    attendees = Relations(Membership, verbose_name=_("attended"), blank=True, related_name="+")
    guests = models.CharField(_("attended without an account"), max_length=300, blank=True)
    minutes = MarkdownField(_("minutes"), blank=True, max_length=30_000)
    suitability = models.CharField(_("suitability"), max_length=20, choices=Conclusion.choices, blank=True)
    adequacy = models.CharField(_("adequacy"), max_length=20, choices=Conclusion.choices, blank=True)
    effectiveness = models.CharField(
        _("effectiveness"), max_length=20, choices=Conclusion.choices, blank=True
    )
    next_review = models.DateField(_("next review"), null=True, blank=True)
    # from then on the inputs are what the meeting heard, whatever the records say later
    frozen_at = models.DateTimeField(_("inputs as they were on"), null=True, blank=True, editable=False)
    frozen = models.CharField(max_length=64, blank=True, editable=False)  # their SHA-256 then

    class Meta(Record.Meta):
        verbose_name = _("management review")
        verbose_name_plural = _("management reviews")

    def clean(self) -> None:
        """The next review comes after this one; the period ends after it began."""
        if self.held_on and self.next_review and self.next_review <= self.held_on:
            raise ValidationError({"next_review": _("The next review must come after this one.")})
        if self.period_from and self.period_to and self.period_to < self.period_from:
            raise ValidationError({"period_to": _("The end must not be before the beginning.")})


class ReviewInput(Part):
    """One input of a review (9.3.2): a figure gathered from the records, and what was said about it.

    `before` is the figure of the last signed review and `trend` the way from it; `place` is where the rows are listed.
    `gathered` is the text as the records gave it: what people did not touch is brought up to date.
    """

    of = "review"
    form = ("code", "title", "figure", "text")
    settled = ("before", "trend")

    class Trend(models.TextChoices):
        """Which way a figure went since the last review."""

        UP = "up", _("more than at the last review")
        DOWN = "down", _("less than at the last review")
        SAME = "same", _("as at the last review")

    review = Relation(ManagementReview, on_delete=models.CASCADE, related_name="inputs")
    code = models.CharField(_("input"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    figure = models.CharField(_("figure"), max_length=100, blank=True)
    text = models.TextField(_("text"), blank=True, max_length=8000)
    before = models.CharField(_("at the last review"), max_length=100, blank=True, editable=False)
    trend = models.CharField(_("trend"), max_length=4, choices=Trend.choices, blank=True, editable=False)
    place = models.CharField(_("rows"), max_length=300, blank=True, editable=False)
    gathered = models.TextField(blank=True, editable=False)

    class Meta(Part.Meta):
        verbose_name = _("input")
        verbose_name_plural = _("inputs")

    def clean(self) -> None:
        """What the meeting heard does not change after it: a held review goes back to preparation first."""
        if self.review.frozen_at is None or self.review.state != "held":
            return
        kept = type(self)._default_manager.filter(pk=self.pk, review=self.review).first()
        if kept is None or any(getattr(kept, name) != getattr(self, name) for name in self.form):
            raise ValidationError(
                {"text": _("The inputs are frozen. Take the review back to preparation first.")}
            )

    def __str__(self) -> str:
        return self.title


class ReviewDecision(Part):
    """One decision of a review (9.3.3-a and b). How far it is, its task says, and what came of it.

    A need of resources says of which kind, after A.4, and how much money a year.
    """

    of = "review"
    leads_to = LEADS_TO
    form = ("kind", "text", "resource", "amount", "owner", "due")

    class Kind(models.TextChoices):
        """What is decided on."""

        IMPROVEMENT = "improvement", _("opportunity for improvement")
        CHANGE = "aims_change", _("change of the AIMS")
        RESOURCE = "resource", _("need of resources")
        OTHER = "other", _("other")

    class Resource(models.TextChoices):
        """What sort of resource is needed, after A.4."""

        PEOPLE = "people", _("people and skills")
        DATA = "data", _("data")
        TOOL = "tool", _("tools")
        COMPUTING = "computing", _("system and computing")
        MONEY = "money", _("money")

    review = Relation(ManagementReview, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.IMPROVEMENT)
    text = models.CharField(_("decision"), max_length=1000)
    resource = models.CharField(_("what is needed"), max_length=10, choices=Resource.choices, blank=True)
    amount = models.DecimalField(
        _("money (EUR)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    owner = Relation(Membership, verbose_name=_("who"), null=True, blank=True, related_name="+")
    due = models.DateField(_("due"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return self.text
