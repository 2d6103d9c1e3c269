"""The pack as one HTML page: templates over plain values, in a single pass."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.pack.contents import Chapter, Contents
from aims.pack.enclosing import ARCHIVE, Enclosed
from aims.records.models import Revision


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents."""

    level: str  # l1, l2
    number: str
    title: str
    anchor: str
    where: str = ""  # volume or page, when it is in another document


@dataclass(frozen=True)
class Volume:
    """A chapter as a document of its own, and on which pages its places are."""

    number: int
    chapter: Chapter
    where: Mapping[str, int]

    @property
    def name(self) -> str:
        """What it is called."""
        return _("Volume %(number)d") % {"number": self.number}


def page(contents: Contents, enclosed: Enclosed, volumes: Sequence[Volume] = ()) -> str:
    """The HTML of a pack; where its chapters are `volumes`, of the first of them, which has all else and all contents."""
    context = {
        "pack": contents,
        "enclosed": enclosed,
        "front": True,
        "chapters": () if volumes else contents.chapters,
        "entries": placed(entries(contents), volumes) if volumes else list(entries(contents)),
        "guide": [(post, found(post.anchor, volumes)) for post in contents.guide],
        "stats": stats(contents, enclosed),
        "files": [file_row(e.shown.ref, r, enclosed) for e in contents.exhibits for r in e.revisions],
        "volume": volume_words(1, len(volumes) + 1) if volumes else "",
    }
    return render_to_string("pack/pdf/pack.html", context)


def volume_page(contents: Contents, number: int, chapter: Chapter) -> str:
    """The HTML of one chapter as a volume."""
    context = {
        "pack": contents,
        "chapters": [chapter],
        "entries": list(chapter_entries(chapter)),
        "volume": volume_words(number, len(contents.chapters) + 1),
    }
    return render_to_string("pack/pdf/pack.html", context)


def volume_words(number: int, total: int) -> str:
    """Which volume it is."""
    return _("Volume %(number)d of %(total)d") % {"number": number, "total": total}


def placed(entries: Iterable[Entry], volumes: Sequence[Volume]) -> list[Entry]:
    """The contents of all volumes: chapters by their volume, what is in them by its page there."""
    return [replace(entry, where=found(entry.anchor, volumes, entry.level == "l1")) for entry in entries]


def found(anchor: str, volumes: Sequence[Volume], whole: bool = False) -> str:
    """Where a place is: volume and page, of a chapter the volume alone; empty where it is in this document."""
    for volume in volumes:
        if whole and anchor == volume.chapter.anchor:
            return volume.name
        if anchor in volume.where:
            return _("%(volume)d, page %(page)d") % {"volume": volume.number, "page": volume.where[anchor]}
    return ""


def entries(contents: Contents) -> Iterator[Entry]:
    """The table of contents."""
    yield Entry("l1", "", _("At a glance"), "glance")
    for chapter in contents.chapters:
        yield from chapter_entries(chapter)
    for summary in contents.summaries:
        yield Entry("l1", "", summary.title, summary.anchor)
    yield Entry("l1", "", _("Calendar"), "calendar")
    if contents.decisions:
        yield Entry("l1", "", _("Decisions of AI systems"), "decisions")
    yield Entry("l1", "", _("Evidence"), "evidence")
    yield Entry("l1", "", _("Signatures"), "signatures")
    if contents.glossary:
        yield Entry("l1", "", _("Terms"), "terms")
    yield Entry("l1", "", _("About this document"), "about")


def chapter_entries(chapter: Chapter) -> Iterator[Entry]:
    """A chapter in the table of contents."""
    yield Entry("l1", chapter.code, chapter.title, chapter.anchor)
    for place in chapter.places:
        yield Entry("l2", place.code, place.title, place.anchor)
    for register in chapter.registers:
        yield Entry("l2", "", register.title, register.anchor)


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
        "beside": ARCHIVE if enclosed.beside and revision.pk in enclosed.names else "",
    }


def grouped(digest: str) -> SafeString:
    """A digest in groups of eight, for people who compare."""
    groups = [digest[at : at + 8] for at in range(0, len(digest), 8)]
    return format_html('<span class="mono">{}</span>', " ".join(groups))
