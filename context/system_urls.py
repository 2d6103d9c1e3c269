"""Pages of clause 4 that are truly different."""

from django.urls import URLPattern, URLResolver, path

from context import system_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("systems/<uuid:key>/description/", system_views.description, name="system description"),
    path("systems/<uuid:key>/description/edit/", system_views.section, name="edit description"),
    path("systems/<uuid:key>/ml-bom.cdx.json", system_views.ml_bom, name="system ml bom"),
    path("systems/<uuid:key>/stage/", system_views.stage, name="system stage"),
]
