"""Django's `migrate`, run as the owner of the tables, followed by the walls and the table of the cache."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection

from aims.journal.walls import raise_walls
from aims.organisation.roles import OWNER, become


class Command(Migrate):
    """Migrates as `aims_owner`; the application's role owns nothing."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then bring grants, row security, keys and journal triggers in line with the models."""
        if connection.settings_dict["USER"] == OWNER:
            self.run(*args, **options)
        else:
            with become("owner"):
                self.run(*args, **options)

    def run(self, *args: Any, **options: Any) -> None:
        """The same, once the connection is the owner's."""
        super().handle(*args, **options)
        partial = options.get("plan") or options.get("check_unapplied") or options.get("app_label")
        if not partial:
            call_command("createcachetable", verbosity=0)
            raise_walls()
