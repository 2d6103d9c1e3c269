"""What goes into a pack of some AI systems or of a period, and what stays out; the cover says which."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aims.organisation.refused import Refused
from aims.pack.asking import again, ask_pack
from aims.pack.choosing import choice, over, own_days, spread
from aims.pack.collect import collect
from aims.pack.contents import Contents
from aims.pack.page import page
from aims.records.changes import create, move, write
from aims.records.evidence import link
from aims.records.lifecycle import IN_FORCE
from aims.records.lifecycles import approval
from aims.records.models import Evidence
from context.models import AISystem, ContextIssue
from evaluation.models import Measurement, Metric
from improvement.models import CorrectiveAction, Nonconformity
from operation.models import Incident
from planning.models import AIRisk, ControlImplementation
from tests.callers import Caller, caller, officer
from tests.pack.printing import gathered

__all__ = ["caller", "officer"]
JUNE = (datetime.date(2026, 6, 1), datetime.date(2026, 6, 30))

Picked = Callable[..., Contents]


@pytest.fixture
def two(story: Any, spoken: None) -> Any:
    """Beside ThoraScan another system, and things about each, about both, about none."""
    member, thora = story.officer, story.things["system"]
    orva = create(member, AISystem, {"title": "Orva Assist", "purpose": "Answers questions"})
    story.things["orva"] = orva
    for title, system in (("Hallucination", orva), ("Staff shortage", None)):
        create(member, AIRisk, {"title": title, "system": system})
    for title, systems in (("Of Thora", [thora]), ("Of Orva", [orva]), ("Of both", [thora, orva])):
        case = create(member, Nonconformity, {"title": title, "systems": systems, "description": "x"})
        create(member, CorrectiveAction, {"title": f"Action {title}", "nonconformity": case})
    create(member, Nonconformity, {"title": "Of the AIMS", "description": "x"})
    metric = create(member, Metric, {"title": "Grounded answers", "system": orva})
    on = {"measured_on": datetime.date(2026, 6, 3), "value": 97}
    create(member, Measurement, {"title": "June", "metric": metric, **on})
    return story


@pytest.fixture
def picked(two: Any) -> Picked:
    """Collects a pack of some systems and days."""

    def gather(*systems: AISystem, codes: Any = (), member: Any = None, **days: Any) -> Contents:
        member = member or two.officer
        pack = ask_pack(member, "Stage 1", codes, "en", systems=[s.pk for s in systems], **days)
        return collect(member, pack)

    return gather


def titles(contents: Contents, path: str) -> set[str]:
    """What is in the data of a register; the document has the same, as a table and sheets."""
    kept = {row["title"] for row in contents.data[path]}
    part = next(r for c in contents.chapters for r in c.registers if r.anchor == f"register-{path}")
    assert len(part.table.rows) == len(kept)
    if part.sheets:
        assert {sheet.title for sheet in part.sheets} == kept
    return kept


def test_a_system_brings_what_concerns_it_and_what_concerns_none(two: Any, picked: Picked) -> None:
    found = picked(two.things["system"])
    assert titles(found, "ai-systems") == {"ThoraScan"}
    assert titles(found, "ai-risks") == {"A late finding", "Staff shortage"}
    assert titles(found, "nonconformities") == {"Of Thora", "Of both", "Of the AIMS"}


def test_what_names_no_system_follows_what_it_names(two: Any, picked: Picked) -> None:
    found = picked(two.things["system"])
    assert titles(found, "corrective-actions") == {"Action Of Thora", "Action Of both"}
    assert titles(found, "measurements") == set()
    assert titles(picked(two.things["orva"]), "measurements") == {"June"}


def test_two_systems_bring_what_concerns_either(two: Any, picked: Picked) -> None:
    found = picked(two.things["system"], two.things["orva"])
    assert len(titles(found, "nonconformities")) == 4


def test_a_part_brings_in_and_never_keeps_out(two: Any, picked: Picked) -> None:
    """A control from which another system is exempted still stands in the Statement of Applicability."""
    line = ControlImplementation.objects.get(code="A.2.2")
    exempt = {"exclusions": [{"system": two.things["orva"], "reason": "bought"}]}
    write(two.officer, line, {"applicable": True, "inclusion_reason": "y"}, parts=exempt)
    kept = titles(picked(two.things["system"]), "control-implementations")
    assert len(kept) == ControlImplementation.objects.count()


def test_lines_and_answers_are_limited_by_clauses_only(two: Any, picked: Picked) -> None:
    whole, some = picked(), picked(two.things["system"], since=JUNE[0], until=JUNE[1])
    assert [c.tally for c in some.chapters] == [c.tally for c in whole.chapters]
    assert picked(two.things["system"], codes=["4"]).chapters[0].code == "4"


def test_evidence_and_signatures_follow(two: Any, picked: Picked) -> None:
    loose = create(two.officer, Evidence, {"title": "Of Orva only"})
    link(two.officer, loose, "ai-systems", two.things["orva"].pk)
    kept = {e.shown.title for e in picked(two.things["system"]).exhibits}
    assert kept == {"Validation report"}
    assert "Of Orva only" in {e.shown.title for e in picked(two.things["orva"]).exhibits}


def test_nothing_of_another_system_is_in_the_document(two: Any, picked: Picked, tmp_path: Any) -> None:
    found = picked(two.things["system"])
    html = page(found, gathered(tmp_path / "x", found))
    assert "Hallucination" not in html + json.dumps(found.data, default=str)
    assert "Of Orva" not in html + json.dumps(found.data, default=str)


def test_the_cover_tells_what_is_in_and_what_is_out(two: Any, picked: Picked, tmp_path: Any) -> None:
    found = picked(two.things["system"], since=JUNE[0], until=JUNE[1])
    html = page(found, gathered(tmp_path / "x", found))
    cover = html[: html.index('class="contents"')]
    assert "AIS-0001 ThoraScan" in cover
    assert "1 June 2026</time> to" in cover
    assert "concern other systems only are left out" in cover
    assert "began after the period or were over before it are left out" in cover
    whole = picked()
    assert "left-out" not in page(whole, gathered(tmp_path / "y", whole))
    manifest = json.loads(gathered(tmp_path / "z", found).files[-1].path.read_text())
    assert (manifest["systems"], manifest["until"]) == (["AIS-0001 ThoraScan"], "2026-06-30")


def dated(record: Any, day: datetime.date, **values: Any) -> None:
    """Let a record have been written and changed last on a day."""
    moment = datetime.datetime.combine(day, datetime.time(9), datetime.UTC)
    type(record).objects.filter(pk=record.pk).update(**{"created_at": moment, "changed_at": moment, **values})


@pytest.mark.parametrize(
    ("written", "state", "goes_in"),
    [
        (datetime.date(2026, 5, 31), "in_force", True),  # stood in it
        (datetime.date(2026, 6, 30), "draft", True),  # came in it
        (datetime.date(2026, 7, 1), "in_force", False),  # came after it
        (datetime.date(2026, 5, 31), "withdrawn", False),  # was over before it
        (datetime.date(2026, 6, 15), "withdrawn", True),  # was over in it
    ],
)
def test_a_period_by_the_days_of_the_record_itself(
    two: Any, picked: Picked, written: datetime.date, state: str, goes_in: bool
) -> None:
    issue = create(two.officer, ContextIssue, {"title": "Law", "kind": "external", "category": "legal"})
    dated(issue, written, state=state)
    assert ("Law" in titles(picked(since=JUNE[0], until=JUNE[1]), "context-issues")) is goes_in


@pytest.mark.parametrize(
    ("happened", "closed", "goes_in"),
    [
        (datetime.date(2026, 6, 10), True, True),
        (datetime.date(2026, 5, 10), True, False),  # happened and was closed before
        (datetime.date(2026, 5, 10), False, True),  # still open
        (datetime.date(2026, 7, 1), True, False),  # after it
    ],
)
def test_what_happened_counts_by_its_own_day(
    two: Any, picked: Picked, happened: datetime.date, closed: bool, goes_in: bool
) -> None:
    """Written down long after: the day of the incident counts, not that of the keyboard."""
    data = {"title": "Outage", "system": two.things["system"], "happened_on": happened, "severity": "minor"}
    case = create(two.officer, Incident, {**data, "description": "x"})
    dated(case, datetime.date(2026, 9, 1), state="closed" if closed else "open")
    assert ("Outage" in titles(picked(since=JUNE[0], until=JUNE[1]), "incidents")) is goes_in


def test_the_lines_of_the_statement_of_applicability_are_in_every_period(two: Any, picked: Picked) -> None:
    old = picked(since=datetime.date(2000, 1, 1), until=datetime.date(2000, 1, 31))
    assert len(titles(old, "control-implementations")) == ControlImplementation.objects.count()
    assert titles(old, "ai-risks") == set()


def test_a_day_begins_in_the_time_zone_of_the_organisation(two: Any, picked: Picked) -> None:
    """In Paris the first of July had begun at half past ten in the evening of UTC."""
    issue = create(two.officer, ContextIssue, {"title": "Late", "kind": "external", "category": "legal"})
    moment = datetime.datetime(2026, 6, 30, 22, 30, tzinfo=datetime.UTC)
    ContextIssue.objects.filter(pk=issue.pk).update(created_at=moment, changed_at=moment)
    assert "Late" not in titles(picked(until=JUNE[1]), "context-issues")
    assert "Late" in titles(picked(since=JUNE[1]), "context-issues")


def test_states_that_are_over() -> None:
    assert over(IN_FORCE) == ["withdrawn"]
    assert over(approval("I approve")) == ["withdrawn", "superseded"]


def test_when_to_look_again_is_no_day_of_a_record() -> None:
    assert "review_due" not in own_days(Incident)
    assert "happened_on" in own_days(Incident)


def test_chains_and_circles_come_to_an_end() -> None:
    others = {"b": {"a"}, "c": {"b"}, "d": {"c", "e"}, "e": {"d"}, "lost": {"found"}}
    names = spread({"a": {1}}, others)
    assert names == {key: {1} for key in "abcde"}


def test_a_whole_pack_asks_no_more_for_this(two: Any) -> None:
    pack = ask_pack(two.officer, "Whole", (), "en")
    with CaptureQueriesContext(connection) as queries:
        assert not choice(pack).limited
    assert len(queries) == 1


def test_queries_do_not_grow_with_the_rows(two: Any) -> None:
    pack = ask_pack(two.officer, "One", (), "en", systems=[two.things["system"].pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            choice(pack)
        return len(queries)

    before = count()
    for number in range(5):
        create(two.officer, AIRisk, {"title": f"R{number}", "system": two.things["orva"]})
    assert count() == before


def test_nobody_asks_for_a_system_that_is_not_there(two: Any) -> None:
    for key in (two.things["risk"].pk, "0199f0d0-0000-7000-8000-000000000000"):
        with pytest.raises(Refused) as refused:
            ask_pack(two.officer, systems=[key])
        assert list(refused.value.fields) == ["systems"]


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"since": JUNE[1], "until": JUNE[0]}, "until"),
        ({"since": datetime.date(2999, 1, 1)}, "since"),
    ],
)
def test_a_period_has_an_order(two: Any, days: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        ask_pack(two.officer, **days)
    assert list(refused.value.fields) == [field]


def test_building_again_keeps_the_limits(two: Any) -> None:
    pack = ask_pack(two.officer, systems=[two.things["orva"].pk], since=JUNE[0], until=JUNE[1])
    second = again(two.officer, pack)
    assert [s.pk for s in second.systems.all()] == [two.things["orva"].pk]
    assert (second.since, second.until) == JUNE


def test_withdrawn_records_of_a_period_keep_their_state(two: Any, picked: Picked) -> None:
    move(two.officer, two.things["risk"], "withdraw", note="merged")
    assert "A late finding" in titles(picked(two.things["system"]), "ai-risks")


def test_over_rest(officer: Caller) -> None:
    system = officer.post("ai-systems/", {"title": "S", "purpose": "x"}).json()["id"]
    wish = {"systems": [system], "since": "2026-06-01", "until": "2026-06-30"}
    body = officer.post("packs/", wish).json()
    assert {name: body[name] for name in wish} == wish
    for wrong, field in (
        ({"systems": ["x"]}, "systems.0"),
        ({"systems": ["0199f0d0-0000-7000-8000-000000000000"]}, "systems"),
        ({"since": "June"}, "since"),
        ({"since": "2026-06-02", "until": "2026-06-01"}, "until"),
    ):
        answer = officer.post("packs/", wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
