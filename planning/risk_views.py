"""The trend of AI risks over a year (8.2, 9.1)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.pages.places import crumbs
from aims.pages.request import MemberRequest
from aims.records.access import limits, visible
from aims.records.registry import register_of
from planning import matrix as over
from planning import risk_history
from planning.models import AIRisk
from planning.models.risk_criteria import criteria_in_force, rules_of


@require_GET
def trend(request: MemberRequest) -> HttpResponse:
    """How many risks stood above the appetite at the end of each month of the last year, as the journal tells it."""
    member, register = request.member, register_of(AIRisk)
    keys = None
    if limits(member, register) is not None:
        keys = frozenset(str(key) for key in visible(member, AIRisk).values_list("pk", flat=True))
    rules = rules_of(criteria_in_force(member.organisation_id))
    days = risk_history.month_days(risk_history.now_in(member.time_zone))
    chart = risk_history.trend(
        risk_history.stands(member.organisation_id, keys),
        days,
        member.time_zone,
        over.band_words(rules),
        rules.too_high(),
    )
    context = {
        "title": _("Trend of risks"),
        "crumbs": crumbs(register, (_("Trend"), "")),
        "chart": chart,
        "matrix_url": reverse("risk matrix"),
        "list_url": reverse("register", args=[register.path]),
    }
    return render(request, "planning/risk_trend.html", context)
