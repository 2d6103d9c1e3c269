"""What a person holds in a test: an authenticator app, and a passkey made of a key and a counter."""

import hashlib
import json
import os
import struct
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

from aims.organisation.member import Member
from aims.organisation.models import Person

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def codes_for(member: Member) -> str:
    """Set up an authenticator app for a member, and answer its secret."""
    TOTP.activate(Person.objects.get(pk=member.person_id), SECRET)
    return SECRET


def code_now(secret: str = SECRET) -> str:
    """The code that the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


class Passkey:
    """A passkey in software. `knows_holder` says whether it asks who holds it (finger, PIN)."""

    def __init__(self, member: Member, site: str = "testserver", knows_holder: bool = True) -> None:
        self.site, self.knows_holder = site, knows_holder
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        made = self._credential("webauthn.create", "AAAA", self._attestation())
        person = Person.objects.get(pk=member.person_id)
        Authenticator.objects.create(
            user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": made}
        )

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.knows_holder else 0) | more
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, 1)

    def _attestation(self) -> dict[str, str]:
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor.encode(dict(public))
        body = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        return {"attestationObject": websafe_encode(cbor.encode(body))}

    def _credential(self, kind: str, challenge: str, response: dict[str, str]) -> dict[str, Any]:
        said = json.dumps({"type": kind, "challenge": challenge, "origin": f"https://{self.site}"}).encode()
        key = websafe_encode(self.id)
        return {
            "id": key,
            "rawId": key,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {"clientDataJSON": websafe_encode(said), **response},
        }

    def answer(self, challenge: str) -> dict[str, Any]:
        """What the browser sends for a challenge."""
        answer = self._credential("webauthn.get", challenge, {})
        said = hashlib.sha256(websafe_decode(answer["response"]["clientDataJSON"])).digest()
        data = self._data()
        signature = self.key.sign(data + said, ec.ECDSA(SHA256()))
        answer["response"] |= {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
        }
        return answer
