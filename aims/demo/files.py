"""Small real files for the demo's evidence, made in code: text, tables, a picture of bars, a PDF of one page."""

import csv
import io
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 640, 320
PAPER, INK, LINE = (255, 255, 255), (47, 93, 166), (200, 205, 214)


def content(about: Mapping[str, Any]) -> bytes:
    """The bytes of a file from its description: `text`, `table`, `bars` or `page`."""
    for kind, make in MAKERS.items():
        if kind in about:
            return make(about[kind])
    raise LookupError(f"nothing says what is in {about.get('name')}")


def text(words: str) -> bytes:
    """Plain text or Markdown."""
    return words.strip().encode() + b"\n"


def table(rows: Sequence[Sequence[Any]]) -> bytes:
    """Comma-separated values."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def bars(values: Sequence[float]) -> bytes:
    """A PNG with one bar for each value."""
    pixels = [bytearray(PAPER * WIDTH) for _row in range(HEIGHT)]
    step, top = WIDTH // len(values), max(values)
    for place, value in enumerate(values):
        tall = int((HEIGHT - 40) * value / top)
        left = place * step + step // 5
        for y in range(HEIGHT - 20 - tall, HEIGHT - 20):
            pixels[y][left * 3 : (left + step * 3 // 5) * 3] = bytes(INK * (step * 3 // 5))
    pixels[HEIGHT - 20] = bytearray(LINE * WIDTH)
    raw = b"".join(b"\x00" + bytes(row) for row in pixels)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one A4 page in Helvetica, its first line large."""
    words = [
        "BT",
        "/F1 16 Tf",
        "56 780 Td",
        *(_shown(line, first=not at) for at, line in enumerate(lines)),
        "ET",
    ]
    stream = "\n".join(words).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _pdf(objects)


def _shown(line: str, first: bool) -> str:
    safe = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({safe}) Tj 0 -26 Td /F1 10 Tf" if first else f"({safe}) Tj 0 -15 Td"


def _pdf(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


MAKERS: dict[str, Callable[[Any], bytes]] = {"text": text, "table": table, "bars": bars, "page": page}
