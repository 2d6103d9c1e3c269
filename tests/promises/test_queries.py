"""The number of statements that an answer costs does not grow with the rows: with 40 of everything no more than with 3."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.base import Record
from aims.records.coverage import TOPS
from aims.records.models import Answer, Comment, Evidence, Link
from aims.records.registry import Register, register_of, registers
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import sync
from planning.models import ControlImplementation
from tests.factory import apart
from tests.promises.addresses import routes
from tests.promises.expectations import OPEN, SIGN_IN
from tests.promises.house import House

FEW, MANY = 3, 40
API, PAGE, WORKSPACE = 5, 30, 15  # statements at most: a list or record over REST, a page, a workspace
TODAY, ROOM, REST = 25, 30, 8  # Today, the other singular pages, and addresses of the API (the feed has)
DOOR = ("savepoint", "set_config(", "current_setting(", "token_bearer(", "memberships_of(", "django_session")
EVERY = pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
CODES = [*edition().requirements, *edition().controls]
highest: dict[str, tuple[int, str]] = {}


@pytest.fixture(autouse=True)
def own_folders(undone: None) -> None:
    """The house has its own folders, for the whole module."""


# ── Counting ─────────────────────────────────────────────────────────────


def counted(house: House, url: str) -> list[str]:
    """The statements of an answer, without those of the door; asked twice, so that caches are warm."""
    role = Role.ADMINISTRATOR if url.startswith("/api/v1/tokens/") else Role.OFFICER
    client, headers = house.pages[role], {}
    if url.startswith("/api/"):
        client, headers = Client(), {"Authorization": f"Bearer {house.tokens[role]}"}
    client.get(url, headers=headers)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, headers=headers)
    assert answer.status_code in (200, 302), (url, answer.status_code)  # some lead on to a record
    statements = [str(query["sql"]) for query in captured.captured_queries]
    return [sql for sql in statements if not any(word in sql.lower() for word in DOOR)]


def constant(house: House, kind: str, url: str, grow: Callable[[int], None], most: int) -> None:
    """No more with many rows than with few, and no more than `most`."""
    constants(house, kind, {url: most}, grow)


def constants(house: House, kind: str, urls: dict[str, int], grow: Callable[[int], None]) -> None:
    """The same of several addresses, each with its limit, over rows that grow once."""
    grow(FEW)
    few = {url: counted(house, url) for url in urls}
    grow(MANY)
    many = {url: counted(house, url) for url in urls}
    wrong = []
    for url, most in urls.items():
        less, now = few[url], many[url]
        if len(now) > highest.get(kind, (0, ""))[0]:
            highest[kind] = (len(now), url)
        if len(now) > len(less):
            extra = "\n".join(sql[:300] for sql in more(less, now))
            wrong.append(f"{url}: {len(less)} became {len(now)}\n{extra}")
        if len(now) > most:
            wrong.append(f"{url}: {len(now)} statements")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def more(few: list[str], many: list[str]) -> list[str]:
    """Statements that came more often, by their beginnings."""
    left = [sql[:60] for sql in few]
    found = []
    for sql in many:
        if sql[:60] in left:
            left.remove(sql[:60])
        else:
            found.append(sql)
    return found[:5]


# ── Growing ──────────────────────────────────────────────────────────────


def cloned(record: Record, number: int) -> list[Any]:
    """Copies of a record, with what they refer to and their parts, until the register has `number` of them."""
    model = type(record)
    rows = model._default_manager.filter(organisation_id=record.organisation_id)
    missing = range(rows.count(), min(number, len(codes_of(record))) if record.fixed else number)
    made = [copied(record, **identity(record, place)) for place in missing]
    model._default_manager.bulk_create(made)
    for field in model._meta.many_to_many:
        targets = list(getattr(record, field.name).all())
        for one in made:
            getattr(one, field.name).set(targets)
    return made


def codes_of(record: Record) -> tuple[str, ...]:
    """The lines for which there can be a record of a fixed kind: of the statement of applicability the database has 38."""
    return tuple(edition().controls) if isinstance(record, ControlImplementation) else tuple(CODES)


def identity(record: Record, place: int) -> dict[str, Any]:
    """What no two records share."""
    ref = f"{record.ref_prefix}-9{place:03d}"
    given: dict[str, Any] = {"ref": ref, "external_id": None, **apart(type(record))}
    if record.fixed:
        used = set(type(record)._default_manager.values_list("ref", flat=True))
        code = [code for code in codes_of(record) if code not in used][place - len(used)]
        given |= {"ref": code, "code": code}
    return given


def copied(row: models.Model, **given: Any) -> Any:
    """A copy of a row under a new id."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, "id": uuid.uuid4(), **given})


