"""Cells of the grid changed by keyboard: one value for several lines, each a version of its own, refusals told by line."""

from typing import Any

from aims.organisation.roles import Role
from tests.pages.markup import Page
from tests.people import World
from tests.planning.test_soa import client, orvanne, row

__all__ = ["orvanne"]
URL = "/soa/cells/"


def send(world: World, codes: list[str], role: Role = Role.OFFICER, **data: Any) -> Any:
    """What the script sends for some lines."""
    found = [row(world, code) for code in codes]
    versions = data.pop("versions", [record.version for record in found])
    rows = [f"{record.pk}:{version}" for record, version in zip(found, versions, strict=True)]
    return client(world, role).post(URL, {"row": rows, **data})


def test_the_grid_says_which_cells_can_be_edited(orvanne: World) -> None:
    page = Page(client(orvanne).get("/soa/").content.decode())
    cells = [attributes for _tag, attributes in page.elements if attributes.get("data-cell")]
    assert {one["data-cell"] for one in cells} == {"applicable", "ground", "reason", "status", "owner"}
    tables = [
        attributes for tag, attributes in page.elements if tag == "table" and attributes.get("data-grid")
    ]
    assert [one["data-grid"] for one in tables] == [URL]
    editors = {a["data-editor"] for _tag, a in page.elements if a.get("data-editor")}
    assert editors == {one["data-cell"] for one in cells}
    page = Page(client(orvanne, Role.READER).get("/soa/").content.decode())
    assert not [a for _tag, a in page.elements if a.get("data-cell") or a.get("data-grid")]


def test_one_value_goes_to_several_lines(orvanne: World) -> None:
    answer = send(orvanne, ["A.2.2", "A.5.4", "A.6.2.8"], field="ground", value="law")
    assert answer.status_code == 200 and answer.json()["said"] == "3 controls are changed."
    assert {row(orvanne, code).ground for code in ("A.2.2", "A.5.4", "A.6.2.8")} == {"law"}
    rows = answer.json()["rows"]
    assert set(rows) == {"A.2.2", "A.5.4", "A.6.2.8"} and 'data-value="law"' in rows["A.5.4"]
    assert f'data-version="{row(orvanne, "A.5.4").version}"' in rows["A.5.4"]
    assert "in place" in answer.json()["figures"]


def test_a_decision_brings_its_reason(orvanne: World) -> None:
    answer = send(orvanne, ["A.10.2", "A.10.3"], field="applicable", value="false", reason="No supplier")
    assert answer.status_code == 200
    assert (
        row(orvanne, "A.10.3").exclusion_reason == "No supplier"
        and row(orvanne, "A.10.2").applicable is False
    )
    answer = send(orvanne, ["A.10.4"], field="applicable", value="false")
    assert answer.status_code == 422 and answer.json()["refused"] == {
        "A.10.4": "Say why this control is left out."
    }
    assert row(orvanne, "A.10.4").applicable is None


def test_what_is_refused_is_told_by_line_and_the_rest_is_done(orvanne: World) -> None:
    answer = send(orvanne, ["A.2.2", "A.10.4"], field="reason", value="Because")
    # a reason is for or against: the undecided line is refused, the decided one is written
    assert answer.status_code == 200 and list(answer.json()["refused"]) == ["A.10.4"]
    assert row(orvanne, "A.2.2").inclusion_reason == "Because"
    assert row(orvanne, "A.10.4").inclusion_reason == row(orvanne, "A.10.4").exclusion_reason == ""


def test_somebody_else_was_first(orvanne: World) -> None:
    answer = send(
        orvanne,
        ["A.2.2", "A.5.4"],
        versions=[99, row(orvanne, "A.5.4").version],
        field="status",
        value="planned",
    )
    assert answer.status_code == 200 and list(answer.json()["refused"]) == ["A.2.2"]
    assert (row(orvanne, "A.2.2").status, row(orvanne, "A.5.4").status) == ("implemented", "planned")


def test_an_owner_is_chosen_among_the_people(orvanne: World) -> None:
    member = orvanne.contributor.id
    assert send(orvanne, ["A.2.2"], field="owner", value=str(member)).status_code == 200
    assert row(orvanne, "A.2.2").owner_id == member
    assert send(orvanne, ["A.2.2"], field="owner", value="nobody").status_code == 200
    assert row(orvanne, "A.2.2").owner_id is None
    assert send(orvanne, ["A.2.2"], field="owner", value=str(orvanne.stranger.id)).status_code == 422


def test_what_is_no_cell_changes_nothing(orvanne: World) -> None:
    before = {one: row(orvanne, one).version for one in ("A.2.2", "A.5.4")}
    wrong: tuple[dict[str, Any], ...] = (
        {"field": "title", "value": "x"},
        {"field": "status", "value": "done"},
        {"field": "status"},
        {"field": "version", "value": "9"},
        {},
    )
    for data in wrong:
        assert send(orvanne, ["A.2.2", "A.5.4"], **data).status_code == 422, data
    browser = client(orvanne)
    for rows in ([], ["nonsense"], [":"], ["x:y"] * 300, [f"{orvanne.orvanne.pk}:1"]):
        assert browser.post(URL, {"row": rows, "field": "status", "value": "planned"}).status_code == 422
    assert browser.get(URL).status_code == 405
    assert {one: row(orvanne, one).version for one in before} == before


def test_who_only_reads_changes_no_cell(orvanne: World) -> None:
    assert send(orvanne, ["A.2.2"], role=Role.READER, field="status", value="planned").status_code == 403
    assert row(orvanne, "A.2.2").status == "implemented"
