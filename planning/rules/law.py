"""What an auditor would find wrong in clause 6: law and other requirements, the AI Act above all."""

from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.organisation.profile import profile_of
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from aims.schedule.places import place
from context.gaps import gaps
from context.models import AISystem
from planning.act_duties import Answered, Duties
from planning.act_review import stale_for
from planning.act_sheet import spoken
from planning.fria import DUTY
from planning.models import AIActAnswer, ImpactAssessment, LegalRequirement

LIVE = ("draft", "in_force")
LITERACY = "Art. 4"


def law_not_evaluated(member: Member) -> Iterator[Gap]:
    """Each legal requirement that applies is evaluated (4.2)."""
    rows = visible(member, LegalRequirement).filter(evaluated_on=None).exclude(state="withdrawn")
    yield from gaps("4.2-c", "observation", rows, _("Nobody evaluated whether this requirement is met."))


def in_scope(member: Member) -> "QuerySet[AISystem]":
    """The AI systems that count."""
    return visible(member, AISystem).filter(in_scope=True, state__in=LIVE)


def not_classified(member: Member) -> Iterator[Gap]:
    """Each AI system in scope has an approved class under the AI Act (4.1, 4.2-c: what the law asks follows from it)."""
    sheet = visible(member, AIActAnswer).filter(system=OuterRef("pk"), state="approved")
    rows = in_scope(member).filter(~Exists(sheet.order_by()), act_outcome="")
    for row in rows.order_by("ref"):
        words = _("This system is not classified under the AI Act.")
        yield Gap("4.2-c", words, "minor", place("ai-systems", row.pk), row.ref)


def older_rules(member: Member) -> Iterator[Gap]:
    """A classification goes by the newest rules, or somebody looks at it again (SR25: a change of law)."""
    for one in stale_for(member):
        grade = "minor" if one.difference.reclassified else "observation"
        words = _("This classification went by older rules of the AI Act.")
        if one.difference.reclassified:
            words = _("The newest rules of the AI Act give this system another class.")
        yield Gap("4.2-c", words, grade, place("ai-act-answer-sheets", one.sheet.pk), one.sheet.ref)


def prohibited_in_use(member: Member) -> Iterator[Gap]:
    """What Art. 5 prohibits is neither offered nor used."""
    rows = visible(member, AISystem).filter(act_outcome="PROHIBITED", state="in_force")
    rows = rows.exclude(stage=AISystem.Stage.RETIREMENT)
    yield from gaps(
        "4.2-c", "major", rows, _("The AI Act prohibits this practice, and the system is in use.")
    )


def rights_not_assessed(member: Member) -> Iterator[Gap]:
    """Who must make a fundamental rights impact assessment has one before the system is used (Art. 27; 6.1.4)."""
    public = profile_of(Organisation.objects.get(pk=member.organisation_id)).public
    done = visible(member, ImpactAssessment).filter(
        system=OuterRef("system"), state="approved", rights_duty__in=DUTY
    )
    rows = visible(member, AIActAnswer).filter(
        ~Exists(done.order_by()),
        outcomes__contains=["HIGH_RISK_ANNEX_III"],
        state="approved",
        system__roles__role="eu_deployer",
        system__in_scope=True,
        system__state__in=LIVE,
    )
    if not public:
        rows = rows.filter(Q(answers__Q8__contains=["5.b"]) | Q(answers__Q8__contains=["5.c"]))
    words = _("Art. 27 asks for a fundamental rights impact assessment of this system.")
    for row in rows.select_related("system").order_by("ref").distinct():
        yield Gap("6.1.4-a", words, "minor", place("ai-systems", row.system_id), row.system.ref)


def exemption_without_reason(member: Member) -> Iterator[Gap]:
    """Who relies on Art. 6(3) wrote down why (Art. 6(4))."""
    rows = visible(member, AIActAnswer).filter(outcomes__contains=["ANNEX_III_EXEMPT"])
    for row in rows.exclude(state__in=("withdrawn", "superseded")).order_by("ref"):
        if row.exempt_without_reason:
            words = _("Nothing says why the exemption of Art. 6(3) holds.")
            yield Gap("4.2-c", words, "minor", place("ai-act-answer-sheets", row.pk), row.ref)


Rows = Sequence[Answered]


def duties_answered(member: Member) -> Iterator[Gap]:
    """The three rules about duties, which are asked for once."""
    rows = Duties(member).rows
    for find in (duty_unanswered, literacy_missing, conformity_not_assessed):
        yield from find(member, rows)


def duty_unanswered(member: Member, rows: Rows | None = None) -> Iterator[Gap]:
    """Something answers each duty of the AI Act that applies; literacy has a rule of its own."""
    for row in Duties(member).rows if rows is None else rows:
        if row.unanswered and row.duty.ref not in (LITERACY, "Art. 5"):
            words = _("%(ref)s applies, and nothing answers it: %(duty)s")
            said = words % {"ref": row.duty.ref, "duty": spoken(row.duty.title)}
            url = reverse("system law", args=[row.duty.key]) if row.duty.key else reverse("act law")
            yield Gap("4.2-c", said, "observation", url, row.duty.system)


def literacy_missing(member: Member, rows: Rows | None = None) -> Iterator[Gap]:
    """People who use AI on our behalf are made able to (Art. 4; 7.2): trainings, competence or awareness show it."""
    asked = Duties(member).rows if rows is None else rows
    row = next((one for one in asked if one.duty.ref == LITERACY), None)
    if row is not None and row.in_force and row.standing == "nothing":
        words = _("Nothing shows AI literacy of the people who use AI on our behalf (Art. 4).")
        yield Gap("7.2-a", words, "minor", reverse("act law"))


def conformity_not_assessed(member: Member, rows: Rows | None = None) -> Iterator[Gap]:
    """A high-risk system that is on the market has its conformity assessed, once the Act applies to it (Art. 43)."""
    for row in Duties(member).rows if rows is None else rows:
        asked = row.duty.ref == "Art. 43" and row.in_force
        if asked and row.standing != "answered" and row.duty.key:
            words = _("Conformity of this high-risk system is not assessed (Art. 43).")
            yield Gap("4.2-c", words, "major", reverse("system law", args=[row.duty.key]), row.duty.system)


RULES = (
    Rule("law_evaluated", law_not_evaluated),
    Rule("act_classified", not_classified),
    Rule("act_rules_newest", older_rules),
    Rule("act_prohibited_stopped", prohibited_in_use),
    Rule("act_rights_assessed", rights_not_assessed),
    Rule("act_exemption_reasoned", exemption_without_reason),
    Rule("act_duties_answered", duties_answered),
)
