"""The app of evidence pack."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PackConfig(AppConfig):
    """The evidence pack: everything, read through the registry, as one PDF."""

    name = "aims.pack"
    verbose_name = _("Evidence pack")
