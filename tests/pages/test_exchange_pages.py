"""Exports, imports and bulk changes as people meet them; refusals keep what was done and are never a 5xx."""

import io
import re
from collections.abc import Iterable
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from aims.organisation.acting import acting
from aims.records import jobs
from aims.records.changes import create, write
from aims.records.exchange import work
from aims.records.exchange.models import Import, SavedView
from aims.records.registry import Register, registers
from context.models import AISystem, InterestedParty
from tests.pages.conftest import Browser
from tests.people import World
from tests.records.exchanging import csv_file, parsed, xlsx_file

LIST = "/registers/ai-systems/"
GOOD = [["title", "purpose", "Nonsense"], ["Alpha", "x", "1"], ["Beta", "y", "2"]]


def fill(world: World, number: int = 3, **data: Any) -> list[AISystem]:
    with acting(world.orvanne.pk, world.officer.actor):
        return [
            create(world.officer, AISystem, {"title": f"System {n}", "purpose": "x", **data})
            for n in range(number)
        ]


def body(answer: Any) -> str:
    """The content of an answer, streamed or not."""
    if isinstance(answer, StreamingHttpResponse):
        return b"".join(cast(Iterable[bytes], answer.streaming_content)).decode()
    return cast(HttpResponse, answer).content.decode()


def bring(client: Client, rows: Any, path: str = LIST) -> str:
    """The address of an import whose file was taken in."""
    answer = client.post(f"{path}import/", {"file": csv_file(rows)})
    assert answer.status_code == 302, body(answer)
    return str(answer["Location"])


def mapping(page: str) -> dict[str, str]:
    """The mapping that a page suggests, as a form would send it."""
    found = {}
    for name, options in re.findall(
        r'<select class="input" id="c\d+" name="(c\d+)">(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def checked(client: Client, place: str, **fields: str) -> Any:
    return client.post(place, {"act": "check", **mapping(body(client.get(place))), **fields}, follow=True)


def systems(world: World) -> list[str]:
    with acting(world.orvanne.pk):
        return sorted(AISystem.objects.exclude(state="withdrawn").values_list("title", flat=True))


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_every_register_goes_out_in_both_forms(nadia: Client, register: Register) -> None:
    for ending in ("csv", "xlsx"):
        answer = nadia.get(f"/registers/{register.path}/export.{ending}")
        assert answer.status_code == 200 and register.path in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "no-store"
        assert body(answer).startswith("\ufeff") if ending == "csv" else answer.content[:2] == b"PK"


def test_an_export_follows_filter_and_order(nadia: Client, world: World) -> None:
    fill(world)
    fill(world, 1, title="Wanted not")
    text = body(nadia.get(LIST + "export.csv?q=System&sort=-title"))
    assert [row["title"] for row in parsed(text)] == ["System 2", "System 1", "System 0"]
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(nadia.get(LIST + "export.xlsx?q=System&sort=-title").content)
    )
    assert [row[2] for row in book.get_sheet_by_index(0).to_python()[1:]] == [
        "System 2",
        "System 1",
        "System 0",
    ]


def test_an_export_holds_all_pages_of_the_list(nadia: Client, world: World) -> None:
    fill(world, 60)
    assert len(parsed(body(nadia.get(LIST + "export.csv")))) == 60


def test_the_list_offers_what_the_member_may_do(nadia: Client, paul: Client, world: World) -> None:
    fill(world, 1)
    mine, theirs = body(nadia.get(LIST)), body(paul.get(LIST))
    assert f"{LIST}import/" in mine and 'name="picked"' in mine and f"{LIST}export.xlsx" in mine
    assert "import/" not in theirs and 'name="picked"' not in theirs and f"{LIST}export.csv" in theirs
    assert paul.get(f"{LIST}import/").status_code == 403
    assert paul.post(f"{LIST}import/", {"file": csv_file(GOOD)}).status_code == 403


def test_an_import_from_file_to_undo(nadia: Client, world: World) -> None:
    place = bring(nadia, GOOD)
    page = body(nadia.get(place))
    assert mapping(page) == {"c0": "title", "c1": "purpose", "c2": ""} and "Alpha" in page
    page = body(checked(nadia, place))
    assert "Import all of it" in page and systems(world) == []
    page = body(nadia.post(place, {"act": "apply"}, follow=True))
    assert systems(world) == ["Alpha", "Beta"] and "Undo this import" in page and "AIS-0001" in page
    page = body(nadia.post(place, {"act": "undo"}, follow=True))
    assert systems(world) == [] and "Undo this import" not in page
    assert "list.csv" in body(nadia.get(f"{LIST}import/"))


