"""How people get in: by invitation only, so the public sign-up of allauth is closed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest

from aims.organisation.mailing import Sort, headers_of


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's adapter without public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """What allauth mails follows on what the person just did: a link that they asked for, or a notice about it."""
        more = {**(headers or {}), **headers_of(Sort.ASKED)}
        made: EmailMessage = super().render_mail(template_prefix, email, context, more)
        return made
