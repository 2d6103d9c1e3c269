"""Every mail that the code can send has a sort; at once come escalations and signatures, and nothing else.

The code itself is read: whatever makes, sends or asks for a mail stands in the tables below, or the test fails by name.
"""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.core import context as allauth_context
from django.core import mail
from django.test import Client, RequestFactory

from aims.organisation.mailing import AT_ONCE, HEADER, Sort
from aims.organisation.models import Membership, Person
from aims.organisation.sign_in import ClosedAdapter
from aims.records.changes import create
from aims.schedule import digests
from aims.schedule.asking import ask, tell_above
from aims.schedule.models import AtOnce, Mail, Task
from aims.schedule.tick import tick
from evaluation.models import Audit, ManagementReview
from tests.evaluation.story import PLAN, row
from tests.people import World
from tests.schedule.story import at
from tests.signing import held_review

ROOT = Path(__file__).parents[2]
CODE = ("aims", "context", "leadership", "planning", "support", "operation", "evaluation", "improvement")
SENDING = {
    "send_mail",
    "send_mass_mail",
    "mail_admins",
    "mail_managers",
    "EmailMultiAlternatives",
    "EmailMessage",
}

# where a message is made, and of which sort it is
MADE = {
    "aims/schedule/digests.py message_of": "the sort of its row",
    "evaluation/outside.py send_invitation": Sort.ASKED,  # somebody pressed "Invite" a moment ago
}
# where a task asks to be mailed at once, and as what
ASKED_AT_ONCE = {
    "aims/schedule/asking.py ask_for": AtOnce.ESCALATION,  # a deadline of hours or a few days
    "aims/schedule/asking.py tell_above": AtOnce.ESCALATION,  # something is late
    "aims/schedule/telling.py ask_about_damage": AtOnce.ESCALATION,  # a file is missing or is not what was kept
    "aims/schedule/telling.py ask_delegate": AtOnce.SIGN_OFF,
    "evaluation/reviewing.py ask_to_sign": AtOnce.SIGN_OFF,
    "evaluation/reviewing.py tell_refused": AtOnce.SIGN_OFF,  # a signature was refused
}


