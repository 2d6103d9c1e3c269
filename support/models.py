"""What clause 7 keeps: resources, competence, training, awareness, communication, documents."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from aims.schedule.floors import least_months
from context.models import AISystem, InterestedParty
from leadership.models import AIPolicy


class Resource(Record):
    """Something that the AIMS or an AI system needs: data, tools, computing, people, money (7.1, A.4)."""

    ref_prefix = "RES"

    class Kind(models.TextChoices):
        """What sort of resource, after A.4."""

        DATA = "data", _("data")
        TOOL = "tool", _("tool")
        COMPUTING = "computing", _("system and computing")
        PEOPLE = "people", _("people")
        MONEY = "money", _("money")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="resources")
    stages = models.CharField(_("life cycle stages"), max_length=200, blank=True)
    need = models.TextField(_("what is needed"), blank=True, max_length=2000)
    provided = models.TextField(_("what is provided"), blank=True, max_length=2000)
    release = models.CharField(_("version or configuration"), max_length=200, blank=True)
    place = models.CharField(_("where it is"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("money a year (EUR)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    footprint = models.CharField(_("energy and carbon"), max_length=200, blank=True)
    lacking = models.TextField(_("what is lacking"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("resource")
        verbose_name_plural = _("resources")


class CompetenceRequirement(Record):
    """What somebody in an AI role must know and be able to do (7.2)."""

    ref_prefix = "CRQ"

    role = models.CharField(_("role"), max_length=150)
    knows = models.TextField(_("must know"), blank=True, max_length=2000)
    can = models.TextField(_("must be able to do"), blank=True, max_length=2000)
    shown_by = models.CharField(_("shown by"), max_length=300, blank=True)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="+")
    headcount = models.PositiveSmallIntegerField(_("people in this role"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("competence requirement")
        verbose_name_plural = _("competence requirements")


class CompetenceRecord(Record):
    """Evidence that a person, or the people in a role, are competent (7.2)."""

    ref_prefix = "CMP"
    event_dates = {"complete": "evaluated_on"}

    class Result(models.TextChoices):
        """Whether the requirement is met."""

        MET = "met", _("met")
        PARTLY = "partly", _("partly met")
        NOT = "not_met", _("not met")

    requirement = Relation(CompetenceRequirement, verbose_name=_("requirement"), related_name="records")
    person = Relation(Membership, verbose_name=_("member"), null=True, blank=True, related_name="+")
    who = models.CharField(_("person or group"), max_length=200, blank=True)
    people = models.PositiveSmallIntegerField(_("people evaluated"), default=1)
    competent = models.PositiveSmallIntegerField(_("of them competent"), default=0)
    basis = models.CharField(_("schooling, training or experience"), max_length=300, blank=True)
    evaluated_on = models.DateField(_("evaluated on"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    action = models.TextField(_("what is done about what is lacking"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("competence record")
        verbose_name_plural = _("competence records")


class Training(Record):
    """A course or exercise, and whether it worked (7.2)."""

    ref_prefix = "TRN"
    event_dates = {"hold": "held_on"}

    held_on = models.DateField(_("date"), null=True, blank=True)
    content = models.TextField(_("content"), blank=True, max_length=2000)
    requirements = Relations(
        CompetenceRequirement,
        verbose_name=_("competence that it builds"),
        blank=True,
        related_name="trainings",
    )
    trainer = models.CharField(_("trainer"), max_length=150, blank=True)
    invited = models.PositiveIntegerField(_("invited"), default=0)
    attended = models.PositiveIntegerField(_("attended"), default=0)
    judged_on = models.DateField(_("effect judged on"), null=True, blank=True)
    effect = models.TextField(_("effect, and how it was judged"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("training")
        verbose_name_plural = _("trainings")


class AwarenessRecord(Record):
    """A campaign or the acknowledgement of the policy: who was reached, who confirmed (7.3, 5.2)."""

    ref_prefix = "AWR"
    event_dates = {"complete": "until"}

    class Kind(models.TextChoices):
        """What people were made aware of."""

        POLICY = "policy", _("the AI policy")
        CONTRIBUTION = "contribution", _("their contribution and its benefit")
        CONSEQUENCES = "consequences", _("what not following the rules means")

    kind = models.CharField(_("about"), max_length=20, choices=Kind.choices)
    policy = Relation(
        AIPolicy, verbose_name=_("policy"), null=True, blank=True, related_name="acknowledgements"
    )
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    channel = models.CharField(_("how"), max_length=200, blank=True)
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)
    required = models.PositiveIntegerField(_("people to reach"), default=0)
    confirmed = models.PositiveIntegerField(_("people who confirmed"), default=0)
    missing = models.TextField(_("who is missing, and what is done"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("awareness record")
        verbose_name_plural = _("awareness records")


class CommunicationPlan(Record):
    """An item that is told: what, when, to whom, how, by whom (7.4)."""

    ref_prefix = "COP"

    class Direction(models.TextChoices):
        """Inside or outside."""

        INSIDE = "inside", _("inside")
        OUTSIDE = "outside", _("outside")

    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    what = models.TextField(_("what is told"), max_length=2000)
    occasion = models.CharField(_("when"), max_length=200, blank=True)
    audience = models.CharField(_("to whom"), max_length=200, blank=True)
    parties = Relations(InterestedParty, verbose_name=_("interested parties"), blank=True, related_name="+")
    channel = models.CharField(_("how"), max_length=200, blank=True)
    speaker = models.CharField(_("by whom"), max_length=200, blank=True)
    codes = CodesField(_("clauses and controls"))

    class Meta(Record.Meta):
        verbose_name = _("communication item")
        verbose_name_plural = _("communication plan")


class CommunicationRecord(Record):
    """Something that was told: evidence of communication (5.1, 5.2, 6.1.4, 7.4)."""

    ref_prefix = "COM"
    event_dates = {"create": "told_on"}

    item = Relation(
        CommunicationPlan, verbose_name=_("item of the plan"), null=True, blank=True, related_name="records"
    )
    told_on = models.DateField(_("date"))
    audience = models.CharField(_("to whom"), max_length=200)
    channel = models.CharField(_("how"), max_length=200, blank=True)
    text = models.TextField(_("what was told"), blank=True, max_length=4000)
    reaction = models.TextField(_("reaction"), blank=True, max_length=1000)
    codes = CodesField(_("clauses and controls"))

    class Meta(Record.Meta):
        verbose_name = _("communication record")
        verbose_name_plural = _("communication records")


class RetentionRule(Record):
    """How long a kind of documented information is kept, and what happens then (7.5.3)."""

    ref_prefix = "RET"

    class After(models.TextChoices):
        """What happens at the end."""

        DELETE = "delete", _("deleted")
        ARCHIVE = "archive", _("archived")
        ANONYMISE = "anonymise", _("made anonymous")

    class Covers(models.TextChoices):
        """Kinds of information for which the law says how long they are kept at least: the obligation that says so."""

        OTHER = "", _("something else")
        LOGS = "SR50", _("logs of AI systems")
        TECHNICAL = "SR51", _("technical documentation of a high-risk AI system")

    what = models.CharField(_("for what"), max_length=300)
    covers = models.CharField(_("kind of information"), max_length=10, choices=Covers.choices, blank=True)
    months = models.PositiveSmallIntegerField(_("months kept"), null=True, blank=True)
    begins = models.CharField(_("counted from"), max_length=200, blank=True)
    basis = models.CharField(_("why so long"), max_length=300, blank=True)
    afterwards = models.CharField(_("afterwards"), max_length=20, choices=After.choices, blank=True)
    responsible = models.CharField(_("who sees to it"), max_length=150, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")

    def clean(self) -> None:
        """Nothing is kept shorter than the law says."""
        least, law = least_months(self.covers) if self.covers else (0, "")
        if self.months is not None and self.months < least:
            words = _("At least %(months)d months: %(law)s.")
            raise ValidationError({"months": words % {"months": least, "law": law}})


class ExternalDocument(Record):
    """A document from outside that the AIMS needs: a standard, a law, a supplier's manual (7.5.3)."""

    ref_prefix = "EXD"

    publisher = models.CharField(_("publisher"), max_length=200)
    edition = models.CharField(_("edition"), max_length=100, blank=True)
    use = models.TextField(_("what we use it for"), blank=True, max_length=1000)
    place = models.CharField(_("where our copy is"), max_length=300, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    watched = models.CharField(_("how we notice a new edition"), max_length=300, blank=True)
    checked_on = models.DateField(_("edition checked on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("external document")
        verbose_name_plural = _("external documents")


class Document(Record):
    """A controlled document: identified, reviewed, approved by another, kept where people find it (7.5)."""

    ref_prefix = "DOC"

    class Kind(models.TextChoices):
        """What sort of document."""

        POLICY = "policy", _("policy")
        PROCEDURE = "procedure", _("procedure")
        MANUAL = "manual", _("manual")
        PLAN = "plan", _("plan")
        TEMPLATE = "template", _("template")
        INFORMATION = "information", _("information for users")

    class Access(models.TextChoices):
        """Who may read it (7.5.3)."""

        PUBLIC = "public", _("public")
        INTERNAL = "internal", _("everybody inside")
        RESTRICTED = "restricted", _("named people")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PROCEDURE)
    edition = models.CharField(_("version of the document"), max_length=20, blank=True)
    codes = CodesField(_("answers"))
    text = MarkdownField(_("content"), blank=True, max_length=40_000)
    place = models.CharField(_("where it is kept"), max_length=300, blank=True)
    access = models.CharField(
        _("who may read it"), max_length=20, choices=Access.choices, default=Access.INTERNAL
    )
    access_note = models.CharField(_("access rule"), max_length=500, blank=True)
    retention = Relation(
        RetentionRule, verbose_name=_("retention"), null=True, blank=True, related_name="documents"
    )

    class Meta(Record.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")


class DocumentVersion(Part):
    """One version of a document and what changed with it."""

    of = "document"
    form = ("edition", "dated", "author", "change")

    document = Relation(Document, on_delete=models.CASCADE, related_name="versions")
    edition = models.CharField(_("version"), max_length=20)
    dated = models.DateField(_("date"))
    author = models.CharField(_("author"), max_length=150, blank=True)
    change = models.CharField(_("what changed"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("version")
        verbose_name_plural = _("versions")

    def __str__(self) -> str:
        return self.edition
