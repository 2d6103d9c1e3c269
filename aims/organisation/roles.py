"""The roles of people, and the three roles of the database with the way to become one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

APP, OWNER, SYSTEM = "aims_app", "aims_owner", "aims_system"


class Role(models.TextChoices):
    """What a member does in an organisation."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICER = "compliance_officer", _("Compliance officer")
    CONTRIBUTOR = "contributor", _("Contributor")
    AUDITOR = "auditor", _("Auditor")
    EXECUTIVE = "executive", _("Executive")
    READER = "reader", _("Reader")
    API_CLIENT = "api_client", _("API client")


WRITERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.API_CLIENT})
STAFF = WRITERS | {Role.CONTRIBUTOR, Role.EXECUTIVE}


@contextmanager
def become(role: str) -> Iterator[None]:
    """Use the connection as another role of the database: `owner` (migrations) or `system` (all organisations).

    Only named commands do so. The name of the database is kept, so that tests stay in theirs.
    """
    address = conninfo_to_dict(settings.ROLE_ADDRESSES.get(role) or "")
    if not address.get("user"):
        raise ImproperlyConfigured(
            f"DATABASE_{role.upper()}_URL is not set: this command needs that database role."
        )
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(USER=address["user"], PASSWORD=address.get("password") or "")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
