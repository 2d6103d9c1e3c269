"""The application's addresses, and a bare view that dumps the same body as a list or a record of the REST interface."""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path


@lru_cache
def body(name: str) -> Any:
    """A body as Python values, read once."""
    return json.loads((Path(os.environ["BENCH_BODIES"]) / f"{name}.json").read_text())


def bare(request: HttpRequest, name: str) -> JsonResponse:
    """What Django alone needs for this body."""
    return JsonResponse(body(name))


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/bare/<slug:name>/", bare),
    path("", include("aims.urls")),
]
handler400 = "aims.pages.errors.bad_request"
handler403 = "aims.pages.errors.forbidden"
handler404 = "aims.pages.errors.not_found"
handler500 = "aims.pages.errors.broken"