def test_errors_stand_beside_their_cells_and_hold_the_import(nadia: Client, world: World) -> None:
    place = bring(nadia, [["title", "purpose", "review_due"], ["A", "x", "soon"], ["B", "y", ""]])
    page = body(checked(nadia, place))
    assert "C2 review_due" in page and "“soon”" in page and "Import all of it" not in page
    answer = nadia.post(place, {"act": "apply"})
    assert answer.status_code == 422 and "Nothing was changed" in body(answer) and systems(world) == []
    only = body(nadia.get(f"{place}?act=error"))
    assert "soon" in only and ">B<" not in only


def test_differences_are_shown_in_words(nadia: Client, world: World) -> None:
    fill(world, 1, owner=world.reader.id)
    place = bring(nadia, [["ref", "owner"], ["AIS-0001", "yuki@orvanne.test"]])
    page = body(checked(nadia, place))
    assert "<del>Paul Girard</del>" in page and "<ins>Yuki Tanaka</ins>" in page


def test_a_refused_undo_names_the_records(nadia: Client, world: World) -> None:
    place = bring(nadia, GOOD)
    checked(nadia, place)
    nadia.post(place, {"act": "apply"})
    with acting(world.orvanne.pk, world.officer.actor):
        write(world.officer, AISystem.objects.get(title="Beta"), {"title": "Gamma"}, 1)
    answer = nadia.post(place, {"act": "undo"})
    assert answer.status_code == 409 and "AIS-0002" in body(answer)
    assert systems(world) == ["Alpha", "Gamma"]


@pytest.mark.parametrize(
    "content",
    [b"", b"title\n", b"a,\x00b\n1,2\n", b'title\n"open', b"PK\x03\x04rubbish", b"%PDF-1.7", b"\xff\xfe\x00"],
)
def test_a_bad_file_is_refused_in_the_form(nadia: Client, world: World, content: bytes) -> None:
    answer = nadia.post(f"{LIST}import/", {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 422 and 'role="alert"' in body(answer)
    with acting(world.orvanne.pk):
        assert not Import.objects.exists()


def test_no_file_is_refused_too(nadia: Client) -> None:
    assert nadia.post(f"{LIST}import/", {}).status_code == 422


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "place", "header": "99"},
        {"act": "place", "header": "-1"},
        {"act": "place", "header": "x" * 900},
        {"act": "check", "c0": "state"},
        {"act": "check", "c0": "title", "c1": "title"},
        {"act": "check"},
        {"act": "apply"},
        {"act": "undo"},
        {"act": "nonsense"},
        {},
    ],
)
def test_a_wrong_step_says_what_is_wrong(nadia: Client, world: World, fields: dict[str, str]) -> None:
    place = bring(nadia, GOOD)
    answer = nadia.post(place, fields)
    assert 400 <= answer.status_code < 500 and 'role="alert"' in body(answer)
    assert systems(world) == []


def test_a_sheet_and_its_headings_are_chosen(nadia: Client, world: World) -> None:
    sheets: Any = {"One": [["a", "b"], ["1", "2"]], "Two": [["x"], ["Title", "Purpose"], ["Alpha", "y"]]}
    place = str(nadia.post(f"{LIST}import/", {"file": xlsx_file(sheets)})["Location"])
    page = body(nadia.post(place, {"act": "place", "sheet": "Two", "header": "2"}, follow=True))
    assert mapping(page) == {"c0": "title", "c1": "purpose"} and "<option selected>Two" in page
    assert "Import all of it" in body(checked(nadia, place, c1="purpose"))


def test_strangers_and_readers_find_no_import(
    browser: Browser, nadia: Client, paul: Client, world: World
) -> None:
    place = bring(nadia, GOOD)
    unknown = place[:-37] + "01890a5d-ac96-774b-bcce-b302099a8057/"
    for client in (paul, browser(world.stranger), browser(world.contributor)):
        for method in (client.get, client.post):
            assert method(place).status_code == method(unknown).status_code == 404
    other = place.replace("ai-systems", "interested-parties")
    assert nadia.get(other).status_code == 404


def test_a_long_import_shows_how_far_it_is(
    nadia: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "wake", lambda job: None)
    place = bring(nadia, GOOD)
    page = body(checked(nadia, place))
    assert f"{place}progress/" in page and "Import all of it" not in page
    part = nadia.get(f"{place}progress/")
    assert part.status_code == 200 and "<progress" in body(part)
    with acting(world.orvanne.pk):
        Import.objects.update(state="checked")
    assert nadia.get(f"{place}progress/")["HX-Redirect"] == place


