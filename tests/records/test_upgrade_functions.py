"""Functions that an older version left with another result are made anew by an upgrade."""

import pytest

from aims.organisation import sql as organisation_sql
from aims.records import sql
from tests.conftest import owner_connection


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("jobs_due()", sql.JOBS_DUE),
        ("token_bearer(text)", organisation_sql.FUNCTIONS),
        ("memberships_of(uuid)", organisation_sql.FUNCTIONS),
    ],
)
def test_a_function_with_another_result_does_not_stop_an_upgrade(db: None, name: str, functions: str) -> None:
    with owner_connection() as owner:
        owner.autocommit = False
        owner.execute(f"drop function {name}")
        owner.execute(f"create function {name} returns integer language sql as 'select 1'")
        owner.execute(functions)
        row = owner.execute("select pg_get_function_result(%s::regprocedure)", [name]).fetchone()
        assert row and row[0] != "integer"
        owner.rollback()
