"""The app of context."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContextConfig(AppConfig):
    """Clause 4: the organisation, its AI systems, interested parties and scope."""

    name = "context"
    verbose_name = _("Context")