def test_the_check_keeps_a_constant_number_of_queries(
    nadia: Client, django_assert_max_num_queries: Any
) -> None:
    place = bring(nadia, [["title", "purpose", "owner"], *[[f"S{n}", "x", "Paul Girard"] for n in range(40)]])
    checked(nadia, place)
    with django_assert_max_num_queries(25):
        assert body(nadia.get(place)).count("<ins>Paul Girard</ins>") == 40


def picked(world: World) -> list[str]:
    with acting(world.orvanne.pk):
        return [str(key) for key in AISystem.objects.order_by("ref").values_list("pk", flat=True)]


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(v-[^"]+)" value="(\d+)"', page))


def test_many_get_an_owner_after_a_look(nadia: Client, world: World) -> None:
    fill(world)
    keys = picked(world)
    page = body(nadia.post(f"{LIST}bulk/", {"act": "owner", "picked": keys}))
    form = {"act": "owner", "picked": keys, "value": str(world.contributor.id), **hidden(page)}
    page = body(nadia.post(f"{LIST}bulk/", {**form, "stage": "look"}))
    assert page.count("Yuki Tanaka</td>") == 3 and "Change 3 records" in page
    with acting(world.orvanne.pk, world.officer.actor):
        assert not AISystem.objects.exclude(owner=None).exists()  # a look changes nothing
        write(world.officer, AISystem.objects.get(pk=keys[1]), {"title": "Theirs"}, 1)
    page = body(nadia.post(f"{LIST}bulk/", {**form, **hidden(page), "stage": "do"}))
    assert "2 records are changed" in page and "1 was refused" in page and "Somebody else" in page
    with acting(world.orvanne.pk):
        assert AISystem.objects.filter(owner_id=world.contributor.id).count() == 2


def test_many_are_withdrawn_with_a_reason(nadia: Client, world: World) -> None:
    fill(world, 2)
    keys = picked(world)
    page = body(nadia.post(f"{LIST}bulk/", {"act": "withdraw", "picked": keys}))
    form = {"act": "withdraw", "picked": keys, **hidden(page)}
    assert nadia.post(f"{LIST}bulk/", {**form, "stage": "do", "note": ""}).status_code == 422
    assert "2 records are changed" in body(
        nadia.post(f"{LIST}bulk/", {**form, "stage": "do", "note": "Not built"})
    )
    assert systems(world) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"act": "owner"}, 302),
        ({"act": "owner", "picked": "nonsense"}, 302),
        ({"act": "title"}, 403),
        ({"act": ""}, 403),
        ({"act": "sign_off"}, 403),
        ({"act": "owner", "stage": "do", "value": "nonsense"}, 422),
        ({"act": "review_due", "stage": "look", "value": "2027-02-30"}, 422),
        ({"act": "owner", "stage": "do", "value": "01890a5d-ac96-774b-bcce-b302099a8057"}, 422),
    ],
)
def test_a_wrong_bulk_change_is_refused(
    nadia: Client, world: World, fields: dict[str, Any], status: int
) -> None:
    fill(world, 1)
    if fields.get("act") != "owner" or "stage" in fields:
        fields = {"picked": picked(world), **fields}
    assert nadia.post(f"{LIST}bulk/", fields).status_code == status
    assert systems(world) == ["System 0"]


def test_forms_without_the_version_that_was_seen_change_nothing(nadia: Client, world: World) -> None:
    fill(world, 1)
    form = {"act": "review_due", "picked": picked(world), "value": "2027-05-01", "stage": "do"}
    assert "0 records are changed" in body(nadia.post(f"{LIST}bulk/", form))


def test_a_reader_changes_nothing_in_bulk(paul: Client, world: World) -> None:
    fill(world, 1)
    assert paul.post(f"{LIST}bulk/", {"act": "owner", "picked": picked(world)}).status_code == 403


def test_a_view_is_kept_shown_and_removed(nadia: Client, paul: Client, world: World) -> None:
    fill(world, 1)
    assert "keep-view" in body(nadia.get(f"{LIST}?sort=title&stage=inception"))
    fields = {"name": "By title", "query": "stage=inception&sort=title", "shared": "on"}
    answer = nadia.post(f"{LIST}views/", fields)
    assert answer["Location"] == f"{LIST}?sort=title&stage=inception"
    page = body(paul.get(str(answer["Location"])))
    assert "By title" in page and "/remove/" not in page
    with acting(world.orvanne.pk):
        view = SavedView.objects.get()
    assert paul.post(f"{LIST}views/{view.pk}/remove/").status_code == 403
    assert nadia.post(f"{LIST}views/{view.pk}/remove/").status_code == 302
    assert "By title" not in body(paul.get(LIST))


