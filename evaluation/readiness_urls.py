"""The pages of readiness."""

from django.urls import URLPattern, URLResolver, path

from evaluation import readiness_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("readiness/", readiness_views.readiness, name="readiness"),
    path("readiness/operation/", readiness_views.operation, name="proof of operation"),
    path("readiness/simulation/", readiness_views.simulation, name="simulated audit"),
]