def hang(house: House, record: Record, number: int) -> None:
    """So many comments, pieces of evidence and parts on a record."""
    evidence = house.own.records["evidence"]
    cloned(evidence, number)
    common: dict[str, Any] = {"organisation_id": record.organisation_id, "record_id": record.pk}
    register = register_of(record)
    linked = set(Link.objects.filter(**common).values_list("evidence_id", flat=True))
    Link.objects.bulk_create(
        Link(evidence=one, kind=register.path, **common)
        for one in Evidence.objects.filter(organisation_id=record.organisation_id)[:number]
        if one.pk not in linked
    )
    said = {"kind": register.path, "text": "Look", "author_id": house.own.world.officer.id, **common}
    Comment.objects.bulk_create(
        Comment(**said) for _place in range(Comment.objects.filter(**common).count(), number)
    )
    for part in register.parts:
        rows = part._default_manager.filter(**{part.of: record})
        if first := rows.first():
            with transaction.atomic():
                part._default_manager.bulk_create(
                    [copied(first, position=n) for n in range(rows.count(), number)], ignore_conflicts=True
                )


def inside(house: House, grow: Callable[[int], Any]) -> Callable[[int], None]:
    """Growing as the organisation whose house it is."""

    def grown(number: int) -> None:
        with acting(house.own.world.orvanne.pk, house.own.world.officer.actor):
            grow(number)

    return grown


# ── The promises ─────────────────────────────────────────────────────────


@EVERY
def test_lists(house: House, register: Register) -> None:
    record = house.own.records[register.path]
    grow = inside(house, lambda number: cloned(record, number))
    constant(house, "a list over REST", f"/api/v1/{register.path}/?limit=200", grow, API)
    constant(house, "the page of a list", f"/registers/{register.path}/", grow, PAGE)


@EVERY
def test_records(house: House, register: Register) -> None:
    record = house.own.records[register.path]
    grow = inside(house, lambda number: hang(house, record, number))
    constant(house, "a record over REST", f"/api/v1/{register.path}/{record.pk}/", grow, API)
    if register.path != "answers":
        constant(house, "the page of a record", f"/registers/{register.path}/{record.pk}/", grow, PAGE)


@pytest.mark.parametrize("top", TOPS)
def test_workspaces(house: House, top: str) -> None:
    """All of a clause or annex grow together: what is looked for in the whole system is looked for once for all."""
    places = [place.code for place in edition().workspaces(top)]
    codes = [line.code for place in places for line in edition().lines_of(place)]

    def grow(number: int) -> None:
        for answer in Answer.objects.filter(organisation_id=house.own.world.orvanne.pk, ref__in=codes):
            hang(house, answer, number)

    urls = {f"/clauses/{place}/": WORKSPACE for place in places}
    constants(house, "a workspace", urls, inside(house, grow))


def asked(house: House, number: int) -> None:
    """So many tasks and occurrences about records of every kind: a page names them all in one statement."""
    organisation, officer = house.own.world.orvanne, house.own.world.officer
    sync(organisation, timezone.now())
    obligation = Obligation.objects.filter(organisation=organisation)[0]
    records = list(house.own.records.values())
    for place in range(number):
        record = records[place % len(records)]
        about = {
            "organisation_id": organisation.pk,
            "due": timezone.localdate() + timedelta(days=place % 60 - 9),
        }
        row, _new = Occurrence.objects.get_or_create(
            obligation=obligation,
            subject_kind=register_of(record).path,
            subject_id=record.pk,
            defaults={"state": Occurrence.State.DUE},
            **about,
        )
        task = {
            "title": "Do it",
            "occurrence": row,
            "kind": row.subject_kind,
            "record_id": row.subject_id,
            **about,
        }
        Task.objects.get_or_create(
            source=f"many:{place}",
            defaults={"member_id": officer.id, "made_at": timezone.now(), **task},
        )


ALONE = [
    r for r in routes() if not r.gaps and r.register is None and r.name not in OPEN and "GET" in r.methods
]
ROOMS = [r for r in ALONE if not r.at.startswith((SIGN_IN, "api/v1/~"))]


@pytest.mark.parametrize("kind", ["a room", "a room over REST"])
def test_rooms(house: House, kind: str) -> None:
    query = {"search": "?q=tests", "choose evidence": f"?to=ai-systems:{house.own.records['ai-systems'].pk}"}
    urls = {
        f"/{route.at}{query.get(route.name, '')}": REST if route.api else ROOM if route.at else TODAY
        for route in ROOMS
        if route.api == (kind == "a room over REST")
    }
    assert len(urls) > 8
    constants(house, kind, urls, inside(house, lambda number: asked(house, number)))


def test_the_statement_of_applicability(house: House) -> None:
    """Its 38 lines are laid at the founding: only the number is asked."""
    constant(house, "the SoA", "/registers/control-implementations/", lambda number: None, WORKSPACE)


def test_what_is_the_most(record_property: Callable[[str, object], None]) -> None:
    """The highest numbers of this run, for the report; the limits themselves stand above."""
    for kind, (number, where) in sorted(highest.items()):
        record_property(kind, number)
        print(f"most statements of {kind}: {number} ({where})")