def test_a_view_without_a_name_is_refused(nadia: Client) -> None:
    assert nadia.post(f"{LIST}views/", {"name": " ", "query": "q=x"}).status_code == 422


def test_a_view_of_another_organisation_is_not_there(nadia: Client, browser: Browser, world: World) -> None:
    nadia.post(f"{LIST}views/", {"name": "Mine", "query": "q=x", "shared": "on"})
    with acting(world.orvanne.pk):
        view = SavedView.objects.get()
    assert browser(world.stranger).post(f"{LIST}views/{view.pk}/remove/").status_code == 404
    assert "Mine" not in body(browser(world.stranger).get(LIST))


def test_search_groups_marks_and_leads(nadia: Client, world: World) -> None:
    fill(world, 1, title="Drift <b>watch</b>", purpose="Evaluates the drifting of models")
    page = body(nadia.get("/search/?q=drift"))
    assert "<mark>Drift</mark> &lt;b&gt;watch" in page and "<mark>drifting</mark>" in page
    assert "AI systems" in page and f"{LIST}{picked(world)[0]}/" in page
    assert nadia.get("/search/?q=a.5.4").status_code == 302
    assert "In the standard" in body(nadia.get("/search/?q=impact assessment"))
    assert "Nothing found" in body(nadia.get("/search/?q=xyzzy"))


def test_the_list_finds_words_of_the_text(nadia: Client, world: World) -> None:
    fill(world, 1, title="Alpha", purpose="Évaluation des incidents")
    fill(world, 1, title="Beta")
    page = body(nadia.get(f"{LIST}?q=evaluation"))
    assert "Alpha" in page and "Beta" not in page


def test_search_asks_the_same_number_of_queries_for_many(
    nadia: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    fill(world, 30, title="Drift")
    with django_assert_max_num_queries(25):
        nadia.get("/search/?q=drift")


@pytest.mark.parametrize("said", ["%27", "%25%25", "%F0%9F%92%A5", "a" * 5000, "|%26!:*", "%E2%80%AE"])
def test_odd_questions_are_answered(nadia: Client, said: str) -> None:
    assert nadia.get(f"/search/?q={said}").status_code == 200
    assert nadia.get(f"{LIST}?q={said}").status_code == 200


def test_no_two_things_of_a_list_have_the_same_id(nadia: Client, world: World) -> None:
    """The scripts' words have an id too: a second one took the count out of the bulk bar."""
    fill(world, 2)
    ids = re.findall(r'\sid="([^"]+)"', body(nadia.get(f"{LIST}?q=system")))
    assert len(ids) == len(set(ids)) and "words" in ids


def test_parts_are_mapped_and_imported_on_the_pages(nadia: Client, world: World) -> None:
    rows = {
        "Parties": [["title"], ["Patients"]],
        "Requirements": [["Record", "Requirement"], ["Patients", "Privacy"]],
    }
    answer = nadia.post("/registers/interested-parties/import/", {"file": xlsx_file(rows)})
    place = str(answer["Location"])
    page = body(nadia.get(place))
    assert 'name="requirements-sheet"' in page and 'name="requirements-c1"' in page and "Privacy" in page
    told = body(
        nadia.post(
            place,
            {"act": "check", "c0": "title", "requirements-c0": "_record", "requirements-c1": "text"},
            follow=True,
        )
    )
    assert "Privacy" in told and "Import all of it" in told
    nadia.post(place, {"act": "apply"})
    with acting(world.orvanne.pk):
        assert [row.text for row in InterestedParty.objects.get().requirements.all()] == ["Privacy"]


def test_the_sheet_of_parts_can_be_chosen_on_the_page(nadia: Client) -> None:
    rows = {
        "Parties": [["title"], ["Patients"]],
        "Wishes": [["Record", "Requirement"], ["Patients", "Privacy"]],
    }
    place = str(nadia.post("/registers/interested-parties/import/", {"file": xlsx_file(rows)})["Location"])
    assert 'name="requirements-c1"' not in body(nadia.get(place))
    chosen = {
        "act": "place",
        "sheet": "Parties",
        "header": "1",
        "requirements-sheet": "Wishes",
        "requirements-header": "",
    }
    assert 'name="requirements-c1"' in body(nadia.post(place, chosen, follow=True))
    wrong = nadia.post(place, {"act": "check", "c0": "title", "requirements-c1": "text"})
    assert wrong.status_code == 422 and "belongs" in body(wrong)
