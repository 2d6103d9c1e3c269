"""Documents to keep: a PDF of a page of HTML and a Word document, each made by a process of its own.

What makes them (WeasyPrint, python-docx) is heavy: a web worker that loads it holds it for all its life. So nothing here
imports it. The process has no settings, secrets, database or network, and little memory and time.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aims.organisation.refused import Refused
from aims.pages.templatetags.marks import inlined_icons

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60  # until a person has waited too long; the process itself may use as much of a processor
PDF, ZIP = b"%PDF", b"PK"  # how the files begin
logger = logging.getLogger(__name__)


class TooLong(Exception):
    """The document could not be set within the time and memory that it may take."""


def printed(template: str, context: Mapping[str, Any], name: str, too_long: str) -> HttpResponse:
    """A template in the reader's language as a PDF to keep. Refused with `too_long` when it is too long to be set."""
    with inlined_icons():
        html = render_to_string(template, {"language": get_language(), **context})
    try:
        return kept(pdf(html), "application/pdf", name, "pdf")
    except TooLong as error:
        raise Refused("conflict", too_long) from error


def kept(content: bytes, kind: str, name: str, ending: str) -> HttpResponse:
    """A file to keep, of a media type, under a name."""
    headers = {
        "Content-Disposition": f'attachment; filename="{slugify(name)[:80] or "aims"}.{ending}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=kind, headers=headers)


def pdf(html: str) -> bytes:
    """The PDF of a page of HTML. Raises TooLong when it takes more time or memory than a document may, and Refused when
    it cannot be set."""
    return apart("aims.pages.typesetter", html.encode(errors="replace"), PDF)


def word(document: Mapping[str, Any]) -> bytes:
    """A Word document as `aims.pages.wordsetter` describes it. Raises as `pdf` does."""
    return apart("aims.pages.wordsetter", DjangoJSONEncoder().encode(document).encode(), ZIP)


def apart(program: str, given: bytes, begins: bytes) -> bytes:
    """What a program makes of its input, in a process of its own."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", program]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, cwd=ROOT, env=environment, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise TooLong from error
    except OSError as error:  # no memory or no room for one more process
        raise broken(program, str(error)) from error
    if done.returncode < 0 or b"MemoryError" in done.stderr:  # ended by a limit
        raise TooLong(program)
    if done.returncode or not done.stdout.startswith(begins):
        raise broken(program, done.stderr.decode(errors="replace"))
    return done.stdout


def broken(program: str, said: str) -> Refused:
    """The refusal of a document that cannot be made; the log has the last words of the program."""
    logger.error("%s made no document: %s", program, said.strip()[-300:])
    return Refused(
        "conflict",
        _(
            "The document could not be made. Try again. If it fails again, ask the person who runs AIMS for you to read"
            " the log."
        ),
    )
