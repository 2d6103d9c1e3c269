"""The way in for who has no password yet: a link, good once and for some days, under which one is chosen."""

from urllib.parse import quote

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from aims.organisation.models import Person


def first_sign_in(person: Person) -> str:
    """The path under which a person chooses a password; it ends with its use, or after PASSWORD_RESET_TIMEOUT."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return path.replace("UID-KEY", quote(f"{user_pk_to_url_str(person)}-{token}"))
