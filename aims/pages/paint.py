"""Colours of drawings where no stylesheet reaches them.

WeasyPrint does not apply a document's stylesheet inside SVG, so each shape also carries its light colour
as a presentation attribute. In pages the classes of static/pages.css come before attributes and follow the
theme. The values are the light tokens of static/tokens.css; a test holds them equal.
"""

from typing import Final

MARKS: Final = {
    "ok": "#2b8a54",
    "warn": "#b06f00",
    "bad": "#c93232",
    "info": "#2f6fc4",
    "seal": "#7150bd",
    "accent": "#2a52be",
    "idle": "#7b8494",
}
BANDS: Final = {"low": "#dcefe2", "medium": "#fbe9b7", "high": "#f7c491", "critical": "#ec9c94"}
TEXT, MUTED, SURFACE, LINE, EMPTY = "#161a22", "#535c6d", "#ffffff", "#e1e5eb", "#eceff3"
BONE: Final = "#818a9c"  # --line-strong

Attributes = dict[str, str]


def _line(colour: str, dashes: str = "", width: str = "1.5") -> Attributes:
    drawn = {"fill": "none", "stroke": colour, "stroke-width": width}
    return {**drawn, "stroke-dasharray": dashes} if dashes else drawn


PAINT: Final[dict[str, Attributes]] = {
    **{f"f-{tone}": {"fill": colour} for tone, colour in MARKS.items()},
    "f-idle": {"fill": EMPTY},
    **{f"b-{band}": {"fill": colour} for band, colour in BANDS.items()},
    **{f"d-part s-{tone}": _line(colour, width="12") for tone, colour in MARKS.items()},
    "d-track": _line(EMPTY, width="12"),
    "l-bone": _line(BONE),
    "l-axis": _line(LINE, width="1"),
    "l-main": {**_line(MARKS["accent"], width="2"), "stroke-linejoin": "round", "stroke-linecap": "round"},
    "l-target": _line(MARKS["ok"], "5 3"),
    "l-warn": _line(MARKS["warn"], "2 3"),
    "l-alarm": _line(MARKS["bad"], "2 3"),
    "dot": {"fill": SURFACE, "stroke": MARKS["accent"], "stroke-width": "2"},
    "dot now": {"fill": MARKS["accent"], "stroke": MARKS["accent"], "stroke-width": "2"},
    "path": _line(TEXT, "4 3", "1.75"),
    "pin": {"fill": SURFACE, "stroke": TEXT, "stroke-width": "2"},
    "pin now": {"fill": TEXT, "stroke": TEXT, "stroke-width": "2"},
    "pin-t": {"fill": TEXT, "font-weight": "600"},
    "pin-t now": {"fill": SURFACE, "font-weight": "600"},
    "strong": {"fill": TEXT, "font-weight": "600"},
    "cell-no": {"fill": "#545a64", "font-size": "11"},
    "d-number": {"fill": TEXT, "font-size": "20", "font-weight": "600"},
}


def paint(css: str) -> Attributes:
    """The attributes of a class; words without one are muted."""
    return PAINT.get(css, {"fill": MUTED} if not css else {})
