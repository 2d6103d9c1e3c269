"""The risk matrix: counted places, the switch, one place chosen, and one risk's own way."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.changes import create, lay
from planning.matrix import heat, spot
from planning.models import AIRisk, ControlImplementation
from planning.scoring import DEFAULT
from tests.pages.markup import Page
from tests.people import World

URL = "/risks/matrix/"


def ratings(stage: str, likelihood: int, *harms: int) -> dict[str, int]:
    names = ("organisation", "individuals", "society")
    return {f"{stage}_likelihood": likelihood} | {
        f"{stage}_{n}": v for n, v in zip(names, harms, strict=True)
    }


@pytest.fixture
def nadia(world: World) -> Iterator[Client]:
    """Three risks: two stand together before treatment, one of them has come down, one is not rated."""
    with acting(world.orvanne.pk, world.officer.actor):
        risk(world, "Bias", **ratings("inherent", 4, 2, 5, 1), **ratings("residual", 2, 2, 3, 1))
        risk(world, "Drift", **ratings("inherent", 4, 5, 2, 1), **ratings("residual", 4, 5, 2, 1))
        risk(world, "Unrated")
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    yield client


def read(answer: Any) -> Page:
    return Page(answer.content.decode())


def risk(world: World, title: str, **given: Any) -> AIRisk:
    return create(world.officer, AIRisk, {"title": title, **given})


def titles(page: Page) -> set[str]:
    return {title for title in ("Bias", "Drift", "Unrated") if title in page.words()}


def test_the_place_of_a_risk_is_its_likelihood_and_worst_consequence() -> None:
    made = AIRisk(**ratings("inherent", 4, 2, 5, 1))
    assert spot(made, "inherent") == (4, 5) and spot(made, "residual") is None
    assert spot(made, "current") == (4, 5)  # nobody rated anything later
    rows = heat({(4, 5): 1}, DEFAULT)
    assert [up for up, _words, _cells in rows] == [5, 4, 3, 2, 1]
    cell = rows[1][2][4]
    assert (cell.level, cell.band, cell.number) == (20, "critical", 1)
    assert sum(cell.number for _up, _words, cells in rows for cell in cells) == 1


def test_the_switch_moves_risks_over_the_matrix(nadia: Client) -> None:
    before = nadia.get(URL, {"stage": "inherent"}).content.decode()
    assert "2 risks: likelihood 4, consequence 5, level 20 critical" in before
    now = nadia.get(URL).content.decode()
    assert "1 risk: likelihood 4, consequence 5" in now and "1 risk: likelihood 2, consequence 3" in now
    assert "1 not rated" in read(nadia.get(URL)).words()


def test_a_place_filters_the_list(nadia: Client) -> None:
    assert titles(read(nadia.get(URL))) == {"Bias", "Drift", "Unrated"}
    assert titles(read(nadia.get(URL, {"at": "2-3"}))) == {"Bias"}
    assert titles(read(nadia.get(URL, {"at": "1-1"}))) == set()
    assert nadia.get(URL, {"at": "9-x", "stage": "none"}).status_code == 200


def test_a_control_narrows_the_matrix_to_what_it_treats(nadia: Client, world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        line = lay(world.officer, ControlImplementation, "A.6.2.6", {"title": "Operation"})
        risk(world, "Treated", controls=[line], **ratings("inherent", 5, 1, 1, 1))
    page = nadia.get(URL, {"control": "A.6.2.6"}).content.decode()
    assert "Treated" in page and "Bias" not in page and "1 risk: likelihood 5" in page
    assert "Identify risks" in nadia.get("/registers/ai-risks/").content.decode()


def test_the_risks_page_draws_its_way_instead_of_listing_it(nadia: Client, world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        bias = AIRisk.objects.get(title="Bias")
    page = nadia.get(f"/registers/ai-risks/{bias.pk}/").content.decode()
    assert "Before treatment: level 20 critical, likelihood 4, consequence 5" in page
    assert page.count(">Likelihood<") == 2  # the axis and the table: not three sections more


def test_queries_do_not_grow(nadia: Client, world: World) -> None:
    def counted() -> int:
        nadia.get(URL)
        with CaptureQueriesContext(connection) as captured:
            nadia.get(URL)
        return len(captured)

    few = counted()
    with acting(world.orvanne.pk, world.officer.actor):
        for number in range(8):
            risk(world, f"More {number}", **ratings("residual", 3, 3, 3, 3))
    assert counted() == few
