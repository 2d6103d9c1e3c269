"""What the newest rules of the AI Act make of classifications that went by older ones, for all organisations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from aims.organisation.everyone import each_organisation
from aims.organisation.models import Organisation
from planning.act_review import Stale, approved, ask, stale
from planning.models import AIActAnswer


class Command(BaseCommand):
    """`compare_ai_act_rules`: lists the differences; with `--ask` it opens the tasks too. No sheet is changed."""

    help = "List which AI systems the newest rules of the AI Act classify otherwise; --ask opens tasks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether tasks are opened."""
        parser.add_argument("--ask", action="store_true", help="open a task for each review")

    def handle(self, *args: Any, **options: Any) -> None:
        """One organisation after the other."""
        each_organisation("compare_ai_act_rules", lambda one: self.compare(one, bool(options["ask"])))

    def compare(self, organisation: Organisation, asks: bool) -> None:
        """The differences of one organisation, a line each."""
        found = stale(approved(AIActAnswer.objects.filter(organisation=organisation)))
        self.stdout.write(f"{organisation.name}: {len(found)} under older rules")
        for one in found:
            self.stdout.write(f"  {line(one)}")
        if asks:
            self.stdout.write(f"  tasks opened: {ask(organisation, found, timezone.now())}")


def line(one: Stale) -> str:
    """A sheet with what it was, what it becomes, and how many questions are asked otherwise."""
    change = one.difference
    after = ", ".join(change.after) or f"open at {change.waiting or ', '.join(change.problems)}"
    words = f"{one.sheet.ref} {one.sheet.system.title}: {', '.join(change.before)} -> {after}"
    return f"{words}; asked otherwise: {', '.join(a.node.code for a in change.asked) or '-'}"
