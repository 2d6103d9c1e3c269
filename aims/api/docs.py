"""The OpenAPI document and its reading page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from aims.api.queries import check_names


class Document(SpectacularAPIView):  # type: ignore[misc]
    """The OpenAPI 3.1 document, as YAML or (`?format=json`) JSON. Open to everybody."""

    authentication_classes: list[Any] = []
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Only the parameters that it knows."""
        super().initial(request, *args, **kwargs)
        check_names(request, ("format", "lang"))


def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI, from our own static files."""
    return render(request, "api/docs.html")


urlpatterns = [path("schema/", Document.as_view(), name="api-schema"), path("docs/", docs, name="api-docs")]
