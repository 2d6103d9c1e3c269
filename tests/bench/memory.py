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

PATIENCE = 180  # seconds for a worker to start and to make a pack


def resident(process: int) -> float:
    """The resident memory of a process in MB (10^6 bytes)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    line = next((line for line in lines if line.startswith("VmRSS")), "VmRSS: 0")
    return int(line.split()[1]) * 1024 / 1e6


def children(process: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for thread in Path(f"/proc/{process}/task").iterdir():
        found += [int(number) for number in (thread / "children").read_text().split()]
    return found


def largest_child(process: int) -> float:
    """The resident memory of the largest process that a process started."""
    return max(resident(child) for child in children(process))


def after_a_pack(member: Member) -> float:
    """The memory of a Celery worker's process that has made a pack; typesetting is a process of its own, ended by then."""
    command = [sys.executable, "-m", "celery", "--app=aims", "worker", "--concurrency=1", "--loglevel=ERROR"]
    command += ["--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
    try:
        pack = asked(member)
        wait_for(member, pack.job_id)
        return largest_child(process.pid)
    finally:
        process.terminate()
        process.wait()


def wait_for(member: Member, job: UUID) -> None:
    """Until a job is done; RuntimeError when it fails or takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with acting(member.organisation_id, member.actor):
            state = Job.objects.get(pk=job).state
        if state == Job.State.DONE:
            return
        if state == Job.State.FAILED:
            raise RuntimeError("the pack failed")
        time.sleep(0.2)
    raise RuntimeError("the worker did not make the pack in time")
