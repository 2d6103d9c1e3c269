"""The report of an audit: asked to be read, accepted, and signed as it is before the audit is closed (9.2.2-e and f)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records.changes import move, write
from aims.records.signatures import canonical, digest_of, sign
from aims.schedule.models import Task
from evaluation.models import Audit
from evaluation.report import report
from evaluation.reporting import said, signed_report
from tests.evaluation.story import again, begun, reported
from tests.people import World


@pytest.fixture
def audit(inside: World) -> Audit:
    """An audit whose report went to Claire."""
    with acting(inside.orvanne.pk, inside.auditor.actor):
        return reported(inside, begun(inside))


def signed(world: World, audit: Audit) -> Audit:
    """Hugo signs the report as it is."""
    audit = Audit.objects.get(pk=audit.pk)
    hugo = again(world.auditor)
    sign(hugo, audit, "sign_report", audit.version, digest_of(canonical(audit)), "password")
    return Audit.objects.get(pk=audit.pk)


def asked(world: World) -> list[tuple[object, str]]:
    """Who is asked to accept the report."""
    rows = Task.objects.filter(source__startswith="report:")
    return [(one.member_id, one.state) for one in rows]


def test_what_is_signed_is_all_but_who_got_it_and_who_accepted_it() -> None:
    assert said('{"conclusion": "x", "acceptances": [1], "recipients": ["a"]}') == {"conclusion": "x"}


def test_who_gets_the_report_is_asked_to_accept_it(inside: World, audit: Audit) -> None:
    assert asked(inside) == [(inside.executive.id, "open")]
    move(inside.executive, audit, "accept")
    assert asked(inside) == [(inside.executive.id, "done")]
    rows = {one.heading: one for one in report(inside.reader, audit).sections}[
        "Distribution and acceptance"
    ].rows
    ((name, _position, sent, accepted),) = rows
    assert (
        name == "Claire Vasseur" and sent == "16 October 2026" and str(timezone.localdate().year) in accepted
    )


def test_an_internal_audit_is_closed_with_a_signed_report_only(inside: World, audit: Audit) -> None:
    with pytest.raises(Refused) as refused:
        move(inside.officer, audit, "close")
    assert refused.value.code == "conflict" and "not signed" in str(refused.value)
    audit = signed(inside, audit)
    assert signed_report(audit)
    move(inside.executive, audit, "accept")  # comes after the signature and does not touch it
    audit = Audit.objects.get(pk=audit.pk)
    assert signed_report(audit) and move(inside.officer, audit, "close").state == "closed"
    said_ = {one.heading: one for one in report(inside.reader, audit).sections}["Signatures"].rows
    assert said_[0][0] == "Hugo Renard" and said_[0][2].startswith("I confirm")


def test_a_report_that_was_changed_is_signed_again(inside: World, audit: Audit) -> None:
    audit = signed(inside, audit)
    audit = write(again(inside.auditor), audit, {"conclusion": "Effective after all."})
    assert signed_report(audit) is None
    with pytest.raises(Refused):
        move(inside.officer, audit, "close")
    assert move(inside.officer, signed(inside, audit), "close").state == "closed"
    assert asked(inside) == [(inside.executive.id, "cancelled")]  # nobody is chased about what is over


def test_of_audits_by_others_no_signature_is_asked_here(inside: World) -> None:
    audit = begun(inside, kind="surveillance", lead=None)
    Audit.objects.filter(pk=audit.pk).update(
        state="reported", ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert move(inside.officer, audit, "close").state == "closed"
