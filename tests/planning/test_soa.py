"""The Statement of Applicability as a grid: counts, what changed since issued, and a row changed in its place."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.journal.history import history
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.records.changes import create, lay, write
from aims.records.models import Answer, Evidence, Link
from planning import soa
from planning.founding import lay_controls
from planning.models import AIRisk, ApplicabilityStatement, ControlImplementation
from tests.pages.markup import Page
from tests.people import World

HTMX = {"HX-Request": "true"}
URL = "/soa/"


@pytest.fixture
def orvanne(world: World) -> Iterator[World]:
    """All 38 lines: two in place, one partly, one left out, the others undecided."""
    with acting(world.orvanne.pk, world.officer.actor):
        lay_controls(world.officer)
        for code, status in (("A.2.2", "implemented"), ("A.5.4", "implemented"), ("A.6.2.8", "partly")):
            data = {"applicable": True, "inclusion_reason": "It is needed", "status": status}
            write(world.officer, line(code), data)
        write(world.officer, line("A.8.3"), {"applicable": False, "exclusion_reason": "Nobody outside"})
    yield world


def read(answer: Any) -> Page:
    return Page(answer.content.decode())


def codes(page: Page) -> list[str]:
    """The lines that the grid shows."""
    return [found for found in page.ids() if found.startswith("A.")]


def hrefs(page: Page) -> set[str]:
    return {attributes.get("href") or "" for _tag, attributes in page.elements}


def line(code: str) -> ControlImplementation:
    return ControlImplementation.objects.get(code=code)


def row(world: World, code: str) -> ControlImplementation:
    with acting(world.orvanne.pk, world.officer.actor):
        return line(code)


def client(world: World, role: Role = Role.OFFICER) -> Client:
    made = Client()
    made.force_login(Person.objects.get(pk=world.members[role].person_id))
    return made


def typed(record: ControlImplementation, **values: str) -> dict[str, str]:
    """The form of a row with some fields changed."""
    given = {
        "version": str(record.version),
        "applicable": "true",
        "inclusion_reason": record.inclusion_reason,
        "exclusion_reason": "",
        "status": record.status,
        "owner": "",
        "gap": "",
        "due": "",
        **values,
    }
    decide = {"decide": given.pop("decide")} if "decide" in given else {}
    return {f"{record.code}-{name}": value for name, value in given.items()} | decide


def issue(world: World) -> ApplicabilityStatement:
    """A statement with the lines as they are, approved."""
    made = create(world.officer, ApplicabilityStatement, {"title": "Statement 1.0", "edition": "1.0"})
    ApplicabilityStatement.objects.filter(pk=made.pk).update(state="approved")
    return made


def test_the_counts_and_the_38_lines(orvanne: World) -> None:
    page = read(client(orvanne).get(URL))
    assert len(codes(page)) == 38
    for words in ("2 in place", "1 partly", "1 left out", "34 to decide", "3 of 38 controls apply"):
        assert words in page.words(), words
    assert "A.6 AI system life cycle 9 controls" in page.words()


def test_a_filter_narrows_the_lines(orvanne: World) -> None:
    page = read(client(orvanne).get(URL, {"status": "implemented"}))
    assert codes(page) == ["A.2.2", "A.5.4"]
    page = read(client(orvanne).get(URL, {"area": "A.5", "q": "individuals"}))
    assert codes(page) == ["A.5.4"]


def test_risks_evidence_and_staleness_are_counted(orvanne: World) -> None:
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        control = line("A.5.4")
        create(orvanne.officer, AIRisk, {"title": "Bias", "controls": [control]})
        answer = lay(orvanne.officer, Answer, "A.5.4", {"title": "Impacts on people"})
        for kind, key, due in (
            ("answers", answer.pk, "2020-01-01"),
            ("control-implementations", control.pk, None),
        ):
            piece = create(orvanne.officer, Evidence, {"title": f"Paper for {kind}", "review_due": due})
            Link.objects.create(organisation_id=orvanne.orvanne.pk, evidence=piece, kind=kind, record_id=key)
        found = next(one for one in soa.grid(orvanne.officer).lines if one.code == "A.5.4")
    assert (found.risks, found.evidence, found.stale) == (1, 2, 1)


def test_what_changed_since_the_issued_statement(orvanne: World) -> None:
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        issue(orvanne)
        assert soa.grid(orvanne.officer).changed == 0
        write(orvanne.officer, line("A.2.2"), {"status": "partly"})
        grid = soa.grid(orvanne.officer)
    assert [(one.code, one.changed) for one in grid.lines if one.changed] == [("A.2.2", ("status",))]
    page = read(client(orvanne).get(URL, {"status": "changed"}))
    assert codes(page) == ["A.2.2"]


def test_a_row_is_saved_in_its_place_with_the_figures(orvanne: World) -> None:
    record, officer = row(orvanne, "A.2.2"), client(orvanne)
    form = officer.get(f"{URL}{record.pk}/", headers=HTMX)
    assert f'value="{record.version}"' in form.content.decode()
    answer = officer.post(f"{URL}{record.pk}/", typed(record, status="partly"), headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200 and 'id="A.2.2"' in text and "hx-swap-oob" in text
    assert "2 partly" in text
    after = row(orvanne, "A.2.2")
    assert (after.status, after.version) == ("partly", record.version + 1)
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        assert history(after, limit=1)[0].actor == orvanne.officer.actor


def test_a_refusal_comes_back_in_the_row_with_what_was_typed(orvanne: World) -> None:
    record = row(orvanne, "A.2.2")
    data = typed(record, inclusion_reason="", gap="The board has not seen it")
    answer = client(orvanne).post(f"{URL}{record.pk}/", data, headers=HTMX)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Say why this control is needed." in text and "The board has not seen it" in text
    assert row(orvanne, "A.2.2").version == record.version


def test_who_comes_second_sees_both_texts(orvanne: World) -> None:
    record = row(orvanne, "A.2.2")
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        write(orvanne.officer, record, {"inclusion_reason": "Theirs"}, record.version)
    data = typed(record, inclusion_reason="Mine")
    answer = client(orvanne).post(f"{URL}{record.pk}/", data, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 409 and "Theirs" in text and "Mine" in text
    assert f'value="{record.version + 1}"' in text
    assert row(orvanne, "A.2.2").inclusion_reason == "Theirs"


def test_save_and_decide_are_one(orvanne: World) -> None:
    record = row(orvanne, "A.9.2")
    refused = client(orvanne).post(
        f"{URL}{record.pk}/", typed(record, applicable="", decide="1", gap="Open"), headers=HTMX
    )
    assert refused.status_code == 422 and row(orvanne, "A.9.2").gap == ""
    good = typed(record, inclusion_reason="Needed", decide="1")
    assert client(orvanne).post(f"{URL}{record.pk}/", good, headers=HTMX).status_code == 200
    assert row(orvanne, "A.9.2").state == "decided"


def test_without_script_the_record_page_changes_it(orvanne: World) -> None:
    record = row(orvanne, "A.2.2")
    answer = client(orvanne).get(f"{URL}{record.pk}/")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"/{record.pk}/edit/?next=/soa/%23A.2.2")


def test_a_reader_sees_the_grid_and_changes_nothing(orvanne: World) -> None:
    record, reader = row(orvanne, "A.2.2"), client(orvanne, Role.READER)
    page = read(reader.get(URL))
    assert "2 in place" in page.words() and "/edit/?next" not in str(hrefs(page))
    assert reader.get(f"{URL}{record.pk}/", headers=HTMX).status_code == 403
    assert reader.post(f"{URL}{record.pk}/", typed(record), headers=HTMX).status_code == 403


def test_fifteen_queries_however_much_there_is(orvanne: World) -> None:
    browser = client(orvanne)

    def counted() -> int:
        browser.get(URL)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(URL).status_code == 200
        door = ("savepoint", "set_config(", "memberships_of(", "django_session")
        return sum(not any(word in query["sql"].lower() for word in door) for query in captured)

    few = counted()
    with acting(orvanne.orvanne.pk, orvanne.officer.actor):
        issue(orvanne)
        for number in range(6):
            create(
                orvanne.officer,
                AIRisk,
                {"title": f"Risk {number}", "controls": [line("A.5.4"), line("A.2.2")]},
            )
            piece = create(orvanne.officer, Evidence, {"title": f"Paper {number}"})
            Link.objects.create(
                organisation_id=orvanne.orvanne.pk,
                evidence=piece,
                kind="control-implementations",
                record_id=line("A.5.4").pk,
            )
    assert counted() == few <= 15


def test_the_navigation_leads_here(orvanne: World) -> None:
    page = read(client(orvanne).get("/registers/"))
    assert URL in hrefs(page) and "Statement of Applicability" in page.words()
