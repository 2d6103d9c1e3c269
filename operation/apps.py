"""The app of operation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationConfig(AppConfig):
    """Clause 8: operational control, and the decisions of AI systems."""

    name = "operation"
    verbose_name = _("Operation")
