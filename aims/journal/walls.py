"""The walls: what `migrate` adds to every table of an organisation, made from the models and checked by tests.

Row security with one policy for each database role, pair keys `(organisation_id, x_id)`, and the journal's triggers.
Everything here may run again: what stands already is left alone.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from aims.organisation.models import Organisation
from aims.organisation.roles import APP, OWNER, SYSTEM

OURS = "nullif(current_setting('aims.organisation', true), '')::uuid"


def owned_models() -> list[type[models.Model]]:
    """Every model whose rows belong to an organisation, tables of many-to-many relations included."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and (_has_organisation(model) or _between(model))]


def _has_organisation(model: type[models.Model]) -> bool:
    return any(f.name == "organisation" and f.remote_field for f in model._meta.local_fields)


def _between(model: type[models.Model]) -> bool:
    source = model._meta.auto_created
    return bool(source) and _has_organisation(source)  # type: ignore[arg-type]


def raise_walls() -> None:
    """Bring the database's grants, policies, keys and triggers in line with the models. Runs as the owner."""
    with connection.cursor() as cursor:
        _open_schema(cursor)
        _wall_organisations(cursor)
        for model in owned_models():
            _own(cursor, model)
            _police(cursor, model._meta.db_table, "organisation_id")
            _attach_journal(cursor, model)
        for model in owned_models():
            for column, target in pair_keys(model):
                _pair_key(cursor, model._meta.db_table, column, target)
        for config in apps.get_app_configs():
            if functions := getattr(config, "functions", ""):
                cursor.execute(functions)


def _open_schema(cursor: CursorWrapper) -> None:
    """The application reads and writes rows; it owns nothing, and the record of migrations is not its to change."""
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {SYSTEM}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}, {SYSTEM}")
    cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}, {SYSTEM}")
    cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP}, {SYSTEM}")


def _wall_organisations(cursor: CursorWrapper) -> None:
    table = Organisation._meta.db_table
    _police(cursor, table, "id")
    _trigger(cursor, table, ())


def _own(cursor: CursorWrapper, model: type[models.Model]) -> None:
    """A table between two gets the column that Django does not know; each table can be the target of pair keys."""
    table = model._meta.db_table
    if _between(model):
        cursor.execute(
            f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS organisation_id uuid NOT NULL DEFAULT {OURS}'
            " REFERENCES organisation_organisation (id) DEFERRABLE INITIALLY DEFERRED"
        )
    if not _exists(cursor, "pg_constraint", "conname", _name(table, "pair")):
        name = _name(table, "pair")
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE (organisation_id, id)')


def _police(cursor: CursorWrapper, table: str, column: str) -> None:
    """One policy a role. The plain form is used on purpose: a sub-select would hide the value from the planner."""
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
    for policy, role, rule in (
        ("tenant", APP, f"{column} = {OURS}"),
        ("owner", OWNER, "true"),
        ("system", SYSTEM, "true"),
    ):
        cursor.execute("SELECT 1 FROM pg_policies WHERE tablename = %s AND policyname = %s", [table, policy])
        if not cursor.fetchone():
            cursor.execute(f'CREATE POLICY {policy} ON "{table}" TO {role} USING ({rule})')


def _attach_journal(cursor: CursorWrapper, model: type[models.Model]) -> None:
    if getattr(model, "journalled", True):
        _trigger(cursor, model._meta.db_table, trigger_arguments(model))


def trigger_arguments(model: type[models.Model]) -> tuple[str, ...]:
    """What the capture function is told: hidden columns, and `^column` for the parent record's column."""
    parent = getattr(model, "journal_parent", "")
    if _between(model):
        source: Any = model._meta.auto_created
        parent = next(f.column for f in model._meta.local_fields if f.related_model is source)
    return (*getattr(model, "journal_hidden", ()), *((f"^{parent}",) if parent else ()))


def _trigger(cursor: CursorWrapper, table: str, arguments: tuple[str, ...]) -> None:
    wanted = ", ".join(f"'{argument}'" for argument in arguments)
    cursor.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'journal_row'",
        [f'"{table}"'],
    )
    row = cursor.fetchone()
    if row and f"journal.capture({wanted})" in row[0]:
        return
    for name, event, function in (
        ("journal_row", "AFTER INSERT OR DELETE ON {} FOR EACH ROW", f"journal.capture({wanted})"),
        # not IS DISTINCT FROM: it calls {"a": 1.0} and {"a": 1.00} equal, and the change would be lost
        (
            "journal_update",
            "AFTER UPDATE ON {} FOR EACH ROW WHEN (OLD.* *<> NEW.*)",
            f"journal.capture({wanted})",
        ),
        ("journal_truncate", "BEFORE TRUNCATE ON {} FOR EACH STATEMENT", "journal.refuse()"),
    ):
        cursor.execute(f'DROP TRIGGER IF EXISTS {name} ON "{table}"')
        cursor.execute(f"CREATE TRIGGER {name} {event.format(table)} EXECUTE FUNCTION {function}")
        cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {name}')


def pair_keys(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """The columns of a model that refer to a row of the same organisation, with the table they refer to."""
    owned: set[Any] = set(owned_models())
    fields: list[Any] = list(model._meta.local_fields)
    for field in fields:
        if field.remote_field and field.related_model in owned:
            yield field.column, field.related_model._meta.db_table


def _pair_key(cursor: CursorWrapper, table: str, column: str, target: str) -> None:
    name = _name(table, column, "pair_fk")
    if not _exists(cursor, "pg_constraint", "conname", name):
        cursor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organisation_id, "{column}")'
            f' REFERENCES "{target}" (organisation_id, id) DEFERRABLE INITIALLY DEFERRED'
        )


def _name(*parts: str) -> str:
    """A constraint's name within PostgreSQL's 63 bytes, unique by its tail."""
    return "_".join(parts)[-63:]


def _exists(cursor: CursorWrapper, catalogue: str, column: str, value: Any) -> bool:
    cursor.execute(f"SELECT 1 FROM {catalogue} WHERE {column} = %s", [value])
    return cursor.fetchone() is not None
