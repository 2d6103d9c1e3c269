"""Pages of clause 10 that are truly different: the board, the places where a case could be too, the year in figures."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from aims.pages import svg
from aims.pages.context import top_title
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.pages.templatetags.marks import chip, due_chip
from aims.records.access import fetch, may_add, may_change, require
from aims.records.changes import write
from aims.records.display import first_letter_up
from aims.records.registry import register_of
from improvement import board as cases
from improvement.extent import other_places, unjudged
from improvement.lifecycles import NONCONFORMITY
from improvement.maturity import Level, Year
from improvement.models import Nonconformity
from improvement.picture import Picture, cause_words, picture

FILTERS = ("grade", "owner", "source")


@require_GET
def board(request: MemberRequest) -> HttpResponse:
    """The nonconformities in columns by their state."""
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    columns = cases.cards(request.member, cases.asked_for(request.member, **asked))
    register = register_of(Nonconformity)
    live = [card.age for code, found in columns.items() if code != "closed" for card in found]
    context = {
        "title": _("Improvement board"),
        "crumbs": crumbs(register, (_("Board"), "")),
        "columns": [column(code, found) for code, found in columns.items()],
        "filters": filters(request, asked),
        "narrowed": any(asked.values()),
        "number": len(live),
        "chart": cases.ageing(live),
        "list_url": reverse("register", args=[register.path]),
        "new_url": reverse("new", args=[register.path]) if may_add(request.member, register) else "",
    }
    return render(request, "improvement/board.html", context)


def column(code: str, found: list[cases.Card]) -> dict[str, Any]:
    """A column with its cards; of very many the list shows the rest."""
    place = reverse("register", args=[register_of(Nonconformity).path])
    return {
        "code": code,
        "label": first_letter_up(str(NONCONFORMITY.state(code).label)),
        "number": len(found),
        "cards": [card(one) for one in found[: cases.MOST]],
        "more": f"{place}?state={code}" if len(found) > cases.MOST else "",
        "empty": cases.EMPTY[code],
    }


def card(one: cases.Card) -> dict[str, Any]:
    """A card as the page shows it."""
    case, major = one.case, one.case.grade == Nonconformity.Grade.MAJOR
    return {
        "url": record_url(case),
        "title": case.title,
        "ref": case.ref,
        "grade": chip(first_letter_up(str(case.get_grade_display())), "bad" if major else "warn"),
        "source": first_letter_up(str(case.get_source_display())),
        "owner": case.owner.name if case.owner else "",
        "age": one.age,
        "due": due_chip(one.due),
        "actions": (one.done, one.actions) if one.actions else None,
        "closed": case.state == "closed",
        "back": chip(_("Came back"), "bad", "history") if one.back else "",
    }


def filters(request: MemberRequest, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The filters with their choices."""
    choices: dict[str, list[tuple[Any, Any]]] = {
        "grade": list(Nonconformity.Grade.choices),
        "owner": list(cases.owners(request.member)),
        "source": list(Nonconformity.Source.choices),
    }
    return [
        {
            "name": name,
            "label": first_letter_up(str(Nonconformity._meta.get_field(name).verbose_name)),  # type: ignore[union-attr]
            "options": [(key, first_letter_up(str(label)), str(key) == asked[name]) for key, label in rows],
        }
        for name, rows in choices.items()
    ]


@require_GET
def year(request: MemberRequest) -> HttpResponse:
    """The year in figures: how suitable, adequate and effective the AIMS is, clause by clause."""
    found = picture(request.member)
    context = {
        "title": _("The year in figures"),
        "crumbs": [
            {"label": f"10 {top_title('10')}", "url": reverse("clause", args=["10"])},
            {"label": _("The year in figures"), "url": ""},
        ],
        "picture": found,
        "stats": year_stats(found),
        "rows": [year_row(figures, reached) for figures, reached in found.clauses],
        "charts": year_charts(found),
        "board_url": reverse("improvement board"),
    }
    return render(request, "improvement/year.html", context)


def year_stats(found: Picture) -> list[dict[str, Any]]:
    """The figures on top."""
    days = found.days_to_close
    objectives = found.objectives
    decided = objectives["achieved"] + objectives["missed"]
    back = found.again.total()
    return [
        {"value": f"{found.ready[-1]:g} %", "label": _("of the lines are ready")},
        {"value": "–" if days is None else round(days), "label": _("days to close, median")},
        {"value": back, "label": _("came back within 24 months"), "tone": "bad" if back else ""},
        {"value": objectives["achieved"], "of": decided, "label": _("objectives met")},
        {
            "value": found.grave[-1],
            "label": _("high and critical risks"),
            "tone": "warn" if found.grave[-1] else "",
        },
    ]


def year_row(figures: Year, reached: Level) -> dict[str, Any]:
    """A clause as a row of the table."""
    return {
        "code": figures.code,
        "title": top_title(figures.code),
        "url": reverse("clause", args=[figures.code]),
        "figures": figures,
        "percent": round(100 * figures.ready),
        "level": reached.number,
        "level_percent": 20 * reached.number,
        "level_label": _("Maturity %(level)s of 5") % {"level": reached.number},
        "reason": reached.reason,
    }


def year_charts(found: Picture) -> list[dict[str, Any]]:
    """Readiness and grave risks month by month, and the kinds of cause."""
    labels = [date_format(day, pgettext("date format", "M Y")) for day in found.days]
    causes = [svg.Bar(first_letter_up(name), number) for name, number in cause_words(found.causes)]
    return [
        _line(_("Lines ready, in per cent"), labels, found.ready, "%"),
        _line(_("High and critical risks"), labels, found.grave),
        {
            "title": _("Kinds of cause"),
            "chart": {"svg": svg.bars(_("Kinds of cause"), causes)} if causes else None,
            "empty": _("No cause was found in the year."),
        },
    ]


def _line(title: str, labels: list[str], values: Sequence[float], unit: str = "") -> dict[str, Any]:
    points = [svg.Point(label, value) for label, value in zip(labels, values, strict=True)]
    figures = {
        "caption": title,
        "head": [_("Month"), title],
        "rows": [[label, value] for label, value in zip(labels, values, strict=True)],
    }
    return {"title": title, "chart": {"svg": svg.line(title, points, unit=unit), "figures": figures}}


@require_POST
def take_up(request: MemberRequest, key: Any) -> HttpResponse:
    """Take the systems and other places in which a case could be too into its list of places, where each is judged."""
    case = fetch(request.member, Nonconformity, key)
    require(may_change(request.member, case))
    kept: list[dict[str, Any]] = [{"id": str(row.pk)} for row in case.elsewhere.all()]
    there = set(case.elsewhere.values_list("system_id", flat=True))
    new: list[dict[str, Any]] = [
        {"system": row.record.pk} for row in unjudged(request.member, case) if row.record.pk not in there
    ]
    new += [{"subject": row.name} for row in other_places(request.member, case)]
    if new:
        write(request.member, case, {}, parts={"elsewhere": [*kept, *new]})
        messages.info(request, _("Judge each of them: is the same there, and what shows it?"))
    return HttpResponseRedirect(reverse("edit", args=[register_of(case).path, case.pk]) + "#part-elsewhere")
