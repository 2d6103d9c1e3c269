"""An organisation to measure on: 100 records by the one door, and 20,000 more laid by SQL."""

import time

import psycopg
from django.conf import settings
from django.db import connection

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Membership, Person
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.records.changes import create
from aims.records.founding import found
from context.models import AISystem

RECORDS, MANY = 100, 20_000
OWN = ("id", "ref", "external_id")  # columns that no two records share


def filled() -> tuple[Member, str]:
    """An organisation of its own with enough records, and a token."""
    email = f"bench-{time.time_ns()}@bench.test"
    person = Person.objects.create_user(email, "not used, ever", name="Bench")
    member = found("Bench", person, Role.OFFICER)
    with acting(member.organisation_id, member.actor):
        for number in range(RECORDS):
            create(member, AISystem, {"title": f"System {number}", "purpose": "Sorts X-rays. " * 20})
        token = make_token(Membership.objects.get(pk=member.id), "bench")[1]
    return member, token


def grow(member: Member) -> None:
    """Copies of one record until there are MANY: by SQL, as the organisation, with their entries in the journal."""
    names = [field.column for field in AISystem._meta.concrete_fields if field.column not in OWN]
    shared = ", ".join(f'"{name}"' for name in names)
    copies = f"""
        insert into context_aisystem (id, ref, external_id, {shared})
        select gen_random_uuid(), 'AIS-' || n, null, {shared}
        from (select * from context_aisystem order by id limit 1) one, generate_series(%s, %s) n"""  # noqa: S608
    with acting(member.organisation_id, member.actor), connection.cursor() as cursor:
        cursor.execute(copies, [10_000 + RECORDS + 1, 10_000 + MANY])
    as_owner("analyze context_aisystem")


def as_owner(sql: str) -> None:
    """Run statements as the owner of the tables."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(settings.ROLE_ADDRESSES["owner"], dbname=name, autocommit=True) as owner:
        owner.execute(sql)
