"""Every change of every kind of record is one entry of the journal, by whatever door it comes."""

import pytest
from django.db import connection
from django.test import Client

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.organisation.tokens import make_token
from aims.records.base import Record
from aims.records.changes import part_name, write
from aims.records.registry import Register, registers
from tests.factory import body, make, writer
from tests.people import PASSWORD, World

EVERY = pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)


def entries(record: Record) -> list[str]:
    return list(
        Entry.objects.filter(kind=record._meta.db_table, pk_text=str(record.pk))
        .order_by("id")
        .values_list("action", flat=True)
    )


@pytest.fixture
def record(register: Register, world: World) -> Record:
    """A record of the register at hand."""
    return make(world, register.model)


@EVERY
def test_by_the_one_door(register: Register, record: Record, world: World) -> None:
    member = writer(world, register)
    with acting(world.orvanne.pk, member.actor):
        before = entries(record)
        write(member, record, {"review_due": "2030-01-31", "external_id": "x-1"}, record.version)
        assert before[0] == "I" and entries(record) == [*before, "U"]
        latest = Entry.objects.filter(pk_text=str(record.pk)).latest("id")
        assert (latest.actor, latest.version) == (member.actor, record.version + 1)


@EVERY
def test_by_bulk_update_and_raw_sql(register: Register, record: Record, world: World) -> None:
    with acting(world.orvanne.pk, "task:tests"):
        before = len(entries(record))
        register.model._default_manager.filter(pk=record.pk).update(external_id="bulk")
        register.model._default_manager.filter(pk=record.pk).update(external_id="bulk")
        with connection.cursor() as cursor:
            table = register.model._meta.db_table
            cursor.execute(f'update "{table}" set external_id = %s where id = %s', ["raw", record.pk])
        assert len(entries(record)) == before + 2


@EVERY
def test_by_the_api(register: Register, record: Record, world: World, client: Client) -> None:
    member = writer(world, register)
    with acting(world.orvanne.pk, member.actor):
        before = len(entries(record))
        _token, secret = make_token(Membership.objects.get(pk=member.id), "tests")
    answer = client.patch(
        f"/api/v1/{register.path}/{record.pk}/",
        {"external_id": "by-api"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", "If-Match": f'"{record.version}"'},
    )
    assert answer.status_code == 200, answer.content
    with acting(world.orvanne.pk, member.actor):
        assert len(entries(record)) == before + 1
        assert Entry.objects.filter(pk_text=str(record.pk)).latest("id").token


@EVERY
def test_parts_and_relations_belong_to_their_records_history(register: Register, world: World) -> None:
    several = [n for n in register.fields if register.field(n).many_to_many]
    names = [part_name(p) for p in register.parts]
    if not (several or names) or register.model.fixed:
        pytest.skip("neither parts nor relations to several, or laid at the founding without any")
    given = body(world, register, full=True)
    record = make(world, register.model, full=True)
    with acting(world.orvanne.pk, "task:tests"):
        expected = sum(len(given[n]) for n in [*several, *names])
        assert Entry.objects.filter(parent=str(record.pk), action="I").count() >= expected


def test_a_signed_in_form_writes_one_entry_under_the_persons_name(world: World, client: Client) -> None:
    register = next(r for r in registers() if r.path == "interested-parties")
    record = make(world, register.model)
    assert client.login(email="nadia@orvanne.test", password=PASSWORD)
    form = client.get(f"/registers/{register.path}/{record.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"title": "Patients and families", "version": record.version}
    formsets = {"requirements-TOTAL_FORMS": 0, "requirements-INITIAL_FORMS": 0}
    answer = client.post(f"/registers/{register.path}/{record.pk}/edit/", {**data, **formsets})
    assert answer.status_code == 302, answer.content[:2000]
    with acting(world.orvanne.pk, "task:tests"):
        assert entries(record) == ["I", "U"]
        assert Entry.objects.filter(pk_text=str(record.pk)).latest("id").actor == world.officer.actor
