"""How AIMS compares with bare means, as ratios from one run: rounds of both take turns, the median round counts.

1. A REST list of 100 records against a bare Django view that dumps the same body, on the same gunicorn server.
2. One PATCH with the journal against the same PATCH with an unhashed history row.
3. An evidence pack against bare WeasyPrint on the same HTML.
Other load on the machine falls on both; the absolute figures are only good for comparing within the run.
"""

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aims.settings")
os.environ.setdefault("SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyz-bench-only")

import django  # noqa: E402 - Django is set up in this file

django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from aims.organisation.acting import acting  # noqa: E402
from aims.organisation.member import Member  # noqa: E402
from aims.organisation.models import Membership, Person  # noqa: E402
from aims.organisation.roles import Role  # noqa: E402
from aims.organisation.tokens import make_token  # noqa: E402
from aims.pack import press  # noqa: E402
from aims.pack.asking import ask_pack  # noqa: E402
from aims.pack.build import build_pack  # noqa: E402
from aims.records import jobs  # noqa: E402
from aims.records.changes import create  # noqa: E402
from aims.records.founding import found  # noqa: E402
from aims.records.heartbeat import Progress  # noqa: E402
from context.models import AISystem  # noqa: E402
from tests.bench.load import THREADS, checked, rate  # noqa: E402

RECORDS = 100
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
BARE = """
import sys, time
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
page, css, static = sys.argv[1:]
fonts = FontConfiguration()
sheet = CSS(filename=css, font_config=fonts)
HTML(filename=page).write_pdf(page + ".pdf", stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/a-3b")"""


def main() -> None:
    """Fill an organisation, measure, print, one line for each comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="of each comparison (default 3)")
    options = parser.parse_args()
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, check=True)
    member, token = filled()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), token) as port:
        told("REST list of 100 / bare view", "answers/s", *lists(port, token, options))
        told("PATCH with journal / with history row", "answers/s", *patches(port, token, options))
    told("pack / bare WeasyPrint, same HTML", "s", *packs(member, options))


def told(what: str, unit: str, ours: float, bare: float) -> None:
    """One line: the ratio, and the two figures it is made of."""
    print(f"{what}: {ours / bare:.2f}  ({ours:.1f} against {bare:.1f} {unit})", flush=True)


def turns(rounds: int, ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float]:
    """Both in turn; the medians."""
    pairs = [(ours(), bare()) for _round in range(rounds)]
    return statistics.median(a for a, _b in pairs), statistics.median(b for _a, b in pairs)


def filled() -> tuple[Member, str]:
    """An organisation of its own with enough records, and a token."""
    email = f"bench-{time.time_ns()}@bench.test"
    person = Person.objects.create_user(email, "not used, ever", name="Bench")
    member = found("Bench", person, Role.OFFICER)
    with acting(member.organisation_id, member.actor):
        for number in range(RECORDS):
            create(member, AISystem, {"title": f"System {number}", "purpose": "Sorts X-rays. " * 20})
        token = make_token(Membership.objects.get(pk=member.id), "bench")[1]
    return member, token


@contextmanager
def served(folder: Path, token: str) -> Iterator[int]:
    """gunicorn with the application and the bare view; answers the port. The body is that of our own list."""
    body = folder / "body.json"
    body.write_text("{}")
    with gunicorn(body) as port:
        body.write_bytes(fetched(port, token))
    with gunicorn(body) as port:
        yield port


@contextmanager
def gunicorn(body: Path) -> Iterator[int]:
    """A server with two workers on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "tests.bench.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2"]
    command += ["-k", "gthread", "--threads", "2", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "BENCH_BODY": str(body)})
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Until the server answers; RuntimeError after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")


def headers(token: str, **more: str) -> dict[str, str]:
    """What a client of the REST interface sends."""
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **more}


def fetched(port: int, token: str) -> bytes:
    """The body of the list."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = checked(client, "GET", "/api/v1/ai-systems/?limit=100", headers=headers(token))
    if len(json.loads(body)["results"]) != RECORDS:
        raise RuntimeError(f"not a list of {RECORDS}: {body[:300]!r}")
    return body


def lists(port: int, token: str, options: Any) -> tuple[float, float]:
    """The list of the REST interface, and the bare view."""
    ours, bare = "/api/v1/ai-systems/?limit=100", "/healthz/bare/"  # an address that needs no sign-in

    def ask(path: str) -> Callable[[], float]:
        return lambda: rate(
            port, options.seconds, lambda c, _n: void(checked(c, "GET", path, headers=headers(token)))
        )

    def alone() -> float:
        return rate(port, options.seconds, lambda c, _n: void(checked(c, "GET", bare)))

    return turns(options.rounds, ask(ours), alone)


def void(_answer: object) -> None:
    """Nothing."""


def patches(port: int, token: str, options: Any) -> tuple[float, float]:
    """A change of one record for each thread, with the journal's triggers and with a plain history row."""
    rows = json.loads(fetched(port, token))["results"]
    versions = {number: rows[number]["version"] for number in range(THREADS)}
    turn = iter(range(10**9))

    def patch(client: Any, number: int) -> None:
        body = json.dumps({"misuse": f"changed {next(turn)}"})
        match = headers(token, **{"If-Match": f'"{versions[number]}"'})
        checked(client, "PATCH", f"/api/v1/ai-systems/{rows[number]['id']}/", body, match)
        versions[number] += 1

    def with_triggers(sql: str) -> Callable[[], float]:
        def measured() -> float:
            as_owner(sql)
            return rate(port, options.seconds, patch)

        return measured

    as_owner(HISTORY)
    try:
        return turns(options.rounds, with_triggers(JOURNAL_ON), with_triggers(JOURNAL_OFF))
    finally:
        as_owner(JOURNAL_ON)


def as_owner(sql: str) -> None:
    """Run statements as the owner of the tables."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(settings.ROLE_ADDRESSES["owner"], dbname=name, autocommit=True) as owner:
        owner.execute(sql)


def packs(member: Member, options: Any) -> tuple[float, float]:
    """A whole pack from the job to the kept file, and WeasyPrint alone on the HTML of this pack."""
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "page.html"

        def ours() -> float:
            with acting(member.organisation_id, member.actor):
                pack = ask_pack(member, "Bench", (), "en")
            began = time.monotonic()
            with keeping(page):
                jobs.run(pack.organisation_id, pack.job_id, build_pack)
            return time.monotonic() - began

        def bare() -> float:
            began = time.monotonic()
            static = ROOT / "static"
            command = [sys.executable, "-c", BARE, str(page), str(static / "pack.css"), str(static)]
            subprocess.run(command, check=True, capture_output=True)
            return time.monotonic() - began

        return turns(options.rounds, ours, bare)


@contextmanager
def keeping(page: Path) -> Iterator[None]:
    """Keep a copy of the HTML that a pack is set from."""
    typeset = press.typeset

    def watched(folder: Path, html: str, job: dict[str, Any], progress: Progress) -> int:
        pages = typeset(folder, html, job, progress)
        shutil.copy(folder / "page.html", page)
        return pages

    press.typeset = watched
    try:
        yield
    finally:
        press.typeset = typeset


if __name__ == "__main__":
    main()
