"""Versions of the Statement of Applicability: 38 lines by every door, frozen when approved, compared, taken away."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.records.changes import create, lay, move, write
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import register_of
from aims.records.signatures import canonical, digest_of, sign
from context.models import AISystem
from planning.founding import lay_controls
from planning.models import (
    AIRisk,
    ApplicabilityStatement,
    ControlImplementation,
    CustomControl,
)
from planning.models.statements import frozen_lines
from planning.soa_versions import COMPARED, Change, compare, rows
from tests.pages.markup import Page
from tests.people import World
from tests.planning.test_soa import client

TABLE = ControlImplementation._meta.db_table
STATEMENTS = ApplicabilityStatement._meta.db_table


@pytest.fixture
def lines(inside: World) -> World:
    """All 38 lines, two decided, and a control of our own."""
    lay_controls(inside.officer)
    decide(inside, "A.5.4", applicable=True, ground="law", inclusion_reason="AI Act", status="partly")
    decide(inside, "A.8.3", applicable=False, exclusion_reason="Nobody outside")
    create(inside.officer, CustomControl, {"title": "Gateway", "reason": "Injection", "ground": "contract"})
    return inside


def decide(world: World, code: str, **data: Any) -> ControlImplementation:
    return write(world.officer, ControlImplementation.objects.get(code=code), data)


def issue(world: World, number: str = "1.0") -> Any:
    """A version, sent to approval by the officer and approved by Claire."""
    data = {"title": f"SoA {number}", "edition": number, "effective_from": "2026-10-01"}
    made = create(world.officer, ApplicabilityStatement, {**data, "owner": world.officer.id})
    made = move(world.officer, made, "submit")
    return sign(world.executive, made, "approve", made.version, digest_of(canonical(made)), "password")


def raw(statement: str, *values: Any) -> None:
    """Plain SQL, in a savepoint of its own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_there_are_38_lines_and_no_door_makes_39_or_37(lines: World) -> None:
    codes = set(edition().controls)
    assert set(ControlImplementation.objects.values_list("code", flat=True)) == codes and len(codes) == 38
    with pytest.raises(DatabaseError, match="no control A.99"), transaction.atomic():
        lay(lines.officer, ControlImplementation, "A.99", {"title": "More"})
    with pytest.raises(Refused):
        lay(lines.officer, ControlImplementation, "A.5.4", {"title": "Twice"})
    for statement, values in (
        (f"delete from {TABLE} where code = %s", ("A.5.4",)),
        (f"update {TABLE} set code = %s where code = 'A.5.4'", ("A.99",)),
        (f"update {TABLE} set code = %s where code = 'A.5.4'", ("A.8.3",)),
    ):
        with pytest.raises(DatabaseError, match="Annex A has no|not deleted|stays that of"):
            raw(statement, *values)
    assert ControlImplementation.objects.count() == 38


