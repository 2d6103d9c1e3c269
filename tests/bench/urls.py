"""The application's addresses, and a bare view that dumps the same body as a list of the REST interface."""

import json
import os
from pathlib import Path
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

BODY: Any = json.loads(Path(os.environ["BENCH_BODY"]).read_text())


def bare(request: HttpRequest) -> JsonResponse:
    """What Django alone needs for this body."""
    return JsonResponse(BODY)


urlpatterns: list[URLPattern | URLResolver] = [path("healthz/bare/", bare), path("", include("aims.urls"))]
handler400 = "aims.pages.errors.bad_request"
handler403 = "aims.pages.errors.forbidden"
handler404 = "aims.pages.errors.not_found"
handler500 = "aims.pages.errors.broken"
