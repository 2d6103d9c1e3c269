"""What clause 4 keeps: AI systems, and interested parties with their requirements."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import CodesField, Relation


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


class InterestedParty(Record):
    """Somebody with a stake in the organisation's AI systems (4.2)."""

    ref_prefix = "IP"

    roles = models.CharField(_("role towards AI"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("interested party")
        verbose_name_plural = _("interested parties")


class PartyRequirement(Part):
    """A need or expectation of an interested party, and whether the AIMS addresses it (4.2)."""

    of = "party"
    form = ("text", "addressed", "answered_by", "reason")

    party = Relation(InterestedParty, on_delete=models.CASCADE, related_name="requirements")
    text = models.CharField(_("requirement"), max_length=500)
    addressed = models.BooleanField(_("addressed by the AIMS"), default=True)
    answered_by = CodesField(_("answered by"))
    reason = models.CharField(_("why not"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")

    def __str__(self) -> str:
        return self.text
