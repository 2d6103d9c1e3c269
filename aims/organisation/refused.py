"""The one exception of AIMS for what a person may not do or has filled in wrongly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# code → HTTP status; the pages show the message beside the field, the API answers problem+json
STATUS = {
    "unauthenticated": 401,
    "forbidden": 403,
    "proof_needed": 403,
    "not_found": 404,
    "conflict": 409,
    "transition": 409,
    "four_eyes": 409,
    "locked": 409,
    "stale": 412,
    "too_large": 413,
    "unsupported": 415,
    "invalid": 422,
    "version_needed": 428,
    "too_many": 429,
}


@dataclass
class Refused(Exception):
    """A change or a look that is refused.

    `code` is one of STATUS; `message` says what to do, in the person's language; `fields` maps a field's name to its
    messages; `details` carries what the caller may show (for `stale`: the other person's changes and the version).
    """

    code: str
    message: str
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.code, str(self.message))

    @property
    def status(self) -> int:
        """The HTTP status of this refusal."""
        return STATUS[self.code]

    def __str__(self) -> str:
        return str(self.message)
