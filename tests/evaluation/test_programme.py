"""The audit programme over three years: coverage, frequency with reasons, gaps, and the audit that fills them (9.2.2)."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.records.changes import create
from context.models import AISystem
from evaluation import programme
from evaluation.models import Audit
from evaluation.programme import Plan, Row, plan
from tests.evaluation.story import begun, found, planned, reported
from tests.people import STORY, World

NOW = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """24 November 2026."""
    monkeypatch.setattr(programme, "now_there", lambda member: NOW)


def row(made: Plan, key: str) -> Row:
    """One row."""
    return next(one for one in made.rows if one.key == key)


def done(world: World, **data: Any) -> Audit:
    """An audit with its report."""
    audit = begun(world, **data)
    with acting(world.orvanne.pk, world.auditor.actor):
        return reported(world, audit)


def test_it_holds_every_clause_control_and_system(inside: World) -> None:
    create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "p"})
    made = plan(inside.officer, 2026)
    assert (len(made.clauses), len(made.controls), len(made.systems)) == (32, 38, 1)
    assert len(made.quarters) == 12 and made.gaps == made.rows  # nothing was ever audited


def test_a_reported_audit_covers_its_clauses_for_a_year(inside: World) -> None:
    audit = done(inside, codes=["8.1", "A.4"])
    made = plan(inside.officer, 2026)
    covered = row(made, "8.1")
    assert (
        covered.cells[2026, 4] == [audit] and covered.due == date(2027, 10, 8) and not covered.gap(made.end)
    )
    assert row(made, "A.4.2").due == date(2029, 10, 8) and row(made, "8.2").gap(made.end)
    assert row(plan(inside.officer, 2027), "8.1").gap(date(2027, 12, 31))


def test_an_audit_ahead_fills_the_gap_and_a_later_one_does_not(inside: World) -> None:
    planned(inside, codes=["8.2"], starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2))
    planned(inside, codes=["8.3"], starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 2))
    made = plan(inside.officer, 2026)
    assert not row(made, "8.2").gap(made.end) and row(made, "8.3").gap(made.end)


def test_controls_with_open_findings_are_audited_again_within_a_year(inside: World) -> None:
    audit = begun(inside, codes=["A.4", "A.5"])
    with acting(inside.orvanne.pk, inside.auditor.actor):
        found(inside, audit, code="A.4.2", grade="minor")
        found(inside, audit, code="A.5.2", grade="strength")
        reported(inside, audit)
    made = plan(inside.officer, 2026)
    assert row(made, "A.4.2").months == 12 and "1 open finding" in row(made, "A.4.2").why[0]
    assert row(made, "A.5.2").months == 36


def test_a_high_risk_system_is_audited_every_year(inside: World) -> None:
    high = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "p"})
    low = create(inside.officer, AISystem, {"title": "Spell check", "purpose": "p"})
    AISystem.objects.filter(pk=high.pk).update(act_outcome="HIGH_RISK_ANNEX_III")
    made = plan(inside.officer, 2026)
    assert (row(made, str(high.pk)).months, row(made, str(low.pk)).months) == (12, 36)


def test_audits_of_certification_bodies_do_not_cover_our_programme(inside: World) -> None:
    done(inside, kind="stage_2", codes=["8.1"])
    assert row(plan(inside.officer, 2026), "8.1").last is None


def test_one_click_plans_what_is_missing(inside: World) -> None:
    done(inside, codes=["8.1"])
    client = Client()
    client.force_login(Person.objects.get(pk=inside.officer.person_id))
    page = client.get(reverse("audit programme"), {"year": "2026"}).content.decode()
    assert "Plan the missing audit" in page
    assert client.post(reverse("plan missing audit"), {"year": "2026"}).status_code == 302
    audit = Audit.objects.get(state="planned")
    assert (
        "8.1" not in audit.codes
        and {"8.2", "A.4.2"} <= set(audit.codes)
        and audit.ends_on == date(2026, 12, 31)
    )
    assert plan(inside.officer, 2026).gaps == []
    assert client.post(reverse("plan missing audit"), {"year": "2026"}).status_code == 409


@pytest.mark.parametrize("year", ["x", "99999", "-1", "²"])
def test_what_is_no_year_is_refused(inside: World, year: str) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=inside.officer.person_id))
    assert client.get(reverse("audit programme"), {"year": year}).status_code == 422


def test_who_plans_no_audits_sees_the_page_without_the_button(inside: World) -> None:
    for role in STORY:
        client = Client()
        client.force_login(Person.objects.get(pk=inside.members[role].person_id))
        answer = client.post(reverse("plan missing audit"), {"year": "2026"})
        assert (answer.status_code == 403) == (role in (Role.CONTRIBUTOR, Role.EXECUTIVE, Role.READER)), role


def test_it_asks_as_much_for_many_audits_as_for_few(
    inside: World, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        planned(inside, codes=["8.1"])
    with django_assert_max_num_queries(10):
        plan(inside.officer, 2026)
