"""Addresses of the AI Act's pages and of the comparison with other frameworks."""

from django.urls import URLPattern, path

from planning import act_form_views, act_views, crosswalk_views

act_urlpatterns: list[URLPattern] = [
    path("law/", act_views.law, name="act law"),
    path("law/rules/", act_views.rules, name="act rules"),
    path("law/rules/reviews/", act_views.ask_reviews, name="ask act reviews"),
    path("law/rules/<uuid:key>/again/", act_views.answer_again, name="answer act again"),
    path("ai-systems/<uuid:key>/law/", act_views.system_law, name="system law"),
    path("ai-systems/<uuid:key>/law/draft/", act_form_views.form_page, name="act form"),
    path("ai-systems/<uuid:key>/law/draft.pdf", act_form_views.form_pdf, name="act form pdf"),
    path("ai-systems/<uuid:key>/law/draft.docx", act_form_views.form_word, name="act form word"),
    path("crosswalks/", crosswalk_views.crosswalks, name="crosswalks"),
    path("crosswalks/iso-13485/", crosswalk_views.compare, name="compare standard"),
    path("crosswalks/iso-13485/<str:code>/", crosswalk_views.keep, name="keep comparison"),
]
