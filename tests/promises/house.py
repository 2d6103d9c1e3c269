"""A house full of records for the promise tests: two organisations with one record in every register, and callers.

It is built once per process and never committed; each test runs in a savepoint of it.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import FEED_MINE, Member, members_of
from aims.organisation.models import Grant, Membership, Person
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.pack.asking import ask_pack
from aims.records.base import Record
from aims.records.evidence import add_revision, link
from aims.records.exchange.models import Import, SavedView
from aims.records.models import Deputy, Evidence
from aims.records.registry import registers, workspaces
from aims.schedule.feeds import make_feed
from aims.schedule.models import Absence, FreeDay, Obligation, Occurrence, Task
from evaluation.models import Audit, OutsideAuditor
from operation.decisions.models import Decision
from tests.factory import make
from tests.people import World, join, make_world

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"
OPENED = ["6", "8.1"]  # what Hugo's audit opens to him


@dataclass
class Side:
    """What one organisation has: a record of each register by its path, and what hangs on them by its kind."""

    world: World
    records: dict[str, Record] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)


@dataclass
class House:
    """Orvanne with everybody, Brindle with Bruno only, and a caller for each person."""

    own: Side
    foreign: Side
    former: Client
    stranger: Client
    members: dict[Role, Member] = field(default_factory=dict)  # with their grants
    pages: dict[Role, Client] = field(default_factory=dict)
    tokens: dict[Role, str] = field(default_factory=dict)
    former_token: str = ""
    nowhere: dict[Any, str] = field(default_factory=dict)  # what is answered about an id that nobody has

    def member(self, role: Role) -> Member:
        """Who has a role, as they are today: nothing is remembered between two questions."""
        known = self.own.world.members[role]
        return next(m for m in members_of(known.person_id) if m.id == known.id)

    def side(self, whose: str) -> Side:
        """`own` or `foreign`."""
        return self.own if whose == "own" else self.foreign


@contextmanager
def built(blocker: Any, folder: Any) -> Iterator[House]:
    """The house inside a transaction that is undone at the end."""
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        **{
            n: {**settings.STORAGES[n], "OPTIONS": {"location": str(folder / n)}}
            for n in ("evidence", "packs")
        },
    }
    hasher = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        blocker.unblock(),
        override_settings(AIMS_DATA=folder, STORAGES=storages, PASSWORD_HASHERS=hasher),
        transaction.atomic(),
    ):
        yield make_house()
        transaction.set_rollback(True)


def make_house() -> House:
    """Build it."""
    world = make_world()
    bruno = World(world.brindle, world.orvanne, {Role.OFFICER: world.stranger})
    former = join(world.orvanne, "Ex Ecker", "ex@orvanne.test", Role.OFFICER)
    former_client, stranger = (Client(raise_request_exception=False) for _caller in range(2))
    house = House(furnished(world), furnished(bruno), former_client, stranger)
    for role, member in world.members.items():
        house.pages[role], house.tokens[role] = page_caller(member), token_of(member)
    house.former.force_login(Person.objects.get(pk=former.person_id))
    house.former_token = token_of(former)
    with acting(world.orvanne.pk, "task:tests"):
        Membership.objects.filter(pk=former.id).update(active=False)
        share(house)
        house.members = {role: house.member(role) for role in Role}
        assert [len(member.grants) for member in house.members.values()].count(1) == 1  # Hugo's
    return house


def furnished(world: World) -> Side:
    """An organisation as founded, with a record of each register and everything that hangs on records."""
    officer = world.officer
    with acting(world.orvanne.pk, officer.actor):
        for workspace in workspaces():
            for lay in workspace.founding:
                lay(officer)
    side = Side(world, {register.path: make(world, register.model) for register in registers()})
    with acting(world.orvanne.pk, officer.actor):
        furnish(side)
    return side


def furnish(side: Side) -> None:
    """Files, links, tasks, packs and the like, all the compliance officer's."""
    officer, records, others = side.world.officer, side.records, side.others
    evidence = records["evidence"]
    assert isinstance(evidence, Evidence)
    others["revision"] = add_revision(officer, evidence, SimpleUploadedFile("a.txt", b"words"))
    for path, record in records.items():
        others[f"link {path}"] = link(officer, evidence, path, record.pk)
        about = {"organisation_id": officer.organisation_id, "path": path, "name": "file.csv"}
        others[f"import {path}"] = Import.objects.create(
            **about, size=1, state=Import.State.CHECKED, asked_by_id=officer.id
        )
        others[f"view {path}"] = SavedView.objects.create(**about, member_id=officer.id)
    others["membership"] = Membership.objects.get(pk=officer.id)
    others["token"], _secret = make_token(others["membership"], "another")
    others["feed"], _secret = make_feed(officer, FEED_MINE)
    others["pack"] = ask_pack(officer)
    others["outside"] = OutsideAuditor.objects.create(
        organisation_id=officer.organisation_id,
        audit_id=records["audits"].pk,
        membership=others["membership"],
        until=timezone.now() + datetime.timedelta(days=7),
    )
    others["task"] = Task.objects.create(
        organisation_id=officer.organisation_id,
        member_id=officer.id,
        title="Look at it",
        source="tests",
        made_at=timezone.now(),
    )
    others["given task"] = Task.objects.create(
        organisation_id=officer.organisation_id,
        member_id=officer.id,
        given_by_id=officer.id,
        title="Done for somebody",
        source="tests:given",
        made_at=timezone.now(),
    )
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    others["absence"] = Absence.objects.create(
        organisation_id=officer.organisation_id,
        member_id=officer.id,
        stand_in_id=officer.id,
        since=tomorrow,
        until=tomorrow,
    )
    others["deputy"] = Deputy.objects.create(
        organisation_id=officer.organisation_id,
        giver_id=officer.id,
        to_id=officer.id,
        until=tomorrow,
        reason="x",
    )
    others["free day"] = FreeDay.objects.create(organisation_id=officer.organisation_id, day=tomorrow)
    others["obligation"] = Obligation.objects.filter(organisation_id=officer.organisation_id)[0]
    others["occurrence"] = Occurrence.objects.create(
        organisation_id=officer.organisation_id,
        obligation=Obligation.objects.filter(organisation_id=officer.organisation_id).order_by("code")[0],
        due=timezone.localdate() + datetime.timedelta(days=30),
    )
    others["decision"] = Decision.objects.create(
        organisation_id=officer.organisation_id,
        system_id=records["ai-systems"].pk,
        client_id="1",
        timestamp=timezone.now(),
        output="x",
        digest="0" * 64,
    )


def share(house: House) -> None:
    """Records belong to the contributor, the executive and the officer in turn; Hugo audits some clauses."""
    owners = (Role.CONTRIBUTOR, Role.EXECUTIVE, Role.OFFICER)
    for number, record in enumerate(house.own.records.values()):
        owner = house.own.world.members[owners[number % 3]].id
        type(record)._default_manager.filter(pk=record.pk).update(owner_id=owner)
        record.refresh_from_db()
    kind = ContentType.objects.get_for_model(Audit)
    Grant.objects.create(
        organisation=house.own.world.orvanne,
        user_id=house.own.world.auditor.person_id,
        permission=Permission.objects.get(content_type=kind, codename="view_audit"),
        content_type=kind,
        object_pk=str(house.own.records["audits"].pk),
        codes=OPENED,
        expires_at=timezone.now() + datetime.timedelta(days=7),
    )


def page_caller(member: Member) -> Client:
    """A browser in which a member is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(Person.objects.get(pk=member.person_id))
    return client


def token_of(member: Member) -> str:
    """A token of a member that may do all that the member may."""
    with acting(member.organisation_id, "task:tests"):
        _token, secret = make_token(Membership.objects.get(pk=member.id), "tests")
    return secret
