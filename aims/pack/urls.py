"""Pages of the evidence pack."""

from django.urls import URLPattern, URLResolver, path

from aims.pack import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("packs/", views.packs, name="packs"),
    path("packs/<uuid:key>/", views.pack, name="pack"),
    path("packs/<uuid:key>/again/", views.again, name="pack_again"),
    path("packs/<uuid:key>/file/", views.pack_file, name="pack_file"),
]
