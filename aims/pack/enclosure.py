"""A file that travels inside a pack's PDF: what the worker and the typesetting process both know of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Enclosure:
    """A file that travels inside the PDF."""

    path: Path
    name: str
    description: str
    at: datetime  # UTC
    relationship: str = "Supplement"
