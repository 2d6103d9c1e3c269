"""The app of the demo."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """The demo organisation and the command that loads it."""

    name = "aims.demo"
    verbose_name = _("Demo")
