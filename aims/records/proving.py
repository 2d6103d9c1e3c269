"""The second proof of identity at a signature: password and one-time code, or a passkey (21 CFR 11.200 (a)(1)).

Two components each time, whatever the session: nobody signs on a screen that somebody else left open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.organisation.refused import Refused

TRIES, WINDOW = 5, 900  # wrong proofs before a pause, and the pause in seconds
UNREADABLE = (
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)  # what fido2 raises for what is no answer at all


@dataclass(frozen=True)
class Factors:
    """What somebody has to prove who they are. Who comes by single sign-on has no password here."""

    password: bool
    codes: bool
    passkeys: bool

    @property
    def second(self) -> bool:
        """Whether there is a second factor: without one nobody signs."""
        return self.codes or self.passkeys


def factors(member: Member) -> Factors:
    """What a member has set up."""
    person = Person.objects.get(pk=member.person_id)
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return Factors(
        person.has_usable_password(), Authenticator.Type.TOTP in kinds, Authenticator.Type.WEBAUTHN in kinds
    )


def ask_passkey(member: Member) -> dict[str, Any]:
    """What the browser gives to a passkey. The challenge is kept in the session, and good for one answer."""
    asked: dict[str, Any] = webauthn.begin_authentication(Person.objects.get(pk=member.person_id))
    return asked


def prove(
    member: Member, password: str = "", code: str = "", passkey: Mapping[str, Any] | None = None
) -> str:
    """Check the second proof of identity and say what it was, in English; pages and packs show it in their language.

    After `proof_needed` the caller counts it with `count_wrong`, outside the transaction that the refusal undoes.
    """
    if cache.get(wrong_key(member), 0) >= TRIES:
        raise Refused("too_many", _("Too many wrong proofs. Wait 15 minutes."))
    person, has = Person.objects.get(pk=member.person_id), factors(member)
    if not has.second:
        raise _wrong(
            "password", _("Set up a passkey or codes from your phone first: a signature needs both proofs.")
        )
    if passkey:
        return _by_passkey(person, password, dict(passkey))
    row = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    known = person.check_password(password) if has.password else True
    # the code is spent only when the password is right: a guess of the one does not use up the other
    if row is None or not known or not TOTP(row).validate_code(code):
        raise _wrong(
            "password", _("That is not right. Give your password and the code that your phone shows now.")
        )
    if not has.password:
        return gettext_noop("single sign-on and one-time code")
    return gettext_noop("password and one-time code")


def _by_passkey(person: Person, password: str, answer: dict[str, Any]) -> str:
    """A passkey that knows its holder (finger, face, PIN) is both proofs; a mere key is one, beside the password."""
    try:
        parsed = webauthn.parse_authentication_response(answer)
        webauthn.complete_authentication(person, answer)
    except (ValidationError, *UNREADABLE) as error:
        raise _wrong("passkey", _("The passkey was not accepted. Try again.")) from error
    if parsed.response.authenticator_data.is_user_verified():
        return gettext_noop("passkey")
    if not person.check_password(password):
        raise _wrong("password", _("This key does not ask who holds it: give your password as well."))
    return gettext_noop("password and security key")


def _wrong(field: str, message: str) -> Refused:
    return Refused("proof_needed", message, {field: [message]})


def wrong_key(member: Member) -> str:
    """Under which key wrong proofs are counted."""
    return f"proof:{member.person_id}"


def count_wrong(member: Member) -> None:
    """Count a wrong proof."""
    cache.set(wrong_key(member), cache.get(wrong_key(member), 0) + 1, WINDOW)
