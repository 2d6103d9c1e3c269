"""The frozen lines of a version of the Statement of Applicability, as its page and its paper show them (6.1.3)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aims.pages.templatetags.marks import chip
from planning.models.statements import line_title
from planning.soa import OPEN, OUT, TONES, area_of, area_title, status_words
from planning.soa_versions import said

Line = Mapping[str, Any]
Areas = list[tuple[str, str, list[dict[str, Any]]]]


def by_area(lines: Iterable[Line]) -> Areas:
    """The lines of Annex A by area: code, title, lines in words."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        if not own(line):
            found[area_of(str(line["code"]))].append(shown(line))
    return [(code, area_title(code), rows) for code, rows in found.items()]


def own_lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Our own controls in words."""
    return [shown(line) for line in lines if own(line)]


def own(line: Line) -> bool:
    """Whether a line is a control of our own; what an older AIMS froze does not say so, but has our number."""
    return bool(line.get("own")) or not str(line["code"]).startswith("A.")


def shown(line: Line) -> dict[str, Any]:
    """One line in words."""
    status = status_of(line)
    return {
        "code": line["code"],
        "title": line_title(line),
        "applies": said("applicable", line.get("applicable")),
        "ground": said("ground", line["ground"]) if line.get("ground") else "",
        "reason": line.get("reason", ""),
        "status": "–" if status in (OPEN, OUT) else status_words()[status].capitalize(),
        "chip": "–" if status in (OPEN, OUT) else chip(status_words()[status].capitalize(), TONES[status]),
        "owner": line.get("owner") or "–",
        "risks": line.get("risks"),
        "evidence": line.get("evidence"),
        "without": line.get("without") or [],
    }


def status_of(line: Line) -> str:
    """`open` while undecided, `left_out`, or how far it is in place."""
    if line.get("applicable") is None:
        return OPEN
    return str(line.get("status") or "planned") if line["applicable"] else OUT
