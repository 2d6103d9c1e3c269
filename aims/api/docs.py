"""The OpenAPI document and its reading page."""

import json
from functools import lru_cache

import yaml
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from aims.api.renderers import dumps

FORMATS = {
    "json": "application/vnd.oai.openapi+json",
    "yaml": "application/vnd.oai.openapi",
}


@lru_cache
def document(kind: str) -> bytes:
    """The OpenAPI 3.1 document. It follows from the declarations, so that a process makes it once."""
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        text = dumps(schema)
        return text if kind == "json" else as_yaml(text)


def as_yaml(text: bytes) -> bytes:
    """JSON as YAML, by the quick writer where PyYAML has it."""
    writer = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    found: bytes = yaml.dump(
        json.loads(text), Dumper=writer, sort_keys=False, allow_unicode=True, encoding="utf-8"
    )
    return found


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as YAML, or JSON with `?format=json` or when that is accepted. Open to everybody."""
    wanted = "json" if "json" in request.headers.get("Accept", "") else "yaml"
    kind = request.GET.get("format", wanted)
    if kind not in FORMATS or set(request.GET) - {"format"}:
        return HttpResponse(status=400)
    return HttpResponse(document(kind), content_type=FORMATS[kind])


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI, from our own static files."""
    return render(request, "api/docs.html")


urlpatterns = [path("schema/", schema, name="api-schema"), path("docs/", docs, name="api-docs")]
