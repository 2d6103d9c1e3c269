"""Pages for refusals and mistakes; they need no database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or came from elsewhere."""
    return render(request, "403.html", {"reason": "csrf"}, status=403)
