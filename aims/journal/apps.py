"""The app of the journal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    """Capture, history and row security."""

    name = "aims.journal"
    label = "journal"
    verbose_name = _("Journal")
