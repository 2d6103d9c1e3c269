"""Characters that the bundled fonts can draw: one missing glyph breaks PDF/A, so what they lack is shown as a box."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
TEXT_FONT = "inter-variable.woff2"  # Latin, Greek, Cyrillic, arrows and signs, in all weights
SUBSTITUTE = "□"
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@lru_cache
def covered() -> frozenset[int]:
    """The code points that the font of running text has."""
    return frozenset(TTFont(FONTS / TEXT_FONT, lazy=True).getBestCmap())


def drawable(text: str) -> str:
    """The text with characters that the fonts have: composed, controls and direction marks left out, □ for the rest.

    A variation selector or joiner belongs to the character before it and goes with it.
    """
    composed = unicodedata.normalize("NFC", text)
    return composed.translate(_table(set(composed)))


def _table(characters: Iterable[str]) -> dict[int, str]:
    """What becomes of the characters of a text that cannot stay."""
    known = covered()
    missing = (c for c in characters if c not in "\n\t" and (ord(c) not in known or _invisible(c)))
    return {ord(c): "" if _invisible(c) else SUBSTITUTE for c in missing}


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in INVISIBLE or 0xFE00 <= ord(character) <= 0xFE0F
