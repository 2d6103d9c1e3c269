"""Holds a job's lease while the work goes on: a thread with a database connection of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from aims.records.jobs import Lost, report
from aims.records.models import Job

BEAT = 5.0  # seconds; the lease is six times as long


class Progress:
    """How far the work is. The worker says so here; the thread tells the database, at each word and at each beat."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.percent, self.doing = 0, ""
        self.lost: Lost | None = None
        self.news = threading.Event()
        self.ended = False

    def say(self, percent: int, doing: str = "") -> None:
        """Note how far the work is (0–100). Raises Lost when another worker has it."""
        if self.lost:
            raise self.lost
        if (percent, doing) != (self.percent, self.doing):
            self.percent, self.doing = percent, doing
            self.news.set()

    def beat(self) -> None:
        """Report until the end or until the lease is lost; the thread's own connection is closed."""
        try:
            while not self.ended and not self.lost:
                report(self.job, self.percent, self.doing)
                self.news.wait(BEAT)
                self.news.clear()
        except Lost as lost:
            self.lost = lost
        finally:
            connection.close()


@contextmanager
def beating(job: Job) -> Iterator[Progress]:
    """Hold the lease of a job inside the block."""
    progress = Progress(job)
    thread = threading.Thread(target=progress.beat, name=f"lease of {job.pk}", daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        progress.ended = True
        progress.news.set()
        thread.join()
