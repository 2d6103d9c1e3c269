"""Forms: made from the declaration, losing nothing that was typed."""

import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.pages.forms import input_for
from aims.records.changes import create, write
from aims.records.registry import registers
from context.models import AISystem, ContextIssue, InterestedParty, PartyRequirement
from planning.models import Objective
from tests.people import World

NEW = "/registers/ai-systems/new/"
NO_ROWS = {"roles-TOTAL_FORMS": "0", "roles-INITIAL_FORMS": "0"}
FULL = {
    "title": "ThoraScan",
    "purpose": "Sorts X-rays",
    "stage": "inception",
    "sourcing": "developed_in_house",
    **NO_ROWS,
}


def rows(prefix: str, *given: dict[str, str]) -> dict[str, str]:
    """Form data of some parts."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(given)), f"{prefix}-INITIAL_FORMS": "0"}
    return data | {f"{prefix}-{n}-{key}": value for n, row in enumerate(given) for key, value in row.items()}


def posted(body: bytes) -> dict[str, str]:
    """What a browser would send for the form of a page: its inputs, areas and selects."""
    html = body.decode()[body.decode().index('id="sheet"') :]
    data = {}
    for tag in re.findall(r"<input[^>]+>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            data[name[1]] = value[1] if value else ("on" if "checkbox" in tag else "")
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*(.*?)</textarea>', html, re.S):
        data[name] = text
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        data[name] = chosen[1] if chosen else ""
    return data


@pytest.fixture
def party(world: World) -> InterestedParty:
    with acting(world.orvanne.pk, world.officer.actor):
        parts = {"requirements": [{"text": "A doctor decides"}, {"text": "Equal quality"}]}
        return create(world.officer, InterestedParty, {"title": "Patients", "roles": "subject"}, parts)


def address(record: Any, page: str = "edit/") -> str:
    return f"/registers/interested-parties/{record.pk}/{page}"


@pytest.mark.parametrize("register", [r for r in registers() if not r.model.fixed], ids=lambda r: r.path)
def test_every_register_has_a_form_with_its_fields_and_parts(
    nadia: Client, paul: Client, register: Any
) -> None:
    page = nadia.get(f"/registers/{register.path}/new/")
    assert page.status_code == 200
    for name in register.fields:
        # one input, or for a field that asks several questions an input for each
        assert re.search(rf'name="{name}(["._-])'.encode(), page.content), name
    assert page.content.count(b"TOTAL_FORMS") == 2 * len(register.parts)  # a name and an id each
    assert paul.get(f"/registers/{register.path}/new/").status_code == 403
    assert paul.post(f"/registers/{register.path}/new/", {"title": ""}).status_code == 403
    empty = nadia.post(f"/registers/{register.path}/new/", {})
    assert empty.status_code == 422


def test_it_creates_a_record_with_parts(nadia: Client, inside: World) -> None:
    data = {**FULL, **rows("roles", {"role": "eu_provider", "note": "We sell it"}, {"role": "", "note": ""})}
    answer = nadia.post(NEW, {**data, "owner": str(inside.contributor.id)})
    record = AISystem.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/registers/ai-systems/{record.pk}/")
    assert (record.ref, record.owner_id) == ("AIS-0001", inside.contributor.id)
    assert [role.note for role in record.roles.all()] == ["We sell it"]


def test_errors_stand_beside_their_fields_and_the_text_stays(nadia: Client, inside: World) -> None:
    answer = nadia.post(NEW, {**FULL, "title": "", "misuse": "kept <text>", "review_due": "31.31.2026"})
    assert answer.status_code == 422 and not AISystem.objects.exists()
    body = answer.content.decode()
    assert 'id="id_title_error"' in body and 'id="id_review_due_error"' in body
    assert "kept &lt;text&gt;" in body and "31.31.2026" in body
    assert "Not saved: 2 things to change" in body


def test_an_error_in_a_part_stands_beside_the_part(nadia: Client, inside: World) -> None:
    data = {
        **FULL,
        **rows("roles", {"role": "eu_provider", "note": "ok"}, {"role": "", "note": "without a role"}),
    }
    answer = nadia.post(NEW, data)
    assert answer.status_code == 422
    assert (
        'id="id_roles-1-role_error"' in answer.content.decode()
        and "without a role" in answer.content.decode()
    )


def test_codes_are_typed_as_people_write_them(nadia: Client, inside: World, party: InterestedParty) -> None:
    data = posted(nadia.get(address(party)).content)
    nadia.post(address(party), {**data, "requirements-0-answered_by": "6.1.2; A.5.4  7.2"})
    assert [r.answered_by for r in party.requirements.all()] == [["6.1.2", "A.5.4", "7.2"], []]
    data = posted(nadia.get(address(party)).content)
    assert data["requirements-0-answered_by"] == "6.1.2, A.5.4, 7.2"
    answer = nadia.post(address(party), {**data, "requirements-0-answered_by": "99.9"})
    assert answer.status_code == 422 and 'requirements-0-answered_by_error"' in answer.content.decode()


def test_a_row_is_added_without_script_and_nothing_is_judged(
    nadia: Client, inside: World, party: InterestedParty
) -> None:
    data = posted(nadia.get(address(party)).content)
    answer = nadia.post(
        address(party), {**data, "title": "", "requirements-0-text": "typed", "add": "requirements"}
    )
    again = posted(answer.content)
    assert answer.status_code == 200 and b"errors-title" not in answer.content
    assert (again["requirements-TOTAL_FORMS"], again["requirements-0-text"]) == ("3", "typed")
    nadia.post(address(party), {**again, "title": "Patients", "requirements-2-text": "A third"})
    assert [r.text for r in party.requirements.all()] == ["typed", "Equal quality", "A third"]


def test_a_row_is_removed(nadia: Client, inside: World, party: InterestedParty) -> None:
    data = posted(nadia.get(address(party)).content)
    nadia.post(address(party), {**data, "requirements-0-DELETE": "on"})
    assert [r.text for r in party.requirements.all()] == ["Equal quality"]


def test_a_stale_form_shows_both_texts_and_keeps_what_was_typed(
    nadia: Client, inside: World, party: InterestedParty
) -> None:
    data = posted(nadia.get(address(party)).content)
    theirs = {"title": "Patients and families", "roles": "subjects"}
    write(inside.members["administrator"], party, theirs, 1)  # type: ignore[index]
    answer = nadia.post(address(party), {**data, "title": "All patients"})
    body = answer.content.decode()
    assert answer.status_code == 412
    assert "Someone changed this before you saved" in body and "Ada Roux" in body
    assert "Patients and families" in body
    again = posted(answer.content)
    assert (again["title"], again["version"]) == ("All patients", "2")
    assert again["roles"] == "subjects"  # only the other person changed it: taken over
    nadia.post(address(party), again)
    party.refresh_from_db()
    assert (party.title, party.roles, party.version) == ("All patients", "subjects", 3)


def test_stale_parts_are_shown_and_kept(nadia: Client, inside: World, party: InterestedParty) -> None:
    data = posted(nadia.get(address(party)).content)
    kept = [{"id": str(row.pk), "text": f"{row.text}!"} for row in party.requirements.all()]
    write(inside.members["administrator"], party, {}, 1, {"requirements": kept})  # type: ignore[index]
    answer = nadia.post(address(party), {**data, "requirements-1-text": "Mine"})
    assert answer.status_code == 412 and "A doctor decides!" in answer.content.decode()
    assert posted(answer.content)["requirements-1-text"] == "Mine"


def test_parts_that_only_the_other_person_changed_are_taken_over(
    nadia: Client, inside: World, party: InterestedParty
) -> None:
    found = posted(nadia.get(address(party)).content)
    first = found | {"requirements-0-text": "A doctor has the last word"}
    assert nadia.post(address(party), first).status_code == 302
    answer = nadia.post(address(party), {**found, "title": "All patients"})
    assert answer.status_code == 412
    again = posted(answer.content)
    assert again["title"] == "All patients" and again["requirements-0-text"] == "A doctor has the last word"
    assert b"A doctor decides" not in answer.content  # no conflict is told where there is none


def test_what_only_this_person_changed_is_no_conflict(
    nadia: Client, inside: World, party: InterestedParty
) -> None:
    found = posted(nadia.get(address(party)).content)
    assert nadia.post(address(party), {**found, "title": "All patients"}).status_code == 302
    answer = nadia.post(address(party), {**found, "requirements-0-text": "Two doctors decide"})
    assert answer.status_code == 412 and b"As saved" not in answer.content
    again = posted(answer.content)
    assert again["title"] == "All patients" and again["requirements-0-text"] == "Two doctors decide"


def test_a_form_without_its_version_is_not_saved(
    nadia: Client, inside: World, party: InterestedParty
) -> None:
    data = posted(nadia.get(address(party)).content)
    for version in ("", "abc", "-1", "9" * 30):
        answer = nadia.post(address(party), {**data, "version": version, "title": "Changed"})
        assert answer.status_code in (422, 428) and "Changed" in answer.content.decode()
    party.refresh_from_db()
    assert party.title == "Patients"


@pytest.mark.parametrize("forged", ["foreign", "nowhere", "abc", "\x00", "' or 1=1 --"])
def test_a_forged_owner_is_refused_beside_its_field(nadia: Client, inside: World, forged: str) -> None:
    value = {"foreign": str(inside.stranger.id), "nowhere": str(uuid.uuid4())}.get(forged, forged)
    answer = nadia.post(NEW, {**FULL, "owner": value})
    assert answer.status_code == 422 and 'id="id_owner_error"' in answer.content.decode()
    assert not AISystem.objects.exists()


@pytest.mark.parametrize(
    "junk", ["\x00", "x" * 300_000, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_junk_in_a_text_is_refused_or_kept_but_never_breaks(nadia: Client, inside: World, junk: str) -> None:
    answer = nadia.post(NEW, {**FULL, "title": junk, "purpose": junk})
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize("total", ["-1", "abc", "100000", ""])
def test_a_forged_number_of_rows_does_not_break(nadia: Client, inside: World, total: str) -> None:
    answer = nadia.post(NEW, {**FULL, "roles-TOTAL_FORMS": total})
    assert answer.status_code in (302, 422)


def test_a_former_member_stays_a_choice_only_where_they_are_owner(nadia: Client, inside: World) -> None:
    yuki = Membership.objects.get(pk=inside.contributor.id)
    record = create(inside.officer, AISystem, {"title": "Old", "purpose": "x", "owner": yuki})
    Membership.objects.filter(pk=yuki.pk).update(active=False)
    edit = nadia.get(f"/registers/ai-systems/{record.pk}/edit/").content.decode()
    assert "Yuki Tanaka" in edit and "Yuki Tanaka" not in nadia.get(NEW).content.decode()


def test_the_address_may_bring_values(nadia: Client) -> None:
    data = posted(nadia.get(NEW + "?title=From+a+review&state=x&id=1").content)
    assert data["title"] == "From a review" and "state" not in data


def test_a_closed_record_is_not_saved_and_says_why(
    nadia: Client, inside: World, party: InterestedParty
) -> None:
    data = posted(nadia.get(address(party)).content)
    nadia.post(address(party, "move/withdraw/"), {"version": "1", "note": "gone"})
    answer = nadia.post(address(party), {**data, "version": "2", "title": "typed"})
    assert answer.status_code == 409 and "typed" in answer.content.decode()
    assert b"closed in its present state" in answer.content


def test_a_form_that_saves_itself_gets_a_short_answer(
    nadia: Client, inside: World, party: InterestedParty
) -> None:
    data = posted(nadia.get(address(party)).content)
    script = {"X-Autosave": "1"}
    answer = nadia.post(address(party), {**data, "title": "Typed"}, headers=script)
    assert (answer.status_code, answer.json(), answer["X-Version"]) == (200, {"version": 2}, "2")
    stale = nadia.post(address(party), data, headers=script)
    assert stale.status_code == 412 and "detail" in stale.json()
    bad = nadia.post(address(party), {**data, "version": "2", "title": " "}, headers=script)
    assert bad.status_code == 422


def test_saving_what_is_there_says_that_nothing_changed(
    nadia: Client, party: InterestedParty, world: World
) -> None:
    page = nadia.get(address(party)).content
    answer = nadia.post(address(party), posted(page), follow=True)
    assert "Nothing was changed" in answer.content.decode()
    with acting(world.orvanne.pk):
        assert InterestedParty.objects.get(pk=party.pk).version == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("true", True),
        ("false", False),
        ("unknown", None),
        ("", None),
        ("maybe", ...),
        ("2", True),
        ("77", ...),
    ],
)
def test_a_question_that_may_stay_open_refuses_nonsense(typed: str, kept: Any) -> None:
    form = input_for(ContextIssue._meta.get_field("relevant"), None)  # type: ignore[arg-type]
    said = form.widget.value_from_datadict({"relevant": typed}, {}, "relevant")
    if kept is ...:
        with pytest.raises(ValidationError, match="yes, no or unknown"):
            form.clean(said)
    else:
        assert form.clean(said) is kept


def test_the_examples_of_codes_are_such_as_the_field_takes() -> None:
    objective, party = Objective._meta.get_field("themes"), PartyRequirement._meta.get_field("answered_by")
    assert "C.2.1" in str(input_for(objective, None).help_text)  # type: ignore[arg-type]
    assert "6.1.2" in str(input_for(party, None).help_text)  # type: ignore[arg-type]