def functions() -> Iterator[tuple[str, ast.AST]]:
    """Every function of the application with the place where it stands."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.FunctionDef):
                        yield f"{path.relative_to(ROOT)} {node.name}", node


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def test_every_message_is_made_where_its_sort_is_known() -> None:
    made = {place for place, node in functions() if any(name_of(call) in SENDING for call in calls(node))}
    assert made - {"aims/organisation/sign_in.py render_mail"} == set(MADE)


def test_every_message_leaves_by_the_one_door() -> None:
    found = {
        place
        for place, node in functions()
        for call in calls(node)
        if name_of(call) == "send" and isinstance(call.func, ast.Attribute) and not call.args
    }
    assert found == {"aims/organisation/mailing.py send"}
    writes = {
        place
        for place, node in functions()
        for call in calls(node)
        if name_of(call) == "Mail" and call.keywords
    }
    assert writes == {"aims/schedule/digests.py _mail"}


def test_what_is_asked_at_once_is_an_escalation_or_a_signature() -> None:
    found: dict[str, Any] = {}
    for place, node in functions():
        for call in calls(node):
            value = keyword(call, "at_once")
            if name_of(call) != "Task" and value is not None:
                found[place] = {one.attr for one in ast.walk(value) if isinstance(one, ast.Attribute)} & {
                    member.name for member in AtOnce
                }
    assert found == {place: {why.name} for place, why in ASKED_AT_ONCE.items()}
    urgent = {
        place for place, node in functions() for call in calls(node) if keyword(call, "urgent") is not None
    }
    assert urgent == {"aims/schedule/asking.py ask"}  # nobody sets it beside a reason


def test_the_sorts_that_come_at_once_are_these_two() -> None:
    assert {Sort.ESCALATION, Sort.SIGN_OFF} == AT_ONCE
    assert {str(one) for one in AtOnce} == {str(one) for one in AT_ONCE}


# ── What really comes ────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_ADDRESS = "https://aims.test"


def run(world: World, day: str, hour: int = 9) -> list[tuple[str, str, str]]:
    """What a run sends: to whom, of which sort, and its subject."""
    before = len(mail.outbox)
    digests.prepare(world.orvanne, at(day, hour))
    digests.send_waiting(at(day, hour))
    for message in mail.outbox[before:]:
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    return [(m.to[0].split("@")[0], m.extra_headers[HEADER], str(m.subject)) for m in mail.outbox[before:]]


def no_digests() -> None:
    Person.objects.update(digest=False)


def test_at_night_only_the_two_come_even_to_who_wants_no_digest(inside: World) -> None:
    no_digests()
    review = held_review(inside)
    late = ask(row(inside.officer), "Approve the policy", "a", date(2026, 11, 1), at("2026-11-24"))
    tell_above(late, at("2026-11-24"))
    found = run(inside, "2026-11-24", 3)
    assert sorted(found) == [
        ("claire", "escalation", f"[AIMS] Escalation: Late with Nadia Benhaddou: {late.title}"),
        ("claire", "sign_off", f"[AIMS] Sign: {review}"),
    ]
    bodies = {m.extra_headers[HEADER]: m.body for m in mail.outbox}
    assert "This is an escalation" in bodies["escalation"]
    assert "This is about a signature" in bodies["sign_off"]
    assert run(inside, "2026-11-24", 9) == []


def test_what_is_neither_waits_for_the_digest(inside: World) -> None:
    ask(row(inside.officer), "Approve the policy", "a", date(2026, 12, 1), at("2026-11-24", 1))
    assert run(inside, "2026-11-24", 3) == []
    assert run(inside, "2026-11-24", 9) == [("nadia", "digest", "[AIMS] Approve the policy")]


def test_who_wants_no_digest_is_still_invited_to_what_they_take_part_in(inside: World) -> None:
    no_digests()
    ask(row(inside.executive), "Approve the policy", "a", date(2026, 12, 1), at("2026-11-24"))
    held = {"title": "Review 2026", "held_on": date(2026, 12, 15), "chair": row(inside.executive)}
    review = create(inside.officer, ManagementReview, held)
    days = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 3)}
    audit = create(inside.officer, Audit, {**PLAN, **days, "lead": row(inside.contributor)})
    assert run(inside, "2026-11-24", 3) == []  # an invitation wakes nobody
    found = run(inside, "2026-11-24")
    assert sorted(found) == [
        ("claire", "invitation", f"[AIMS] Invitation: {review}"),
        ("yuki", "invitation", f"[AIMS] Invitation: {audit}"),
    ]
    claire = next(m for m in mail.outbox if m.to[0].startswith("claire"))
    assert [part.get_content_type() for part in claire.message().walk()].count("text/calendar") == 1
    assert "Approve the policy" not in claire.body and "List-Unsubscribe" not in claire.extra_headers
    assert run(inside, "2026-11-25") == []
    assert Mail.objects.filter(key__startswith="meetings:").count() == 2


def test_a_deadline_of_hours_is_an_escalation(inside: World) -> None:
    Task.objects.all().delete()
    tick(inside.orvanne, at("2026-11-24"))
    pressing = [t for t in Task.objects.all() if t.occurrence and t.occurrence.obligation.pressing]
    assert all(t.at_once == AtOnce.ESCALATION for t in pressing)
    assert not any(t.at_once for t in Task.objects.all() if t not in pressing)


def test_a_link_that_a_person_asked_for_says_so(inside: World) -> None:
    answer = Client().post("/accounts/password/reset/", {"email": "nadia@orvanne.test"})
    assert answer.status_code == 302
    (message,) = mail.outbox
    assert message.extra_headers[HEADER] == Sort.ASKED and message.to == ["nadia@orvanne.test"]


@pytest.mark.parametrize(
    "prefix",
    sorted(
        str(path.relative_to(ROOT / "templates")).removesuffix("_message.txt")
        for folder in ("account", "mfa")
        for path in (ROOT / "templates" / folder / "email").glob("*_message.txt")
        if not path.name.startswith("base_")
    ),
)
def test_every_notice_of_signing_in_follows_on_what_the_person_did(inside: World, prefix: str) -> None:
    person = Membership.objects.select_related("person").get(pk=inside.officer.id).person
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    context = {
        "user": person,
        "request": request,
        "code": "ABC",
        "key": "k",
        "password_reset_url": "https://aims.test/x",
        "activate_url": "https://aims.test/y",
        "signup_url": "https://aims.test/z",
        "email": person.email,
        "current_site": type("Site", (), {"name": "AIMS", "domain": "aims.test"})(),
    }
    with allauth_context.request_context(request):
        message = ClosedAdapter(request).render_mail(prefix, person.email, context)
    assert message.extra_headers[HEADER] == Sort.ASKED
