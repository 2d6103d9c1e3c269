"""Which files about an AI system are read, and what each becomes: cells of the system's register, and a version of it."""

import json
from typing import Any

from django.utils.translation import gettext as _

from aims.organisation.refused import Refused
from aims.records.exchange.documents import Document, More
from context.documents.found import Found
from context.documents.ml_bom import read_bom
from context.documents.model_cards import read_card
from context.documents.untrusted import Unreadable
from context.lifecycles import VERSIONS
from context.ml_types import Wrong

CARDS = (".md", ".markdown")
PRINTED = b"---"


def read_system(content: bytes, name: str) -> Document | None:
    """A model card or a bill of materials as a document; None for what is a table. Raises `Refused` with what is wrong."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:100]
    try:
        if start.startswith((b"{", b"[")):
            return document(read_bom(content))
        if start.startswith(b"<"):
            raise Unreadable(_("XML is not read. Save the bill of materials as JSON."))
        if start.startswith(PRINTED) or name.lower().endswith(CARDS):
            return document(read_card(content, name))
    except (Unreadable, Wrong) as error:
        raise Refused("invalid", str(error), {"file": [str(error)]}) from error
    return None


def document(found: Found) -> Document:
    """What a file says, as cells; with a version of the system where it tells of one."""
    cells = {**found.values, "ml": json.dumps(found.ml, ensure_ascii=False)}
    return Document(found.kind, cells, tuple(found.told), tuple(version(found)))


def version(found: Found) -> list[More]:
    """The version that the file is about: only where it has a name or results."""
    if not found.version and not found.results:
        return []
    label = found.version.get("label") or _("imported")
    title = f"{found.values['title'][: 200 - len(label) - 1]} {label}"
    values: dict[str, Any] = {"title": title, "label": label, "intended_use": found.values["purpose"]}
    return [More(VERSIONS, "system", "label", values, {"evaluations": found.results})]
