"""The people of the tests. Nadia runs Orvanne's AIMS; Claire decides; Hugo audits; Bruno belongs to another organisation."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.models import Membership, Organisation, Person
from aims.organisation.roles import Role

PASSWORD = "correct horse battery staple"
STORY = {
    Role.ADMINISTRATOR: ("Ada Roux", "ada@orvanne.test"),
    Role.OFFICER: ("Nadia Benhaddou", "nadia@orvanne.test"),
    Role.CONTRIBUTOR: ("Yuki Tanaka", "yuki@orvanne.test"),
    Role.AUDITOR: ("Hugo Renard", "hugo@orvanne.test"),
    Role.EXECUTIVE: ("Claire Vasseur", "claire@orvanne.test"),
    Role.READER: ("Paul Girard", "paul@orvanne.test"),
    Role.API_CLIENT: ("Sync robot", "robot@orvanne.test"),
}


@dataclass
class World:
    """What a test can talk about. Each person has `PASSWORD`."""

    orvanne: Organisation
    brindle: Organisation
    members: dict[Role, Member] = field(default_factory=dict)
    stranger: Member = None  # type: ignore[assignment]

    @property
    def officer(self) -> Member:
        """Nadia, the compliance officer."""
        return self.members[Role.OFFICER]

    @property
    def contributor(self) -> Member:
        """Yuki, who changes what is hers."""
        return self.members[Role.CONTRIBUTOR]

    @property
    def executive(self) -> Member:
        """Claire, who signs."""
        return self.members[Role.EXECUTIVE]

    @property
    def auditor(self) -> Member:
        """Hugo, who sees what an audit opens."""
        return self.members[Role.AUDITOR]

    @property
    def reader(self) -> Member:
        """Paul, who only reads."""
        return self.members[Role.READER]


def make_organisation(name: str, time_zone: str = "UTC") -> Organisation:
    """An organisation, made while acting for it: row security lets nobody else."""
    # in UTC like the tests' own clock: else "today" is two days at once for an hour or two of each day
    organisation = Organisation(name=name, time_zone=time_zone)
    with acting(organisation.pk, "task:tests"):
        organisation.save(force_insert=True)
    return organisation


def join(organisation: Organisation, name: str, email: str, role: Role, **fields: Any) -> Member:
    """A person with a role in an organisation, who can sign in with PASSWORD."""
    person = Person.objects.filter(email=email).first() or Person.objects.create_user(
        email, PASSWORD, name=name
    )
    with acting(organisation.pk, "task:tests"):
        Membership.objects.create(organisation=organisation, person=person, role=role, name=name, **fields)
    return next(m for m in members_of(person.pk) if m.organisation_id == organisation.pk)


def make_world(time_zone: str = "UTC") -> World:
    """Orvanne with everybody, Brindle with Bruno: what `join` would make one by one, in a few statements."""
    orvanne, brindle = (
        make_organisation("Orvanne Medical", time_zone),
        make_organisation("Brindle Bank", time_zone),
    )
    bruno = ("Bruno Keller", "bruno@brindle.test", Role.OFFICER)
    everybody = [(name, email, role) for role, (name, email) in STORY.items()]
    return World(
        orvanne,
        brindle,
        {member.role: member for member in join_all(orvanne, everybody)},
        *join_all(brindle, [bruno]),
    )


def join_all(organisation: Organisation, people: list[tuple[str, str, Role]]) -> list[Member]:
    """Several new people at once: this is done before almost every test."""
    password = make_password(PASSWORD)
    persons = [Person(name=name, email=email, password=password) for name, email, _role in people]
    Person.objects.bulk_create(persons)
    joined = [
        Membership(organisation=organisation, person=person, role=role, name=person.name)
        for person, (_name, _email, role) in zip(persons, people, strict=True)
    ]
    with acting(organisation.pk, "task:tests"):
        Membership.objects.bulk_create(joined)
    return [as_member(membership) for membership in joined]


def as_member(joined: Membership) -> Member:
    """What `members_of` answers, without asking."""
    organisation, person = joined.organisation, joined.person
    return Member(
        id=joined.id,
        organisation_id=organisation.pk,
        person_id=person.pk,
        role=Role(joined.role),
        name=joined.name,
        title=joined.title,
        organisation_name=organisation.name,
        language=person.language,
        time_zone=organisation.time_zone,
    )
