"""The app of planning."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from planning import sql


class PlanningConfig(AppConfig):
    """Clause 6: risks, impact, the Statement of Applicability, objectives and changes."""

    name = "planning"
    verbose_name = _("Planning")
    functions = sql.FUNCTIONS  # made by aims.journal.walls after each migration
