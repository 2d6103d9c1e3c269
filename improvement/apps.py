"""The app of improvement."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImprovementConfig(AppConfig):
    """Clause 10: nonconformities, corrective action and improvement."""

    name = "improvement"
    verbose_name = _("Improvement")
