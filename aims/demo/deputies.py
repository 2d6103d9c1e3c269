"""Who signs for the chief executive of the demo organisation while she travels."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.records.delegating import allow_roles, name_deputy
from aims.schedule.telling import tell_deputy

DAYS = 30


def name_demo_deputy(members: Mapping[str, Member]) -> None:
    """The chief technology officer stands in for the chief executive for a month."""
    claire = members["P-CEO"]
    until = timezone.localdate() + timedelta(days=DAYS)
    with acting(claire.organisation_id, claire.actor):
        allow_roles(claire, [Role.CONTRIBUTOR])
        given = {"to": members["P-CTO"].id, "until": until, "reason": "Hospital visits in Canada"}
        tell_deputy(name_deputy(claire, given))
