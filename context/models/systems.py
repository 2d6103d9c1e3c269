"""What clause 4 keeps: AI systems and the roles that the organisation plays for them (4.1)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.records.base import Part, Record
from aims.records.fields import Relation
from context.models.ml_field import MLField


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

        NOTHING = "no_automation", _("no automation")
        ASSISTANCE = "assistance", _("assistance")
        PARTIAL = "partial_automation", _("partial automation")
        CONDITIONAL = "conditional_automation", _("conditional automation")
        HIGH = "high_automation", _("high automation")
        FULL = "full_automation", _("full automation")
        AUTONOMOUS = "autonomous", _("autonomous")

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
    not_intended = models.TextField(_("uses that are not intended"), blank=True, max_length=4000)
    misuse = models.TextField(_("foreseeable misuse"), blank=True, max_length=4000)
    users = models.TextField(_("who uses it"), blank=True, max_length=2000)
    affected = models.TextField(_("who is affected"), blank=True, max_length=2000)
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
    ml = MLField(_("description after ISO/IEC 23053"), default=dict, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("AI system")
        verbose_name_plural = _("AI systems")

    @property
    def next_stages(self) -> tuple[str, ...]:
        """The stages that may follow the one in which the system is (terms after ISO/IEC 22989; the list is ours)."""
        return edition().life_cycle.after(self.stage)

    def clean(self) -> None:
        """A system goes through its life cycle step by step. Taking a change back is no step."""
        before = type(self)._default_manager.filter(pk=self.pk).values_list("stage", flat=True).first()
        if before is None or before == self.stage or self.undoing:
            return
        after = edition().life_cycle.after(before)
        if self.stage not in after:
            raise ValidationError({"stage": stage_refusal(before, after)})


def stage_refusal(before: str, after: tuple[str, ...]) -> str:
    """What to say about a step that the life cycle does not have."""
    names = AISystem.Stage
    if not after:
        return gettext("A system in the stage “%(stage)s” stays there.") % {"stage": names(before).label}
    known = ", ".join(str(names(code).label) for code in after)
    words = gettext("After “%(stage)s” comes one of: %(known)s.")
    return words % {"stage": names(before).label, "known": known}


class SystemRole(Part):
    """A role that the organisation plays for a system (4.1), in terms of ISO/IEC 22989 or of the AI Act."""

    of = "system"
    form = ("role", "note")

    class Role(models.TextChoices):
        """Stakeholder roles and sub-roles of ISO/IEC 22989 (5.19), and the AI Act's (Art. 3, 25, 54)."""

        PROVIDER = "ai_provider", _("AI provider")
        PLATFORM = "ai_platform_provider", _("AI platform provider")
        SERVICE = "ai_service_product_provider", _("AI service or product provider")
        PRODUCER = "ai_producer", _("AI producer")
        DEVELOPER = "ai_developer", _("AI developer")
        CUSTOMER = "ai_customer", _("AI customer")
        USER = "ai_user", _("AI user")
        PARTNER = "ai_partner", _("AI partner")
        INTEGRATOR = "ai_system_integrator", _("AI system integrator")
        DATA_PROVIDER = "data_provider", _("data provider")
        EVALUATOR = "ai_evaluator", _("AI evaluator")
        AUDITOR = "ai_auditor", _("AI auditor")
        SUBJECT = "ai_subject", _("AI subject")
        DATA_SUBJECT = "data_subject", _("data subject")
        OTHER_SUBJECT = "other_subject", _("other subject")
        AUTHORITY = "relevant_authorities", _("relevant authority")
        POLICY_MAKER = "policy_maker", _("policy maker")
        REGULATOR = "regulator", _("regulator")
        EU_PROVIDER = "eu_provider", _("provider (AI Act)")
        EU_DEPLOYER = "eu_deployer", _("deployer (AI Act)")
        EU_REPRESENTATIVE = "eu_authorised_representative", _("authorised representative (AI Act)")
        EU_IMPORTER = "eu_importer", _("importer (AI Act)")
        EU_DISTRIBUTOR = "eu_distributor", _("distributor (AI Act)")
        EU_MANUFACTURER = "eu_product_manufacturer", _("product manufacturer (AI Act)")
        EU_GPAI = "eu_gpai_provider", _("provider of a general-purpose model (AI Act)")
        EU_DOWNSTREAM = "eu_downstream_provider", _("downstream provider (AI Act)")

    system = Relation(AISystem, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=40, choices=Role.choices)
    note = models.CharField(_("why"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles of the organisation")

    def __str__(self) -> str:
        return self.get_role_display()
