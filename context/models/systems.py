"""What clause 4 keeps: AI systems and the roles that the organisation plays for them (4.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import Relation


class AISystem(Record):
    """An AI system that the organisation develops, provides or uses (4.1, 4.3)."""

    ref_prefix = "AIS"

    class Stage(models.TextChoices):
        """The eight life cycle stages of ISO/IEC 22989."""

        INCEPTION = "inception", _("inception")
        DESIGN = "design_development", _("design and development")
        VERIFICATION = "verification_validation", _("verification and validation")
        DEPLOYMENT = "deployment", _("deployment")
        OPERATION = "operation_monitoring", _("operation and monitoring")
        CONTINUOUS = "continuous_validation", _("continuous validation")
        RE_EVALUATION = "re_evaluation", _("re-evaluation")
        RETIREMENT = "retirement", _("retirement")

    class Sourcing(models.TextChoices):
        """Where the system comes from."""

        IN_HOUSE = "developed_in_house", _("developed in house")
        API = "api_service", _("service through an API")
        SAAS = "saas_feature", _("feature of software as a service")
        BOUGHT = "bought_product", _("bought product")
        OPEN = "open_source_adapted", _("open source, adapted")
        TOGETHER = "co_developed", _("developed together with others")

    class TaskType(models.TextChoices):
        """What it does, after ISO/IEC 23053; content generation is our addition."""

        REGRESSION = "regression", _("regression")
        CLASSIFICATION = "classification", _("classification")
        CLUSTERING = "clustering", _("clustering")
        ANOMALY = "anomaly_detection", _("anomaly detection")
        REDUCTION = "dimensionality_reduction", _("dimensionality reduction")
        STRUCTURED = "other_prediction_structured", _("ranking, planning and other structured prediction")
        GENERATION = "generation", _("content generation")

    class Approach(models.TextChoices):
        """How it learns, after ISO/IEC 23053."""

        SUPERVISED = "supervised", _("supervised")
        UNSUPERVISED = "unsupervised", _("unsupervised")
        SEMI = "semi_supervised", _("semi-supervised")
        SELF = "self_supervised", _("self-supervised")
        REINFORCEMENT = "reinforcement", _("reinforcement")
        TRANSFER = "transfer", _("transfer learning")
        NONE = "none", _("does not learn")

    class Automation(models.TextChoices):
        """How much it does by itself, after ISO/IEC 22989."""

        ASSISTANCE = "assistance", _("assistance")
        PARTIAL = "partial_automation", _("partial automation")
        CONDITIONAL = "conditional_automation", _("conditional automation")
        HIGH = "high_automation", _("high automation")
        FULL = "full_automation", _("full automation")

    class Outcome(models.TextChoices):
        """What the AI Act makes of it."""

        UNKNOWN = "", _("not classified")
        PROHIBITED = "PROHIBITED", _("prohibited")
        HIGH_I = "HIGH_RISK_ANNEX_I", _("high risk, Annex I")
        HIGH_III = "HIGH_RISK_ANNEX_III", _("high risk, Annex III")
        HIGH_B = "HIGH_RISK_SECTION_B", _("high risk, Annex I Section B")
        SYSTEMIC = "GPAI_SYSTEMIC", _("general-purpose model with systemic risk")
        GPAI = "GPAI", _("general-purpose model")
        TRANSPARENCY = "TRANSPARENCY", _("transparency duties")
        EXEMPT = "ANNEX_III_EXEMPT", _("Annex III but not high risk")
        MINIMAL = "MINIMAL", _("minimal")
        OUTSIDE = "OUT_OF_SCOPE", _("outside the Act")

    purpose = models.TextField(_("intended purpose"), max_length=4000)
    misuse = models.TextField(_("foreseeable misuse"), blank=True, max_length=4000)
    stage = models.CharField(
        _("life cycle stage"), max_length=30, choices=Stage.choices, default=Stage.INCEPTION
    )
    sourcing = models.CharField(
        _("sourcing"), max_length=30, choices=Sourcing.choices, default=Sourcing.IN_HOUSE
    )
    release = models.CharField(_("release in use"), max_length=50, blank=True)
    model_description = models.TextField(_("model"), blank=True, max_length=4000)
    oversight = models.TextField(_("human oversight"), blank=True, max_length=4000)
    domain = models.CharField(_("domain"), max_length=100, blank=True)
    task_type = models.CharField(_("task"), max_length=30, choices=TaskType.choices, blank=True)
    approach = models.CharField(_("learning"), max_length=20, choices=Approach.choices, blank=True)
    automation = models.CharField(_("automation"), max_length=30, choices=Automation.choices, blank=True)
    deployed = models.CharField(_("where it is deployed"), max_length=300, blank=True)
    scope_reason = models.TextField(_("why outside the scope"), blank=True, max_length=1000)
    other_law = models.CharField(_("other law that applies"), max_length=300, blank=True)
    benefit_expected = models.TextField(_("benefit expected"), blank=True, max_length=2000)
    benefit_measured = models.TextField(_("benefit measured"), blank=True, max_length=2000)
    alternatives = models.TextField(_("alternatives considered"), blank=True, max_length=2000)
    yearly_cost = models.DecimalField(
        _("cost a year (EUR)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    energy = models.DecimalField(
        _("energy a year (kWh)"), max_digits=12, decimal_places=1, null=True, blank=True
    )
    carbon = models.DecimalField(
        _("carbon a year (kg CO₂e)"), max_digits=12, decimal_places=1, null=True, blank=True
    )
    placed_on_market = models.DateField(_("placed on the market, or put into service"), null=True, blank=True)
    in_scope = models.BooleanField(_("in the scope of the AIMS"), default=True)
    act_outcome = models.CharField(_("AI Act"), max_length=30, choices=Outcome.choices, blank=True)
    act_rationale = models.TextField(_("why this class"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("AI system")
        verbose_name_plural = _("AI systems")


class SystemRole(Part):
    """A role that the organisation plays for a system (4.1), in terms of ISO/IEC 22989 or of the AI Act."""

    of = "system"
    form = ("role", "note")

    class Role(models.TextChoices):
        """Stakeholder roles of ISO/IEC 22989, and the AI Act's."""

        PROVIDER = "ai_provider", _("AI provider")
        PRODUCER = "ai_producer", _("AI producer")
        DEVELOPER = "ai_developer", _("AI developer")
        CUSTOMER = "ai_customer", _("AI customer")
        USER = "ai_user", _("AI user")
        PARTNER = "ai_partner", _("AI partner")
        SUBJECT = "ai_subject", _("AI subject")
        EU_PROVIDER = "eu_provider", _("provider (AI Act)")
        EU_DEPLOYER = "eu_deployer", _("deployer (AI Act)")

    system = Relation(AISystem, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    note = models.CharField(_("why"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles of the organisation")

    def __str__(self) -> str:
        return self.get_role_display()
