"""The choices of a relation with many rows, by what somebody types beside its field."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from aims.pages.choices import MOST, Choices, targets
from aims.pages.request import MemberRequest

LONGEST = 100  # characters of what is typed
CHOSEN = 200  # rows that a field may hold and keep while somebody looks for others


@require_GET
def choices(request: MemberRequest) -> HttpResponse:
    """Options for a select: what it has chosen (`for` names the field), then what `q` finds."""
    asked, model = request.GET, targets().get(request.GET.get("of", ""))
    options: list[tuple[str, str, bool]] = [("", "–", False)] if asked.get("none") else []
    if model is not None:
        found, keys = Choices(request.member, MOST), asked.getlist(asked.get("for", ""))[:CHOSEN]
        listed = found.rows(model)
        found.reach(model, keys)
        chosen = [key for key in dict.fromkeys(keys) if key in listed]
        matching = found.matching(model, asked.get("q", "").replace("\x00", "")[:LONGEST].strip())
        options += [(key, str(listed[key]), True) for key in chosen]
        options += [(key, str(row), False) for key, row in matching.items() if key not in chosen]
    return render(request, "pages/parts/options.html", {"options": options})
