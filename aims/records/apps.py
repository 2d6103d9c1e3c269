"""The app of records."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from aims.records import sql


class RecordsConfig(AppConfig):
    """Records and what goes with them."""

    name = "aims.records"
    label = "records"
    verbose_name = _("Records")
    functions = sql.FUNCTIONS  # made by aims.journal.walls after each migration
