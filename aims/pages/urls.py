"""The pages, as a table of contents."""

from django.urls import URLPattern, URLResolver, include, path

from aims.pages.views import (
    choices,
    clauses,
    deputies,
    edit,
    evidence,
    journal,
    mails,
    records,
    registers,
    settings,
    signing,
    steps,
    together,
    work,
)

record: list[URLPattern | URLResolver] = [
    path("", records.record, name="record"),
    path("edit/", edit.edit, name="edit"),
    path("move/<slug:step>/", steps.move, name="move"),
    path("sign/<slug:step>/", signing.sign, name="sign"),
    path("delegate/<slug:step>/", signing.delegate, name="delegate"),
    path("delegate/<slug:step>/back/", signing.end_delegation, name="end delegation"),
    path("comment/", records.comment, name="comment"),
    path("history/", records.history, name="history"),
    path("watch/", together.watch, name="watch"),
    path("undo/", together.undo, name="undo"),
]
register: list[URLPattern | URLResolver] = [
    path("", registers.register, name="register"),
    path("new/", edit.new, name="new"),
    path("<uuid:key>/", include(record)),
]
evidences: list[URLPattern | URLResolver] = [
    path("", registers.register, {"path": "evidence"}, name="evidence"),
    path("add/", evidence.add, name="add evidence"),
    path("choose/", evidence.choose, name="choose evidence"),
    path("<uuid:key>/revise/", evidence.revise, name="revise evidence"),
    path("unlink/<uuid:key>/", evidence.take_away, name="unlink"),
    path("file/<uuid:key>/", evidence.file, name="evidence file"),
    path("view/<uuid:key>/", together.view, name="view evidence"),
]
my_settings: list[URLPattern | URLResolver] = [
    path("", settings.settings, name="settings"),
    path("profile/", settings.profile, name="profile"),
    path("members/", settings.add_member, name="add member"),
    path("members/<uuid:key>/", settings.change_member, name="change member"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/roles/", deputies.roles, name="delegate roles"),
    path("deputies/<uuid:key>/end/", deputies.end, name="end deputy"),
    path("tokens/", settings.add_token, name="add token"),
    path("tokens/<uuid:key>/revoke/", settings.revoke_token, name="revoke token"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("aims.pages.exchange_urls")),
    path("", work.today, name="today"),
    path("", include("aims.pages.schedule_urls")),
    path("choices/", choices.choices, name="choices"),
    path("clauses/<str:code>/", clauses.clause, name="clause"),
    path("clauses/answer/<str:code>/", clauses.save_answer, name="save answer"),
    path("registers/", registers.index, name="registers"),
    path("registers/<slug:path>/", include(register)),
    path("evidence/", include(evidences)),
    path("journal/", journal.journal, name="journal"),
    path("settings/", include(my_settings)),
    path("organisation/", settings.switch, name="switch organisation"),
    path("language/", settings.language, name="set_language"),
    path("mail/stop/<str:token>/", mails.stop_digests, name="stop digests"),
]
