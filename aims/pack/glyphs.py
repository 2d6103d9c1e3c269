"""Characters that the document can draw: one missing glyph breaks PDF/A, so what no font has is shown as a box.

Latin, Greek, Cyrillic and signs are in the bundled fonts, which look the same everywhere; other scripts (Chinese, Arabic,
Hebrew, …) come from the fonts of the machine where it has them. WeasyPrint finds and embeds those by itself.
"""

import subprocess
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
TEXT_FONTS = ("inter-variable.woff2", "inter-variable-italic.woff2")
SUBSTITUTE = "□"
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LISTING = 20  # seconds: a machine with many fonts and no cache of them reads each
OUTLINES, COLOURED = ":outline=true:color=false", ":color=true"


@lru_cache
def covered() -> frozenset[int]:
    """The code points that the fonts of running text have, upright and slanted."""
    upright, slanted = (frozenset(TTFont(FONTS / name, lazy=True).getBestCmap()) for name in TEXT_FONTS)
    return upright & slanted


@lru_cache
def installed() -> frozenset[int]:
    """The code points that fonts of this machine have as outlines. Pictures in colour are no glyphs for an archive: what
    a coloured font has as well would be taken from there, and is left out."""
    return listed(OUTLINES) - listed(COLOURED)


def listed(pattern: str) -> frozenset[int]:
    """The code points of the fonts that fontconfig finds for a pattern; none where it is not there to ask."""
    command = ["fc-list", pattern, "--format", "%{charset}\n"]  # noqa: S607 - comes with Pango, where PATH says
    try:
        done = subprocess.run(command, capture_output=True, timeout=LISTING, check=False)  # noqa: S603 - our words
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return code_points(done.stdout.decode("ascii", "ignore"))


def code_points(charsets: str) -> frozenset[int]:
    """The code points in fontconfig's words: "20-7e a0 3b1-3c9", in hexadecimal, a font on each line."""
    spans = (span.partition("-") for span in set(charsets.split()))
    return frozenset(
        point for first, _dash, last in spans for point in range(int(first, 16), int(last or first, 16) + 1)
    )


def drawable(text: str) -> str:
    """The text with characters that some font has: composed, controls and direction marks left out, □ for the rest.

    A variation selector or joiner belongs to the character before it and goes with it.
    """
    composed = unicodedata.normalize("NFC", text)
    return composed.translate(_table(set(composed)))


def _table(characters: Iterable[str]) -> dict[int, str]:
    """What becomes of the characters of a text that cannot stay. The machine is asked only for what we do not bring."""
    rare = [c for c in characters if c not in "\n\t" and (ord(c) not in covered() or _invisible(c))]
    return {
        ord(c): "" if _invisible(c) else SUBSTITUTE
        for c in rare
        if _invisible(c) or ord(c) not in installed()
    }


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in INVISIBLE or 0xFE00 <= ord(character) <= 0xFE0F
