"""One change for several lines of the Statement of Applicability: a version each, the refused named, nothing lost."""

from typing import Any

import pytest

from aims.journal.history import history
from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.changes import write
from planning import soa
from planning.founding import lay_controls
from planning.models import ControlImplementation
from tests.pages.markup import Page
from tests.people import World
from tests.planning.test_soa import client, issue, line, orvanne, read, row

__all__ = ["orvanne"]
URL = "/soa/lines/"


def ticked(*records: ControlImplementation, **typed: Any) -> dict[str, Any]:
    """Lines ticked on the grid, with the versions that it showed."""
    versions = {f"v-{record.pk}": str(record.version) for record in records}
    return {"picked": [str(record.pk) for record in records], **versions, **typed}


def test_ticked_lines_get_the_change_each_as_one_version(orvanne: World) -> None:
    records = [row(orvanne, code) for code in ("A.9.2", "A.9.3")]
    owner = str(orvanne.officer.id)
    data = ticked(*records, applicable="true", status="partly", owner=owner, reason="We use AI")
    answer = client(orvanne).post(f"{URL}?area=A.9", data)
    assert answer.status_code == 302 and answer.headers["Location"] == "/soa/?area=A.9"
    for old in records:
        now = row(orvanne, old.code)
        assert (now.applicable, now.status, now.inclusion_reason) == (True, "partly", "We use AI")
        assert str(now.owner_id) == owner and now.version == old.version + 1
        with acting(orvanne.orvanne.pk, orvanne.officer.actor):
            assert history(now, limit=1)[0].actor == orvanne.officer.actor
    assert row(orvanne, "A.9.4").applicable is None


def test_an_area_stands_for_its_lines_on_the_page_and_no_others(orvanne: World) -> None:
    shown, hidden = row(orvanne, "A.10.2"), row(orvanne, "A.10.3")
    other = row(orvanne, "A.9.2")
    versions = {f"v-{record.pk}": str(record.version) for record in (shown, other)}
    data = {"area": ["A.10"], **versions, "applicable": "false", "reason": "No suppliers"}
    assert client(orvanne).post(URL, data).status_code == 302
    assert row(orvanne, "A.10.2").exclusion_reason == "No suppliers"
    assert row(orvanne, hidden.code).applicable is None and row(orvanne, "A.9.2").applicable is None


def test_who_is_refused_is_named_and_the_others_are_changed(orvanne: World) -> None:
    good, seen, undecided = row(orvanne, "A.2.2"), row(orvanne, "A.5.4"), row(orvanne, "A.9.2")
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        write(orvanne.officer, line("A.5.4"), {"gap": "Theirs"})
    data = ticked(good, seen, undecided, status="planned", reason="Asked by <law>")
    answer = client(orvanne).post(URL, data)
    page, html = read(answer), answer.content.decode()
    assert answer.status_code == 200
    assert "1 control is changed." in page.words() and "Say whether it applies" in page.words()
    assert "Somebody else changed this record" in page.words()
    assert row(orvanne, "A.2.2").inclusion_reason == "Asked by <law>"
    assert row(orvanne, "A.5.4").status == "implemented" and row(orvanne, "A.9.2").status == ""
    assert 'value="Asked by &lt;law&gt;"' in html and '<option value="planned" selected' in html
    assert ticks(page) == {str(seen.pk), str(undecided.pk)}


def ticks(page: Page) -> set[str]:
    """The boxes that are ticked."""
    boxes = [given for _tag, given in page.elements if given.get("type") == "checkbox" and "checked" in given]
    return {given.get("value") or "" for given in boxes}


@pytest.mark.parametrize(
    "typed",
    [{}, {"status": "nonsense"}, {"owner": "00000000-0000-0000-0000-000000000000"}, {"reason": "a\x00b"}],
)
def test_what_cannot_be_read_changes_nothing_and_keeps_the_ticks(
    orvanne: World, typed: dict[str, str]
) -> None:
    record = row(orvanne, "A.2.2")
    answer = client(orvanne).post(URL, ticked(record, **typed))
    assert answer.status_code == 422 and ticks(read(answer)) == {str(record.pk)}
    assert row(orvanne, "A.2.2").version == record.version


@pytest.mark.parametrize("picked", [[], ["nonsense"], ["00000000-0000-0000-0000-000000000000"]])
def test_without_a_line_the_typed_words_stay(orvanne: World, picked: list[str]) -> None:
    answer = client(orvanne).post(URL, {"picked": picked, "reason": "Kept words"})
    assert answer.status_code == 422 and 'value="Kept words"' in answer.content.decode()
    assert "Select at least one row first." in read(answer).words()


def test_a_line_of_another_organisation_is_not_there(orvanne: World) -> None:
    with acting(orvanne.brindle.pk, orvanne.stranger.actor):
        lay_controls(orvanne.stranger)
        theirs = ControlImplementation.objects.get(code="A.2.2")
    answer = client(orvanne).post(URL, ticked(theirs, applicable="false", reason="Ours now"))
    assert answer.status_code == 422
    with acting(orvanne.brindle.pk, orvanne.stranger.actor):
        assert ControlImplementation.objects.get(code="A.2.2").version == theirs.version


def test_an_owner_changes_their_own_line_and_is_refused_the_others(orvanne: World) -> None:
    owner = orvanne.members[Role.CONTRIBUTOR]
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        write(orvanne.officer, line("A.2.2"), {"owner": owner.id})
    own, other = row(orvanne, "A.2.2"), row(orvanne, "A.5.4")
    answer = client(orvanne, Role.CONTRIBUTOR).post(URL, ticked(own, other, status="partly"))
    assert answer.status_code == 200 and "Your role does not allow this" in read(answer).words()
    assert row(orvanne, "A.2.2").status == "partly" and row(orvanne, "A.5.4").status == "implemented"


def test_a_reader_has_no_boxes_and_no_way_in(orvanne: World) -> None:
    record, reader = row(orvanne, "A.2.2"), client(orvanne, Role.READER)
    assert 'name="picked"' not in reader.get("/soa/").content.decode()
    assert reader.post(URL, ticked(record, status="partly")).status_code == 403
    assert row(orvanne, "A.2.2").version == record.version


def test_the_grid_says_what_stood_in_the_issued_statement(orvanne: World) -> None:
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        issue(orvanne)
        write(
            orvanne.officer,
            line("A.8.3"),
            {"applicable": True, "inclusion_reason": "Now asked", "status": "planned"},
        )
        found = next(one for one in soa.grid(orvanne.officer).lines if one.changed)
    assert found.was == ["was: No", "was: Nobody outside", "was: –"]
    page = read(client(orvanne).get("/soa/", {"status": "changed"}))
    assert "was: Nobody outside" in page.words() and "A.2.2" not in page.ids()
