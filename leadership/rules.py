"""What an auditor would find wrong in clause 5: each rule yields the gaps that break it."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there, where
from context.models import AISystem
from leadership import commitment, raci, readers
from leadership.elements import stands
from leadership.models import AIPolicy, PolicyException, PolicyPublication, RoleAssignment

ASKED = {"5.3-b": RoleAssignment.Role.CONFORMITY, "5.3-c": RoleAssignment.Role.REPORTING}
TO_READ = timedelta(days=30)  # from the approval of a policy until everybody must have read it


def policy_in_force(member: Member) -> Iterator[Gap]:
    """A policy approved by top management is in force and not past its review (5.2-e, A.2.4)."""
    rows = visible(member, AIPolicy).filter(state="approved")
    if not rows.exists():
        yield missing("5.2-e", "major", AIPolicy, _("No AI policy approved by top management is in force."))
    late = rows.filter(review_due__lt=today_there(member))
    yield from gaps("A.2.4", "minor", late, _("The review of the AI policy is late."))


def policy_complete(member: Member) -> Iterator[Gap]:
    """The policy says each thing that it must, in words of the organisation (5.2, A.2.2 to A.2.4)."""
    policy = (
        readers.in_use(member)
        or visible(member, AIPolicy).exclude(state="withdrawn").order_by("-ref").first()
    )
    if policy is None:
        return
    silent = _("The AI policy does not say this: %(what)s")
    left = _("The AI policy still has a blank of the template here: %(what)s")
    for one in stands(policy):
        if not one.good:
            words = (left if one.filled else silent) % {"what": one.element.words}
            grade = "observation" if one.element.advised else "minor"
            yield Gap(one.element.code, words, grade, where(policy, one.element.anchor, member), policy.ref)


def policy_published(member: Member) -> Iterator[Gap]:
    """The policy in force is published inside, and for interested parties (5.2-g, 5.2-h)."""
    policy = readers.in_use(member)
    if policy is None:
        return
    rows = visible(member, PolicyPublication).filter(policy=policy).exclude(state="withdrawn")
    there = set(rows.values_list("audience", flat=True))
    url = f"{reverse('new', args=['policy-publications'])}?policy={policy.pk}"
    if not there:
        words = _("Nothing shows where the AI policy was published.")
        yield Gap("5.2-g", words, "minor", url, policy.ref)
    elif not there & {"parties", "public"}:
        words = _("Nothing shows where interested parties find the AI policy.")
        yield Gap("5.2-h", words, "observation", url, policy.ref)


def policy_acknowledged(member: Member) -> Iterator[Gap]:
    """People have read the policy in force; who has not within thirty days is counted (5.2-g)."""
    policy = readers.in_use(member)
    if policy is None:
        return
    found = readers.reading(policy)
    url = reverse("policy document", args=[policy.pk]) + "#readers"
    signed = readers.approved_on(policy)
    if not found.done:
        yield Gap("5.2-g", _("Nobody has said that they have read the AI policy."), "minor", url, policy.ref)
    elif found.missing and signed and signed + TO_READ < timezone.now():
        words = ngettext(
            "%(number)d person has not read the AI policy within thirty days.",
            "%(number)d people have not read the AI policy within thirty days.",
            len(found.missing),
        )
        yield Gap("5.2-g", words % {"number": len(found.missing)}, "observation", url, policy.ref)


def roles_held(member: Member) -> Iterator[Gap]:
    """Exactly one person holds each of the two roles that 5.3 asks for."""
    for code, role in ASKED.items():
        rows = visible(member, RoleAssignment).filter(role=role, state="in_force")
        if rows.count() != 1:
            words = _("“%(role)s” has %(n)s holders; one is asked for.")
            title = words % {"role": role.label, "n": rows.count()}
            yield missing(code, "major" if not rows else "minor", RoleAssignment, title)


def roles_whole(member: Member) -> Iterator[Gap]:
    """A role in force has a holder who is here, has not ended, is communicated, and has a deputy (5.3, A.3.2)."""
    day = today_there(member)
    rows = (
        visible(member, RoleAssignment)
        .filter(state="in_force")
        .select_related("holder", "deputy")
        .order_by("ref")
    )
    checks = (
        (raci.empty, "5.3-a", "minor", _("Nobody holds this role."), "holder"),
        (
            lambda one: raci.ended(one, day),
            "5.3-a",
            "minor",
            _("The assignment of this role has ended."),
            "until",
        ),
        (raci.alone, "A.3.2", "observation", _("Nobody stands in for this role."), "deputy"),
        (
            lambda one: one.communicated_on is None,
            "5.3-a",
            "observation",
            _("Nothing shows that this role was communicated."),
            "communicated_on",
        ),
    )
    for one in rows:
        for wrong, code, grade, title, at in checks:
            if wrong(one):
                yield Gap(code, title, grade, where(one, at, member), one.ref)


def activities_answered(member: Member) -> Iterator[Gap]:
    """For each activity of the AIMS exactly one person answers (5.3-a, A.3.2)."""
    rows = visible(member, RoleAssignment).filter(state="in_force").select_related("holder")
    found, url = raci.matrix(rows, today_there(member)), reverse("role matrix")
    if found.without:
        words = ngettext(
            "Nobody answers for %(number)d activity of the AIMS: %(codes)s.",
            "Nobody answers for %(number)d activities of the AIMS: %(codes)s.",
            len(found.without),
        )
        words %= {"number": len(found.without), "codes": ", ".join(found.without)}
        yield Gap("5.3-a", words, "observation", url)
    for code in found.shared:
        words = _("Several people answer for %(code)s; so nobody does.") % {"code": code}
        yield Gap("5.3-a", words, "observation", f"{url}#{code}")


def system_without_owner(member: Member) -> Iterator[Gap]:
    """Each AI system has an owner (A.3.2)."""
    rows = visible(member, AISystem).filter(owner=None).exclude(state="withdrawn")
    yield from gaps("A.3.2", "minor", rows, _("This system has no owner."), "owner", member)


def exception_over(member: Member) -> Iterator[Gap]:
    """An exception ends with its date (A.2.2)."""
    rows = visible(member, PolicyException).filter(state="granted", ends_on__lt=today_there(member))
    yield from gaps("A.2.2", "minor", rows, _("The exception is used beyond its end."), "ends_on", member)


def commitments_shown(member: Member) -> Iterator[Gap]:
    """Top management has an act to show for each of its commitments, with evidence (5.1)."""
    new = reverse("new", args=["leadership-actions"])
    for one in commitment.shown(member):
        if not one.acts:
            kind = commitment.COMMITMENTS[one.code][0].value
            yield Gap(
                one.code, _("No act of top management shows this commitment."), "minor", f"{new}?kind={kind}"
            )
        elif not one.proved:
            title = _("No evidence is kept of the acts that show this commitment.")
            url = reverse("record", args=["leadership-actions", one.acts[0].pk]) + "#evidence"
            yield Gap(one.code, title, "observation", url, one.acts[0].ref)


RULES = (
    Rule("policy_in_force", policy_in_force),
    Rule("policy_complete", policy_complete),
    Rule("policy_published", policy_published),
    Rule("policy_acknowledged", policy_acknowledged),
    Rule("roles_held", roles_held),
    Rule("roles_whole", roles_whole),
    Rule("activities_answered", activities_answered),
    Rule("system_has_owner", system_without_owner),
    Rule("exception_over", exception_over),
    Rule("commitments_shown", commitments_shown),
)
