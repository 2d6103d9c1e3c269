"""The founding of an organisation: its first member, and what every AI management system starts with."""

from typing import Any

from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.models import Membership, Organisation, Person
from aims.organisation.roles import Role
from aims.records.registry import workspaces


def found(
    name: str, person: Person, role: Role = Role.ADMINISTRATOR, title: str = "", **fields: Any
) -> Member:
    """A new organisation with its first member, an answer to every line, and what each clause declares."""
    organisation = Organisation(name=name, **fields)
    organisation.full_clean()
    with acting(organisation.pk, "task:founding"):
        organisation.save(force_insert=True)
        Membership.objects.create(
            organisation=organisation, person=person, role=role, name=person.name, title=title
        )
    member = next(m for m in members_of(person.pk) if m.organisation_id == organisation.pk)
    with acting(organisation.pk, member.actor):
        for workspace in workspaces():
            for lay in workspace.founding:
                lay(member)
    return member
