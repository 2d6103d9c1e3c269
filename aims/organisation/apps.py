"""The app of organisations and people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from aims.organisation import sql


class OrganisationConfig(AppConfig):
    """Organisations, people and roles."""

    name = "aims.organisation"
    label = "organisation"
    verbose_name = _("Organisation")
    functions = sql.FUNCTIONS  # made by aims.journal.walls after each migration
