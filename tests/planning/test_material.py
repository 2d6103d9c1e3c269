"""Material changes: the rules as a table, the state machine with Hypothesis, and one walk through the real doors."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.records import registry
from aims.records.changes import create, move, write
from aims.records.foretelling import foretell
from aims.records.registry import register
from aims.records.signatures import canonical, digest_of, sign
from aims.schedule.models import Task
from context.models import AISystem, SystemVersion
from operation.models import Dataset, Supplier
from planning.material import (
    ALL,
    IMPACT,
    KINDS,
    RISKS,
    RULES,
    Mark,
    holding,
    material,
    redone_by,
)
from planning.models import ChangePlan, ImpactAssessment, ReleaseWaiver, RiskAssessment, StaleMark
from tests.pages.markup import Page
from tests.pages.test_edit import posted
from tests.people import World
from tests.planning.test_soa import client

TODAY = timezone.localdate()
BOTH = frozenset({IMPACT, RISKS})
SYSTEM = {"purpose": "Sort", "users": "Nurses", "roles": [{"id": 1, "role": "eu_provider", "note": "a"}]}


def found(path: str, before: Any, after: Any) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.rule.code, one.systems) for one in material(path, "me", before, after)]


@pytest.mark.parametrize(
    ("path", "before", "after", "what"),
    [
        ("ai-systems", SYSTEM, SYSTEM, []),
        ("ai-systems", {}, SYSTEM, []),  # a new system has nothing that could be outdated
        ("ai-systems", SYSTEM, {**SYSTEM, "purpose": "Sort  \n"}, []),  # blanks are no change
        ("ai-systems", SYSTEM, {**SYSTEM, "title": "Other"}, []),
        ("ai-systems", SYSTEM, {**SYSTEM, "purpose": "Reject"}, [("purpose", ("me",))]),
        ("ai-systems", SYSTEM, {**SYSTEM, "affected": "Children"}, [("population", ("me",))]),
        ("ai-systems", SYSTEM, {**SYSTEM, "roles": [{"id": 2, "role": "eu_provider", "note": "b"}]}, []),
        ("ai-systems", SYSTEM, {**SYSTEM, "roles": []}, [("role", ("me",))]),
        ("ai-systems", SYSTEM, {**SYSTEM, "automation": "full_automation"}, [("model", ("me",))]),
        (
            "ai-systems",
            SYSTEM,
            {**SYSTEM, "purpose": "x", "sourcing": "bought_product"},
            [("purpose", ("me",)), ("supplier", ("me",))],
        ),
        ("system-versions", {}, {"system": "s", "label": "2"}, [("version", ("s",))]),
        ("system-versions", {"system": "s", "label": "2"}, {"system": "s", "label": "3"}, []),
        ("suppliers", {}, {"systems": [], "provides": "Cloud"}, []),
        ("suppliers", {}, {"systems": ["a", "b"], "provides": "Cloud"}, [("supplier", ("a", "b"))]),
        (
            "suppliers",
            {"systems": ["a"]},
            {"systems": ["a", "b"]},
            [("supplier", ("b",))],
        ),  # b alone is concerned
        ("suppliers", {"systems": ["a", "b"]}, {"systems": ["b", "a"]}, []),
        (
            "suppliers",
            {"systems": ["a"], "provides": "x"},
            {"systems": ["a"], "provides": "y"},
            [("supplier", ("a",))],
        ),
        (
            "datasets",
            {"systems": ["a"], "source": "x"},
            {"systems": ["a"], "source": "y"},
            [("data", ("a",))],
        ),
        ("resources", {}, {"systems": ["a"], "kind": "people"}, []),
        ("resources", {}, {"systems": ["a"], "kind": "data"}, [("data", ("a",))]),
        ("incidents", {}, {"systems": ["a"]}, []),
    ],
)
def test_which_changes_are_material(path: str, before: Any, after: Any, what: Any) -> None:
    assert found(path, before, after) == what


def test_rules_name_what_there_is() -> None:
    for rule in RULES:
        known = register(rule.register)
        assert known is not None, rule.register
        parts = {"roles"} if rule.register == "ai-systems" else set()
        assert set(rule.fields) <= {*known.fields, *parts}, rule
        assert rule.touches and rule.touches <= ALL and rule.code in StaleMark.Cause.values
    assert {rule.code for rule in RULES} == set(StaleMark.Cause.values)


def test_what_a_change_brings_about_hides_no_field() -> None:
    own = {"brought_about", "coming", "undoing"}
    for known in registry.registers():
        assert own.isdisjoint(field.name for field in known.model._meta.get_fields()), known.path


# ── the pure state machine ──

DAY = date(2026, 1, 1)
ACTIONS = st.one_of(
    st.tuples(st.just("change"), st.sampled_from(RULES)),
    st.tuples(st.just("assess"), st.sampled_from(KINDS), st.integers(0, 3)),
    st.tuples(st.just("waive"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("release"), st.sampled_from(["1", "2"])),
)


@dataclass
class Machine:
    """What the doors do, with the pure rules; beside it, what happened on which day, by which the rules are judged."""

    day: int = 0
    marks: list[Mark] = field(default_factory=list)
    waivers: dict[str, set[str]] = field(default_factory=lambda: {"1": set(), "2": set()})
    assessed: dict[str, int] = field(default_factory=dict)  # the latest day on which each kind was done
    changed: dict[str, int] = field(default_factory=dict)  # the latest day of a change that touches it

    def change(self, rule: Any) -> None:
        for kind in rule.touches & set(self.assessed):
            self.marks.append(Mark(kind, DAY + timedelta(self.day), str(len(self.marks))))
            self.changed[kind] = self.day

    def assess(self, kind: str, back: int) -> None:
        done = max(self.day - back, 0)
        self.marks = [
            replace(m, redone=m.redone or redone_by(m, kind, DAY + timedelta(done))) for m in self.marks
        ]
        self.assessed[kind] = max(done, self.assessed.get(kind, 0))

    def waive(self, version: str) -> None:
        self.waivers[version] |= {mark.key for mark in self.marks if not mark.redone}

    def release(self, version: str) -> bool:
        return not holding(self.marks, self.waivers[version])


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=14))
def test_nothing_releases_a_version_with_a_stale_assessment_and_no_waiver(steps: list[Any]) -> None:
    machine, waived = Machine(), {"1": -1, "2": -1}
    for name, *given_ in steps:
        machine.day += 1
        answer = getattr(machine, name)(*given_)
        if name == "waive":
            waived[given_[0]] = machine.day
        if name == "release":
            stale = {k for k, day in machine.changed.items() if machine.assessed[k] < day}
            open_ = {kind for kind in stale if machine.changed[kind] > waived[given_[0]]}
            assert answer == (not open_), (machine, open_)


# ── the real doors ──

WHOLE = {"individuals": "Patients", "society": "All", "misuse": "None", "conclusion": "acceptable"}


def approved(world: World, record: Any, step: str = "approve") -> Any:
    if step == "approve":
        record = move(world.officer, record, "submit")
    shown = digest_of(canonical(record))
    return sign(world.executive, record, step, record.version, shown, "password")


def system(world: World, **data: Any) -> AISystem:
    given_ = {"title": "ThoraScan", "purpose": "Sort X-rays", "owner": world.officer.id, **data}
    return create(world.officer, AISystem, given_)


def assess(world: World, about: AISystem, day: date = TODAY) -> Any:
    data = {"title": "Impact", "system": about, "done_on": day, "review_due": date(2099, 1, 1), **WHOLE}
    return approved(world, create(world.officer, ImpactAssessment, data))


def validated(world: World, about: AISystem, label: str = "1") -> SystemVersion:
    data = {"title": f"V{label}", "system": about, "label": label, "intended_use": "Adults"}
    return move(
        world.officer, create(world.officer, SystemVersion, {**data, "owner": world.officer.id}), "validate"
    )


def marks(about: AISystem, state: str = "stale") -> list[tuple[str, str]]:
    rows = StaleMark.objects.filter(system=about, state=state).order_by("ref")
    return [(row.kind, row.cause) for row in rows]


def test_a_change_marks_asks_holds_and_is_redone(inside: World) -> None:
    about = system(inside)
    first = assess(inside, about, TODAY - timedelta(days=30))
    made = validated(inside, about)
    assert marks(about) == [("impact", "version")], "the version is new: what holds is outdated"
    about = write(inside.officer, about, {"purpose": "Reject X-rays"})
    assert marks(about) == [("impact", "version"), ("impact", "purpose")]
    mark = StaleMark.objects.get(cause="purpose")
    assert mark.change.startswith(about.ref) and "Sort X-rays → Reject X-rays" in mark.details
    assert mark.impact_id == first.pk and "Claire Vasseur" in mark.signatures and mark.since == TODAY
    tasks = Task.objects.filter(source__startswith=f"stale:{mark.pk}:")
    assert [(task.member_id, task.state) for task in tasks] == [(inside.officer.id, "open")]
    with pytest.raises(Refused, match="release waiver") as refused:
        approved(inside, made, "release")
    assert refused.value.code == "conflict" and SystemVersion.objects.get(pk=made.pk).state == "validated"
    assess(inside, about, TODAY - timedelta(days=1))  # approved today, but done before the change
    assert len(marks(about)) == 2
    assess(inside, about)
    assert marks(about) == [] and len(marks(about, "redone")) == 2
    assert not Task.objects.filter(source__startswith="stale:", state="open").exists()
    assert approved(inside, SystemVersion.objects.get(pk=made.pk), "release").state == "released"


def waiver(world: World, made: SystemVersion, **data: Any) -> ReleaseWaiver:
    given_ = {
        "title": "Urgent fix",
        "system_version": made,
        "marks": [mark.pk for mark in StaleMark.objects.filter(system=made.system_id)],
        "reason": "Patients wait",
        "conditions": "Every image is read twice",
        "authority": world.executive.id,
        "until": TODAY + timedelta(days=14),
        **data,
    }
    return create(world.officer, ReleaseWaiver, given_)


def test_the_named_authority_waives_for_one_version_until_a_day(inside: World) -> None:
    about = system(inside)
    assess(inside, about, TODAY - timedelta(days=30))
    made, other = validated(inside, about), validated(inside, about, "2")
    with pytest.raises(Refused, match="Only the named authority"):
        approved(inside, waiver(inside, made, authority=inside.officer.id), "grant")
    approved(inside, waiver(inside, made, until=TODAY - timedelta(days=1)), "grant")
    with pytest.raises(Refused, match="Not released"):
        approved(inside, made, "release")  # its waiver has ended
    approved(inside, waiver(inside, made), "grant")
    assert approved(inside, made, "release").state == "released"
    with pytest.raises(Refused, match="Not released"):
        approved(inside, other, "release")
    assert marks(about) == [("impact", "version"), ("impact", "version")], "waived is not redone"


def test_a_waiver_is_for_its_own_system(inside: World) -> None:
    about, stranger = system(inside), system(inside, title="Other")
    for one in (about, stranger):
        assess(inside, one, TODAY - timedelta(days=30))
    made = validated(inside, about)
    validated(inside, stranger)
    foreign = [mark.pk for mark in StaleMark.objects.filter(system=stranger)]
    with pytest.raises(Refused) as refused:
        approved(inside, waiver(inside, made, marks=foreign), "grant")
    assert list(refused.value.fields) == ["marks"]


def test_a_mark_is_not_turned_closed_or_withdrawn_by_hand(inside: World) -> None:
    about = system(inside)
    assess(inside, about, TODAY - timedelta(days=30))
    write(inside.officer, about, {"affected": "Children"})
    mark = StaleMark.objects.get()
    for data in (
        {"system": system(inside).pk},
        {"kind": "risks"},
        {"since": date(2020, 1, 1)},
        {"cause": "data"},
    ):
        with pytest.raises(Refused, match="Check the marked fields"):
            write(inside.officer, mark, data)
    with pytest.raises(Refused, match="Redo it first"):
        move(inside.officer, mark, "redo")
    with pytest.raises(Refused, match="redo the assessment, or have its release waived"):
        move(inside.officer, mark, "withdraw", note="Away with it")
    with pytest.raises(Refused, match="Check the marked fields"):
        write(inside.officer, mark, {"impact": None})
    by_hand = create(
        inside.officer,
        StaleMark,
        {"title": "x", "system": about, "kind": "risks", "cause": "data", "since": TODAY},
    )
    assert move(inside.officer, by_hand, "withdraw", note="By mistake").state == "withdrawn"


def test_later_clauses_are_heard_and_a_contributor_marks_too(inside: World) -> None:
    about = system(inside)
    run = {"title": "Run", "system": about, "done_on": TODAY, "review_due": date(2099, 1, 1)}
    run_ = create(inside.officer, RiskAssessment, run)
    RiskAssessment.objects.filter(pk=run_.pk).update(state="approved")
    create(inside.officer, Supplier, {"title": "HirePilot", "provides": "Model", "systems": [about.pk]})
    data = create(
        inside.officer, Dataset, {"title": "Images", "use": "training", "owner": inside.contributor.id}
    )
    assert marks(about) == [("risks", "supplier")]
    write(inside.contributor, data, {"systems": [about.pk], "source": "Hospital"})
    assert marks(about) == [("risks", "supplier"), ("risks", "data")]
    write(inside.contributor, data, {"source": "Other hospital"})
    assert len(marks(about)) == 2, "the same record's change is not marked twice"
    assert StaleMark.objects.filter(cause="data").get().run_id == run_.pk


def test_what_follows_is_told_before_and_nothing_is_kept(inside: World) -> None:
    about = system(inside)
    first = assess(inside, about)
    told = foretell(lambda: write(inside.officer, about, {"purpose": "Reject"}))
    assert [(one.code, one.ref) for one in told] == [("redo_impact", first.ref)]
    about.refresh_from_db()
    assert (
        about.purpose == "Sort X-rays"
        and not StaleMark.objects.exists()
        and not Task.objects.filter(source__startswith="stale:")
    )
    with pytest.raises(Refused):
        foretell(lambda: write(inside.reader, about, {"purpose": "Reject"}))
    assert foretell(lambda: write(inside.officer, about, {"title": "Other"})) == ()


def test_the_form_asks_before_it_saves(inside: World) -> None:
    about = system(inside)
    assess(inside, about)
    browser = client(inside)
    place = f"/registers/ai-systems/{about.pk}/edit/"
    data = {**posted(browser.get(place).content), "purpose": "Reject X-rays"}
    answer = browser.post(place, data)
    body = answer.content.decode()
    assert answer.status_code == 200 and "must be redone" in body and 'name="confirmed"' in body
    assert "Reject X-rays" in body and not StaleMark.objects.exists()
    answer = browser.post(place, {**data, "confirmed": "1"})
    assert answer.status_code == 302 and marks(about) == [("impact", "purpose")]
    about.refresh_from_db()
    again = browser.post(place, {**data, "title": "Other title", "version": str(about.version)})
    assert again.status_code == 302, "what follows nothing is saved at once"


def words(world: World, record: Any, role: Role = Role.OFFICER) -> str:
    path = registry.register_of(record).path
    answer = client(world, role).get(f"/registers/{path}/{record.pk}/")
    assert answer.status_code == 200
    return Page(answer.content.decode()).words()


def test_what_is_outdated_stands_on_the_pages_that_it_concerns(inside: World) -> None:
    about = system(inside)
    record = assess(inside, about)
    plan = create(inside.officer, ChangePlan, {"title": "New use", "purpose": "More", "systems": [about.pk]})
    assert "Outdated by a change" not in words(inside, about)
    plan = write(inside.officer, plan, {"material": "purpose"})
    assert "What this change will make outdated" in words(inside, plan) and record.ref in words(inside, plan)
    made = validated(inside, about)
    for one in (about, record):
        page = words(inside, one)
        assert "Outdated by a change" in page and "a new version of the model" in page and "STL-0001" in page
    page = words(inside, made)
    assert "This holds the release" in page and "Ask for a waiver" in page and "Claire Vasseur" in page
    assert "Ask for a waiver" not in words(inside, made, Role.READER)
    waived = waiver(inside, made)
    assert waived.ref in words(inside, made)
    approved(inside, waived, "grant")
    assert "This holds the release" not in words(inside, made)


def test_over_rest_a_dry_run_tells_what_must_be_redone(inside: World) -> None:
    about = system(inside)
    record = assess(inside, about)
    _row, secret = make_token(Membership.objects.get(pk=inside.officer.id), "tests")
    place = f"/api/v1/ai-systems/{about.pk}/"
    headers = {"Authorization": f"Bearer {secret}", "If-Match": f'"{about.version}"'}
    browser = Client()

    def patch(query: str, data: dict[str, Any]) -> Any:
        return browser.patch(place + query, data, content_type="application/json", headers=headers)

    answer = patch("?dry_run=true", {"purpose": "Reject"})
    assert answer.status_code == 200 and [one["ref"] for one in answer.json()["effects"]] == [record.ref]
    assert answer.json()["effects"][0]["code"] == "redo_impact" and answer.json()["purpose"] == "Sort X-rays"
    assert not StaleMark.objects.exists() and AISystem.objects.get(pk=about.pk).purpose == "Sort X-rays"
    assert patch("?dry_run=true", {"title": "Other"}).json()["effects"] == []
    assert patch("?dry_run=maybe", {"title": "Other"}).status_code == 400
    assert patch("?dry_run=true", {"title": ""}).status_code == 422
    made = {"title": "V2", "system": str(about.pk), "label": "2"}
    answer = browser.post(
        "/api/v1/system-versions/?dry_run=true", made, content_type="application/json", headers=headers
    )
    assert (
        answer.status_code == 200
        and len(answer.json()["effects"]) == 1
        and not SystemVersion.objects.exists()
    )
    assert patch("", {"purpose": "Reject"}).status_code == 200 and marks(about) == [("impact", "purpose")]
