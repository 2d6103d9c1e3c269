"""The app of rest interface."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The same registers over REST."""

    name = "aims.api"
    verbose_name = _("REST interface")
