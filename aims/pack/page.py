"""The pack as one HTML page: templates over plain values, in a single pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.pack.contents import Contents
from aims.pack.enclosing import Enclosed
from aims.records.models import Revision


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents."""

    level: str  # l1, l2
    number: str
    title: str
    anchor: str


def page(contents: Contents, enclosed: Enclosed) -> str:
    """The HTML of a pack."""
    context = {
        "pack": contents,
        "enclosed": enclosed,
        "entries": list(entries(contents)),
        "stats": stats(contents, enclosed),
        "files": [file_row(e.shown.ref, r, enclosed) for e in contents.exhibits for r in e.revisions],
    }
    return render_to_string("pack/pdf/pack.html", context)


def entries(contents: Contents) -> Iterator[Entry]:
    """The table of contents."""
    yield Entry("l1", "", _("At a glance"), "glance")
    for chapter in contents.chapters:
        yield Entry("l1", chapter.code, chapter.title, chapter.anchor)
        for place in chapter.places:
            yield Entry("l2", place.code, place.title, place.anchor)
        for register in chapter.registers:
            yield Entry("l2", "", register.title, register.anchor)
    yield Entry("l1", "", _("Calendar"), "calendar")
    if contents.decisions:
        yield Entry("l1", "", _("Decisions of AI systems"), "decisions")
    yield Entry("l1", "", _("Evidence"), "evidence")
    yield Entry("l1", "", _("Signatures"), "signatures")
    if contents.glossary:
        yield Entry("l1", "", _("Terms"), "terms")
    yield Entry("l1", "", _("About this document"), "about")


def stats(contents: Contents, enclosed: Enclosed) -> list[dict[str, Any]]:
    """The figures at the top."""
    tally, signatures = contents.tally, contents.signatures
    fallen = sum(1 for signature in signatures if not signature.stands)
    records = sum(
        len(register.table.rows) + register.table.more for c in contents.chapters for register in c.registers
    )
    return [
        {"value": f"{tally.ready} / {tally.total}", "label": _("lines ready")},
        {"value": records, "label": ngettext("record", "records", records)},
        {
            "value": len(enclosed.names),
            "label": ngettext("evidence file", "evidence files", len(enclosed.names)),
        },
        {
            "value": len(signatures),
            "label": _("signatures, %(number)d changed since") % {"number": fallen}
            if fallen
            else _("signatures"),
            "tone": "warn" if fallen else "",
        },
    ]


def file_row(ref: str, revision: Revision, enclosed: Enclosed) -> dict[str, Any]:
    """A file in the list of evidence."""
    return {
        "ref": ref,
        "revision": revision,
        "name": enclosed.names.get(revision.pk, revision.name),
        "digest": grouped(revision.sha256),
        "why_not": enclosed.kept_out.get(revision.pk, ""),
    }


def grouped(digest: str) -> SafeString:
    """A digest in groups of eight, for people who compare."""
    groups = [digest[at : at + 8] for at in range(0, len(digest), 8)]
    return format_html('<span class="mono">{}</span>', " ".join(groups))
