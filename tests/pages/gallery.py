"""Every component with something in it: the contexts that `templates/components/*` document."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from aims.pages import svg
from aims.pages.templatetags.marks import band, chip, due_chip, freshness_chip

NAVIGATION: list[dict[str, Any]] = [
    {
        "title": "",
        "label": "Work",
        "items": [
            {
                "label": "Today",
                "url": "#",
                "icon": "sun",
                "count": 2,
                "count_tone": "bad",
                "count_label": "overdue",
            },
            {"label": "Calendar", "url": "#", "icon": "calendar-days"},
            {"label": "Evidence", "url": "#", "icon": "paperclip"},
            {"label": "Packs", "url": "#", "icon": "package"},
            {"label": "Journal", "url": "#", "icon": "scroll-text"},
        ],
    },
    {
        "title": "Clauses",
        "items": [
            {"label": "Context", "url": "#", "number": "4", "count": 1},
            {"label": "Planning", "url": "#", "number": "6", "count": 5, "current": True},
            {"label": "Improvement", "url": "#", "number": "10", "count": 2},
            {"label": "Controls", "url": "#", "number": "A"},
        ],
    },
    {"title": "Most used", "items": [{"label": "AI risks", "url": "#", "icon": "triangle-alert"}]},
    {
        "title": "",
        "label": "Organisation",
        "foot": True,
        "items": [{"label": "Settings", "url": "#", "icon": "settings"}],
    },
]

SHELL: dict[str, Any] = {
    "organisation": {"name": "Orvanne Medical"},
    "member": {"name": "Nadia Benhaddou", "initials": "NB", "role_label": "Compliance officer"},
    "navigation": NAVIGATION,
    "tasks_due": 3,
    "organisations": [
        {"id": "1", "name": "Orvanne Medical", "current": True},
        {"id": "2", "name": "Northgate"},
    ],
    "switch_url": "/switch/",
    "search_url": "/search/",
    "as_of_url": "/as-of/",
}


class RiskForm(forms.Form):
    """One field of each kind, two of them wrong."""

    title = forms.CharField(label="Title", help_text="Say what can happen, in one sentence.")
    review_due = forms.DateField(label="Review date")
    treatment = forms.ChoiceField(
        label="Treatment", choices=[("reduce", "Reduce"), ("avoid", "Avoid")], widget=forms.RadioSelect
    )
    system = forms.ChoiceField(label="System", choices=[("1", "ThoraScan Triage")], required=False)
    shared = forms.BooleanField(
        label="Shared with the supplier", help_text="They can read it.", required=False
    )
    file = forms.FileField(label="Attachment", required=False)


class AnswerForm(forms.Form):
    """A form that saves itself."""

    answer = forms.CharField(
        label="How we assess AI risks",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="Say who.",
    )


def form() -> RiskForm:
    """A form that was refused: no title, and a date before the last review."""
    bound = RiskForm({"title": "", "review_due": "2026-02-01", "treatment": "reduce"})
    bound.is_valid()
    bound.add_error("review_due", "The review date must be after 2 March 2026.")
    return bound


def table() -> dict[str, Any]:
    """Three risks, one without a decision and one changed since its signature."""
    columns = [
        {"label": "Residual", "sort_url": "?sort=residual", "sorted": "descending"},
        {"label": "Treatment", "css": "small"},
        {"label": "Owner", "css": "small", "sort_url": "?sort=owner"},
        {"label": "Decision"},
        {"label": "Review", "css": "small num"},
    ]
    rows = [
        (
            "RSK-07",
            "Indirect discrimination of women in engineering jobs",
            "attention",
            12,
            "high",
            ("Not accepted", "bad"),
        ),
        (
            "RSK-01",
            "Lower sensitivity for patients over 85",
            "changed",
            10,
            "high",
            ("Changed since v3", "warn"),
        ),
        ("RSK-05", "Wrong installation advice <b>given</b> as fact", "", 6, "medium", ("Accepted", "seal")),
    ]
    return {
        "caption": "AI risks, those without a decision first",
        "label": "AI risks",
        "head": {"label": "Risk", "sort_url": "?sort=title"},
        "columns": columns,
        "selectable": True,
        "rows": [
            {
                "id": ref,
                "url": f"#{ref}",
                "title": title,
                "sub": ref,
                "mark": mark,
                "cells": list(
                    zip(
                        columns,
                        [
                            band(level, name),
                            "Reduce",
                            "Isabelle Fontaine",
                            chip(*said),
                            due_chip(date(2026, 12, 15)),
                        ],
                        strict=True,
                    )
                ),
            }
            for ref, title, mark, level, name, said in rows
        ],
    }


def charts() -> list[dict[str, Any]]:
    """One of each drawing of `aims.pages.svg`."""
    rows = [svg.Coverage("4", "Context", 14, 1, 0), svg.Coverage("6", "Planning", 33, 4, 1)]
    ages = [svg.Bar("Up to 30 days", 6, "accent"), svg.Bar("Over 90 days", 1, "bad")]
    marks = [svg.Marker("I", 4, 5, "Inherent"), svg.Marker("R", 2, 5, "Residual", now=True)]
    points = [
        svg.Point("31 Mar", 95.1),
        svg.Point("30 Jun", 94.6),
        svg.Point("30 Sep", 92.8),
        svg.Point("31 Oct", 93.9),
    ]
    lines = [svg.Threshold("warn", 93, "warning"), svg.Threshold("alarm", 91, "alarm")]
    return [
        {
            "svg": svg.coverage("Coverage per clause", rows),
            "legend": svg.COVERAGE_LEGEND,
            "figures": svg.coverage_figures(rows),
        },
        {"svg": svg.coverage_bar("Controls", [svg.Bar("in place", 29, "ok"), svg.Bar("partly", 7, "warn")])},
        {"svg": svg.bars("Open actions by age", ages)},
        {
            "svg": svg.matrix("Risk matrix of RSK-01", marks, band=svg.usual_band),
            "caption": "I inherent, R residual today",
        },
        {"svg": svg.line("Sensitivity", points, lines, unit="%")},
        {"svg": svg.donut("Requirements ready", 119, 138)},
    ]


ENTRIES = [
    {
        "who": "Yuki Tanaka",
        "what": "changed version 3 to 4",
        "at": datetime(2026, 11, 18, 15, 20, tzinfo=UTC),
        "changes": [{"label": "Action 1, due", "before": "30 November 2026", "after": "20 December 2026"}],
    },
    {
        "who": "",
        "what": "changed the owner",
        "at": date(2026, 9, 10),
        "icon": "triangle-alert",
        "tone": "bad",
    },
    {
        "who": "Claire Vasseur",
        "what": "accepted it",
        "at": date(2026, 9, 15),
        "icon": "badge-check",
        "tone": "seal",
        "note": "Interim.",
    },
]

TEXT = (
    "# Method\n\nWe assess **each** system:\n\n- before use\n- at change\n\n| a | b |\n|---|---|\n| 1 | 2 |"
)

SIGNATURE = {
    "state": "changed",
    "version": 3,
    "signer": "Claire Vasseur",
    "role": "chief executive officer",
    "at": datetime(2026, 9, 15, 8, 4, tzinfo=UTC),
    "meaning": "I accept the residual risk",
    "identity": "Passkey",
    "digest": "5be0 1f7a 92cc 40d1 … 7aa3",
    "check_url": "#check",
}


def list_rows() -> list[dict[str, Any]]:
    """A task that is late, and a record that is fresh."""
    return [
        {
            "label": "Get the last 13 policy acknowledgements",
            "url": "#t1",
            "icon": "user-check",
            "ref": "5.2",
            "detail": "201 of 214 people have confirmed",
            "person": "Nadia Benhaddou",
            "chip": chip("24 days overdue", "bad"),
            "percent": 94,
            "percent_label": "94 % confirmed",
        },
        {
            "label": "Risk criteria",
            "url": "#t2",
            "icon": "sliders-horizontal",
            "info": "review 2 Feb 2027",
            "chip": freshness_chip(None),
        },
    ]


def context() -> dict[str, Any]:
    """The whole page: `tests/pages/templates/gallery.html`."""
    return {
        "title": "Components",
        "crumbs": [
            {"label": "6 Planning", "url": "#"},
            {"label": "AI risks", "url": "#"},
            {"label": "RSK-01"},
        ],
        "shell": SHELL,
        "tabs": [
            {"label": "All", "url": "#", "current": True, "count": 15},
            {"label": "Mine", "url": "#", "count": 0},
        ],
        "stats": [
            {"value": 2, "label": "overdue", "url": "#", "tone": "bad"},
            {"value": 119, "of": 138, "label": "requirements ready", "url": "#"},
            {"value": 4, "label": "waiting on others"},
        ],
        "missing": [
            {"label": "Decide on RSK-07", "url": "#", "text": "a ranked risk needs a decision."},
            {"label": "Add a note"},
        ],
        "table": table(),
        "bulk": {
            "label": "Selected risks",
            "action": "/bulk/",
            "actions": [{"value": "owner", "label": "Owner", "icon": "user"}],
        },
        "pager": {"text": "1 to 3 of 3", "next_url": "?after=3"},
        "list_rows": list_rows(),
        "form": form(),
        "answer_form": AnswerForm({"answer": "We assess every AI system before first use."}),
        "text": TEXT,
        "entries": ENTRIES,
        "charts": charts(),
        "signature": SIGNATURE,
        "props": [
            ("System", SafeString('<a href="#">ThoraScan Triage</a>')),
            ("Owner", "Yuki Tanaka"),
            ("Review", None),
        ],
        "drop": {"hint": "PDF, image, text, Office. Up to 200 MB.", "limit_mb": 200},
        "progress": {"percent": 61, "label": "Whole pack", "text": "61 %, about 2 minutes left"},
        "tones": ["", "ok", "warn", "bad", "seal"],
        "states": [
            "draft",
            "in_review",
            "approved",
            "signed",
            "withdrawn",
            "stale",
            "changed",
            "overdue",
            "major",
        ],
        "bands": [(3, "low"), (8, "medium"), (12, "high"), (20, "critical")],
        "review_due": date(2020, 1, 1),
        "empty": {
            "icon": "cpu",
            "heading": "No AI system yet",
            "text": "Each system you add brings its own risks.",
            "url": "#",
            "action": "Add a system",
            "second_url": "#",
            "second": "Import Excel",
        },
        "dialog": {
            "id": "ask",
            "heading": "Ask Claire Vasseur to accept RSK-01",
            "text": "She will see version 4.",
            "action": "/x/",
            "submit": "Send request",
        },
    }
