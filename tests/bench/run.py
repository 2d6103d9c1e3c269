"""How AIMS compares with bare means, and what it costs: a Markdown table, made by `script/bench`.

Ratios come from one run: rounds of both take turns, the median round counts. Other load on the machine falls on both; the
absolute figures are only good for comparing within the run.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aims.settings")
os.environ.setdefault("SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyz-bench-only")

import django  # noqa: E402 - Django is set up in this file

django.setup()

from aims.organisation.member import Member  # noqa: E402
from aims.organisation.models import Person  # noqa: E402
from tests.bench import memory, planning  # noqa: E402
from tests.bench.changing import CLIENTS, patches, restored  # noqa: E402
from tests.bench.counting import Counted  # noqa: E402
from tests.bench.filling import MANY, RECORDS, filled, grow  # noqa: E402
from tests.bench.packing import packs  # noqa: E402
from tests.bench.serving import BARE, LIST, Server, served  # noqa: E402
from tests.bench.table import Line, Table  # noqa: E402

Measure = Callable[[], float]
MEGABYTES = " MB"


def main() -> int:
    """Fill an organisation, measure, print. Returns 1 when something was missed and --strict was given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="of each comparison (default 3)")
    parser.add_argument("--strict", action="store_true", help="fail when a line misses what is wanted")
    options = parser.parse_args()
    for command in (["migrate", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
    member, token = filled()
    table = Table()
    table.head()
    counts(table, member, token)
    with tempfile.TemporaryDirectory() as folder:
        pack(table, member, Path(folder), options.rounds)  # before the tables grow
        planning.measure(table)
        with served(Path(folder), token) as server:
            rates(table, server, member, options.rounds, options.seconds)
    return int(bool(table.missed) and options.strict)


def counts(table: Table, member: Member, token: str) -> None:
    """Statements of single answers."""
    counted = Counted(Person.objects.get(pk=member.person_id), token)
    lines: list[tuple[str, float, tuple[int, int]]] = [
        ("Statements of a list of 100 over REST", 5, counted.get(LIST)),
        ("Statements of a clause's page (6.1.2)", 15, counted.page("/clauses/6.1.2/")),
        (
            "Statements of the Statement of Applicability",
            15,
            counted.page("/registers/control-implementations/"),
        ),
        ("Statements of a new record over REST, with its journal entry", 12, counted.create()),
    ]
    for what, most, (own, around) in lines:
        table.add(Line(what, own, most=most, detail=f"and {around} around the transaction"))


def pack(table: Table, member: Member, folder: Path, rounds: int) -> None:
    """A pack's time, and what it leaves in memory."""
    ours, bare = turns(rounds, *packs(member, folder))
    what, said = (
        "Evidence pack, time against WeasyPrint alone on the same HTML",
        f"{ours:.1f} against {bare:.1f} s",
    )
    table.add(Line(what, ours / bare, most=1.2, detail=said))
    after, most = memory.after_a_pack(member)
    said = f"at most {most:.0f} MB while it made it"
    table.add(Line("Memory of a Celery worker after a pack", after, MEGABYTES, most=150, detail=said))


def rates(table: Table, server: Server, member: Member, rounds: int, seconds: float) -> None:
    """What is measured under load; the table grows at the end, for a record must cost the same."""
    first = server.first()
    ours, bare = turns(rounds, server.rate(LIST, seconds), server.rate(f"{BARE}list/", seconds))
    said = f"{ours:.0f} against {bare:.0f} answers/s"
    table.add(Line("List of 100 over REST, rate against a bare view", ours / bare, least=0.3, detail=said))
    few, plain = turns(rounds, server.rate(first, seconds), server.rate(f"{BARE}record/", seconds))
    said = f"{1000 / few:.2f} against {1000 / plain:.2f} ms each"
    table.add(Line("One record over REST, time against a bare view", plain / few, most=10, detail=said))
    try:
        ours, bare = turns(rounds, *patches(server, seconds))
    finally:
        restored()
    said = f"{ours:.0f} against {bare:.0f} changes/s, {CLIENTS} clients"
    table.add(
        Line("PATCH with the journal, rate against a history row", ours / bare, least=0.75, detail=said)
    )
    alike(table, server, member, (first, rounds, seconds))
    web = memory.largest_child(server.process.pid)
    table.add(Line("Memory of a web worker after all of this", web, MEGABYTES, most=150))


def alike(table: Table, server: Server, member: Member, measure: tuple[str, int, float]) -> None:
    """The same record among few rows and among many."""
    first, rounds, seconds = measure
    rate = server.rate(first, seconds)
    few = statistics.median(rate() for _round in range(rounds))
    grow(member)
    many = statistics.median(rate() for _round in range(rounds))
    what = f"One record among {MANY:,} rows, time against among {RECORDS}"
    said = f"{1000 / many:.2f} against {1000 / few:.2f} ms each"
    table.add(Line(what, few / many, most=1.25, detail=said))


def turns(rounds: int, ours: Measure, bare: Measure) -> tuple[float, float]:
    """Both in turn; the medians."""
    pairs = [(ours(), bare()) for _round in range(rounds)]
    return statistics.median(a for a, _b in pairs), statistics.median(b for _a, b in pairs)


if __name__ == "__main__":
    sys.exit(main())
