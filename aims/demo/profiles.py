"""Three more invented organisations, of other sizes, kinds and natures than the demo: small, and each with its profile.

They show that proposals differ, and that an organisation of three people can run an AIMS with somebody from outside.
"""

from typing import Any

from aims.demo.loading import Loader
from aims.demo.people import Somebody, join, person
from aims.demo.reading import read
from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.models import Membership, Organisation, Person
from aims.organisation.profile import keep_profile, profile_from
from aims.organisation.roles import Role
from aims.records.founding import found

PROFILES = ("office", "town", "maker")


def people(name: str) -> list[Somebody]:
    """The people of one of them, its founder first."""
    rows = read(f"profiles/{name}")["people"]
    plain = [{key: value for key, value in row.items() if key != "outside_reviewer"} for row in rows]
    return [Somebody(**{**row, "role": Role(row["role"])}) for row in plain]


def load_profile(name: str) -> dict[str, Member]:
    """Found one of them and fill it; its members by their keys."""
    about = read(f"profiles/{name}")
    members = settle_in(about, people(name))
    officer = members[about["by"]]
    loader = Loader(members, about["by"])
    with acting(officer.organisation_id, officer.actor):
        keep_profile(officer.organisation_id, profile_from(about["profile"]))
        loader.learn_lines()
        for path, rows in about["registers"].items():
            loader.load(path, rows)
    return members


def settle_in(about: dict[str, Any], everybody: list[Somebody]) -> dict[str, Member]:
    """The organisation with its people; reviewers from outside are marked."""
    first, *others = everybody
    place = {"country": about["country"], "time_zone": about["time_zone"]}
    founder = found(about["name"], person(first), first.role, first.title, **place)
    members = {first.key: founder, **{who.key: join(founder, who) for who in others}}
    for row in about["people"]:
        if row.get("outside_reviewer"):
            members[row["key"]] = mark(members[row["key"]])
    return members


def mark(member: Member) -> Member:
    """Somebody marked as an outside reviewer, as they are from now on."""
    with acting(member.organisation_id, "task:load_profiles"):
        Membership.objects.filter(pk=member.id).update(outside_reviewer=True)
    return next(m for m in members_of(member.person_id) if m.organisation_id == member.organisation_id)


def there(name: str) -> bool:
    """Whether one of them has been loaded."""
    founder = Person.objects.filter(email=people(name)[0].email).first()
    return founder is not None and bool(members_of(founder.pk))


def keep_demo_profile(member: Member) -> None:
    """The profile of the demo organisation itself, unless it has one."""
    with acting(member.organisation_id, member.actor):
        organisation = Organisation.objects.get(pk=member.organisation_id)
        if "profile" not in organisation.settings:
            keep_profile(organisation.pk, profile_from(read("profiles/demo")["profile"]))
