"""Primary keys: UUID version 7, made here because PostgreSQL has a maker of its own only from 18 on."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    random = int.from_bytes(os.urandom(10))
    milliseconds = time.time_ns() // 1_000_000
    value = (
        milliseconds << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    )
    return uuid.UUID(int=value)
