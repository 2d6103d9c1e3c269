"""The pages of tasks, dates and obligations, as a table of contents."""

from django.urls import URLPattern, URLResolver, path

from aims.pages.views import calendar, handing, obligations, work

urlpatterns: list[URLPattern | URLResolver] = [
    path("tasks/<uuid:key>/done/", work.done, name="task done"),
    path("tasks/<uuid:key>/hand/", handing.hand, name="hand over"),
    path("tasks/<uuid:key>/back/", handing.back, name="take back"),
    path("away/", handing.away, name="away"),
    path("away/<uuid:key>/end/", handing.end, name="end absence"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<uuid:key>/move/", calendar.move, name="move date"),
    path("calendar/feeds/", calendar.add_feed, name="add feed"),
    path("calendar/feeds/<uuid:key>/renew/", calendar.renew_feed, name="renew feed"),
    path("calendar/feed/<str:secret>.ics", calendar.feed, name="calendar feed"),
    path("calendar/rules/", obligations.rules, name="obligations"),
    path("calendar/rules/<uuid:key>/", obligations.rule, name="obligation"),
    path("calendar/week/", obligations.week, name="working week"),
    path("calendar/week/days/", obligations.add_day, name="add free day"),
    path("calendar/week/days/<uuid:key>/remove/", obligations.remove_day, name="remove free day"),
]
