"""Django's `migrate`, run as the owner of the tables, followed by the walls and the table of the cache.

An empty database gets our tables straight from the models, and our migrations are noted as done: replaying them would
render every model again for each of them (half a minute of work for what takes two seconds). A test holds the two equal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from aims.journal.walls import raise_walls
from aims.organisation.roles import OWNER, become

BELOW = ("contenttypes", "auth")  # Django's tables to which ours refer


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
        asked = ("plan", "check_unapplied", "app_label", "migration_name", "fake", "prune")
        partial = any(options.get(name) for name in asked)
        if not partial and not options.get("replay") and not connection.introspection.table_names():
            self.begin(*args, **options)
        super().handle(*args, **options)
        if not partial:
            call_command("createcachetable", verbosity=0)
            raise_walls()

    def begin(self, *args: Any, **options: Any) -> None:
        """Fill an empty database: the tables below ours, ours from the models, all others; then note ours as done."""
        with made_from_models():
            for label in BELOW:
                super().handle(*args, **{**options, "app_label": label, "run_syncdb": False})
            super().handle(*args, **{**options, "run_syncdb": True})
        recorder, ours = MigrationRecorder(connection), our_labels()
        for label, name in MigrationLoader(None).disk_migrations:
            if label in ours:
                recorder.record_applied(label, name)

    def add_arguments(self, parser: Any) -> None:
        """One more option than Django's."""
        super().add_arguments(parser)
        parser.add_argument(
            "--replay", action="store_true", help="Run every migration, also in an empty database."
        )


def our_labels() -> list[str]:
    """Our apps whose tables follow from models; the journal's do not."""
    ours = [c for c in apps.get_app_configs() if c.name.startswith("aims.") or c.name in settings.CLAUSE_APPS]
    return [c.label for c in ours if c.label != "journal" and any(m._meta.managed for m in c.get_models())]


@contextmanager
def made_from_models() -> Iterator[None]:
    """Our apps as if they had no migrations."""
    before = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {**before, **dict.fromkeys(our_labels())}
    try:
        yield
    finally:
        settings.MIGRATION_MODULES = before
