"""The app of pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """One set of pages for every register."""

    name = "aims.pages"
    verbose_name = _("Pages")
