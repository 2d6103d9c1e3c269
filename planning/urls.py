"""Pages of clause 6 that are truly different."""

from django.urls import URLPattern, URLResolver, path

from planning import (
    criteria_views,
    identify_views,
    impact_views,
    matrix_views,
    risk_views,
    soa_cells,
    soa_paper,
    soa_version_views,
    soa_views,
    views,
)
from planning.act_urls import act_urlpatterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/controls/", views.accept_controls, name="accept controls"),
    path("proposals/law/", views.accept_duties, name="accept duties"),
    path("proposals/roles/", views.accept_role, name="accept role"),
    path("proposals/calendar/", views.accept_calendar, name="accept calendar"),
    path("soa/", soa_views.statement, name="soa"),
    path("soa/statement.pdf", soa_paper.paper, name="soa pdf"),
    path("soa/difference/", soa_version_views.difference, name="soa difference"),
    path("soa/versions/<uuid:key>/statement.pdf", soa_version_views.version_pdf, name="soa version pdf"),
    path("soa/versions/<uuid:key>/statement.xlsx", soa_version_views.version_xlsx, name="soa version xlsx"),
    path("soa/cells/", soa_cells.change_cells, name="soa cells"),
    path("soa/lines/", soa_views.change_lines, name="soa lines"),
    path("soa/<uuid:key>/", soa_views.line, name="soa line"),
    path("impact-assessments/<uuid:key>/paper.pdf", impact_views.paper, name="impact paper"),
    path("impact-assessments/<uuid:key>/results/", impact_views.difference, name="impact results"),
    path("risks/matrix/", matrix_views.matrix, name="risk matrix"),
    path("risks/trend/", risk_views.trend, name="risk trend"),
    path("risks/identify/", identify_views.identify, name="identify risks"),
    path("risks/again/", criteria_views.rate_again, name="rate again"),
    path("risks/criteria/", criteria_views.new_version, name="new criteria"),
    *act_urlpatterns,
    path("settings/organisation/", views.organisation_profile, name="organisation profile"),
]
