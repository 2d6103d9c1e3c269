"""What comes from others and what systems learn from: suppliers (A.10) and datasets (A.7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import Relation, Relations
from context.models import AISystem


class Supplier(Record):
    """Somebody who provides products, services, data or work for AI systems (8.1, A.10.2, A.10.3)."""

    ref_prefix = "SUP"

    provides = models.CharField(_("provides"), max_length=300)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="suppliers")
    critical = models.BooleanField(_("critical"), default=False)
    contract = models.CharField(_("contract"), max_length=200, blank=True)
    clauses = models.TextField(_("what the contract says about AI"), blank=True, max_length=2000)
    lacking = models.TextField(_("what the contract lacks"), blank=True, max_length=2000)
    exit_plan = models.TextField(_("way out"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")


class SupplierReview(Part):
    """One evaluation of a supplier (8.1, A.10.3)."""

    of = "supplier"
    leads_to = ("nonconformities", "improvements")
    leads_when_closed = False  # a supplier is reviewed while work with it goes on
    form = ("dated", "result", "seen", "actions")

    class Result(models.TextChoices):
        """What was concluded."""

        ACCEPTABLE = "acceptable", _("acceptable")
        ACTIONS = "acceptable_with_actions", _("acceptable with actions")
        INSUFFICIENT = "insufficient_information", _("insufficient information")
        NOT = "not_acceptable", _("not acceptable")

    supplier = Relation(Supplier, on_delete=models.CASCADE, related_name="reviews")
    dated = models.DateField(_("date"))
    result = models.CharField(_("result"), max_length=30, choices=Result.choices)
    seen = models.CharField(_("what was looked at"), max_length=500, blank=True)
    actions = models.CharField(_("what follows"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return f"{self.dated}: {self.get_result_display()}"

    @property
    def text(self) -> str:
        """The review in words, for what it leads to."""
        said = [f"{self.supplier.title}, {self}", self.seen, self.actions]
        return ". ".join(part.rstrip(". ") for part in said if part)


class SharedResponsibility(Part):
    """Who does what between us, the supplier and the customer (A.10.2)."""

    of = "supplier"
    form = ("task", "ours", "theirs", "customers")

    supplier = Relation(Supplier, on_delete=models.CASCADE, related_name="responsibilities")
    task = models.CharField(_("task"), max_length=200)
    ours = models.CharField(_("we"), max_length=200, blank=True)
    theirs = models.CharField(_("supplier"), max_length=200, blank=True)
    customers = models.CharField(_("customer"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")

    def __str__(self) -> str:
        return self.task


class Dataset(Record):
    """Data that a system learns from, is tested with, or works on: source, rights, quality, lineage (A.7)."""

    ref_prefix = "DAT"

    class Use(models.TextChoices):
        """What the data are for, after ISO/IEC 23053."""

        TRAINING = "training", _("training")
        VALIDATION = "validation", _("validation")
        TEST = "test", _("test")
        PRODUCTION = "production", _("production")
        KNOWLEDGE = "retrieval_knowledge_base", _("knowledge base")

    class Personal(models.TextChoices):
        """Whether it holds personal data."""

        NONE = "none", _("none")
        PSEUDONYMISED = "pseudonymised", _("pseudonymised")
        PERSONAL = "personal", _("personal data")

    use = models.CharField(_("use"), max_length=30, choices=Use.choices)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="datasets")
    rows = models.PositiveBigIntegerField(_("number of records"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True, max_length=2000)
    rights = models.TextField(_("rights and legal basis"), blank=True, max_length=2000)
    personal_data = models.CharField(_("personal data"), max_length=20, choices=Personal.choices, blank=True)
    preparation = models.TextField(_("preparation"), blank=True, max_length=4000)
    known_bias = models.TextField(_("known bias and gaps"), blank=True, max_length=2000)
    provenance = models.CharField(_("digest of the content"), max_length=200, blank=True)
    derived_from = Relations(
        "self", verbose_name=_("made from"), blank=True, symmetrical=False, related_name="derived"
    )
    deleted_on = models.DateField(_("to be deleted on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")


class DataQuality(Part):
    """One measured quality of a dataset against its requirement (A.7.4)."""

    of = "dataset"
    form = ("dated", "quality", "required", "found", "good")

    dataset = Relation(Dataset, on_delete=models.CASCADE, related_name="qualities")
    dated = models.DateField(_("date"), null=True, blank=True)
    quality = models.CharField(_("quality"), max_length=200)
    required = models.CharField(_("required"), max_length=200, blank=True)
    found = models.CharField(_("found"), max_length=200, blank=True)
    good = models.BooleanField(_("met"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("quality")
        verbose_name_plural = _("data quality")

    def __str__(self) -> str:
        return self.quality
