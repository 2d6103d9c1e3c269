"""What the law fixes is neither kept shorter nor done later; what is under a floor is not withdrawn; what comes first."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from aims.organisation.refused import Refused
from aims.records.changes import create, move
from aims.schedule.floors import floors
from aims.schedule.models import Obligation
from aims.schedule.needs import preconditions, unmet
from aims.schedule.obligations import change, sync
from context.models import AISystem
from evaluation.models import Audit, ManagementReview
from operation.models import SystemFile
from planning.models import ApplicabilityStatement, TreatmentPlan
from support.models import RetentionRule
from tests.people import World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, inside: World) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    sync(inside.orvanne, NOW)


def file(world: World, kind: str = "technical_documentation", market: date | None = None) -> SystemFile:
    """A file of a system that was placed on the market on a day."""
    data = {"title": "Triage", "purpose": "x", "placed_on_market": market}
    system = create(world.officer, AISystem, data)
    dated = date(2026, 9, 30) if kind == "event_log" else None
    return create(world.officer, SystemFile, {"title": "F", "system": system, "kind": kind, "dated": dated})


@pytest.mark.parametrize(
    ("code", "values", "field"),
    [
        ("SR50", {"months": 5}, "months"),
        ("SR51", {"months": 119}, "months"),
        ("SR46", {"hours": 73}, "hours"),
        ("SR43", {"days": 16}, "days"),
        ("SR43", {"months": 1}, "months"),
    ],
)
def test_what_the_law_fixes_is_refused_with_the_law(code: str, values: dict[str, int], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        change(Obligation.objects.get(code=code), **values)
    said = refused.value.message_dict[field][0]
    assert "AI Act" in said or "GDPR" in said
    assert getattr(Obligation.objects.get(code=code), field) != values[field]


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("SR50", {"months": 24}),  # longer than the floor
        ("SR46", {"hours": 48}),  # sooner than the law
        ("SR40", {"days": 14}),  # a law that may not apply here
        ("SR31", {"days": 60}),  # our own default
    ],
)
def test_longer_sooner_and_ones_own_is_free(code: str, values: dict[str, int]) -> None:
    change(Obligation.objects.get(code=code), **values)


@pytest.mark.parametrize(("covers", "months", "law"), [("SR50", 5, "19, 26"), ("SR51", 60, "Art. 18")])
def test_a_retention_rule_keeps_no_shorter(inside: World, covers: str, months: int, law: str) -> None:
    data = {"title": "R", "what": "x", "covers": covers, "months": months}
    with pytest.raises(Refused) as refused:
        create(inside.officer, RetentionRule, data)
    assert law in refused.value.fields["months"][0]
    create(inside.officer, RetentionRule, {**data, "months": 120})
    create(inside.officer, RetentionRule, {**data, "covers": ""})  # something that no law speaks of
    create(inside.officer, RetentionRule, {**data, "months": None})


def test_technical_documentation_is_kept_ten_years(inside: World) -> None:
    row = file(inside, market=date(2028, 2, 29))
    with pytest.raises(Refused) as refused:
        move(inside.officer, row, "withdraw", note="Old")
    assert "28 February 2038" in str(refused.value) and "AI Act Art. 18" in str(refused.value)
    row.refresh_from_db()
    assert row.state == "draft"


def test_logs_are_kept_six_months_or_as_long_as_the_organisation_says(inside: World) -> None:
    row = file(inside, "event_log")
    with pytest.raises(Refused) as refused:
        move(inside.officer, row, "withdraw", note="Old")
    assert "30 March 2027" in str(refused.value)
    change(Obligation.objects.get(code="SR50"), months=12)
    with pytest.raises(Refused) as refused:
        move(inside.officer, row, "withdraw", note="Old")
    assert "30 September 2027" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "market"),
    [
        ("technical_documentation", None),  # not on the market
        ("technical_documentation", date(2016, 11, 23)),  # over since yesterday
        ("user_information", date(2026, 1, 1)),  # nothing says how long
    ],
)
def test_what_is_under_no_floor_is_withdrawn(inside: World, kind: str, market: date | None) -> None:
    assert move(inside.officer, file(inside, kind, market), "withdraw", note="x").state == "withdrawn"


def test_the_floors_are_listed_with_their_earliest_end(inside: World) -> None:
    late, soon = file(inside, market=date(2026, 3, 1)), file(inside, market=date(2020, 5, 31))
    file(inside, market=date(2010, 1, 1))  # over
    log = file(inside, "event_log")
    listed = [(one.code, one.months, one.record, one.end) for one in floors(inside.officer)]
    assert listed == [
        ("SR50", 6, None, None),
        ("SR50", 6, log, date(2027, 3, 30)),
        ("SR51", 120, None, None),
        ("SR51", 120, soon, date(2030, 5, 31)),
        ("SR51", 120, late, date(2036, 3, 1)),
    ]


def test_what_comes_before_stage_2(inside: World) -> None:
    codes = [
        "internal_audit_completed",
        "management_review_completed",
        "soa_approved",
        "treatment_plan_approved",
    ]
    assert [one.code for one in unmet(preconditions(inside.officer))] == codes
    assert all(one.url.startswith("/registers/") for one in preconditions(inside.officer))
    made: list[tuple[Any, dict[str, str], str]] = [
        (Audit, {"title": "A", "kind": "internal"}, "reported"),
        (ManagementReview, {"title": "M"}, "signed"),
        (ApplicabilityStatement, {"title": "S"}, "approved"),
        (TreatmentPlan, {"title": "T"}, "approved"),
    ]
    for number, (model, data, state) in enumerate(made, 1):
        row = model(organisation=inside.orvanne, ref=f"X-{number}", state="planned", **data)
        model.objects.bulk_create([row])
        assert len(unmet(preconditions(inside.officer))) == 5 - number  # not before it is finished
        model.objects.filter(pk=row.pk).update(state=state)
        assert [one.code for one in unmet(preconditions(inside.officer))] == codes[number:]


def test_an_external_audit_is_no_internal_one(inside: World) -> None:
    row = Audit(organisation=inside.orvanne, ref="X-1", title="A", kind="stage_1", state="reported")
    Audit.objects.bulk_create([row])
    assert not preconditions(inside.officer)[0].met