def test_a_line_is_frozen_with_all_that_an_auditor_asks(lines: World) -> None:
    control = ControlImplementation.objects.get(code="A.5.4")
    system = create(lines.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort"})
    without = {"exclusions": [{"system": system.pk, "reason": "No people"}]}
    write(lines.officer, control, {"owner": lines.contributor.id}, parts=without)
    risk = create(lines.officer, AIRisk, {"title": "Bias", "controls": [control.pk]})
    move(
        lines.officer,
        create(lines.officer, AIRisk, {"title": "Old", "controls": [control.pk]}),
        "withdraw",
        note="-",
    )
    answer = lay(lines.officer, Answer, "A.5.4", {"title": "Impacts"})
    piece = create(lines.officer, Evidence, {"title": "Minutes"})
    for kind, key in (("answers", answer.pk), ("control-implementations", control.pk)):
        Link.objects.create(organisation_id=lines.orvanne.pk, evidence=piece, kind=kind, record_id=key)
    kept = {line["code"]: line for line in frozen_lines(lines.orvanne.pk)}
    assert len(kept) == 39 and kept["A.5.4"] == {
        "code": "A.5.4",
        "title": control.title,
        "applicable": True,
        "ground": "law",
        "reason": "AI Act",
        "status": "partly",
        "owner": "Yuki Tanaka",
        "due": "",
        "risks": [risk.ref],
        "evidence": 1,
        "without": [system.ref],
    }
    own = kept["CUS-0001"]
    assert (own["own"], own["applicable"], own["ground"], own["reason"]) == (
        True,
        True,
        "contract",
        "Injection",
    )
    assert kept["A.8.3"]["ground"] == "" and kept["A.8.3"]["reason"] == "Nobody outside"


def test_freezing_asks_as_much_with_many_risks(lines: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            frozen_lines(lines.orvanne.pk)
        return len(caught)

    few = asked()
    every = [row.pk for row in ControlImplementation.objects.all()]
    for number in range(4):
        create(lines.officer, AIRisk, {"title": f"Risk {number}", "controls": every})
        create(lines.officer, CustomControl, {"title": f"Own {number}", "reason": "Need"})
    assert asked() == few


def test_the_lines_go_to_approval_as_they_are_at_that_moment(lines: World) -> None:
    data = {"title": "SoA", "edition": "1.0", "effective_from": "2026-10-01", "owner": lines.officer.id}
    made = create(lines.officer, ApplicabilityStatement, data)
    decide(lines, "A.5.4", status="implemented")
    assert status(made, "A.5.4") == "partly"
    made = move(lines.officer, made, "submit")
    assert status(made, "A.5.4") == "implemented"


def status(made: ApplicabilityStatement, code: str) -> str:
    made.refresh_from_db()
    return next(str(line["status"]) for line in made.lines if line["code"] == code)


def test_an_approved_version_does_not_change_by_any_door(lines: World) -> None:
    made = issue(lines)
    assert {step.code for step in register_of(made).lifecycle.leaving("approved")} == {"supersede"}
    with pytest.raises(Refused) as refused:
        write(lines.officer, made, {"changes": "Nothing"})
    assert refused.value.code == "locked"
    for change in (
        "lines = '[]'",
        "lines = jsonb_set(lines, '{0,reason}', '\"Other\"')",
        "edition = '9.9'",
        "effective_from = '2020-01-01'",
        "state = 'draft'",
    ):
        with pytest.raises(DatabaseError, match="stays as it was approved"):
            raw(f"update {STATEMENTS} set {change} where id = %s", made.pk)
    with pytest.raises(DatabaseError, match="not deleted"):
        raw(f"delete from {STATEMENTS} where id = %s", made.pk)
    before = ApplicabilityStatement.objects.get(pk=made.pk).lines
    decide(lines, "A.5.4", status="implemented")
    second = issue(lines, "1.1")
    first = ApplicabilityStatement.objects.get(pk=made.pk)
    assert (first.state, first.lines) == ("superseded", before) and second.state == "approved"
    with pytest.raises(DatabaseError, match="stays as it was approved"):
        raw(f"update {STATEMENTS} set state = 'approved' where id = %s", first.pk)


def test_page_and_api_refuse_a_change_of_an_approved_version(lines: World) -> None:
    made = issue(lines)
    browser = client(lines)
    place = f"/registers/statements-of-applicability/{made.pk}/"
    assert "/edit/" not in browser.get(place).content.decode()
    form = {"title": "X", "edition": "9.9", "version": str(made.version)}
    assert browser.post(f"{place}edit/", form).status_code in (403, 409, 422)
    with acting(lines.orvanne.pk, lines.officer.actor):
        _row, secret = make_token(Membership.objects.get(pk=lines.officer.id), "tests")
    headers = {"Authorization": f"Bearer {secret}", "If-Match": f'"{made.version}"'}
    answer = browser.patch(
        f"/api/v1/statements-of-applicability/{made.pk}/",
        {"edition": "9.9"},
        content_type="application/json",
        headers=headers,
    )
    assert answer.status_code == 409 and answer.json()["code"] == "locked"
    with acting(lines.orvanne.pk, lines.officer.actor):
        assert ApplicabilityStatement.objects.get(pk=made.pk).edition == "1.0"


OLD = {
    "code": "A.2.2",
    "title": "Policy",
    "applicable": True,
    "ground": "law",
    "reason": "R",
    "status": "planned",
}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([OLD], [OLD], []),
        ([], [OLD], [Change("A.2.2", "Policy", "added")]),
        ([OLD], [], [Change("A.2.2", "Policy", "removed")]),
        (
            [OLD],
            [{**OLD, "status": "implemented", "evidence": 9}],
            [Change("A.2.2", "Policy", "changed", (("status", "planned", "implemented"),))],
        ),
        (
            [{"code": "A.2.2", "status": "planned"}],
            [OLD],
            [],
        ),  # frozen by an older AIMS: nothing said, nothing differs
    ],
)
def test_what_is_different(before: Any, after: Any, found: list[Change]) -> None:
    assert compare(before, after) == found


