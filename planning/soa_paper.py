"""The Statement of Applicability as it is now, on paper (6.1.3)."""

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.organisation.refused import Refused
from aims.pages.paper import TooLong, pdf
from aims.pages.request import MemberRequest
from planning import soa


@require_GET
def paper(request: MemberRequest) -> HttpResponse:
    """The 38 lines and our own controls as a PDF."""
    grid = soa.grid(request.member)
    context = {
        "grid": grid,
        "areas": grid.areas(grid.lines),
        "language": get_language(),
        "organisation": request.member.organisation_name,
        "at": timezone.localtime(),
    }
    try:
        made = pdf(render_to_string("planning/soa_print.html", context))
    except TooLong as error:
        raise Refused(
            "conflict", _("The statement is too long for one document. Take it as XLSX.")
        ) from error
    name = f"statement-of-applicability-{timezone.localdate()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
