"""Pages of clause 4 that are truly different."""

from django.urls import URLPattern, URLResolver, path

from context import process_views, scope_views, understanding_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("context/", understanding_views.at_a_glance, name="context"),
    path("context/climate/", understanding_views.answer_climate, name="answer climate"),
    path("processes/map/", process_views.process_map, name="process map"),
    path("scope/<uuid:key>/", scope_views.page, name="scope document"),
    path("scope/<uuid:key>/scope.pdf", scope_views.paper, name="scope pdf"),
    path("scope/<uuid:key>/compare/", scope_views.compare, name="scope compare"),
]
