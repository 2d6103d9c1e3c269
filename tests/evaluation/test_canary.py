"""What is sealed in an audit is heard nowhere by anybody else: on no page, in no list, export, search, feed, mail, pack."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Membership, Person
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.pack.asking import ask_pack
from aims.pack.rights import packs
from aims.records.changes import comment, create, write
from aims.records.models import Job
from aims.records.registry import register_of
from evaluation.models import Audit, AuditCheck, Finding, WorkingNote
from tests.evaluation.story import again, begun, found, row
from tests.people import STORY, World

CANARY = "kanarienvogel"
OTHERS = [role for role in STORY if role != Role.AUDITOR]


@pytest.fixture
def sealed(inside: World) -> dict[str, Any]:
    """A draft finding, a line and a working note that say the word, each commented on with it."""
    audit = begun(inside)
    hugo = again(inside.auditor)
    with acting(inside.orvanne.pk, hugo.actor):
        finding = found(inside, audit, title=f"{CANARY} finding", text=f"{CANARY} text", evidence_note=CANARY)
        check = AuditCheck.objects.get(audit=audit, code="8.1", source="scope")
        check = write(hugo, check, {"note": f"{CANARY} seen", "verdict": "nonconform"})
        note = create(
            hugo, WorkingNote, {"audit": audit, "check_line": check, "title": f"{CANARY} n", "text": CANARY}
        )
        for record in (finding, check, note):
            comment(hugo, record, f"{CANARY} said")
    return {"audit": audit, "records": [finding, check, note]}


def asked(sealed: dict[str, Any]) -> list[str]:
    """Every address where it might be seen."""
    audit: Audit = sealed["audit"]
    pages = [
        "/",
        "/journal/",
        f"/search/?q={CANARY}",
        "/calendar/",
        "/registers/",
        "/clauses/8.1/",
        "/clauses/9.2.2/",
    ]
    pages += [reverse(n, args=[audit.pk]) for n in ("audit room", "audit report", "audit report word")]
    pages += [reverse("audit programme"), reverse("record", args=["audits", audit.pk])]
    pages += [reverse("history", args=["audits", audit.pk])]
    for record in sealed["records"]:
        path = register_of(record).path
        pages += [reverse(n, args=[path]) for n in ("register", "export", "export xlsx")]
        pages += [reverse(n, args=[path, record.pk]) for n in ("record", "history", "edit")]
        pages.append(f"/registers/{path}/?q={CANARY}")
    return pages


def interface(sealed: dict[str, Any]) -> list[str]:
    """The same over REST."""
    pages = ["changes/", f"audits/{sealed['audit'].pk}/", "audits/"]
    for record in sealed["records"]:
        path = register_of(record).path
        pages += [f"{path}/", f"{path}/{record.pk}/", f"{path}/{record.pk}/comments/", f"{path}/?q={CANARY}"]
    return [f"/api/v1/{page}" for page in pages]


def said(answer: Any) -> str:
    """The words of an answer; a query that is said back is no leak."""
    content = b"".join(answer) if answer.streaming else answer.content
    words: str = content.decode("utf-8", errors="replace")
    for echo in (f'value="{CANARY}"', f"q={CANARY}", f"“{CANARY}”"):
        words = words.replace(echo, "")
    return words


def client_of(member: Member) -> Client:
    """A browser in which somebody is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(Person.objects.get(pk=member.person_id))
    return client


def test_the_canary_sings_for_its_auditor(inside: World, sealed: dict[str, Any]) -> None:
    client = client_of(inside.auditor)
    heard = [page for page in asked(sealed) if CANARY in said(client.get(page))]
    assert len(heard) >= 10 and any("/room/" in page for page in heard)


@pytest.mark.parametrize("role", OTHERS)
def test_it_is_heard_on_no_page_and_in_no_file(inside: World, sealed: dict[str, Any], role: Role) -> None:
    client = client_of(inside.members[role])
    heard = [page for page in asked(sealed) if CANARY in said(client.get(page))]
    assert heard == []


@pytest.mark.parametrize("role", OTHERS)
def test_it_is_heard_nowhere_over_rest(inside: World, sealed: dict[str, Any], role: Role) -> None:
    member = inside.members[role]
    _token, secret = make_token(Membership.objects.get(pk=member.id), "tests")
    headers = {"Authorization": f"Bearer {secret}"}
    for page in interface(sealed):
        answer = Client(raise_request_exception=False).get(page, headers=headers)
        assert CANARY not in said(answer), page
        assert answer.status_code < 500, page


def test_it_is_in_no_mail_and_no_job(inside: World, sealed: dict[str, Any]) -> None:
    assert not [one for one in mail.outbox if CANARY in one.subject + str(one.body)]
    assert not [job for job in Job.objects.all() if CANARY in f"{job.arguments}{job.doing}{job.error}"]


def test_an_auditors_pack_is_open_to_nobody_else(inside: World, sealed: dict[str, Any]) -> None:
    with acting(inside.orvanne.pk, inside.auditor.actor):
        made = ask_pack(again(inside.auditor))
    assert packs(again(inside.auditor)).filter(pk=made.pk).exists()
    for role in (Role.ADMINISTRATOR, Role.OFFICER, Role.EXECUTIVE):
        assert not packs(inside.members[role]).filter(pk=made.pk).exists(), role


def test_who_is_asked_for_a_comment_hears_of_that_finding_only(inside: World, sealed: dict[str, Any]) -> None:
    finding: Finding = sealed["records"][0]
    Finding.objects.filter(pk=finding.pk).update(state="shared", owner=row(inside.contributor))
    client = client_of(inside.contributor)
    heard = {page for page in asked(sealed) if CANARY in said(client.get(page))}
    assert reverse("record", args=["findings", finding.pk]) in heard
    assert not [page for page in heard if "audit-checks" in page or "working-notes" in page]
