"""The one door through which mail leaves. Each mail says of which sort it is, and only two sorts come at any hour.

An escalation and a signature are mailed at once; everything else waits for the day's digest, for the invitation of who
wants no digest, or was asked for by a person a moment ago (a link to sign in, a notice that a password changed).
"""

from django.core.mail import EmailMessage
from django.db import models
from django.utils.translation import gettext_lazy as _

HEADER = "X-AIMS-Mail"


class Sort(models.TextChoices):
    """What a mail is."""

    ESCALATION = "escalation", _("escalation")
    SIGN_OFF = "sign_off", _("signature")
    DIGEST = "digest", _("digest")
    INVITATION = "invitation", _("invitation")
    ASKED = "asked", _("asked for")


AT_ONCE = frozenset({Sort.ESCALATION, Sort.SIGN_OFF})


def headers_of(sort: Sort) -> dict[str, str]:
    """What the headers of a mail say: its sort, and that no person wrote it, so that no absence note answers (RFC 3834)."""
    return {HEADER: sort.value, "Auto-Submitted": "auto-generated"}


def send(message: EmailMessage, sort: Sort) -> None:
    """Send a mail. OSError (every SMTPException is one) when the server does not take it."""
    message.extra_headers.update(headers_of(sort))
    message.send()
