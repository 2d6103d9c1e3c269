"""What events start: clocks of incidents, to the minute where the law counts hours; reassessments; people who come."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.models import Membership
from aims.records.changes import create, move, write
from aims.schedule.fulfilment import people_changed
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import interval_for, plan, sync
from aims.schedule.tick import tick
from context.models import AISystem
from evaluation.models import Measurement, Metric
from leadership.models import AIPolicy
from operation.models import ChangeRecord, ExternalReport, Incident, Supplier
from planning.models import AIActAnswer, ImpactAssessment, LegalRequirement, RiskAssessment
from support.models import Document
from tests.people import World
from tests.schedule.story import asked, at, dues, only

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def system(world: World, **values: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": "Triage", "purpose": "x", **values})


def incident(world: World, **values: Any) -> Incident:
    """An incident of Tuesday 24 November, declared to be serious or reportable."""
    data = {"title": "Wrong", "system": system(world), "severity": "major", "happened_on": date(2026, 11, 23)}
    row = create(world.officer, Incident, {**data, "known_on": date(2026, 11, 24), **values})
    return move(world.officer, row, "declare_serious")


def running(row: Incident) -> dict[str, date]:
    """The clocks that run for an incident."""
    open_ = Occurrence.objects.filter(subject_kind="incidents", subject_id=row.pk, state__in=Occurrence.OPEN)
    return dict(open_.values_list("obligation__code", "due"))


CLOCKS = [
    ({"serious": True}, {"SR43": date(2026, 12, 9)}),
    ({"serious": True, "worst": "death"}, {"SR44": date(2026, 12, 4)}),
    ({"serious": True, "worst": "widespread"}, {"SR45": date(2026, 11, 26)}),
    ({"personal_data": True}, {"SR46": date(2026, 11, 26)}),
    ({"device_report": True}, {"SR47": date(2026, 12, 9)}),
    ({"device_report": True, "worst": "health"}, {"SR47D": date(2026, 12, 4)}),
    ({"device_report": True, "worst": "public_health"}, {"SR47T": date(2026, 11, 26)}),
    (
        {"serious": True, "device_report": True, "personal_data": True, "worst": "death"},
        {"SR44": date(2026, 12, 4), "SR47D": date(2026, 12, 4), "SR46": date(2026, 11, 26)},
    ),
    ({}, {}),
]


@pytest.mark.parametrize(("values", "expected"), CLOCKS)
def test_each_law_has_its_own_clock(inside: World, values: dict[str, Any], expected: dict[str, date]) -> None:
    sync(inside.orvanne, NOW)
    assert running(incident(inside, **values)) == expected


def test_telling_one_authority_stops_that_clock_alone(inside: World) -> None:
    sync(inside.orvanne, NOW)
    row = incident(inside, serious=True, personal_data=True, device_report=True)
    for step, field, left in (
        ("notify_breach", "breach_notified_on", {"SR43", "SR47"}),
        ("notify", "notified_on", {"SR47"}),
        ("notify_device", "device_notified_on", set()),
    ):
        write(inside.officer, row, {field: date(2026, 11, 25)})
        row = move(inside.officer, row, step)
        assert set(running(row)) == left


def test_72_hours_end_to_the_minute_and_are_told_at_once(inside: World) -> None:
    only(inside.orvanne, "SR46")
    incident(inside, personal_data=True, known_time=time(16, 20))  # 15:20 UTC
    row = Occurrence.objects.get()
    assert (row.due_at, row.due) == (datetime(2026, 11, 27, 15, 20, tzinfo=UTC), date(2026, 11, 27))
    tick(inside.orvanne, at("2026-11-24", 16))
    assert Task.objects.get().urgent
    tick(inside.orvanne, datetime(2026, 11, 27, 15, 19, tzinfo=UTC))
    assert Task.objects.count() == 1
    tick(inside.orvanne, datetime(2026, 11, 27, 15, 20, tzinfo=UTC))
    assert [name for name, title in asked(inside.orvanne) if title.startswith("Late")] == ["Claire Vasseur"]


def assessed(world: World, own: AISystem) -> None:
    """A system whose risks, impacts and class were looked at a first time, in an organisation with a policy."""
    first = [
        RiskAssessment(title="R", system=own), ImpactAssessment(title="I", system=own),
        AIActAnswer(title="A", system=own), AIPolicy(title="P"),
    ]  # fmt: skip
    for number, row in enumerate(first):
        row.organisation, row.ref, row.state = world.orvanne, f"X-{number}", "approved"
        type(row)._default_manager.bulk_create([row])


def test_nothing_is_asked_again_that_was_never_done(inside: World) -> None:
    sync(inside.orvanne, NOW)
    own = system(inside)
    for title in ("AI Act", "GDPR"):  # the register of law is filled for the first time
        data = {"title": title, "kind": "law", "source": "x", "asks": "x", "systems": [own]}
        move(inside.officer, create(inside.officer, LegalRequirement, data), "put_in_force")
        assert not Occurrence.objects.exists()
        assessed(inside, own) if title == "GDPR" else None
    move(inside.officer, LegalRequirement.objects.get(title="GDPR"), "reopen")
    move(inside.officer, LegalRequirement.objects.get(title="GDPR"), "put_in_force")
    found = Occurrence.objects.values_list("obligation__code", "subject_id")
    assert set(found) == {("SR06T", None), ("SR09T", own.pk), ("SR10T", own.pk), ("SR25T", own.pk)}


def after_event(world: World, code: str, started: Any) -> list[date]:
    rule = Obligation.objects.get(code=code)
    return dues(rule, subject_id=started.pk if started else None)


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("purpose", {"SR09T", "SR10T", "SR25T"}),
        ("population", {"SR09T", "SR10T"}),
        ("retraining", {"SR09T"}),
        ("supplied_model", {"SR09T"}),
        ("autonomy", {"SR09T", "SR10T"}),
        ("substantial", {"SR25T"}),
        ("", set()),
    ],
)
def test_a_change_of_a_sort_asks_for_what_it_touches(inside: World, kind: str, codes: set[str]) -> None:
    sync(inside.orvanne, NOW)
    own = system(inside)
    assessed(inside, own)
    data = {"title": "C", "system": own, "kind": kind, "what": "x", "consequences": "x"}
    row = create(inside.officer, ChangeRecord, {**data, "deployed_on": date(2026, 11, 20)})
    row = move(inside.executive, row, "approve")
    move(inside.officer, row, "deploy")
    found = Occurrence.objects.filter(subject_id=row.system_id)
    assert set(found.values_list("obligation__code", flat=True)) == codes
    assert {one.due for one in found} <= {date(2026, 12, 4)}


def test_an_alarm_and_a_report_and_a_law_ask_for_the_system(inside: World) -> None:
    sync(inside.orvanne, NOW)
    own = system(inside)
    assessed(inside, own)
    metric = create(inside.officer, Metric, {"title": "Drift", "system": own, "warning": 5, "alarm": 3})
    for value, expected in ((4, []), (2, [date(2026, 12, 4)])):
        create(
            inside.officer, Measurement, {"metric": metric, "measured_on": date(2026, 11, 20), "value": value}
        )
        assert after_event(inside, "SR09T", own) == expected
    report = {"title": "R", "received_on": date(2026, 11, 24), "text": "x", "system": own}
    create(inside.officer, ExternalReport, report)
    assert after_event(inside, "SR10T", own) == [date(2026, 12, 8)]
    for kind in ("promise", "law"):
        data = {"title": "L", "kind": kind, "source": "x", "asks": "x", "systems": [own]}
        move(inside.officer, create(inside.officer, LegalRequirement, data), "put_in_force")
        assert bool(after_event(inside, "SR25T", own)) == (kind == "law")
    assert after_event(inside, "SR06T", None) == [date(2026, 12, 8)]


def test_a_metric_of_no_system_asks_for_nothing(inside: World) -> None:
    sync(inside.orvanne, NOW)
    metric = create(inside.officer, Metric, {"title": "Trainings", "warning": 5, "alarm": 3})
    create(inside.officer, Measurement, {"metric": metric, "measured_on": date(2026, 11, 20), "value": 1})
    assert not Occurrence.objects.filter(obligation__code="SR09T").exists()


def test_an_incident_asks_to_look_at_the_suppliers_of_its_system(inside: World) -> None:
    sync(inside.orvanne, NOW)
    row = incident(inside)
    supplier = create(
        inside.officer, Supplier, {"title": "Kestrel", "provides": "x", "systems": [row.system]}
    )
    assert after_event(inside, "SR22T", supplier) == []
    again = {"title": "Again", "system": row.system, "severity": "minor", "happened_on": date(2026, 11, 24)}
    create(inside.officer, Incident, again)
    assert after_event(inside, "SR22T", supplier) == [date(2026, 12, 8)]


def test_people_who_come_change_and_leave(inside: World) -> None:
    sync(inside.orvanne, NOW)
    person = Membership.objects.get(pk=inside.contributor.id)
    people_changed(inside.officer, person, "join")
    assert after_event(inside, "SR19N", person) == [date(2026, 12, 24)]
    tick(inside.orvanne, at("2026-11-24"))
    assert ("Nadia Benhaddou", "Awareness of somebody who is new: Yuki Tanaka") in asked(inside.orvanne)
    assert after_event(inside, "SR07T", None) == []
    people_changed(inside.officer, person, "move")
    people_changed(inside.officer, person, "leave")  # asked already
    assert after_event(inside, "SR07T", None) == [date(2026, 12, 8)]


def test_variants_and_the_organisations_own_interval(inside: World) -> None:
    sync(inside.orvanne, NOW)
    rules = {row.code: row for row in Obligation.objects.filter(code__in=["SR09", "SR21", "SR22"])}
    high, low = system(inside), system(inside)
    AISystem.objects.filter(pk=high.pk).update(act_outcome="HIGH_RISK_ANNEX_III")
    high.refresh_from_db()
    records = [
        ("SR09", RiskAssessment(system=high), 6), ("SR09", RiskAssessment(system=low), 12),
        ("SR21", Document(kind="policy"), 12), ("SR21", Document(kind="manual"), 24),
        ("SR22", Supplier(critical=True), 12), ("SR22", Supplier(), 24),
    ]  # fmt: skip
    assert [interval_for(rules[code], record).months for code, record, _months in records] == [
        months for _code, _record, months in records
    ]
    rules["SR22"].months = 3
    assert interval_for(rules["SR22"], Supplier(critical=True)).months == 3


# ── Before another date ──────────────────────────────────────────────────


def both(world: World) -> tuple[Obligation, Obligation]:
    """The management review of 15 January 2027, and the review of the context before it."""
    sync(world.orvanne, NOW)
    Obligation.objects.exclude(code__in=["SR01", "SR04"]).update(active=False)
    Obligation.objects.update(anchor=date(2026, 1, 15), own=["lead_days"], lead_days=[7])
    plan(world.orvanne, NOW)
    return Obligation.objects.get(code="SR01"), Obligation.objects.get(code="SR04")


def test_the_context_is_reviewed_thirty_days_before(inside: World) -> None:
    review, context = both(inside)
    assert dues(review, due__gte=date(2026, 11, 24)) == [date(2027, 1, 15)]
    assert dues(context) == [date(2026, 12, 16)]


def test_without_a_planned_review_it_keeps_its_own_dates(inside: World) -> None:
    review, context = both(inside)
    review.occurrences.all().delete()
    Obligation.objects.filter(code="SR01").update(active=False)
    plan(inside.orvanne, NOW)
    assert dues(context, due__gte=date(2026, 11, 24)) == [date(2027, 1, 15)]
