"""What a mail leads to without signing in: the end of the daily digests."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from aims.schedule.unsubscribing import person_of, stop


@csrf_exempt  # mail programs post here by themselves (RFC 8058): the signed address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def stop_digests(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then end the digests of whom the address was made for."""
    person = person_of(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        stop(person)
    with translation.override(person.language):
        context = {"ended": request.method == "POST", "email": person.email}
        return render(request, "pages/stop_digests.html", context)
