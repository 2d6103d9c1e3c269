"""Whatever is sent to a register, by form or over REST: a clear 4xx, what was typed is kept, and nothing has changed."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.test import Client

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.base import Record
from aims.records.changes import part_name
from aims.records.registry import Register, registers
from tests.promises.house import UNKNOWN, House
from tests.promises.test_form_and_api import typed

EVERY = pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
WORDS = "Words that somebody typed 7f3a"
LONG = "x" * 1_000_000
SECONDS = 5.0  # an answer to anything bad; the promise is one second, on a machine that does nothing else
# bodies that are no JSON object at all
BROKEN: dict[str, bytes] = {
    "truncated": b'{"title": "x',
    "not JSON": b"title=x",
    "not UTF-8": b'{"title": "\xff\xfe"}',
    "NUL": b'{"title": "a\\u0000b"}',
    "half a pair": b'{"title": "\\ud800"}',
    "half a pair in a name": b'{"\\udfff": 1}',
    "deep": b'{"title": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "twice": b'{"title": "a", "title": "b"}',
    "infinite": b'{"title": 1e999}',
    "a million digits": b'{"title": ' + b"9" * 1_000_000 + b"}",
    "not a number": b'{"title": NaN}',
    "a list": b"[1, 2]",
    "a text": b'"title"',
    "null": b"null",
    "unknown field": b'{"no_such_field": 1}',
    "a field that AIMS sets": b'{"state": "done", "ref": "X-1", "id": "x"}',
}
WRONG_TYPES: tuple[Any, ...] = (
    {"a": 1},
    ["x"],
    [[]],
    [None],
    True,
    3.7,
    2**53 - 1,
    -(2**53) + 1,
    "\u202e",
    " ",
)
MEDIA = (
    "text/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "a/b/c",
)


@pytest.fixture(autouse=True)
def own_folders(undone: None) -> None:
    """The house has its own folders, for the whole module."""


class Caller:
    """The officer at one record of a register, over REST and with a browser."""

    def __init__(self, house: House, register: Register) -> None:
        self.house, self.register = house, register
        self.record: Record = house.own.records[register.path]
        self.browser = house.pages[Role.OFFICER]
        self.client = Client(raise_request_exception=False)
        self.wrong: list[str] = []

    @property
    def tag(self) -> dict[str, str]:
        """If-Match with the record's version."""
        return {"If-Match": f'"{self.record.version}"'}

    def api(self, what: str, method: str, body: Any, media: str = "application/json", **headers: str) -> None:
        """Send something bad; note what is wrong with the answer."""
        place = f"/api/v1/{self.register.path}/" + (f"{self.record.pk}/" if method != "POST" else "")
        token = {"Authorization": f"Bearer {self.house.tokens[Role.OFFICER]}"}
        started = time.monotonic()
        answer = self.client.generic(
            method,
            place,
            body if isinstance(body, bytes) else json.dumps(body).encode(),
            media,
            headers={**token, **headers},
        )
        self.judge(f"API {method} {what}", answer, started)
        if answer["Content-Type"] != "application/problem+json" or not answer.json().get("detail"):
            self.wrong.append(f"API {method} {what}: no problem details")

    def form(self, what: str, data: dict[str, Any], new: bool = False) -> Any:
        """Post a bad form."""
        place = f"/registers/{self.register.path}/" + ("new/" if new else f"{self.record.pk}/edit/")
        started = time.monotonic()
        answer = self.browser.post(place, data)
        self.judge(f"form {what}", answer, started)
        return answer

    def judge(self, what: str, answer: Any, started: float) -> None:
        """A 4xx, in time."""
        if not 400 <= answer.status_code < 500 or answer.status_code in (401, 403, 404):
            self.wrong.append(f"{what}: {answer.status_code}")
        if time.monotonic() - started > SECONDS:
            self.wrong.append(f"{what}: after {time.monotonic() - started:.1f} s")

    def keeps(self, what: str, answer: Any) -> None:
        """What was typed is still in the page."""
        if WORDS not in answer.content.decode():
            self.wrong.append(f"form {what}: what was typed is lost")

    def state(self) -> tuple[int, ...]:
        """What would show a change."""
        with acting(self.house.own.world.orvanne.pk, "task:tests"):
            rows = self.register.model._default_manager
            version = rows.values_list("version", flat=True).get(pk=self.record.pk)
            return rows.count(), version, Entry.objects.count()


@pytest.fixture
def caller(house: House, register: Register) -> Iterator[Caller]:
    """The officer at the register at hand; afterwards nothing has changed and nothing was wrong."""
    made = Caller(house, register)
    before = made.state()
    yield made
    if made.state() != before:
        made.wrong.append(f"something has changed: {before} became {made.state()}")
    if made.wrong:
        pytest.fail("\n".join(made.wrong), pytrace=False)


def texts(register: Register) -> list[str]:
    """The fields of a register that take words."""
    kinds = (models.CharField, models.TextField)
    found = [register.field(n) for n in register.fields]
    return [f.name for f in found if isinstance(f, kinds) and not f.choices and not f.is_relation]


def methods(register: Register) -> tuple[str, ...]:
    """How a body reaches a register."""
    return ("PATCH", "PUT") if register.model.fixed else ("POST", "PATCH", "PUT")


# ── REST ─────────────────────────────────────────────────────────────────


@EVERY
def test_bodies_that_are_no_records(caller: Caller, register: Register) -> None:
    for what, body in BROKEN.items():
        for method in methods(register)[:2]:
            caller.api(what, method, body, **caller.tag)
    for media in MEDIA:
        for method in methods(register)[:2]:
            caller.api(media, method, b"title=x", media, **caller.tag)


