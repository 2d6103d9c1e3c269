"""The Statement of Applicability as it is now, on paper (6.1.3)."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.pages.paper import printed
from aims.pages.request import MemberRequest
from planning import soa


@require_GET
def paper(request: MemberRequest) -> HttpResponse:
    """The 38 lines and our own controls as a PDF."""
    grid = soa.grid(request.member)
    context = {
        "grid": grid,
        "areas": grid.areas(grid.lines),
        "organisation": request.member.organisation_name,
        "at": timezone.localtime(),
    }
    name = f"statement-of-applicability-{timezone.localdate()}"
    advice = _("The statement is too long for one document. Take it as XLSX.")
    return printed("planning/soa_print.html", context, name, advice)