FIELDS = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["A.2.2", "A.2.3", "CUS-1"]),
        "applicable": st.sampled_from([True, False, None]),
        "reason": st.sampled_from(["", "a", "b"]),
        "risks": st.lists(st.sampled_from(["RSK-1", "RSK-2"]), max_size=2),
    }
)
VERSION = st.lists(FIELDS, max_size=3, unique_by=lambda line: str(line["code"]))


@settings(max_examples=60, deadline=None)
@given(VERSION, VERSION)
def test_a_difference_goes_both_ways(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    there, back = compare(old, new), compare(new, old)
    assert {one.code for one in there} == {one.code for one in back}
    assert compare(old, old) == []
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {one.code: turned[one.kind] for one in there} == {one.code: one.kind for one in back}
    assert all(name in COMPARED and was != is_ for one in there for name, was, is_ in one.items)


def test_a_difference_is_said_in_words(db: None) -> None:
    lines = rows(compare([OLD], [{**OLD, "applicable": False, "ground": "", "status": ""}]))
    assert [(one["label"], one["before"], one["after"]) for one in lines[0]["items"]] == [
        ("Applies", "Yes", "No"),
        ("Ground", "law", "–"),
        ("Implementation", "planned", "–"),
    ]


@pytest.fixture
def versions(world: World) -> Iterator[tuple[World, ApplicabilityStatement, ApplicabilityStatement]]:
    """Two issued versions, and a change after them."""
    with acting(world.orvanne.pk, world.officer.actor):
        lay_controls(world.officer)
        decide(world, "A.5.4", applicable=True, ground="law", inclusion_reason="AI Act", status="partly")
        first = issue(world)
        decide(world, "A.8.3", applicable=False, exclusion_reason="=Nobody outside")
        create(world.officer, CustomControl, {"title": "Gateway", "reason": "Injection"})
        second = issue(world, "1.1")
        decide(world, "A.5.4", status="implemented")
    yield world, first, second


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return Page(answer.content.decode()).words()


def test_the_pages_of_versions(versions: Any) -> None:
    world, first, second = versions
    browser = client(world, Role.READER)
    page = words(browser.get("/soa/difference/", {"old": first.pk, "new": second.pk}))
    assert "2 lines are different" in page and "A.8.3" in page and "CUS-0001" in page and "A.5.4" not in page
    page = words(browser.get("/soa/difference/"))
    assert "1 line is different" in page and "1.1 → as it stands now" in page and "implemented" in page
    assert "1 line is different" in words(browser.get("/soa/difference/", {"old": "nonsense", "new": "x"}))
    page = words(browser.get(f"/registers/statements-of-applicability/{second.pk}/"))
    assert (
        "The lines as they were" in page and "Nobody outside" in page and "Gateway" in page and "Law:" in page
    )


def test_a_version_on_paper_and_as_a_table(versions: Any) -> None:
    world, first, second = versions
    browser = client(world, Role.READER)
    answer = browser.get(f"/soa/versions/{second.pk}/statement.pdf")
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages).split())
    assert "A.10.4" in text and "Nobody outside" in text and "Gateway" in text and "Claire Vasseur" in text
    assert "Partly" in text, "as it was approved, not as it is now"
    answer = browser.get(f"/soa/versions/{second.pk}/statement.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet, strings = (
            book.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
        )
    assert (
        sheet.count("<row ") == 40
        and "<f>" not in sheet
        and "&apos;=Nobody" in strings.replace("'", "&apos;")
    )
    assert browser.get(f"/soa/versions/{world.orvanne.pk}/statement.xlsx").status_code == 404


def test_without_a_version_the_page_says_so(world: World) -> None:
    assert "There is no version yet" in words(client(world).get("/soa/difference/"))
