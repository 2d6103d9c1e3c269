"""Pages of clause 5 that are truly different."""

from django.urls import URLPattern, URLResolver, path

from leadership import policy_views, role_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("policy/", policy_views.current, name="policy"),
    path("policy/template/", policy_views.template, name="policy template"),
    path("policy/<uuid:key>/", policy_views.page, name="policy document"),
    path("policy/<uuid:key>/policy.pdf", policy_views.paper, name="policy pdf"),
    path("policy/<uuid:key>/compare/", policy_views.compare, name="policy compare"),
    path("policy/<uuid:key>/read/", policy_views.say_read, name="policy read"),
    path("roles/matrix/", role_views.matrix, name="role matrix"),
    path("commitment/", role_views.commitments, name="commitments"),
]
