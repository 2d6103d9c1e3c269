"""Exports: what stands in the cells, what no program may run, and who gets which rows."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.db import models
from python_calamine import CalamineWorkbook

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.records.changes import create, move
from aims.records.exchange import export
from aims.records.exchange.columns import columns_of
from aims.records.exchange.export import all_rows, csv_lines, workbook
from aims.records.exchange.neutral import TRIGGERS, neutral, restore
from aims.records.registry import register_of
from context.models import AISystem, InterestedParty
from tests.people import World
from tests.records.exchanging import parsed

SYSTEMS, PARTIES = register_of(AISystem), register_of(InterestedParty)
TEXTS = [
    column.name
    for column in columns_of(SYSTEMS)
    if isinstance(column.field, models.CharField | models.TextField)
    and not column.field.choices
    and column.name in {*SYSTEMS.fields, "external_id"}
]


def system(world: World, **data: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays", **data})


def csv_rows(world: World, register: Any = SYSTEMS, member: Any = None) -> list[dict[str, str]]:
    member = member or world.officer
    return parsed("".join(csv_lines(member, register, all_rows(member, register))))


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_text_fields_of_a_system_are_many() -> None:
    assert {"title", "purpose", "misuse", "release", "oversight", "external_id"} <= set(TEXTS)


@pytest.mark.parametrize("trigger", list(TRIGGERS), ids=[f"U+{ord(t):04X}" for t in TRIGGERS])
def test_no_text_of_a_record_becomes_a_formula(inside: World, trigger: str) -> None:
    attack = f"{trigger}cmd|'/C calc'!A0"
    record = system(inside)
    attacks = dict.fromkeys(TEXTS, attack)
    AISystem.objects.filter(pk=record.pk).update(**attacks)  # as if it had come in some other way
    (row,) = csv_rows(inside)
    for name in TEXTS:
        assert row[name] == f"'{attack}" and restore(row[name]) == attack, name
    assert not [cell for cell in row.values() if cell and cell[0] in TRIGGERS]
    content = workbook(inside.officer, SYSTEMS, all_rows(inside.officer, SYSTEMS))
    assert all(b"<f>" not in part and b"hyperlink" not in part for part in unzipped(content))


def unzipped(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


@pytest.mark.parametrize("text", ["-5", "-3.25", "-0,5"])
def test_negative_numbers_stay_numbers(text: str) -> None:
    assert neutral(text) == text


@pytest.mark.parametrize(
    "text", ["-5+1", "-1)", "'=1", "''@x", "=1", "plain", "it's", "'t Hooft", "", "-5\n=1", "-2 cows"]
)
def test_what_is_made_harmless_comes_back_exactly(text: str) -> None:
    shielded = neutral(text)
    assert restore(shielded) == text
    assert not shielded or shielded[0] not in TRIGGERS


def test_csv_has_field_names_codes_refs_and_iso_dates(inside: World) -> None:
    system(
        inside, owner=inside.contributor.id, review_due=date(2027, 3, 1), stage="deployment", in_scope=False
    )
    (row,) = csv_rows(inside)
    assert row["ref"] == "AIS-0001" and row["stage"] == "deployment" and row["state"] == "draft"
    assert row["owner"] == "Yuki Tanaka" and row["review_due"] == "2027-03-01" and row["in_scope"] == "false"
    assert row["created_at"].endswith("Z") and "id" not in row


def test_two_members_of_the_same_name_are_told_apart(inside: World) -> None:
    Membership.objects.filter(pk=inside.reader.id).update(name="Yuki Tanaka")
    system(inside, owner=inside.contributor.id)
    assert csv_rows(inside)[0]["owner"] == "Yuki Tanaka <yuki@orvanne.test>"


def test_xlsx_has_labels_words_real_dates_and_the_fields(inside: World) -> None:
    system(inside, owner=inside.contributor.id, review_due=date(2027, 3, 1), stage="deployment")
    book = sheets(workbook(inside.officer, SYSTEMS, all_rows(inside.officer, SYSTEMS)))
    head, row = book["AI systems"]
    cells = dict(zip(head, row, strict=True))
    assert cells["Life cycle stage"] == "deployment" and cells["Review due"] == date(2027, 3, 1)
    assert cells["In the scope of the AIMS"] is True and isinstance(cells["Created"], datetime)
    assert ["AI systems", "Life cycle stage", "stage"] in book["Fields"]


def test_parts_are_sheets_of_their_own(inside: World) -> None:
    rows: list[dict[str, Any]] = [
        {"text": "=A doctor decides", "answered_by": ["4.2", "A.5.4"]},
        {"text": "Equal quality", "addressed": False},
    ]
    create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})
    book = sheets(workbook(inside.officer, PARTIES, all_rows(inside.officer, PARTIES)))
    head, first, second = book["Requirements"]
    assert head[:2] == ["Record", "Requirement"]
    assert first[:4] == ["IP-0001", "=A doctor decides", True, "4.2, A.5.4"] and second[2] is False


def test_it_shows_what_a_member_may_see(inside: World) -> None:
    system(inside)
    assert len(csv_rows(inside)) == 1
    assert csv_rows(inside, member=inside.auditor) == []  # no audit opens it
    with acting(inside.brindle.pk, inside.stranger.actor):
        rows = all_rows(inside.officer, SYSTEMS)  # even somebody else's rows handed in
        assert parsed("".join(csv_lines(inside.stranger, SYSTEMS, rows))) == []


def test_the_order_and_filter_of_the_list_are_kept(inside: World) -> None:
    for title in ("B", "C", "A"):
        system(inside, title=title)
    rows = AISystem.objects.exclude(title="C").order_by("title")
    assert [r["title"] for r in parsed("".join(csv_lines(inside.officer, SYSTEMS, rows)))] == ["A", "B"]


def test_withdrawn_records_are_told_by_their_state(inside: World) -> None:
    move(inside.officer, system(inside), "withdraw", 1, note="never built")
    assert csv_rows(inside)[0]["state"] == "withdrawn"


def test_queries_do_not_grow_with_the_rows(inside: World, django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        system(inside, owner=inside.contributor.id)
    with django_assert_max_num_queries(8):
        assert len(csv_rows(inside)) == 12


def test_nothing_is_cut_off_in_silence(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    system(inside)
    system(inside, purpose="x" * 3000)
    monkeypatch.setattr(export, "CELL", 2000)
    with pytest.raises(Refused) as refused:
        workbook(inside.officer, SYSTEMS, all_rows(inside.officer, SYSTEMS))
    assert refused.value.code == "too_large" and "3000" in str(refused.value)
    monkeypatch.setattr(export, "LIMIT", 1)
    with pytest.raises(Refused) as refused:
        workbook(inside.officer, SYSTEMS, all_rows(inside.officer, SYSTEMS))
    assert "2 rows" in str(refused.value)


def test_a_day_before_spreadsheets_is_written_as_text(inside: World) -> None:
    system(inside, review_due=date(1850, 5, 17))
    head, row = sheets(workbook(inside.officer, SYSTEMS, all_rows(inside.officer, SYSTEMS)))["AI systems"]
    assert dict(zip(head, row, strict=True))["Review due"] == "1850-05-17"
