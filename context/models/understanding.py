"""What clause 4 keeps: issues and interested parties with their requirements (4.1, 4.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Part, Record
from aims.records.fields import CodesField, Relation


class ContextIssue(Record):
    """Something outside or inside that bears on the AIMS; climate change is one, decided with its reason (4.1)."""

    ref_prefix = "CTX"

    class Kind(models.TextChoices):
        """Where it comes from."""

        EXTERNAL = "external", _("external")
        INTERNAL = "internal", _("internal")

    class Category(models.TextChoices):
        """What it is about: outside from politics to law, each aspect once, then what is inside."""

        POLITICAL = "political", _("politics")
        ECONOMIC = "economic", _("economy")
        MARKET = "market", _("market")
        SOCIAL = "social", _("society and culture outside")
        TECHNOLOGY = "technology", _("technology")
        ENVIRONMENT = "environment", _("environment")
        CLIMATE = "climate", _("climate change")
        LEGAL = "legal", _("law and regulation")
        CONTRACT = "contract", _("contracts")
        GOVERNANCE = "governance", _("governance and policies")
        COMPETENCE = "competence", _("people and skills")
        SYSTEM = "system", _("existing management systems")
        CULTURE = "culture", _("culture inside")
        MATURITY = "maturity", _("maturity of AI")
        MEANS = "means", _("data, tools and money")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    relevant = models.BooleanField(_("relevant for us"), null=True, blank=True)
    rationale = models.TextField(_("why, or why not"), blank=True, max_length=2000)
    ai_relevance = models.TextField(_("what it has to do with our AI"), blank=True, max_length=2000)
    effect = models.TextField(_("effect on the AIMS"), blank=True, max_length=2000)
    reviewed_on = models.DateField(_("last looked at"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("context issue")
        verbose_name_plural = _("context issues")


class InterestedParty(Record):
    """Somebody with a stake in the organisation's AI systems (4.2)."""

    ref_prefix = "IP"

    class Kind(models.TextChoices):
        """Who they are."""

        CUSTOMER = "customer", _("customers")
        USER = "user", _("users")
        SUBJECT = "subject", _("people subject to AI")
        STAFF = "staff", _("staff")
        AUTHORITY = "authority", _("authorities")
        SUPPLIER = "supplier", _("suppliers and partners")
        SOCIETY = "society", _("society")
        INVESTOR = "investor", _("shareholders")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True)
    roles = models.CharField(_("role towards AI"), max_length=200, blank=True)
    heard = models.TextField(_("how they are heard"), blank=True, max_length=1000)
    reviewed_on = models.DateField(_("last looked at"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("interested party")
        verbose_name_plural = _("interested parties")


class PartyRequirement(Part):
    """A need or expectation of an interested party, and whether the AIMS addresses it (4.2)."""

    of = "party"
    form = ("text", "addressed", "answered_by", "place", "reason")

    party = Relation(InterestedParty, on_delete=models.CASCADE, related_name="requirements")
    text = models.CharField(_("requirement"), max_length=500)
    addressed = models.BooleanField(_("addressed by the AIMS"), default=True)
    answered_by = CodesField(_("answered by"))
    place = models.CharField(
        _("risk, objective or contract that answers it"),
        max_length=200,
        blank=True,
        help_text=_(
            "Numbers of records, such as OBJ-0002, RSK-0007 or LEG-0003, become links. Words may stand beside."
        ),
    )
    reason = models.CharField(_("why not"), max_length=500, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")

    def __str__(self) -> str:
        return self.text
