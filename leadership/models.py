"""What clause 5 keeps: the AI policy in its versions, roles, acts of top management, exceptions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from context.models import AISystem


class AIPolicy(Record):
    """One version of the AI policy, with each element that 5.2 and A.2.2 ask for in a place of its own."""

    ref_prefix = "POL"

    edition = models.CharField(_("version of the policy"), max_length=20)
    text = MarkdownField(_("policy"), blank=True, max_length=40_000)
    suits = models.TextField(_("how it suits our purpose"), blank=True, max_length=2000)
    basis = models.TextField(_("how AI objectives follow from it"), blank=True, max_length=2000)
    requirements = models.TextField(
        _("commitment to meet applicable requirements"), blank=True, max_length=2000
    )
    improvement = models.TextField(_("commitment to continual improvement"), blank=True, max_length=2000)
    exceptions = models.TextField(_("how exceptions are handled"), blank=True, max_length=2000)
    review = models.TextField(_("when and by whom it is reviewed"), blank=True, max_length=2000)
    available = models.TextField(
        _("where people and interested parties find it"), blank=True, max_length=1000
    )
    changed = models.TextField(_("what changed since the version before"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("AI policy")
        verbose_name_plural = _("AI policies")


class PolicyPrinciple(Part):
    """A principle that guides decisions about AI (A.2.2)."""

    of = "policy"
    form = ("text",)

    policy = Relation(AIPolicy, on_delete=models.CASCADE, related_name="principles")
    text = models.CharField(_("principle"), max_length=300)

    class Meta(Part.Meta):
        verbose_name = _("principle")
        verbose_name_plural = _("principles")

    def __str__(self) -> str:
        return self.text


class PolicyLink(Part):
    """Another policy of the organisation that this one points to or must fit with (5.2, A.2.3)."""

    of = "policy"
    form = ("name", "relation", "checked_on")

    policy = Relation(AIPolicy, on_delete=models.CASCADE, related_name="links")
    name = models.CharField(_("other policy"), max_length=200)
    relation = models.CharField(_("how the two fit"), max_length=500, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("other policy")
        verbose_name_plural = _("other policies")

    def __str__(self) -> str:
        return self.name


class PolicyPublication(Record):
    """Where a version of the AI policy was published, since when, and for whom (5.2)."""

    ref_prefix = "PBL"

    class Audience(models.TextChoices):
        """Who finds it there."""

        INSIDE = "inside", _("people inside the organisation")
        PARTIES = "parties", _("interested parties, on request or by contract")
        PUBLIC = "public", _("the public")

    policy = Relation(AIPolicy, verbose_name=_("policy"), related_name="publications")
    audience = models.CharField(_("for whom"), max_length=10, choices=Audience.choices)
    where = models.CharField(_("where"), max_length=300)
    published_on = models.DateField(_("published on"))

    class Meta(Record.Meta):
        verbose_name = _("policy publication")
        verbose_name_plural = _("policy publications")


class PolicyAcknowledgement(Record):
    """Somebody has read a version of the AI policy: who, which version, when, how it is known (5.2, 7.3)."""

    ref_prefix = "ACK"
    settled = ("edition", "policy_version")

    class How(models.TextChoices):
        """How it is known."""

        PAGE = "page", _("said so in AIMS")
        PAPER = "paper", _("signed on paper")
        MEETING = "meeting", _("explained in a meeting")

    policy = Relation(AIPolicy, verbose_name=_("policy"), related_name="read_by")
    person = Relation(Membership, verbose_name=_("person"), related_name="+")
    acknowledged_on = models.DateField(_("acknowledged on"))
    how = models.CharField(_("how it is known"), max_length=10, choices=How.choices, default=How.PAPER)
    remark = models.TextField(_("remark"), blank=True, max_length=1000)
    edition = models.CharField(_("version of the policy"), max_length=20, blank=True, editable=False)
    policy_version = models.PositiveIntegerField(_("version of the record"), default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("policy acknowledgement")
        verbose_name_plural = _("policy acknowledgements")

    def settle(self, changed: frozenset[str]) -> None:
        """It is about the version that the policy has on that day: a later one must be read again."""
        if self.policy_id and (not self.policy_version or "policy" in changed):
            now = AIPolicy.objects.filter(pk=self.policy_id).values_list("edition", "version").first()
            self.edition, self.policy_version = now or ("", 0)
        if not self.title and self.policy_id and self.person_id:
            name = Membership.objects.filter(pk=self.person_id).values_list("name", flat=True).first()
            self.title = f"{name or ''}, {self.edition}".strip(", ")[:200]


class RoleAssignment(Record):
    """Who holds an AIMS role, with which authority, since when; the two that 5.3 asks for are named."""

    ref_prefix = "ROL"

    class Role(models.TextChoices):
        """AIMS roles; the first two are asked for by 5.3."""

        CONFORMITY = "aims_conformity", _("keeps the AIMS in conformity")
        REPORTING = "aims_reporting", _("reports on the AIMS to top management")
        ACCEPTANCE = "risk_acceptance", _("accepts residual risk")
        CONCERNS = "concern_handler", _("handles concerns")
        STOP = "stop_authority", _("may stop an AI system")
        SYSTEM_OWNER = "system_owner", _("AI system owner")
        OVERSEER = "overseer", _("human overseer")
        OTHER = "other", _("other AIMS role")

    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    holder = Relation(Membership, verbose_name=_("holder"), null=True, blank=True, related_name="+")
    deputy = Relation(Membership, verbose_name=_("deputy"), null=True, blank=True, related_name="+")
    system = Relation(
        AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="assignments"
    )
    responsibility = models.TextField(_("responsibility"), blank=True, max_length=2000)
    authority = models.TextField(_("authority"), blank=True, max_length=2000)
    until = models.DateField(_("until"), null=True, blank=True)
    communicated_on = models.DateField(_("communicated on"), null=True, blank=True)
    codes = CodesField(_("clauses and controls"))
    accountable = CodesField(_("accountable for"))
    responsible = CodesField(_("responsible for"))
    consulted = CodesField(_("consulted on"))
    informed = CodesField(_("informed about"))

    class Meta(Record.Meta):
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")


class LeadershipAction(Record):
    """A decision or act of top management that shows its commitment (5.1)."""

    ref_prefix = "LDA"

    class Kind(models.TextChoices):
        """Which commitment it shows."""

        DIRECTION = "direction", _("policy and objectives fit the direction")
        INTEGRATION = "integration", _("built into business processes")
        RESOURCES = "resources", _("resources given")
        MESSAGE = "message", _("importance explained")
        RESULTS = "results", _("results assured")
        SUPPORT = "support", _("people supported")
        STOP = "stop", _("something stopped or delayed")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    decided_by = Relation(Membership, verbose_name=_("decided by"), null=True, blank=True, related_name="+")
    decided_on = models.DateField(_("date"))
    text = models.TextField(_("what was decided or done"), max_length=4000)
    systems = Relations(AISystem, verbose_name=_("AI systems"), blank=True, related_name="leadership_actions")
    result = models.TextField(_("what came of it"), blank=True, max_length=2000)

    class Meta(Record.Meta):
        verbose_name = _("leadership action")
        verbose_name_plural = _("leadership actions")


class PolicyException(Record):
    """A deviation from the AI policy: asked for, decided by another, and ended by a date (A.2.2)."""

    ref_prefix = "EXC"
    event_dates = {"grant": "granted_on"}

    policy = Relation(AIPolicy, verbose_name=_("policy"), related_name="exceptions_granted")
    rule = models.CharField(_("which rule"), max_length=300)
    reason = models.TextField(_("why"), max_length=2000)
    measures = models.TextField(_("what protects meanwhile"), blank=True, max_length=2000)
    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="+")
    granted_on = models.DateField(_("granted on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("policy exception")
        verbose_name_plural = _("policy exceptions")
