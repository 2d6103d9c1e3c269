"""Pages of clause 6 among 50 AI systems, 20,000 risks and as many control links, against an organisation of 1/100 of it.

The statements must be as many, and the time at most three times as long. Both organisations are filled by the one door
first and then by SQL, with entries in the journal.
"""

import itertools
import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.records.changes import create, move
from aims.records.founding import found
from context.models import AISystem
from planning.models import AIRisk
from tests.bench.counting import statements
from tests.bench.filling import OWN, as_owner
from tests.bench.table import Line, Table

SYSTEMS, RISKS, SHARE = 50, 20_000, 100
MOST, ROUNDS = 3.0, 9
STAGES = ("inherent", "residual")
HARMS = ("organisation", "individuals", "society")

COPIES = """
    insert into planning_airisk (id, ref, external_id, system_id, {columns})
    select gen_random_uuid(), 'RSK-' || (10000 + n), null, s.ids[1 + n %% cardinality(s.ids)], {columns}
    from generate_series(1, %s) n
    cross join (select array_agg(id order by ref) ids from context_aisystem where organisation_id = %s) s
    join (select r.*, row_number() over (order by ref) - 1 as place from planning_airisk r
          where organisation_id = %s) t on t.place = n %% 25"""
LINKS = """
    insert into planning_airisk_controls (organisation_id, airisk_id, controlimplementation_id)
    select %s, r.id, c.ids[1 + r.place %% cardinality(c.ids)]
    from (select id, row_number() over (order by ref) as place from planning_airisk where organisation_id = %s) r
    cross join (select array_agg(id order by ref) ids from planning_controlimplementation
                where organisation_id = %s) c
    limit %s"""


class House:
    """An organisation of a size, and its officer's browser."""

    def __init__(self, name: str, systems: int, risks: int) -> None:
        email = f"{name.lower()}-{time.time_ns()}@bench.test"
        person = Person.objects.create_user(email, "not used, ever", name="Bench")
        self.member = found(name, person, Role.OFFICER)
        with acting(self.member.organisation_id, self.member.actor):
            self.system = fill(self.member, systems, risks)
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(person, settings.AUTHENTICATION_BACKENDS[0])

    def pages(self) -> dict[str, str]:
        """The pages that are measured, by what they are."""
        return {
            "The register of risks": "/registers/ai-risks/",
            "The risk matrix": "/risks/matrix/",
            "The Statement of Applicability": "/soa/",
            "The page of an AI system": f"/registers/ai-systems/{self.system}/",
        }

    def seconds(self, path: str) -> float:
        """How long an answer takes."""
        began = time.perf_counter()
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return time.perf_counter() - began


def fill(member: Member, systems: int, risks: int) -> Any:
    """Systems in force, 25 risks by the one door, one for each place of the matrix, and copies of them; one system's id."""
    given = {"purpose": "Sorts X-rays.", "owner": member.id}
    made = [create(member, AISystem, {"title": f"System {n}", **given}) for n in range(systems)]
    for system in made:
        move(member, system, "put_in_force")
    for place in places():
        data = {"title": "Drift", "system": made[0], "option": "reduce", "owner": member.id, **place}
        create(member, AIRisk, data)
    copy(member, risks)
    return made[0].pk


def places() -> Iterator[dict[str, int]]:
    """Ratings, one for each place of the matrix."""
    for likely, worst in itertools.product(range(1, 6), repeat=2):
        yield {
            **{f"{stage}_likelihood": likely for stage in STAGES},
            **{f"{stage}_{harm}": worst for stage in STAGES for harm in HARMS},
        }


def copy(member: Member, risks: int) -> None:
    """Copies until there are so many risks, and a control for each."""
    own = (*OWN, "system_id")
    names = [field.column for field in AIRisk._meta.concrete_fields if field.column not in own]
    columns = ", ".join(f'"{name}"' for name in names)
    of = member.organisation_id
    with connection.cursor() as cursor:
        cursor.execute(COPIES.format(columns=columns), [risks - 25, of, of])
        cursor.execute(LINKS, [of, of, of, risks])


def measure(table: Table) -> None:
    """The lines of the table."""
    large, small = House("Large", SYSTEMS, RISKS), House("Small", 1, RISKS // SHARE)
    as_owner("analyze")
    for (what, path), other in zip(large.pages().items(), small.pages().values(), strict=True):
        (many, _around), (few, _around) = (
            statements(lambda house=house, at=at: house.client.get(at))  # type: ignore[misc]
            for house, at in ((large, path), (small, other))
        )
        table.add(
            Line(
                f"{what}: more statements among {RISKS:,} risks",
                many - few,
                most=0,
                detail=f"{many} and {few}",
            )
        )
        pairs = [(large.seconds(path), small.seconds(other)) for _round in range(ROUNDS)]
        slow, quick = (statistics.median(one[side] for one in pairs) for side in (0, 1))
        said = f"{1000 * slow:.0f} against {1000 * quick:.0f} ms"
        table.add(Line(f"{what}: time against 1/{SHARE} of the risks", slow / quick, most=MOST, detail=said))
