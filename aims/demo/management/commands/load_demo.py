"""Load the demo once, and say who can sign in."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from aims.demo.deputies import name_demo_deputy
from aims.demo.filling import fill
from aims.demo.people import cast, password, settle_in, token
from aims.demo.profiles import keep_demo_profile
from aims.demo.reading import read
from aims.organisation.member import Member, members_of
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.schedule.tasks import tick
from evaluation.tasks import schedule_audits, schedule_management_reviews
from improvement.tasks import follow_up_nonconformities

ORGANISATIONS = ("orvanne", "brindle")
# what beat does every few minutes, at once: the demo opens with its calendar at work
CLOCK = (schedule_audits, schedule_management_reviews, follow_up_nonconformities, tick)


class Command(BaseCommand):
    """`load_demo`: the demo organisation, unless it is there; prints its accounts and its token every time."""

    help = "Load the demo organisation unless it is there, and print its accounts and its API token."

    def handle(self, *args: Any, **options: Any) -> None:
        """Each organisation is loaded whole or not at all."""
        load([name for name in ORGANISATIONS if not there(name)])
        for name in ORGANISATIONS:
            for who in cast(name):
                if who.signs_in:
                    self.stdout.write(f"account {who.email} {password()} {who.role.value}")
        client = next(who for who in cast("orvanne") if who.role == Role.API_CLIENT)
        member = membership("orvanne", client.email)
        if member:
            self.stdout.write(f"token {token(member)}")


def load(missing: list[str]) -> None:
    """Load the organisations that are missing, then do what the clock would."""
    for name in missing:
        with transaction.atomic():
            members = settle_in(name)
            if name == "orvanne":
                filled = fill(members).members
                keep_demo_profile(filled["P-AIM"])
                name_demo_deputy(filled)
    for work in CLOCK if missing else ():
        work()


def there(name: str) -> bool:
    """Whether an organisation of the demo has been loaded."""
    return membership(name, cast(name)[0].email) is not None


def membership(name: str, email: str) -> Member | None:
    """A person's membership in an organisation of the demo."""
    person = Person.objects.filter(email=email).first()
    title = read("people")[name]["name"]
    rows = members_of(person.pk) if person else []
    return next((member for member in rows if member.organisation_name == title), None)
