"""Found an organisation: the beginning of every use of AIMS outside the demo."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from aims.organisation.entrance import first_sign_in
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.records.founding import found


class Command(BaseCommand):
    """`found_organisation "Tern SAS" ada@tern.example "Ada Lund"`: prints the address under which Ada begins."""

    help = "Found an organisation with its first administrator, and print the address under which they begin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who it is."""
        parser.add_argument("name", help="of the organisation")
        parser.add_argument("email", help="of its first administrator")
        parser.add_argument("person", help="name of its first administrator")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        parser.add_argument("--time-zone", default="Europe/Paris", help="where its days begin and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing. Who has an account already signs in as ever."""
        try:
            person = founded(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        path = "/" if person.has_usable_password() else first_sign_in(person)
        self.stdout.write(f"begin {settings.SITE_ADDRESS.rstrip('/')}{path}")


@transaction.atomic
def founded(options: dict[str, Any]) -> Person:
    """The organisation's first administrator, with a new account where there was none."""
    email = options["email"].strip().lower()
    validate_email(email)
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create_user(email, None, name=options["person"], language=options["language"])
    found(options["name"], person, Role.ADMINISTRATOR, time_zone=options["time_zone"])
    return person
