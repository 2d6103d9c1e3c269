"""Signatures: over the exact content of a record and its parts, after a second proof of identity.

The digest is SHA-256 of the RFC 8785 form of the content. What was shown is what is signed: the signing page carries the
digest that it showed, and under the lock the content must still give it.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

import rfc8785
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import delegated
from aims.records.base import Record
from aims.records.changes import move
from aims.records.lifecycle import Transition
from aims.records.models import Signature
from aims.records.registry import register_of
from aims.records.represent import content

R = TypeVar("R", bound=Record)


def canonical(record: Record) -> str:
    """The signed content of a record as RFC 8785 text; decimals are strings in it already."""
    return rfc8785.dumps(content(record, register_of(record))).decode()


def digest_of(text: str) -> str:
    """The digest that a signature holds."""
    return hashlib.sha256(text.encode()).hexdigest()


def sign(member: Member, record: R, step: str, version: int, shown: str, proof: str, note: str = "") -> R:
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
    """The fields of a signature. Who signs in another's place signs in their own name, and names the other."""
    given = delegated(member, record, transition)
    return {
        "organisation_id": member.organisation_id,
        "kind": register_of(record).path,
        "record_id": record.pk,
        "version": record.version,
        "transition": transition.code,
        "meaning": str(transition.meaning),
        "signer_id": member.id,
        "name": printed(member.name, member.title),
        "on_behalf_of": printed(given.giver.name, given.giver.title) if given else "",
        "proof": proof,
        "digest": digest_of(text),
        "content": text,
    }


def printed(name: str, title: str) -> str:
    """A name as it is printed beside a signature (21 CFR 11.50 (a)(1))."""
    return f"{name}, {title}".strip(", ")


def standing(record: Record) -> list[tuple[Signature, bool]]:
    """The signatures of a record, newest first, each with whether it still covers the content as it is now."""
    rows = Signature.objects.filter(organisation_id=record.organisation_id, record_id=record.pk)
    now = digest_of(canonical(record)) if rows else ""
    return [(row, row.digest == now) for row in rows]
