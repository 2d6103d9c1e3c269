"""What a pack adds up, held against the records: what is asked for first, calendar, decisions, ages; the seal."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import strip_tags

from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.pack.collect import collect
from aims.pack.contents import Contents
from aims.pack.page import entries, page
from aims.pack.scope import Scope, touches
from aims.pack.summaries import ASKED_FOR
from aims.records.changes import create, write
from aims.records.coverage import gaps
from aims.records.registry import register
from aims.schedule.models import Obligation, Occurrence
from evaluation import proof_of_operation as proof
from evaluation.mandatory import items
from evaluation.models import Finding
from evaluation.readiness import figures
from improvement.models import Nonconformity
from improvement.picture import picture
from operation.decisions.ingest import take
from planning.models import AIRisk, ControlImplementation
from tests.pack.conftest import asked
from tests.pack.printing import gathered
from tests.pack.test_pack_rights import grant_audit

Gather = Callable[..., Contents]
DAY = datetime.timedelta(days=1)


def test_what_is_asked_for_first_has_a_register_each() -> None:
    assert [path for path in ASKED_FOR if register(path) is None] == []


def test_its_figures_are_those_of_the_records(story: Any, contents: Gather) -> None:
    create(story.officer, AIRisk, {"title": "Another"})
    line = ControlImplementation.objects.get(code="A.2.2")
    write(story.officer, line, {"applicable": True, "inclusion_reason": "y", "status": "implemented"})
    found = {post.anchor: post.figures for post in contents().guide}
    assert found["register-ai-risks"] == "2 identified"
    assert found["register-audits"] == "no record yet"
    left = ControlImplementation.objects.count() - 1
    soa = f"1 controls apply, 1 of them implemented, 0 left out, {left} to decide"
    assert found["register-control-implementations"] == soa


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_section_is_there_in_both_languages(
    story: Any, contents: Gather, tmp_path: Any, language: str
) -> None:
    with translation.override(language):
        whole = contents()
        html = page(whole, gathered(tmp_path / language, whole))
    anchors = {f"register-{path}" for path in ASKED_FOR} | {"calendar", "decisions", "terms", "signatures"}
    for anchor in anchors:
        assert f'id="{anchor}"' in html, anchor
    assert anchors <= {entry.anchor for entry in entries(whole)}


@pytest.fixture
def due(story: Any) -> Callable[..., Occurrence]:
    """Lets something of clause 6.1.2 fall due."""
    obligation = Obligation.objects.create(
        organisation=story.orvanne,
        code="own-look",
        title="Look at the risks",
        clause="6.1.2",
        anchor=timezone.localdate(),
    )

    def make(day: datetime.date, record: Any = None, **values: Any) -> Occurrence:
        subject = {"subject_kind": "ai-risks", "subject_id": record.pk} if record else {}
        return Occurrence.objects.create(
            organisation=story.orvanne, obligation=obligation, due=day, **subject, **values
        )

    return make


def dates(contents: Contents) -> list[tuple[str, str]]:
    """Month and subject of each date."""
    return [(month.name, str(row[2])) for month in contents.calendar.months for row in month.rows]


def test_the_calendar_has_thirteen_months_and_what_is_late(due: Any, contents: Gather) -> None:
    today = timezone.localdate()
    first = today.replace(day=1)
    due(first - DAY)
    due(first - DAY * 2, state="done")
    due(today + DAY * 5)
    due(first + DAY * 366 + DAY * 20)
    due(first + DAY * 440)
    due(today + DAY * 6, state="cancelled")
    found = contents().calendar
    assert (found.first, len(found.months[0].rows)) == (first, 1)
    assert found.months[0].name == "Late from before"
    assert sum(len(month.rows) for month in found.months) == 3
    assert "overdue" in str(found.months[0].rows[0][4])
    assert (found.last + DAY).month == first.month % 12 + 1
    assert found.chart is not None


def test_what_is_asked_of_several_records_on_a_day_is_one_line(
    story: Any, due: Any, contents: Gather
) -> None:
    day = timezone.localdate() + DAY
    risks = [create(story.officer, AIRisk, {"title": f"R{number}"}) for number in range(4)]
    for risk in risks[:2]:
        due(day, risk)
    for risk in risks:
        due(day + DAY, risk)
    assert [about for _month, about in dates(contents())] == [
        "; ".join(f"{risk.ref} {risk.title}" for risk in risks[:2]),
        ", ".join(risk.ref for risk in risks),
    ]


def test_the_calendar_keeps_to_clauses_systems_and_period(story: Any, due: Any, contents: Gather) -> None:
    today = timezone.localdate()
    system, risk = story.things["system"], story.things["risk"]
    due(today + DAY)
    due(today + DAY * 2, risk)
    assert len(dates(contents())) == len(dates(contents("6.1.2"))) == 2
    assert dates(contents("4.3")) == []
    other = create(story.officer, type(system), {"title": "Other", "purpose": "x"})
    pack = asked(story.officer, systems=[other.pk])
    assert [about for _month, about in dates(collect(story.officer, pack))] == [""]
    pack = asked(story.officer, until=today)
    assert dates(collect(story.officer, pack)) == []


def reported(story: Any, number: int, day: datetime.datetime, overridden: bool = False) -> dict[str, Any]:
    row = {"id": f"d{number}", "system": story.things["system"].ref, "timestamp": day.isoformat()}
    return {**row, "output": "flag", "human_override": overridden, "model_version": f"v{number % 2}"}


def test_decisions_are_summed_up_by_system(story: Any, contents: Gather) -> None:
    now = timezone.now()
    rows = [reported(story, number, now - DAY * number, number == 1) for number in range(4)]
    taken = take(story.members[Role.API_CLIENT], enumerate(rows, 1))
    assert taken.rejected == {}
    table = contents().decisions
    assert table is not None
    assert [str(cell) for cell in table.rows[0][:6]] == [
        "AIS-0001 ThoraScan",
        "4",
        "1 (25.0 %)",
        "0",
        "0",
        "2",
    ]
    pack = asked(story.officer, until=timezone.localdate() - DAY * 2)
    shorter = collect(story.officer, pack).decisions
    assert shorter is not None
    assert shorter.rows[0][1] == "2"
    assert contents("5.2").decisions is None


def test_who_does_not_see_a_system_does_not_see_its_decisions(story: Any, contents: Gather) -> None:
    take(story.officer, [(1, reported(story, 1, timezone.now()))])
    hugo = grant_audit(story, 7, ["9.1"])
    table = contents(member=hugo).decisions
    assert table is not None
    assert table.rows == []


def test_each_nonconformity_has_its_state_and_age(story: Any, contents: Gather) -> None:
    for title, days, state in (("Young", 3, "open"), ("Old", 40, "contained"), ("Past", 90, "closed")):
        data = {"title": title, "description": "x", "opened_on": timezone.localdate() - DAY * days}
        record = create(story.officer, Nonconformity, data)
        Nonconformity.objects.filter(pk=record.pk).update(state=state)
    whole = contents()
    part = next(r for c in whole.chapters for r in c.registers if r.anchor == "register-nonconformities")
    rows = [[str(cell) for cell in row] for row in part.added[0].rows]
    assert [(row[0].split()[1], row[3]) for row in rows] == [
        ("Old", "40 days"),
        ("Young", "3 days"),
        ("Past", "–"),
    ]
    assert "Corrected" in rows[0][4]
    assert "31 to 90 days: 1" in str(whole.charts[1].drawing)


def test_sealed_things_never_go_in_not_even_for_who_wrote_them(story: Any, contents: Gather) -> None:
    """A pack is handed on: a draft finding is the auditors' own, and working notes are nobody else's."""
    hugo = grant_audit(story, 7, [])
    audit = next(iter(hugo.granted))
    create(
        hugo,
        Finding,
        {"title": "Sealed still", "audit": audit, "code": "6.1.2", "grade": "minor", "text": "x"},
    )
    assert Finding.objects.get().state == "draft"
    found = contents(member=hugo)
    assert found.data["findings"] == []
    assert "working-notes" not in found.data
    assert "Sealed still" not in json.dumps(found.data, default=str)
    Finding.objects.update(state="issued")
    assert [row["title"] for row in contents(member=hugo).data["findings"]] == ["Sealed still"]


@pytest.mark.parametrize(
    ("codes", "code", "is_touched"),
    [
        ((), "", True),
        (("6.1.2",), "", False),
        (("6.1.2",), "6.1.2", True),
        (("6.1.2",), "6.1", True),
        (("6.1.2-a",), "6.1.2", True),
        (("6.1.2",), "6.1.3", False),
        (("A.6.2.8",), "A.6.2.8", True),
    ],
)
def test_what_touches_a_scope(codes: tuple[str, ...], code: str, is_touched: bool) -> None:
    assert touches(Scope(codes), code) is is_touched


# ── What AIMS computes about the whole ───────────────────────────────────


def test_readiness_operation_and_the_year_have_the_figures_of_their_pages(
    story: Any, contents: Gather
) -> None:
    create(
        story.officer, Nonconformity, {"title": "N", "description": "x", "grade": "major", "codes": ["9.1"]}
    )
    found = {one.anchor: one for one in contents().summaries}
    assert list(found) == ["readiness", "operation", "year"]
    rows = {one.anchor: {t.caption: t.rows for t in one.tables} for one in found.values()}
    known, documents = gaps(story.officer), items(story.officer)
    ten = [
        [str(f.title), f"{f.value} / {f.of}" if f.of is not None else str(f.value)]
        for f in figures(story.officer, documents)
    ]
    shown = [[row[0], strip_tags(row[1])] for row in rows["readiness"]["Ten figures"]]
    assert shown == ten and len(ten) == 10
    by_grade = rows["readiness"]["Findings by stage"]
    assert sum(int(one) + int(two) for _grade, one, two in by_grade) == len(known) > 10
    assert int(by_grade[0][1]) + int(by_grade[0][2]) == sum(gap.grade == "major" for gap in known)
    listed = rows["readiness"]["What would be found"]
    assert {(strip_tags(row[0]), row[1]) for row in listed} <= {(gap.code, gap.title) for gap in known}
    operation = proof.picture(story.officer)
    assert found["operation"].lead.startswith(f"{operation.score} of 100: {len(operation.flagged)} of")
    assert [strip_tags(row[0]) for row in rows["operation"]["Requirements with a sign"]] == [
        p.code for p in operation.flagged
    ]
    year = picture(story.officer)
    levels = [(row[6], row[7]) for row in rows["year"]["Clause by clause"]]
    assert levels == [(str(level.number), str(level.reason)) for _figures, level in year.clauses]
    assert sum(int(row[3]) for row in rows["year"]["Clause by clause"]) == 1  # the case opened above


def test_they_stand_in_the_document_and_its_contents(story: Any, contents: Gather, tmp_path: Any) -> None:
    whole = contents()
    html = page(whole, gathered(tmp_path, whole))
    for anchor in ("readiness", "operation", "year"):
        assert f'<h1 id="{anchor}">' in html and f'href="#{anchor}"' in html
    browser = Client()
    browser.force_login(Person.objects.get(pk=story.officer.person_id))
    shown = browser.get("/readiness/operation/").context["picture"]
    assert f"{shown.score} of 100" in html
    assert browser.get("/improvement/year/").context["picture"].ready == picture(story.officer).ready


def test_they_are_of_the_whole_for_who_may_see_it(story: Any, contents: Gather) -> None:
    assert contents("6.1.2").summaries == []
    assert [one.anchor for one in contents("10").summaries] == ["year"]
    assert contents(member=grant_audit(story, 7, [])).summaries == []
    pack = asked(story.officer)
    pack.systems.add(story.things["system"])
    assert collect(story.officer, pack).summaries == []
