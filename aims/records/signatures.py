"""Signatures: over the exact content of a record and its parts, after a second proof of identity.

The digest is SHA-256 of the RFC 8785 form of the content. What was shown is what is signed: the signing page carries the
digest that it showed, and under the lock the content must still give it.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import rfc8785
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.records.base import Record
from aims.records.changes import move
from aims.records.lifecycle import Transition
from aims.records.models import Signature
from aims.records.registry import register_of
from aims.records.represent import content

TRIES, WINDOW = 5, 900  # wrong proofs before a pause, and the pause in seconds


def canonical(record: Record) -> str:
    """The signed content of a record as RFC 8785 text; decimals are strings in it already."""
    return rfc8785.dumps(content(record, register_of(record))).decode()


def digest_of(text: str) -> str:
    """The digest that a signature holds."""
    return hashlib.sha256(text.encode()).hexdigest()


def prove(member: Member, password: str, code: str = "") -> str:
    """The second proof of identity: the password again, and the one-time code where one is set up. Says what it was.

    After `proof_needed` the caller counts it with `count_wrong`, outside the transaction that the refusal undoes.
    """
    if cache.get(wrong_key(member), 0) >= TRIES:
        raise Refused("too_many", _("Too many wrong proofs. Wait 15 minutes."))
    person = Person.objects.get(pk=member.person_id)
    authenticator = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    good = person.check_password(password) and (
        authenticator is None or TOTP(authenticator).validate_code(code)
    )
    if not good:
        message = _(
            "That is not right. Give your password, and the code of your authenticator if you have one."
        )
        raise Refused("proof_needed", message, {"password": [message]})
    # kept in English, the same for whoever reads it; pages and packs show it in their language
    return gettext_noop("password and one-time code") if authenticator else gettext_noop("password")


def wrong_key(member: Member) -> str:
    """Under which key wrong proofs are counted."""
    return f"proof:{member.person_id}"


def count_wrong(member: Member) -> None:
    """Count a wrong proof."""
    cache.set(wrong_key(member), cache.get(wrong_key(member), 0) + 1, WINDOW)


def sign(
    member: Member, record: Record, step: str, version: int, shown: str, proof: str, note: str = ""
) -> Record:
    """Take a signing step. `shown` is the digest of what the person saw; `proof` says how they proved who they are."""
    return move(member, record, step, version, note, before=_signing(shown, proof))


def _signing(shown: str, proof: str) -> Callable[[Member, Record, Transition], None]:
    def keep(member: Member, record: Record, transition: Transition) -> None:
        text = canonical(record)
        if not hmac.compare_digest(digest_of(text), shown):
            raise Refused(
                "stale", _("The content is no longer what you were shown. Read it again, then sign.")
            )
        values = signed(member, record, transition, text, proof)
        once = ("organisation_id", "signer_id", "record_id", "digest", "transition")
        # who takes the step again on the same content has signed it already: that signature stands
        Signature.objects.get_or_create(**{name: values[name] for name in once}, defaults=values)

    return keep


def signed(member: Member, record: Record, transition: Transition, text: str, proof: str) -> dict[str, Any]:
    """The fields of a signature."""
    return {
        "organisation_id": member.organisation_id,
        "kind": register_of(record).path,
        "record_id": record.pk,
        "version": record.version,
        "transition": transition.code,
        "meaning": str(transition.meaning),
        "signer_id": member.id,
        "name": f"{member.name}, {member.title}".strip(", "),
        "proof": proof,
        "digest": digest_of(text),
        "content": text,
    }


def standing(record: Record) -> list[tuple[Signature, bool]]:
    """The signatures of a record, newest first, each with whether it still covers the content as it is now."""
    rows = Signature.objects.filter(organisation_id=record.organisation_id, record_id=record.pk)
    now = digest_of(canonical(record)) if rows else ""
    return [(row, row.digest == now) for row in rows]
