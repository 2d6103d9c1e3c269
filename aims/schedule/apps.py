"""The app of schedule."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScheduleConfig(AppConfig):
    """Obligations, what falls due from them, and people's tasks."""

    name = "aims.schedule"
    verbose_name = _("Schedule")
