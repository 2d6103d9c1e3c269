"""Ending the daily digest from the mail itself: a signed address, without signing in (RFC 8058)."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from aims.organisation.models import Person

SIGNER = signing.Signer(salt="aims.digest")


def stop_url(person: Person) -> str:
    """The address that ends a person's digests. It opens nothing else, and does not expire: mails are kept."""
    return str(settings.SITE_ADDRESS).rstrip("/") + reverse(
        "stop digests", args=[SIGNER.sign(str(person.pk))]
    )


def person_of(token: str) -> Person | None:
    """Whose digests an address ends; None for one that we did not sign."""
    try:
        key = SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    return Person.objects.filter(pk=key).first()


def stop(person: Person) -> None:
    """No more digests; what cannot wait is still mailed. The profile turns them on again."""
    Person.objects.filter(pk=person.pk).update(digest=False)
