"""The addresses of the REST interface. Registers bring theirs by being declared."""

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt

from aims.api import catalogue, docs, feed, revisions, schedule, signing, tokens
from aims.api.registers import routes
from aims.records.registry import registers


class SameMethod(HttpResponseRedirect):
    """A redirect that keeps the method and the body."""

    status_code = 308


@csrf_exempt
def elsewhere(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Addresses end with a slash; whoever forgets it is sent there with method and body. Anything else is not there."""
    if rest.endswith("/") or not rest:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return SameMethod(f"{request.path}/" + (f"?{query}" if query else ""))


urlpatterns: list[URLPattern | URLResolver] = [
    *catalogue.urlpatterns,
    *feed.urlpatterns,
    *tokens.urlpatterns,
    *schedule.urlpatterns,
    *docs.urlpatterns,
    *revisions.urlpatterns,
    *signing.urlpatterns,
    *(route for register in registers() for route in (*routes(register), *signing.routes(register))),
    re_path(r"^(?P<rest>.*)$", elsewhere),
]
