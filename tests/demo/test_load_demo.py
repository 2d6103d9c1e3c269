"""The demo loads once, whole, and says who can sign in."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from aims.demo.loading import Loader, UnknownName
from aims.demo.people import cast
from aims.demo.reading import read, registers_in_order
from aims.organisation.acting import acting
from aims.organisation.member import Member, member_by_token, members_of
from aims.organisation.models import Grant, Owned, Person
from aims.organisation.roles import Role
from aims.records.base import Record
from aims.records.models import Answer, Evidence, Link, Revision, Signature
from aims.records.registry import register, registers
from aims.records.signatures import standing
from aims.schedule.models import Task
from evaluation.models import (
    Audit,
    AuditRequest,
    BodyFinding,
    ManagementReview,
    OutsideAuditor,
    SampleVerdict,
)
from improvement.models import Nonconformity
from planning.models import AIRisk, ControlImplementation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def load() -> list[str]:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue().splitlines()


def officer(email: str = "nadia.benhaddou@orvanne.example") -> Member:
    return members_of(Person.objects.get(email=email).pk)[0]


def counts() -> dict[str, int]:
    me = officer()
    kinds = [model for model in apps.get_models() if issubclass(model, Owned)]
    with acting(me.organisation_id, me.actor):
        return {model._meta.label: model._default_manager.count() for model in kinds}


def test_the_demo_is_loaded_once_and_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """One test, because loading takes long."""
    first, before = load(), counts()
    second, after = load(), counts()
    assert first == second
    assert before == after and before["records.Evidence"] >= 12
    check_lines(first)
    check_content()
    check_every_register_has_rows()
    check_signatures_stand()
    check_isolation()
    check_a_lost_token_is_replaced(second[-1])
    check_the_password_can_be_chosen(monkeypatch)


def check_lines(lines: list[str]) -> None:
    """`account EMAIL PASSWORD ROLE` for each person who can sign in, and one `token TOKEN`."""
    accounts = [line.split(" ") for line in lines if line.startswith("account ")]
    people = [*cast("orvanne"), *cast("brindle")]
    assert len(accounts) == len([who for who in people if who.signs_in]) == 16
    assert len(lines) == len(accounts) + 1
    for _word, email, word, role in accounts:
        assert Person.objects.get(email=email).check_password(word)
        assert role in Role.values
    assert {role for *_rest, role in accounts} == set(Role.values) - {"api_client"}
    secret = re.fullmatch(r"token (aims_\S{40,})", lines[-1])
    assert secret
    bearer = member_by_token(secret[1])
    assert bearer and bearer.role == Role.API_CLIENT
    kept = Path(settings.AIMS_DATA) / "demo_token"
    assert kept.stat().st_mode & 0o777 == 0o600 and kept.read_text().strip() == secret[1]


def check_content() -> None:
    me = officer()
    with acting(me.organisation_id, me.actor):
        requirements = Answer.objects.exclude(code__startswith="A.")
        assert requirements.count() == 138
        assert requirements.filter(state="ready").count() == 119
        states = dict(AIRisk.objects.values_list("external_id", "state"))
        assert len(states) == 15
        assert {key for key, state in states.items() if state != "accepted"} == {"RSK-07", "RSK-10"}
        levels = dict(AIRisk.objects.values_list("external_id", "inherent_level"))
        assert levels["RSK-01"] == 20 and levels["RSK-14"] == 9
        check_story()
        lines = ControlImplementation.objects.filter(state="decided")
        found = {s: lines.filter(status=s).count() for s in ("implemented", "partly", "planned")}
        assert found == {"implemented": 29, "partly": 7, "planned": 2}
        assert Revision.objects.count() >= Evidence.objects.count() <= Link.objects.count()
        assert {r.media_type for r in Revision.objects.all()} >= {"application/pdf", "image/png"}


def check_story() -> None:
    """What the dashboard of 24 November 2026 shows: one major open, one case closed, six decisions, one done."""
    cases = dict(Nonconformity.objects.values_list("external_id", "state"))
    assert cases == {
        "NC-2026-01": "closed",
        "NC-2026-02": "actions_running",
        "NC-2026-03": "actions_running",
        "NC-2026-04": "contained",
    }
    assert dict(Audit.objects.values_list("external_id", "state"))["AUD-02"] == "reported"
    review = ManagementReview.objects.get(external_id="MR-2026-1")
    assert ManagementReview.objects.get(external_id="MR-2026-2").state == "held"  # waits for the executive
    assert review.state == "signed" and review.decisions.count() == 6
    assert {row.code for row in review.inputs.all()} >= {f"9.3.2-{letter}" for letter in "abcdefg"}
    assert Task.objects.filter(source__startswith="decision:", state="done").count() == 1
    signed = Signature.objects.get(kind="management-reviews")
    assert str(signed.signed_at.date()) == "2026-10-23" and signed.signer.name == "Claire Vasseur"
    own = Grant.objects.filter(permission__codename="view_audit", period_from=None)
    assert {str(grant.expires_at.date()) for grant in own} == {"2027-03-31"}
    guest = OutsideAuditor.objects.get()
    assert guest.live(timezone.now()) and guest.mailed_at is None
    assert {row.verdict for row in SampleVerdict.objects.all()} == {"conform", "nonconform", "not_verified"}
    assert {row.state for row in AuditRequest.objects.all()} >= {"asked", "delivered", "sent_back"}
    finding = BodyFinding.objects.get(external_id="CBF-01")
    assert str(finding.plan_due) == "2026-12-13" and finding.cycle.state == "certified"


def check_every_register_has_rows() -> None:
    me = officer()
    with acting(me.organisation_id, me.actor):
        empty = {r.path for r in registers() if not r.model._default_manager.exists()}
    # working notes are their author's alone until one is released
    assert empty == {"working-notes"}, "the demo shows nothing of these"


def check_signatures_stand() -> None:
    me = officer()
    with acting(me.organisation_id, me.actor):
        rows = list(Signature.objects.select_related("signer"))
        assert len(rows) > 20
        for row in rows:
            kind = register(row.kind)
            assert kind is not None
            record: Record = kind.model._default_manager.get(pk=row.record_id)
            held = {signature.pk: holds for signature, holds in standing(record)}
            assert held[row.pk], f"{record}: the content is not what was signed"


def check_isolation() -> None:
    """The other organisation has its own empty house."""
    me = officer("bruno.keller@brindle.example")
    with acting(me.organisation_id, me.actor):
        assert Answer.objects.count() == 176 and not AIRisk.objects.exists() and not Evidence.objects.exists()


def check_a_lost_token_is_replaced(before: str) -> None:
    (Path(settings.AIMS_DATA) / "demo_token").unlink()
    again = load()[-1]
    assert again != before and member_by_token(again.split(" ")[1])


def check_the_password_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed follows the environment; the accounts were made with the word of the day."""
    monkeypatch.setenv("AIMS_DEMO_PASSWORD", "another-word-2026")
    assert "account nadia.benhaddou@orvanne.example another-word-2026 compliance_officer" in load()


def test_names_that_the_data_does_not_have_are_refused() -> None:
    loader = Loader({}, "P-AIM")
    with pytest.raises(UnknownName):
        loader.load("no-such-register", [])
    with pytest.raises(UnknownName, match="RSK-99"):
        loader.record(AIRisk, "RSK-99")


def test_what_the_data_names_is_there() -> None:
    ids = {row["id"] for _path, rows in registers_in_order() for row in rows}
    assert {"RSK-15", "AUD-02", "NC-2026-03", "MR-2026-1", "CHG-03"} <= ids
    assert all(register(path) for path, _rows in registers_in_order())
    pieces = [row["id"] for row in read("evidence")]
    assert len(pieces) == len(set(pieces)) and not ids & set(pieces)
