"""The form of a register and its REST interface are two views of one declaration: they agree field by field.

The same fields must be filled, the same choices are open, the same values are refused under the same names, and the same
good values give the same stored record.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django import forms
from django.db import models
from django.test import Client

from aims.api.serializers import class_name
from aims.organisation.acting import acting
from aims.organisation.models import Membership, Person
from aims.organisation.tokens import make_token
from aims.pages.forms import Sheet
from aims.records.base import Record
from aims.records.changes import part_name
from aims.records.fields import CodesField
from aims.records.registry import Register, registers
from aims.records.represent import represent
from tests.factory import apart, body, make, writer
from tests.people import World

OPEN = [r for r in registers() if not r.model.fixed]
EVERY = pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
ADDED = pytest.mark.parametrize("register", OPEN, ids=lambda r: r.path)
OWN = {"id", "ref", "version", "state", "created_at", "changed_at", "external_id", "title"}


class Both:
    """The officer with a browser and with a token, at one register."""

    def __init__(self, world: World, register: Register) -> None:
        self.world, self.register, self.member = world, register, writer(world, register)
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(Person.objects.get(pk=self.member.person_id))
        with acting(world.orvanne.pk, "task:tests"):
            _row, secret = make_token(Membership.objects.get(pk=self.member.id), "tests")
        self.headers = {"Authorization": f"Bearer {secret}"}

    def by_form(self, data: Mapping[str, Any], record: Record | None = None) -> Any:
        """Post the form."""
        place = f"{record.pk}/edit/" if record else "new/"
        version = {"version": record.version} if record else {}
        return self.browser.post(f"/registers/{self.register.path}/{place}", {**data, **version})

    def by_api(self, data: Mapping[str, Any], record: Record | None = None) -> Any:
        """Post or patch."""
        client = Client(raise_request_exception=False)
        place = f"/api/v1/{self.register.path}/"
        if record is None:
            return client.post(place, data, content_type="application/json", headers=self.headers)
        headers = {**self.headers, "If-Match": f'"{record.version}"'}
        return client.patch(f"{place}{record.pk}/", data, content_type="application/json", headers=headers)


@pytest.fixture
def both(world: World, register: Register) -> Both:
    """The two ways into the register at hand."""
    return Both(world, register)


# ── A body of JSON as a form would send it ───────────────────────────────


def typed(register: Register, data: Mapping[str, Any]) -> dict[str, Any]:
    """JSON as form fields; parts as the rows of a form set."""
    names = {part_name(part): part for part in register.parts}
    fields = {n: entered(register.field(n), v) for n, v in data.items() if n not in names and v is not None}
    for name, part in names.items():
        rows = data.get(name, [])
        fields |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
        for place, row in enumerate(rows):
            for key, value in row.items():
                fields[f"{name}-{place}-{key}"] = entered(part._meta.get_field(key), value)
    return {key: value for key, value in fields.items() if value is not None}


def entered(field: Any, value: Any) -> Any:
    """A value as a person types it."""
    if isinstance(field, CodesField) and isinstance(value, list):
        return ", ".join(str(code) for code in value)
    if isinstance(field, models.JSONField) and not isinstance(field, CodesField):
        return json.dumps(value)
    if isinstance(field, models.BooleanField):
        return "true" if value else None
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        return value.replace("Z", "")[:16]
    return value


def said_by_form(answer: Any) -> set[str]:
    """The names of the fields that a form marks, its rows as in the API."""
    assert answer.status_code == 422, (answer.status_code, answer.get("Location"))
    sheet: Sheet = answer.context["sheet"]
    names = {name for name in sheet.form.errors if name != "__all__"}
    for rows in sheet.parts:
        for place, form in enumerate(rows.forms):
            names |= {f"{rows.prefix}.{place}.{name}" for name in form.errors}
    return names


def said_by_api(answer: Any) -> set[str]:
    """The names of the fields that the API refuses."""
    assert answer.status_code == 422, answer.content
    return {error["field"].split("__all__")[0] for error in answer.json()["errors"]} - {""}


# ── The promises ─────────────────────────────────────────────────────────


@ADDED
def test_the_same_fields_must_be_filled(both: Both, register: Register) -> None:
    form = said_by_form(both.by_form(typed(register, {})))
    api = said_by_api(both.by_api({}))
    shown = {
        name for name in form if register.field(name).has_default()
    }  # the form brings it, the API supplies it
    assert form - shown == api, register.path


@EVERY
def test_the_same_choices_are_open(both: Both, register: Register) -> None:
    with acting(both.world.orvanne.pk, both.member.actor):
        form = Sheet(register, both.member).form
    schema = Client().get("/api/v1/schema/?format=json") if not SCHEMA else None
    if schema is not None:
        SCHEMA.update(schema.json()["components"]["schemas"])
    name = class_name(register.model).removesuffix("Serializer")
    wanted = SCHEMA[f"{name}Request"]["properties"]
    for name in register.fields:
        field = register.field(name)
        shown: Any = form.fields[name]
        chosen = isinstance(shown, forms.ChoiceField)
        if field.choices and chosen:
            offered = {str(value) for value, _words in shown.choices} - {""}
            assert offered == enumerated(wanted[name]), f"{register.path}.{name}"


SCHEMA: dict[str, Any] = {}


def enumerated(shape: Any) -> set[str]:
    """The values that a schema lists."""
    if isinstance(shape, dict):
        found = {str(v) for v in shape.get("enum", []) if v not in ("", None)}
        for key in ("oneOf", "anyOf", "allOf"):
            for inner in shape.get(key, []):
                found |= enumerated(inner)
        if "$ref" in shape:
            found |= enumerated(SCHEMA[shape["$ref"].rsplit("/", 1)[1]])
        return found
    return set()


def bad_values(register: Register) -> dict[str, Any]:
    """For each field a value that it cannot take, the same for form and API."""
    found: dict[str, Any] = {}
    for name in register.fields:
        if (value := bad_value(register.field(name))) is not None:
            found[name] = value
    return found


def bad_value(field: Any) -> Any:
    """A value that a field refuses."""
    if field.is_relation:
        key = "01890a5d-ac96-774b-bcce-b302099a8057"
        return [key] if field.many_to_many else key
    if isinstance(field, CodesField):
        return ["99.99"]
    if field.choices:
        return 99 if isinstance(field, models.IntegerField) else "no such choice"
    if isinstance(field, models.DateField | models.DateTimeField | models.DecimalField | models.IntegerField):
        return "tomorrow"
    if isinstance(field, models.CharField | models.TextField):
        return "x" * ((field.max_length or 200) + 1)
    return None


@EVERY
def test_the_same_values_are_refused_under_the_same_names(both: Both, register: Register) -> None:
    bad = bad_values(register)
    record = make(both.world, register.model)
    form = said_by_form(both.by_form(typed(register, bad), record))
    api = said_by_api(both.by_api(bad, record))
    needed = {n for n in form - api if n not in bad}  # an empty form empties what PATCH leaves alone
    assert form - needed == set(bad), register.path
    assert api == set(bad), register.path


@ADDED
def test_the_same_values_give_the_same_record(both: Both, register: Register) -> None:
    given = body(both.world, register, full=True)
    for name in [n for n in given if getattr(register.model._meta.get_field(n), "unique", False)]:
        given.pop(name)
    by_api = both.by_api(given)
    assert by_api.status_code == 201, by_api.content
    key = by_api.json()["id"]
    with acting(both.world.orvanne.pk, both.member.actor):
        one = represent(both.member, register, key)
        aside = {"external_id": "by-api", **apart(register.model)}
        register.model._default_manager.filter(pk=key).update(**aside)
    by_form = both.by_form(typed(register, given))
    assert by_form.status_code == 302, said_by_form(by_form)
    with acting(both.world.orvanne.pk, both.member.actor):
        other = register.model._default_manager.order_by("-id").first()
        assert other is not None and str(other.pk) != key
        two = represent(both.member, register, other.pk)
    assert one is not None and two is not None
    assert different(plain(register, one), plain(register, two)) == {}


def different(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where two records differ."""
    return {name: (one[name], two[name]) for name in one if one[name] != two[name]}


def plain(register: Register, row: Mapping[str, Any]) -> dict[str, Any]:
    """A record as JSON without what no two records share."""
    names = {part_name(part) for part in register.parts}
    found = {n: v for n, v in row.items() if n not in OWN - {"title", "state"} and n not in names}
    for name in names:
        found[name] = [{k: v for k, v in part.items() if k != "id"} for part in row[name]]
    return found
