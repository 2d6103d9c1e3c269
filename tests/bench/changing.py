"""One PATCH with the journal against the same PATCH with an unhashed history row, 16 clients at once."""

import json
from collections.abc import Callable
from typing import Any

from tests.bench.filling import as_owner
from tests.bench.load import checked, rate
from tests.bench.serving import LIST, Server

CLIENTS = 16
HISTORY = """
create table if not exists bench_history (at timestamptz default now(), state jsonb);
grant insert on bench_history to aims_app;
create or replace function bench_row() returns trigger language plpgsql as
  $$ begin insert into bench_history (state) values (to_jsonb(new)); return null; end $$;
drop trigger if exists bench_row on context_aisystem;
create trigger bench_row after update on context_aisystem for each row execute function bench_row();
alter table context_aisystem disable trigger bench_row"""
JOURNAL_OFF = """
alter table context_aisystem disable trigger journal_row, disable trigger journal_update, enable trigger bench_row"""
JOURNAL_ON = """
alter table context_aisystem enable always trigger journal_row, enable always trigger journal_update,
  disable trigger bench_row"""


def patches(server: Server, seconds: float) -> tuple[Callable[[], float], Callable[[], float]]:
    """Measures for changes per second with the journal's triggers, and with a plain history row. Ends with `restored`."""
    as_owner(HISTORY)
    rows = json.loads(server.get(LIST))["results"][:CLIENTS]
    versions = [row["version"] for row in rows]
    turn = iter(range(10**9))

    def patch(client: Any, number: int) -> None:
        body = json.dumps({"misuse": f"changed {next(turn)}"})
        match = server.headers(**{"If-Match": f'"{versions[number]}"'})
        checked(client, "PATCH", f"/api/v1/ai-systems/{rows[number]['id']}/", body, match)
        versions[number] += 1

    def measured(triggers: str) -> Callable[[], float]:
        def once() -> float:
            as_owner(triggers)
            return rate(server.port, seconds, patch, CLIENTS)

        return once

    return measured(JOURNAL_ON), measured(JOURNAL_OFF)


def restored() -> None:
    """The journal's triggers as they were."""
    as_owner(JOURNAL_ON)
