"""The app of performance evaluation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    """Clause 9: monitoring, internal audit and management review."""

    name = "evaluation"
    verbose_name = _("Performance evaluation")
