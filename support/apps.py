"""The app of support."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    """Clause 7: resources, competence, awareness, communication and documents."""

    name = "support"
    verbose_name = _("Support")
