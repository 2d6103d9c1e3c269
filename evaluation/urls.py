"""Pages of clause 9 that are truly different."""

from django.urls import URLPattern, URLResolver, path

from evaluation import (
    judging_views,
    outside_views,
    programme_views,
    report_views,
    request_views,
    review_views,
    room_views,
    sample_views,
    viewer,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("reviews/<uuid:key>/minutes.pdf", review_views.minutes, name="review minutes"),
    path("reviews/board-report.pdf", review_views.board_report, name="board report"),
    path("audits/programme/", programme_views.programme, name="audit programme"),
    path("audits/programme/plan/", programme_views.plan_audit, name="plan missing audit"),
    path("audits/<uuid:key>/room/", room_views.audit_room, name="audit room"),
    path("audits/<uuid:key>/checklist/", room_views.make_checklist, name="make checklist"),
    path("audits/<uuid:key>/question/", room_views.add_question, name="add question"),
    path("audits/<uuid:key>/meetings/", room_views.save_meetings, name="save meetings"),
    path("audits/<uuid:key>/report/", report_views.audit_report, name="audit report"),
    path("audits/<uuid:key>/report.pdf", report_views.report_pdf, name="audit report pdf"),
    path("audits/<uuid:key>/report.docx", report_views.report_word, name="audit report word"),
    path("audits/<uuid:key>/requests/", request_views.requests, name="audit requests"),
    path("audits/requests/<uuid:key>/remind/", request_views.remind, name="remind"),
    path("audits/<uuid:key>/samples/", sample_views.samples, name="audit samples"),
    path("audits/<uuid:key>/evidence/", viewer.audit_evidence, name="audit evidence"),
    path("audits/<uuid:key>/outside/", outside_views.auditors, name="outside auditors"),
    path("audits/outside/<uuid:key>/end/", outside_views.end_access, name="end access"),
    path("audits/outside/<uuid:key>/mail/", outside_views.mail_again, name="mail invitation"),
    path("audits/samples/<uuid:key>/list/", sample_views.sample_list, name="sample list"),
    path("audits/samples/<uuid:key>/verdicts/", judging_views.judge, name="judge sample"),
    path("audits/checks/<uuid:key>/", room_views.save_check, name="save check"),
    path("audits/checks/<uuid:key>/note/", room_views.save_note, name="save note"),
    path("audits/checks/<uuid:key>/seen/", room_views.note_seen, name="evidence seen"),
    path("audits/checks/<uuid:key>/finding/", room_views.draft_finding, name="draft finding"),
]
