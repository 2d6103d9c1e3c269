"""The process map of an organisation, for its page and for the pack (4.4)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from context.models import Process
from context.process_map import Box, process_map


def boxes_of(processes: Iterable[Process], url: Callable[[Process], str]) -> list[Box]:
    """The processes as boxes; who follows on whom is asked in one statement."""
    found = list(processes)
    before: dict[Any, list[str]] = defaultdict(list)
    arrows = Process.before.through.objects.filter(from_process__in=[row.pk for row in found])
    for after, first in arrows.order_by("id").values_list("from_process_id", "to_process_id"):
        before[after].append(str(first))
    return [
        Box(str(row.pk), row.ref, row.title, row.inputs, row.outputs, url(row), tuple(before[row.pk]))
        for row in sorted(found, key=lambda row: row.ref)
    ]


def drawn(boxes: list[Box]) -> SafeString:
    """The map."""
    return process_map(_("Processes of the AI management system"), boxes)
