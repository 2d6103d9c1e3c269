"""What comes up in use: requests to use AI (A.9.2), incidents (A.8.4), concerns (A.3.3), reports from outside (A.8.3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Record
from aims.records.fields import Relation, Relations
from context.models import AISystem
from planning.models import AIRisk


class UseRequest(Record):
    """Somebody asks to use AI for something; the answer says so or not, and under which conditions (A.9.2)."""

    ref_prefix = "USE"
    event_dates = {"create": "asked_on", "approve": "decided_on", "refuse": "decided_on"}

    asked_on = models.DateField(_("asked on"))
    purpose = models.TextField(_("what for"), max_length=4000)
    system = Relation(
        AISystem, verbose_name=_("known AI system"), null=True, blank=True, related_name="use_requests"
    )
    tool = models.CharField(_("tool or service"), max_length=200, blank=True)
    people = models.CharField(_("who would use it"), max_length=200, blank=True)
    data = models.TextField(_("which data go in"), blank=True, max_length=1000)
    affected = models.CharField(_("who is affected"), max_length=300, blank=True)
    assessment = models.TextField(_("assessment"), blank=True, max_length=4000)
    conditions = models.TextField(_("conditions"), blank=True, max_length=2000)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("request to use AI")
        verbose_name_plural = _("requests to use AI")


class Incident(Record):
    """Something went wrong with an AI system: effects limited, people told, authorities where law says so (A.8.4)."""

    ref_prefix = "INC"
    leads_to = ("nonconformities", "improvements", "change-plans")
    event_dates = {
        "create": "happened_on", "declare_serious": "known_on", "notify": "notified_on",
        "notify_breach": "breach_notified_on", "notify_device": "device_notified_on",
    }  # fmt: skip

    class Severity(models.TextChoices):
        """How grave it is."""

        MINOR = "minor", _("minor")
        MODERATE = "moderate", _("moderate")
        MAJOR = "major", _("major")

    class Worst(models.TextChoices):
        """The gravest outcome, where a law gives less time to report it (AI Act Art. 73, MDR Art. 87)."""

        OTHER = "", _("none of these")
        DEATH = "death", _("death of a person")
        HEALTH = "health", _("unexpected serious harm to a person's health")
        WIDESPREAD = "widespread", _("critical infrastructure, or many people in several countries")
        PUBLIC = "public_health", _("serious threat to public health")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="incidents")
    happened_on = models.DateField(_("happened on"))
    known_on = models.DateField(_("known since"), null=True, blank=True)
    known_time = models.TimeField(_("at what time"), null=True, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices)
    description = models.TextField(_("what happened"), blank=True, max_length=4000)
    effects = models.TextField(_("effects, and what limited them"), blank=True, max_length=2000)
    cause = models.TextField(_("cause"), blank=True, max_length=2000)
    serious = models.BooleanField(_("serious incident under the AI Act"), default=False)
    device_report = models.BooleanField(_("reportable as a medical device incident"), default=False)
    personal_data = models.BooleanField(_("personal data breach"), default=False)
    worst = models.CharField(_("gravest outcome"), max_length=20, choices=Worst.choices, blank=True)
    notified_on = models.DateField(_("authority told on"), null=True, blank=True)
    breach_notified_on = models.DateField(_("data protection authority told on"), null=True, blank=True)
    device_notified_on = models.DateField(_("authority for devices told on"), null=True, blank=True)
    users_informed_on = models.DateField(_("users told on"), null=True, blank=True)
    risks = Relations(AIRisk, verbose_name=_("risks"), blank=True, related_name="incidents")
    lessons = models.TextField(_("what we change"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")


class Concern(Record):
    """A concern that somebody raised; only handlers and who raised it see it (A.3.3)."""

    ref_prefix = "CON"
    leads_to = ("nonconformities", "improvements")
    leads_silently = True  # what was said in confidence stays here
    event_dates = {"create": "received_on", "acknowledge": "acknowledged_on", "close": "closed_on"}

    class Channel(models.TextChoices):
        """How it came in."""

        FORM = "form", _("form")
        ANONYMOUS = "anonymous_form", _("anonymous form")
        MAIL = "direct_mail", _("mail")
        TALK = "talk", _("talk")

    received_on = models.DateField(_("received on"))
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.FORM)
    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="concerns")
    text = models.TextField(_("concern"), max_length=8000)
    protection = models.TextField(_("how who spoke up is protected"), blank=True, max_length=1000)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, blank=True)
    investigation = models.TextField(_("investigation"), blank=True, max_length=8000)
    outcome = models.TextField(_("outcome"), blank=True, max_length=4000)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")


class ExternalReport(Record):
    """A report from outside about adverse effects of a system (A.8.3)."""

    ref_prefix = "EXT"
    leads_to = ("nonconformities", "improvements")
    event_dates = {"create": "received_on", "acknowledge": "acknowledged_on", "close": "closed_on"}

    received_on = models.DateField(_("received on"))
    reporter = models.CharField(_("from whom"), max_length=200, blank=True)
    system = Relation(
        AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="external_reports"
    )
    text = models.TextField(_("report"), max_length=8000)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True, max_length=4000)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("report from outside")
        verbose_name_plural = _("reports from outside")


class Complaint(Record):
    """A complaint of a customer, a user or an affected person, acknowledged and answered in time (8.1, A.8.3, A.10.4)."""

    ref_prefix = "CPL"
    leads_to = ("nonconformities", "improvements")
    event_dates = {"create": "received_on", "acknowledge": "acknowledged_on", "answer": "answered_on"}

    class Party(models.TextChoices):
        """Who complains."""

        CUSTOMER = "customer", _("customer")
        USER = "user", _("user")
        AFFECTED = "affected", _("affected person")
        AUTHORITY = "authority", _("authority")
        OTHER = "other", _("other")

    class Judgement(models.TextChoices):
        """Whether the complaint is right."""

        YES = "justified", _("justified")
        PARTLY = "partly", _("partly justified")
        NO = "not_justified", _("not justified")

    received_on = models.DateField(_("received on"))
    party = models.CharField(_("who complains"), max_length=20, choices=Party.choices, default=Party.CUSTOMER)
    complainant = models.CharField(_("name or reference"), max_length=200, blank=True)
    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="complaints")
    text = models.TextField(_("complaint"), max_length=8000)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, blank=True)
    judgement = models.CharField(_("the complaint is"), max_length=20, choices=Judgement.choices, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
