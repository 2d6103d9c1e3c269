"""Lists: filters, order and pages, on any register."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import create, move
from aims.records.registry import registers
from context.models import AISystem
from tests.people import World

LIST = "/registers/ai-systems/"


def fill(world: World, number: int, **fields: object) -> list[AISystem]:
    with acting(world.orvanne.pk, world.officer.actor):
        owner = Membership.objects.get(pk=world.officer.id)
        return [
            create(
                world.officer,
                AISystem,
                {
                    "title": f"System {n:03}",
                    "purpose": "x",
                    "owner": owner if n % 2 else None,
                    "review_due": date(2030, 1, 1) + timedelta(days=n // 3) if n % 4 else None,
                    **fields,
                },
            )
            for n in range(number)
        ]


def titles(body: bytes) -> list[str]:
    return re.findall(r'<a class="title" href="[^"]+">([^<]+)</a>', body.decode())


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_every_register_has_a_list_that_leads_on_when_empty(
    nadia: Client, paul: Client, register: object
) -> None:
    path = f"/registers/{register.path}/"  # type: ignore[attr-defined]
    page, read = nadia.get(path), paul.get(path)
    assert (page.status_code, read.status_code) == (200, 200)
    assert b'class="empty"' in page.content
    fixed = register.model.fixed  # type: ignore[attr-defined]
    assert (f"{path}new/".encode() in page.content) is not fixed
    assert f"{path}new/".encode() not in read.content


def test_the_number_of_queries_does_not_grow_with_the_rows(nadia: Client, world: World) -> None:
    fill(world, 5)
    nadia.get(LIST)
    with CaptureQueriesContext(connection) as few:
        nadia.get(LIST)
    fill(world, 45)
    with CaptureQueriesContext(connection) as many:
        page = nadia.get(LIST)
    assert len(titles(page.content)) == 50
    assert len(many) == len(few)
    with CaptureQueriesContext(connection) as shell:
        nadia.get("/registers/")
    assert len(many) - len(shell) <= 5


@pytest.mark.parametrize(
    "sort", ["", "title", "-title", "review_due", "-review_due", "owner", "-owner", "stage"]
)
def test_walking_forth_and_back_shows_every_row_once(nadia: Client, world: World, sort: str) -> None:
    fill(world, 120)
    forth, url = [], f"{LIST}?sort={sort}"
    pages = []
    while url:
        body = nadia.get(url).content
        forth.append(titles(body))
        pages.append(url)
        found = re.search(rb'rel="next" href="([^"]+)"', body)
        url = LIST + found[1].decode().replace("&amp;", "&") if found else ""
    assert [len(page) for page in forth] == [50, 50, 20]
    assert len({title for page in forth for title in page}) == 120
    back = re.search(rb'rel="prev" href="([^"]+)"', nadia.get(pages[-1]).content)
    assert back and titles(nadia.get(LIST + back[1].decode().replace("&amp;", "&")).content) == forth[1]


def test_sorting_by_title_goes_up_and_down(nadia: Client, world: World) -> None:
    fill(world, 3)
    up = titles(nadia.get(LIST + "?sort=title").content)
    assert up == ["System 000", "System 001", "System 002"]
    assert titles(nadia.get(LIST + "?sort=-title").content) == up[::-1]
    assert b'aria-sort="descending"' in nadia.get(LIST + "?sort=-title").content


def test_filters_narrow_the_list(nadia: Client, world: World) -> None:
    fill(world, 4)
    fill(world, 1, title="Orva Assist", stage="retirement")
    assert titles(nadia.get(LIST + "?q=orva").content) == ["Orva Assist"]
    assert titles(nadia.get(LIST + "?q=ais-0005").content) == ["Orva Assist"]
    assert titles(nadia.get(LIST + "?stage=retirement").content) == ["Orva Assist"]
    assert len(titles(nadia.get(f"{LIST}?owner={world.officer.id}").content)) == 2
    page = nadia.get(LIST + "?q=nowhere")
    assert b"Nothing fits these filters" in page.content


def test_withdrawn_records_have_a_tab_of_their_own(nadia: Client, world: World) -> None:
    first, *_rest = fill(world, 2)
    with acting(world.orvanne.pk, world.officer.actor):
        move(world.officer, first, "withdraw", 1, note="Never built")
    assert titles(nadia.get(LIST).content) == ["System 001"]
    assert titles(nadia.get(LIST + "?state=withdrawn").content) == ["System 000"]


@pytest.mark.parametrize(
    "asked",
    [
        "nothing=1",
        "stage=nothing",
        "owner=abc",
        "state=nothing",
        "owner=00000000-0000-0000-0000-000000000000",
    ],
)
def test_an_unknown_filter_is_left_out_and_said(nadia: Client, world: World, asked: str) -> None:
    fill(world, 2)
    page = nadia.get(f"{LIST}?{asked}")
    assert page.status_code == 200 and b"was left out" in page.content
    assert len(titles(page.content)) == 2


@pytest.mark.parametrize(
    "asked", ["after=xyz", "after=WzEsMl0", "before=%FF", "after=bnVsbA", "sort=;drop", "sort=purpose"]
)
def test_a_place_or_order_that_means_nothing_gives_the_first_page(
    nadia: Client, world: World, asked: str
) -> None:
    fill(world, 2)
    page = nadia.get(f"{LIST}?{asked}")
    assert page.status_code == 200 and len(titles(page.content)) == 2


def test_what_people_typed_is_never_markup(nadia: Client, world: World) -> None:
    fill(world, 1, title="<script>alert(1)</script>")
    assert b"<script>alert" not in nadia.get(LIST).content


def test_words_of_a_filter_stay_out_of_the_search_over_everything(nadia: Client) -> None:
    box = re.compile(r'<input id="q" type="search" name="q" value="([^"]*)"')
    assert box.findall(nadia.get(LIST + "?q=data").content.decode()) == [""]
    assert box.findall(nadia.get("/search/?q=data").content.decode()) == ["data"]
