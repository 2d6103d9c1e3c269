"""What processes hold in memory: resident megabytes, shared pages counted in full."""

import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.records.models import Job
from tests.bench.packing import asked
from tests.bench.serving import ROOT

SETTLED = 3  # seconds in which a process that is too large is replaced
PATIENCE = 180  # seconds for a worker to start and to make a pack


def resident(process: int) -> float:
    """The resident memory of a process in MB (10^6 bytes)."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0.0
    line = next((line for line in lines if line.startswith("VmRSS")), "VmRSS: 0")  # none: it has just ended
    return int(line.split()[1]) * 1024 / 1e6


def children(process: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for thread in Path(f"/proc/{process}/task").iterdir():
        found += [int(number) for number in (thread / "children").read_text().split()]
    return found


def largest_child(process: int) -> float:
    """The resident memory of the largest process that a process started."""
    return max((resident(child) for child in children(process)), default=0.0)


def after_a_pack(member: Member) -> tuple[float, float]:
    """The memory of a Celery worker's process after a pack, and the most while it made it.

    Typesetting is a process of its own. A worker's process that is too large after a task is replaced by a new one.
    """
    command = [sys.executable, "-m", "celery", "--app=aims", "worker", "--concurrency=1", "--loglevel=ERROR"]
    command += ["--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
    try:
        pack = asked(member)
        most = wait_for(member, pack.job_id, process.pid)
        time.sleep(SETTLED)
        return largest_child(process.pid), most
    finally:
        process.terminate()
        process.wait()


def wait_for(member: Member, job: UUID, worker: int) -> float:
    """Until a job is done; answers the most memory seen. RuntimeError when it fails or takes too long."""
    end, most = time.monotonic() + PATIENCE, 0.0
    while time.monotonic() < end:
        with acting(member.organisation_id, member.actor):
            state = Job.objects.get(pk=job).state
        most = max(most, largest_child(worker))
        if state == Job.State.DONE:
            return most
        if state == Job.State.FAILED:
            raise RuntimeError("the pack failed")
        time.sleep(0.2)
    raise RuntimeError("the worker did not make the pack in time")
