"""Decisions that the demo's AI systems reported in the days before it was loaded: taken in as over REST, always the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import Member
from operation.decisions.ingest import take

APART = timedelta(minutes=50)  # the oldest is less than a week old, so that none counts as late
KNOWN_EVERY = 3  # of so many decisions the outcome is known for one


@dataclass(frozen=True)
class Source:
    """What one system reports: so many decisions, every so manieth overridden by a person, who says why."""

    system: str
    model: str
    versions: tuple[str, str]  # the older and the newer
    outputs: tuple[str, ...]
    number: int
    overridden_every: int
    reason: str


SOURCES = (
    Source(
        "AIS-01", "ThoraNet", ("3.2.0", "3.2.1"), ("flag", "no flag", "no flag"), 180, 15,
        "The radiologist reads the image otherwise.",
    ),
    Source(
        "AIS-02", "orva-assist", ("2026-09", "2026-10"), ("answered", "answered", "handed over"), 90, 30,
        "The answer did not fit the device of the hospital.",
    ),
    Source(
        "AIS-04", "panel-vision", ("1.6", "1.7"), ("good", "good", "defect"), 120, 40,
        "A second inspection found no defect.",
    ),
)  # fmt: skip


def report(client: Member) -> None:
    """Take in the decisions of all systems, in the name of the REST client."""
    now = timezone.now().replace(microsecond=0)
    rows = [decision(source, number, now) for source in SOURCES for number in range(source.number)]
    with acting(client.organisation_id, client.actor):
        take(client, enumerate(rows, 1))


def decision(source: Source, number: int, now: datetime) -> dict[str, Any]:
    """One decision as a client writes it."""
    output = source.outputs[number % len(source.outputs)]
    overridden = number % source.overridden_every == 0
    row: dict[str, Any] = {
        "id": f"{source.model}-{number:04}",
        "system": source.system,
        "model": source.model,
        "model_version": source.versions[number < source.number // 2],
        "timestamp": (now - APART * (number + 1)).isoformat(),
        "output": output,
        "human_override": {"reason": source.reason} if overridden else None,
    }
    if number % KNOWN_EVERY == 0:
        row |= {
            "ground_truth": source.outputs[-1] if overridden else output,
            "ground_truth_at": now.isoformat(),
        }
    return row
