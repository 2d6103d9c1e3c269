"""Auditors from outside: invited for one audit, let in with a second proof, ended by the clock, every look on record."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.models import Grant, Membership, Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.changes import create, lay, move, write
from aims.records.evidence import link
from aims.records.models import Answer, Evidence
from context.models import AISystem
from evaluation import outside
from evaluation.models import Audit, AuditorRead, Measurement, Metric, OutsideAuditor
from planning.models import AIRisk
from tests.callers import token_of
from tests.evaluation.story import PLAN, row
from tests.factory import make
from tests.pages.conftest import Browser
from tests.people import World

AMELIE = "amelie@body.test"


def surveyed(world: World, **given: Any) -> Audit:
    """An audit by the certification body."""
    return create(world.officer, Audit, {**PLAN, "kind": "stage_2", "codes": ["6.1.2", "9.1"], **given})


def invited(world: World, audit: Audit, **given: Any) -> OutsideAuditor:
    """Amelie, for ten days."""
    until = timezone.localdate() + timedelta(days=10)
    data = {"email": AMELIE, "name": "Amelie Costa", "firm": "Body", "until": until, **given}
    return outside.invite(world.officer, audit, data)


def amelie_of(guest: OutsideAuditor) -> Member:
    """Amelie as she comes to a request."""
    return next(
        m for m in members_of(guest.membership.person_id) if m.organisation_id == guest.organisation_id
    )


def proven(guest: OutsideAuditor) -> None:
    """Give her one-time codes."""
    person = guest.membership.person
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})


@pytest.fixture
def guest(world: World) -> OutsideAuditor:
    """Amelie with a second proof, invited to an audit."""
    with acting(world.orvanne.pk, world.officer.actor):
        row_ = invited(world, surveyed(world))
        proven(row_)
        return OutsideAuditor.objects.select_related("membership__person", "audit").get(pk=row_.pk)


@pytest.fixture
def amelie(guest: OutsideAuditor, world: World, browser: Browser) -> Client:
    """Her browser."""
    with acting(world.orvanne.pk, "task:tests"):
        return browser(amelie_of(guest))


# ── Inviting ─────────────────────────────────────────────────────────────


def test_who_is_invited_gets_a_mail_with_the_way_in(
    world: World, nadia: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        audit = surveyed(world)
    until = timezone.localdate() + timedelta(days=10)
    with django_capture_on_commit_callbacks(execute=True):
        answer = nadia.post(
            f"/audits/{audit.pk}/outside/",
            {"email": "Amelie@Body.test", "name": "Amelie Costa", "firm": "Body", "until": until.isoformat()},
        )
    assert answer.status_code == 302
    (sent,) = mail.outbox
    assert sent.to == [AMELIE] and "/accounts/password/reset/key/" in sent.body and audit.ref in sent.body
    address = next(line for line in str(sent.body).splitlines() if "/reset/key/" in line)
    assert Client().get("/" + address.split("/", 3)[3], follow=True).status_code == 200
    with acting(world.orvanne.pk, "task:tests"):
        found = OutsideAuditor.objects.get()
        grant = Grant.objects.get(user_id=found.membership.person_id)
        assert found.mailed_at and grant.codes == ["6.1.2", "9.1"] and grant.expires_at == found.until


def test_a_mail_server_that_is_down_loses_no_invitation(inside: World) -> None:
    guest = invited(inside, surveyed(inside))
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError("down")):
        outside.mail(guest)
    assert OutsideAuditor.objects.get().mailed_at is None
    outside.mail(guest)
    assert OutsideAuditor.objects.get().mailed_at


@pytest.mark.parametrize("role", [r for r in Role if r not in outside.HOSTS])
def test_only_those_who_run_the_aims_invite(world: World, browser: Browser, role: Role) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        audit = surveyed(world)
        with pytest.raises(Refused):
            outside.invite(world.members[role], audit, {"email": AMELIE, "name": "A", "until": date.max})
    if role != Role.AUDITOR:  # who does not see the audit at all
        assert browser(world.members[role]).get(f"/audits/{audit.pk}/outside/").status_code == 403


def test_nobody_who_works_here_becomes_a_guest(inside: World) -> None:
    audit = surveyed(inside)
    for role in (Role.CONTRIBUTOR, Role.AUDITOR):
        email = Person.objects.get(pk=inside.members[role].person_id).email
        with pytest.raises(Refused) as refused:
            invited(inside, audit, email=email)
        assert "email" in refused.value.fields


@pytest.mark.parametrize("days", [-1, 400])
def test_the_end_lies_ahead_within_a_year(inside: World, days: int) -> None:
    with pytest.raises(Refused) as refused:
        invited(inside, surveyed(inside), until=timezone.localdate() + timedelta(days=days))
    assert "until" in refused.value.fields


def test_what_was_typed_stays_when_it_is_refused(world: World, nadia: Client) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        audit = surveyed(world)
    answer = nadia.post(
        f"/audits/{audit.pk}/outside/", {"email": AMELIE, "name": "Amelie Costa", "until": "2020-01-01"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and AMELIE in page and "within a year" in page


# ── At the door ──────────────────────────────────────────────────────────


def test_nothing_is_shown_without_a_second_proof(world: World, browser: Browser) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        guest = invited(world, surveyed(world))
        client = browser(amelie_of(guest))
    for address in ("/", f"/registers/audits/{guest.audit_id}/", "/clauses/9/", "/settings/", "/calendar/"):
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 403 and "One more step" in page, address
        assert guest.audit.title not in page and "/accounts/2fa/totp/activate/" in page
    answer = client.get("/api/v1/registers/")
    assert answer.status_code == 403 and answer["Content-Type"] == "application/problem+json"
    with acting(world.orvanne.pk, "task:tests"):
        proven(guest)
    assert client.get(f"/registers/audits/{guest.audit_id}/").status_code == 200


def test_access_ends_in_the_middle_of_a_session(amelie: Client, guest: OutsideAuditor, world: World) -> None:
    address = f"/registers/audits/{guest.audit_id}/"
    assert amelie.get(address).status_code == 200
    with acting(world.orvanne.pk, "task:tests"):  # the session itself would last twelve hours
        soon = timezone.now() + timedelta(hours=1)
        OutsideAuditor.objects.update(until=soon)
    with mock.patch("django.utils.timezone.now", return_value=soon - timedelta(minutes=1)):
        assert amelie.get(address).status_code == 200
    with mock.patch("django.utils.timezone.now", return_value=soon + timedelta(seconds=1)):
        for place in (address, "/", "/registers/", "/api/v1/registers/"):
            answer = amelie.get(place)
            assert answer.status_code == 403 and "has ended" in answer.content.decode(), place


def test_it_can_be_ended_at_once(amelie: Client, guest: OutsideAuditor, nadia: Client) -> None:
    address = f"/registers/audits/{guest.audit_id}/"
    assert amelie.get(address).status_code == 200
    assert nadia.post(f"/audits/outside/{guest.pk}/end/").status_code == 302
    assert amelie.get(address).status_code == 403
    assert nadia.post(f"/audits/outside/{guest.pk}/mail/").status_code == 409


def test_a_grant_that_others_prolong_opens_nothing_after_the_end(
    amelie: Client, guest: OutsideAuditor, world: World
) -> None:
    """Opening an audit to its team grants ninety days more: the invitation counts."""
    with acting(world.orvanne.pk, "task:tests"):
        Grant.objects.update(expires_at=timezone.now() + timedelta(days=200))
        OutsideAuditor.objects.update(until=timezone.now() + timedelta(hours=1))
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(hours=2)):
        assert amelie.get("/").status_code == 403


def test_tokens_open_nothing_for_who_is_from_outside(world: World, guest: OutsideAuditor) -> None:
    with acting(world.orvanne.pk, "task:tests"):
        member = amelie_of(guest)
    headers = {"Authorization": f"Bearer {token_of(world, member)}"}
    assert Client().get("/api/v1/audits/", headers=headers).status_code == 403


def test_ordinary_people_are_not_looked_up(world: World, nadia: Client) -> None:
    with mock.patch("evaluation.outside.OutsideAuditor.objects") as asked:
        assert nadia.get("/settings/").status_code == 200
    asked.filter.assert_not_called()


def test_an_auditor_of_our_own_needs_no_invitation(world: World, browser: Browser) -> None:
    assert browser(world.auditor).get("/").status_code == 200


# ── Writing ──────────────────────────────────────────────────────────────


def test_she_changes_nothing_but_what_auditors_write(
    amelie: Client, guest: OutsideAuditor, world: World
) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        metric = make(world, Metric)
    for address in (
        f"/registers/audits/{guest.audit_id}/edit/",
        f"/registers/audits/{guest.audit_id}/move/start/",
        f"/registers/metrics/{metric.pk}/comment/",
        f"/registers/metrics/{metric.pk}/watch/",
        "/registers/metrics/new/",
        "/evidence/add/",
        "/settings/tokens/",
        "/packs/",
    ):
        answer = amelie.post(address, {"text": "x", "name": "x", "may": "*", "days": 9, "title": "x"})
        assert answer.status_code == 403 and "You may read" in answer.content.decode(), address
    answer = amelie.post("/api/v1/metrics/", b"{}", "application/json")
    assert answer.status_code == 403


def test_she_asks_and_draws_in_her_audit_only(amelie: Client, guest: OutsideAuditor, world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        other = surveyed(world, title="Another")
    page = "/registers/audit-requests/new/"
    given = {"title": "Show the minutes", "audit": str(guest.audit_id), "owner": str(world.officer.id)}
    assert amelie.post(page, given).status_code == 302
    assert amelie.post(page, {**given, "audit": str(other.pk)}).status_code in (404, 422)
    with acting(world.orvanne.pk, "task:tests"):
        assert [one.audit_id for one in Audit.objects.get(pk=guest.audit_id).requests.all()] == [
            guest.audit_id
        ]
        assert not other.requests.exists()


# ── What she sees ────────────────────────────────────────────────────────


def two_systems(world: World) -> tuple[AISystem, AISystem]:
    """One inside the audit and one outside."""

    def named(name: str) -> AISystem:
        return create(world.officer, AISystem, {"title": name, "purpose": "x", "owner": row(world.officer)})

    return named("ThoraScan"), named("TalentSift")


def test_the_systems_of_the_audit_limit_the_rows(inside: World) -> None:
    mine, other = two_systems(inside)
    metrics = [make(inside, Metric, title=one.title, system=one) for one in (mine, other)]
    free = make(inside, Metric, title="Of the organisation", system=None)
    values = [make(inside, Measurement, metric=one) for one in metrics]
    risks = (
        [make(inside, AIRisk, title=one.title, systems=[one]) for one in (mine, other)] if several() else []
    )
    audit = surveyed(inside, systems=[mine], codes=["4.3", "6.1.2", "8.2", "9.1", "A.6.2"])
    amelie = amelie_of(invited(inside, audit))
    assert set(visible(amelie, AISystem)) == {mine}
    seen = set(visible(amelie, Metric))
    assert {metrics[0], free} <= seen and metrics[1] not in seen
    assert set(visible(amelie, Measurement)) == {values[0]}  # by way of its metric
    if risks:
        assert set(visible(amelie, AIRisk)) == {risks[0]}


def several() -> bool:
    """Whether risks name several systems."""
    return bool(AIRisk._meta.many_to_many and any(f.name == "systems" for f in AIRisk._meta.many_to_many))


def test_the_period_limits_the_rows(inside: World) -> None:
    early, now, gone = (make(inside, Metric, title=name) for name in ("Before", "Now", "Gone"))
    long_ago = timezone.now() - timedelta(days=400)
    Metric.objects.filter(pk=early.pk).update(created_at=long_ago)
    gone = move(inside.officer, gone, "withdraw", note="No longer")
    Metric.objects.filter(pk=gone.pk).update(created_at=long_ago, changed_at=long_ago)
    today = timezone.localdate()
    audit = surveyed(inside)
    amelie = amelie_of(invited(inside, audit, period_from=today - timedelta(days=30), period_to=today))
    assert set(visible(amelie, Metric)) == {early, now}  # in force since earlier counts, over before does not
    later = amelie_of(invited(inside, audit, period_from=None, period_to=today - timedelta(days=30)))
    assert set(visible(later, Metric)) == {early, gone}


def test_without_a_limit_an_audit_opens_all_rows(inside: World) -> None:
    mine, other = two_systems(inside)
    amelie = amelie_of(invited(inside, surveyed(inside, codes=["4.3", "4.1", "8.1"])))
    assert {mine, other} <= set(visible(amelie, AISystem)) or not visible(amelie, AISystem)


def test_a_narrowed_auditor_reads_no_journal(amelie: Client, guest: OutsideAuditor, world: World) -> None:
    assert amelie.get("/journal/").status_code == 403
    with acting(world.orvanne.pk, "task:tests"):
        Grant.objects.update(codes=[], subjects={"ai-systems": []})
    assert amelie.get("/journal/").status_code == 403
    with acting(world.orvanne.pk, "task:tests"):
        Grant.objects.update(codes=[], subjects={})
    assert amelie.get("/journal/").status_code == 200


# ── What she has read ────────────────────────────────────────────────────


def test_every_look_is_on_record_and_shown_to_who_invited(
    amelie: Client, guest: OutsideAuditor, nadia: Client, world: World
) -> None:
    amelie.get(f"/registers/audits/{guest.audit_id}/")
    amelie.get("/registers/metrics/")
    amelie.post("/evidence/add/", {})
    with acting(world.orvanne.pk, "task:tests"):
        rows = list(AuditorRead.objects.order_by("id").values_list("method", "path", "status"))
    assert rows == [
        ("GET", f"/registers/audits/{guest.audit_id}/", 200),
        ("GET", "/registers/metrics/", 200),
        ("POST", "/evidence/add/", 403),
    ]
    page = nadia.get(f"/audits/{guest.audit_id}/outside/").content.decode()
    assert "Amelie Costa" in page and "/registers/metrics/" in page and "refused" in page
    assert str(guest.audit.ref) in page


def test_nothing_of_ordinary_people_is_recorded(world: World, nadia: Client, browser: Browser) -> None:
    nadia.get("/")
    browser(world.auditor).get("/")
    with acting(world.orvanne.pk, "task:tests"):
        assert not AuditorRead.objects.exists()


# ── The viewer ───────────────────────────────────────────────────────────


def test_evidence_is_read_beside_its_requirement_and_goes_on(
    amelie: Client, guest: OutsideAuditor, world: World
) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        for workspace in ("6.1.2-a", "9.1-a", "10.2-a"):
            lay_answer(world, workspace)
    page = amelie.get(f"/audits/{guest.audit_id}/evidence/")
    words = page.content.decode()
    assert page.status_code == 200 and "1 of 2" in words and "Proof of 6.1.2-a" in words
    assert "Proof of 10.2-a" not in words and 'rel="next"' in words and "data-beside" in words
    assert "We do 6.1.2-a" in words
    following = words.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    words = amelie.get(f"/audits/{guest.audit_id}/evidence/{following}").content.decode()
    assert "2 of 2" in words and "We do 9.1-a" in words and 'rel="prev"' in words


def lay_answer(world: World, code: str) -> None:
    """An answer with a piece of evidence."""
    answer = write(
        world.officer, lay(world.officer, Answer, code, {"title": code}), {"text": f"We do {code}"}
    )
    evidence = create(world.officer, Evidence, {"title": f"Proof of {code}"})
    link(world.officer, evidence, "answers", answer.pk)


def test_without_evidence_the_viewer_says_what_comes_here(nadia: Client, world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        audit = surveyed(world)
    page = nadia.get(f"/audits/{audit.pk}/evidence/?at=nothing")
    assert page.status_code == 200 and "No evidence in the scope" in page.content.decode()


def test_a_member_from_outside_is_marked_by_the_invitation_alone(inside: World) -> None:
    guest = invited(inside, surveyed(inside))
    there = Membership.objects.get(pk=guest.membership_id)
    assert (there.role, there.name, there.title) == (Role.AUDITOR, "Amelie Costa", "Body")
    again_ = invited(inside, guest.audit, until=timezone.localdate() + timedelta(days=20))
    assert (
        again_.pk == guest.pk
        and again_.until > guest.until
        and Membership.objects.filter(name="Amelie Costa").count() == 1
    )
