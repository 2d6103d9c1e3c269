"""The people of the demo: who they are, what they may do, and the token of the API client."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.dateparse import parse_datetime

from aims.demo.reading import read
from aims.organisation.acting import acting
from aims.organisation.member import Member, member_by_token, members_of
from aims.organisation.models import Grant, Membership, Person
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.records.base import Record
from aims.records.founding import found

PASSWORD = "Orvanne-demo-2026"


@dataclass(frozen=True)
class Somebody:
    """A person of the demo. Who has no password works through the REST interface only."""

    key: str
    name: str
    email: str
    role: Role
    title: str = ""
    signs_in: bool = True


def cast(organisation: str) -> list[Somebody]:
    """The people of one of the demo's organisations, its founder first."""
    rows = read("people")[organisation]["people"]
    return [Somebody(**{**row, "role": Role(row["role"])}) for row in rows]


def password() -> str:
    """The one password of the demo's accounts."""
    return os.environ.get("AIMS_DEMO_PASSWORD") or PASSWORD


def person(who: Somebody) -> Person:
    """The account of somebody, made if it is not there."""
    there = Person.objects.filter(email=who.email).first()
    return there or Person.objects.create_user(who.email, password() if who.signs_in else None, name=who.name)


def settle_in(organisation: str) -> dict[str, Member]:
    """Found an organisation of the demo and let its people join; members by their keys."""
    about, people = read("people")[organisation], cast(organisation)
    first = people[0]
    founder = found(about["name"], person(first), first.role, first.title, country=about["country"])
    members = {first.key: founder}
    for who in people[1:]:
        members[who.key] = join(founder, who)
    return members


def join(founder: Member, who: Somebody) -> Member:
    """Make somebody a member of the founder's organisation."""
    account = person(who)
    with acting(founder.organisation_id, founder.actor):
        Membership.objects.create(
            organisation_id=founder.organisation_id,
            person=account,
            role=who.role,
            name=who.name,
            title=who.title,
        )
    return next(m for m in members_of(account.pk) if m.organisation_id == founder.organisation_id)


def grant(member: Member, record: Record, permission: str, until: str = "", codes: Any = ()) -> None:
    """Give a member an object grant on a record: `view` or `change`, until a moment, for some codes only."""
    model = type(record)._meta
    kind = ContentType.objects.get_for_model(type(record))
    Grant.objects.update_or_create(
        organisation_id=member.organisation_id,
        user_id=member.person_id,
        content_type=kind,
        object_pk=str(record.pk),
        permission=Permission.objects.get(content_type=kind, codename=f"{permission}_{model.model_name}"),
        defaults={"expires_at": parse_datetime(until) if until else None, "codes": list(codes)},
    )


def token(client: Member) -> str:
    """The demo's API token: kept in a file that only its owner reads, because AIMS itself keeps a digest only."""
    place = Path(settings.AIMS_DATA) / "demo_token"
    kept = place.read_text().strip() if place.exists() else ""
    if kept and member_by_token(kept):
        return kept
    with acting(client.organisation_id, client.actor):
        _row, secret = make_token(Membership.objects.get(pk=client.id), "Demo")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch(mode=0o600)
    place.chmod(0o600)
    place.write_text(f"{secret}\n")
    return secret
