"""The table of contents of the web application."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the web process is up."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", alive, name="alive"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("aims.pack.api_urls")),
    path("api/v1/", include("operation.api_urls")),
    path("api/v1/", include("aims.api.urls")),
    path("", include("context.urls")),
    path("", include("leadership.urls")),
    path("", include("context.system_urls")),
    path("", include("planning.urls")),
    path("", include("evaluation.urls")),
    path("", include("evaluation.readiness_urls")),
    path("", include("improvement.urls")),
    path("", include("aims.pack.urls")),
    path("", include("aims.pages.urls")),
]
handler400 = "aims.pages.errors.bad_request"
handler403 = "aims.pages.errors.forbidden"
handler404 = "aims.pages.errors.not_found"
handler500 = "aims.pages.errors.broken"
