"""Addresses of exchange: files out and in, bulk changes, kept views, search."""

from django.urls import URLPattern, URLResolver, path

from aims.pages import exchange, exchange_bulk, exchange_search

urlpatterns: list[URLPattern | URLResolver] = [
    path("registers/<slug:path>/export.csv", exchange.export, {"ending": "csv"}, name="export"),
    path("registers/<slug:path>/export.xlsx", exchange.export, {"ending": "xlsx"}, name="export xlsx"),
    path("registers/<slug:path>/import/", exchange.bring, name="import"),
    path("registers/<slug:path>/import/<uuid:key>/", exchange.one, name="import one"),
    path("registers/<slug:path>/import/<uuid:key>/progress/", exchange.progress, name="import progress"),
    path("registers/<slug:path>/bulk/", exchange_bulk.bulk, name="bulk"),
    path("registers/<slug:path>/views/", exchange_bulk.keep_view, name="keep view"),
    path("registers/<slug:path>/views/<uuid:key>/remove/", exchange_bulk.remove_view, name="remove view"),
    path("search/", exchange_search.search, name="search"),
]
