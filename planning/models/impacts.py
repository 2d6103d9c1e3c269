"""Impact assessments of AI systems: what they mean for individuals, groups and society (6.1.4, 8.4, A.5).

Method reference: ISO/IEC 42005, in our own words: benefits and harms for each affected party over the life cycle, weighed,
answered by measures; who was asked; what is published.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import MarkdownField, Relation, Relations
from context.models import AISystem
from planning.impact_scoring import Reversibility, Severity, Significance, significance
from planning.models.controls import ControlImplementation
from planning.models.methods import Method
from planning.models.risk_assessments import Trigger
from planning.models.risks import AIRisk
from planning.scoring import Likelihood


class Party(models.TextChoices):
    """Whom it concerns."""

    INDIVIDUALS = "individuals", _("individuals")
    GROUPS = "groups", _("groups")
    SOCIETY = "society", _("society")


class ImpactAssessment(Record):
    """What a system means for individuals, groups and society, in use and foreseeable misuse (6.1.4, A.5)."""

    ref_prefix = "AIA"
    event_dates = {"approve": "done_on"}

    class Conclusion(models.TextChoices):
        """Whether the system may be used so."""

        ACCEPTABLE = "acceptable", _("acceptable")
        MEASURES = "acceptable_with_measures", _("acceptable with measures")
        NOT = "not_acceptable_without_measures", _("not acceptable without measures")

    class RightsDuty(models.TextChoices):
        """Why Art. 27 of the AI Act asks for a fundamental rights impact assessment, or that it does not."""

        PUBLIC = "public_body", _("yes: body governed by public law")
        SERVICE = "public_service", _("yes: private provider of public services")
        CREDIT = "credit_or_insurance", _("yes: creditworthiness, or life and health insurance")
        VOLUNTARY = "voluntary", _("no, made of our own will")
        NO = "no", _("no")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="impact_assessments")
    method = Relation(Method, verbose_name=_("method"), null=True, blank=True, related_name="+")
    trigger = models.CharField(_("why"), max_length=20, choices=Trigger.choices, default=Trigger.PLANNED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    contributors = Relations(Membership, verbose_name=_("who took part"), blank=True, related_name="+")
    others = models.CharField(_("others who took part"), max_length=300, blank=True)
    setting = models.TextField(_("technical and societal setting"), blank=True, max_length=2000)
    processes = models.TextField(_("processes in which it is used"), blank=True, max_length=2000)
    use_period = models.CharField(_("how long and how often it is used"), max_length=500, blank=True)
    individuals = models.TextField(_("individuals and groups"), blank=True, max_length=4000)
    society = models.TextField(_("society"), blank=True, max_length=4000)
    misuse = models.TextField(_("foreseeable misuse"), blank=True, max_length=2000)
    oversight = models.TextField(_("human oversight"), blank=True, max_length=2000)
    if_harm = models.TextField(
        _("what is done if harm occurs"),
        blank=True,
        max_length=2000,
        help_text=_("Who decides, what is stopped, how people complain and get an answer."),
    )
    conclusion = models.CharField(_("conclusion"), max_length=40, choices=Conclusion.choices, blank=True)
    reasons = models.TextField(_("why this conclusion"), blank=True, max_length=4000)
    published = models.BooleanField(_("result made available"), default=False)
    related = models.CharField(_("related assessments (DPIA, FRIA)"), max_length=200, blank=True)
    rights_duty = models.CharField(
        _("fundamental rights impact assessment required"),
        max_length=30,
        choices=RightsDuty.choices,
        blank=True,
        help_text=_("Art. 27 of the AI Act, for deployers of high-risk systems."),
    )
    authority_told_on = models.DateField(
        _("authority told of the result on"), null=True, blank=True, help_text=_("Art. 27(3) of the AI Act.")
    )

    class Meta(Record.Meta):
        verbose_name = _("impact assessment")
        verbose_name_plural = _("impact assessments")


class Impact(Part):
    """One benefit or harm for a party; a harm is answered by a measure, a control or a risk, or closed with a reason."""

    of = "assessment"
    form = (
        "group",
        "party",
        "stage",
        "dimension",
        "effect",
        "negative",
        "likelihood",
        "severity",
        "reversibility",
        "mitigation",
        "control",
        "risk",
        "remaining",
        "closed",
    )
    settled = ("significance",)

    class Dimension(models.TextChoices):
        """In which respect it concerns them."""

        FAIRNESS = "fairness", _("fairness")
        TRANSPARENCY = "transparency", _("transparency and explanation")
        OVERSIGHT = "oversight", _("human oversight")
        SAFETY = "safety", _("safety and health")
        PRIVACY = "privacy", _("privacy")
        DIGNITY = "dignity", _("dignity and own decision")
        ACCESS = "access", _("accessibility")
        ECONOMIC = "economic", _("work and economic position")
        ENVIRONMENT = "environment", _("environment")
        PUBLIC = "public", _("public life and culture")

    assessment = Relation(ImpactAssessment, on_delete=models.CASCADE, related_name="impacts")
    group = models.CharField(_("who"), max_length=200)
    party = models.CharField(_("party"), max_length=20, choices=Party.choices, blank=True)
    stage = models.CharField(_("life cycle stage"), max_length=30, choices=AISystem.Stage.choices, blank=True)
    dimension = models.CharField(_("respect"), max_length=20, choices=Dimension.choices, blank=True)
    effect = models.CharField(_("effect"), max_length=500)
    negative = models.BooleanField(_("negative"), default=True)
    likelihood = models.PositiveSmallIntegerField(
        _("likelihood"), choices=Likelihood.choices, null=True, blank=True
    )
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, blank=True)
    reversibility = models.CharField(
        _("reversibility"), max_length=10, choices=Reversibility.choices, blank=True
    )
    significance = models.CharField(
        _("significance"), max_length=10, choices=Significance.choices, blank=True, editable=False
    )
    mitigation = models.CharField(_("measure"), max_length=500, blank=True)
    control = Relation(
        ControlImplementation, verbose_name=_("control"), null=True, blank=True, related_name="impacts"
    )
    risk = Relation(AIRisk, verbose_name=_("risk"), null=True, blank=True, related_name="impacts")
    remaining = models.CharField(
        _("what remains after the measures"), max_length=10, choices=Significance.choices, blank=True
    )
    closed = models.CharField(_("or why no risk follows"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("impact")
        verbose_name_plural = _("impacts")

    def __str__(self) -> str:
        return self.effect

    def clean(self) -> None:
        """Weigh it: nobody enters the significance, it follows from the ratings."""
        self.significance = significance(
            self.severity, self.likelihood, self.reversibility, bool(self.negative)
        )

    @property
    def answered(self) -> bool:
        """Whether something is done about it, or it is said why not."""
        return bool(self.mitigation or self.closed or self.control_id or self.risk_id)


class Consultation(Part):
    """Who was asked, when and how, what they said, and what was done with it (6.1.4, 4.2)."""

    of = "assessment"
    form = ("who", "party", "asked_on", "way", "said", "done")

    class Way(models.TextChoices):
        """How people were asked."""

        INTERVIEW = "interview", _("interview")
        WORKSHOP = "workshop", _("workshop")
        SURVEY = "survey", _("survey")
        BODY = "representatives", _("body that represents them")
        WRITTEN = "written", _("in writing")
        TRIAL = "trial", _("trial of the system")
        OTHER = "other", _("otherwise")

    assessment = Relation(ImpactAssessment, on_delete=models.CASCADE, related_name="consultations")
    who = models.CharField(_("who was asked"), max_length=200)
    party = models.CharField(_("party"), max_length=20, choices=Party.choices, blank=True)
    asked_on = models.DateField(_("when"), null=True, blank=True)
    way = models.CharField(_("how"), max_length=20, choices=Way.choices, blank=True)
    said = models.TextField(_("what they said"), blank=True, max_length=2000)
    done = models.TextField(_("what was done with it"), blank=True, max_length=2000)

    class Meta(Part.Meta):
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")

    def __str__(self) -> str:
        return self.who


class ImpactPublication(Record):
    """What an organisation publishes of an impact assessment: a text of its own, approved apart (6.1.4, A.8.2)."""

    ref_prefix = "PUB"

    class Audience(models.TextChoices):
        """Who can read it."""

        PUBLIC = "public", _("everybody")
        AFFECTED = "affected", _("people whom the system concerns")
        CUSTOMERS = "customers", _("customers and users")
        AUTHORITY = "authority", _("an authority")
        REQUEST = "request", _("whoever asks for it")

    assessment = Relation(ImpactAssessment, verbose_name=_("impact assessment"), related_name="publications")
    audience = models.CharField(_("for whom"), max_length=20, choices=Audience.choices)
    text = MarkdownField(_("text that is published"), blank=True, max_length=20_000)
    left_out = models.TextField(_("what is left out, and why"), blank=True, max_length=2000)
    place = models.CharField(_("where it can be read"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("published result")
        verbose_name_plural = _("published results")
