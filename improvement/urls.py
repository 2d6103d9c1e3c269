"""Pages of clause 10 that are truly different."""

from django.urls import URLPattern, URLResolver, path

from improvement import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("improvement/board/", views.board, name="improvement board"),
    path("improvement/year/", views.year, name="improvement year"),
    path("improvement/<uuid:key>/elsewhere/", views.take_up, name="take up similar"),
]
