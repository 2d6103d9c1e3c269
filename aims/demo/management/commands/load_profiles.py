"""Load three more organisations beside the demo, and say who can sign in."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from aims.demo.people import password
from aims.demo.profiles import PROFILES, load_profile, people, there


class Command(BaseCommand):
    """`load_profiles`: each organisation whole or not at all, once; prints the accounts every time."""

    help = (
        "Load three organisations of other sizes and kinds unless they are there, and print their accounts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing."""
        for name in PROFILES:
            if not there(name):
                with transaction.atomic():
                    load_profile(name)
            for who in people(name):
                self.stdout.write(f"account {who.email} {password()} {who.role.value}")
