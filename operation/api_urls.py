"""Decisions of AI systems over REST."""

from django.urls import URLPattern, URLResolver, path

from operation.decisions.views import Decisions

urlpatterns: list[URLPattern | URLResolver] = [
    path("decisions/", Decisions.as_view({"get": "index", "post": "create"})),
    path("decisions/summary/", Decisions.as_view({"get": "summary"})),
    path("decisions/<uuid:pk>/", Decisions.as_view({"get": "retrieve"})),
]
