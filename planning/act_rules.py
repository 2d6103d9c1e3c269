"""The versions of the AI Act's rules: what is classified now goes by the newest, what was decided goes by its own.

Each version is a file of the catalogue that is never changed once it was used; a sheet keeps which one it was answered
under, so that an old decision can be walked again exactly as it was made.
"""

from collections.abc import Mapping

from aims.catalogue import AIAct, edition
from planning.ai_act import version


def versions() -> Mapping[str, AIAct]:
    """All versions by name (the day of their text), the oldest first."""
    return edition().ai_acts


def current() -> AIAct:
    """The newest version."""
    known = versions()
    return known[max(known)]


def rules_of(kept: str) -> AIAct:
    """The version under which a sheet was answered, by what it keeps; the newest where it keeps none that is known."""
    return next((act for act in versions().values() if version(act) == kept), current())


def outdated(kept: str) -> bool:
    """Whether a newer version has come since."""
    return bool(kept) and kept != version(current())
