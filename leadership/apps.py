"""The app of leadership."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadershipConfig(AppConfig):
    """Clause 5: AI policy, roles and commitment of top management."""

    name = "leadership"
    verbose_name = _("Leadership")