@EVERY
def test_values_of_another_type(caller: Caller, register: Register) -> None:
    for value in WRONG_TYPES:
        body = dict.fromkeys(register.fields, value)
        body |= {part_name(part): value for part in register.parts}
        caller.api(f"{value!r} everywhere", methods(register)[0], {**body, "external_id": {}}, **caller.tag)
    for part in register.parts:
        for value in WRONG_TYPES:
            rows = [dict.fromkeys(part.form, value), {"id": UNKNOWN}, {"id": "x"}]
            caller.api(f"{value!r} in {part_name(part)}", "PATCH", {part_name(part): rows}, **caller.tag)


@EVERY
def test_ids_that_are_none_or_of_others(caller: Caller, register: Register) -> None:
    relations = [register.field(n) for n in register.fields if register.field(n).is_relation]
    foreign: dict[Any, str] = {type(r): str(r.pk) for r in caller.house.foreign.records.values()}
    for field in relations:
        theirs = foreign.get(field.related_model, str(caller.house.foreign.others["membership"].pk))
        for value in (UNKNOWN, theirs, "nonsense", "01890a5dac96774bbcceb302099a8057", ""):
            given = [value] if field.many_to_many else value
            caller.api(f"{field.name} {value}", "PATCH", {field.name: given}, **caller.tag)


@EVERY
def test_versions_that_are_missing_or_no_versions(caller: Caller, register: Register) -> None:
    for method in ("PATCH", "PUT", "DELETE") if not register.model.fixed else ("PATCH", "PUT"):
        caller.api("without If-Match", method, {})
        for tag in ('"999"', "", '"', "W/", '"-1"', '"' + "9" * 5000 + '"', "\u00b2", "x" * 5000):
            caller.api(f"If-Match {tag[:9]!r}", method, {}, **{"If-Match": tag})


@EVERY
def test_a_million_characters_over_rest(caller: Caller, register: Register) -> None:
    for name in texts(register):
        caller.api(f"a million in {name}", "PATCH", {name: LONG}, **caller.tag)
    caller.api("a million everywhere", "PATCH", dict.fromkeys(register.fields, LONG), **caller.tag)
    caller.api("six million", "PATCH", {"title": LONG * 6}, **caller.tag)


# ── Forms ────────────────────────────────────────────────────────────────


def filled(caller: Caller) -> dict[str, Any]:
    """The form of the record as a browser would send it back, with some words typed into the first text."""
    page = caller.browser.get(f"/registers/{caller.register.path}/{caller.record.pk}/edit/")
    sheet = page.context["sheet"]
    data = {bound.html_name: bound.value() for bound in sheet.form}
    for rows in sheet.parts:
        for form in (rows.management_form, *rows.forms):
            data |= {bound.html_name: bound.value() for bound in form}
    data = {name: value for name, value in data.items() if value not in (None, "", False)}
    return data | {texts(caller.register)[0]: WORDS}


BAD = {"NUL": "a\x00b", "a replaced pair": "\ufffd\x00", "long": LONG[:300_000]}


@EVERY
def test_forms_with_bad_values_keep_what_was_typed(caller: Caller, register: Register) -> None:
    good, first = filled(caller), texts(register)[0]
    for what, value in BAD.items():
        # nonsense in a choice of yes, no and unknown is unknown
        fields = [
            n
            for n in register.fields
            if n != first and not isinstance(register.field(n), models.BooleanField)
        ]
        names = [name for name in fields if what != "long" or name in texts(register)]
        if not names:
            continue
        answer = caller.form(f"{what} in all fields", {**good, **dict.fromkeys(names, value)})
        caller.keeps(f"{what} in all fields", answer)
        missed = set(names) - set(answer.context["sheet"].form.errors)
        caller.wrong += [f"form {what} in {name}: not marked" for name in sorted(missed)]
    for version in ("", "x", "-1", "1" * 40, "\x00", "999"):
        answer = caller.form(f"version {version!r}", {**good, "version": version})
        caller.keeps(f"version {version!r}", answer)


@EVERY
def test_forms_that_no_browser_sends(caller: Caller, register: Register) -> None:
    good = filled(caller)
    for part in register.parts:
        prefix = part_name(part)
        for total in ("", "-1", "\x00", "301") if part is register.parts[0] else ("", "x"):
            caller.form(f"{prefix} {total!r}", {**good, f"{prefix}-TOTAL_FORMS": total})
        rows = {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "1", f"{prefix}-0-id": "\x00"}
        bad = {f"{prefix}-0-{name}": "\x00" for name in part.form}
        caller.form(f"{prefix} with a bad id", {**good, **rows, **bad})
        caller.form(f"{prefix} with a foreign id", {**good, **rows, **bad, f"{prefix}-0-id": UNKNOWN})
    caller.form("too many fields", {**good, **{f"more{n}": "x" for n in range(2100)}})
    page = f"/registers/{register.path}/{caller.record.pk}/edit/"
    started = time.monotonic()
    caller.judge("form as XML", caller.browser.generic("POST", page, b"\xff\xfe", "text/xml"), started)


@EVERY
def test_a_new_record_that_is_nothing_at_all(caller: Caller, register: Register) -> None:
    if register.model.fixed:
        pytest.skip("laid at the founding: nobody adds one")
    caller.form("empty", {}, new=True)
    first = texts(register)[0]
    data = {**typed(register, {}), first: WORDS + "\x00"}
    answer = caller.form("NUL", data, new=True)
    caller.keeps("NUL", answer)
