"""Evidence as rows of a card: on a workspace, on a record, and where evidence is chosen."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.pages.templatetags.marks import freshness_chip
from aims.records.access import may_add, visible
from aims.records.base import Record
from aims.records.coverage import is_damaged, latest_media
from aims.records.models import Answer, Evidence, Link
from aims.records.naming import heads
from aims.records.registry import register, register_of, registers

MB = 1024 * 1024
SHAPES = {
    "application/pdf": "file-text",
    "text/plain": "file-text",
    "application/zip": "file-archive",
}


def evidence_rows(member: Member, found: Iterable[tuple[Link, Evidence, str]]) -> list[dict[str, Any]]:
    """Rows of evidence with its freshness; a piece that answers several lines is one row with their codes."""
    rows: dict[Any, dict[str, Any]] = {}
    for link, evidence, code in found:
        row = rows.setdefault(evidence.pk, evidence_row(evidence, getattr(link, "media", None)))
        row["damaged"] = bool(getattr(link, "damaged", False))
        row["codes"].append(code)
        row["unlink"].append({"code": code, "url": reverse("unlink", args=[link.pk])})
    return list(rows.values())


def evidence_row(evidence: Evidence, media: str | None) -> dict[str, Any]:
    """One piece of evidence; `media` is the type of its newest file (coverage.latest_media)."""
    details = [evidence.ref]
    if evidence.effective_from:
        day = date_format(evidence.effective_from, pgettext("date format", "j M Y"))
        details.append(_("effective %(day)s") % {"day": day})
    if media is None:
        details.append(_("no file yet"))
    review = evidence.review_due and date_format(evidence.review_due, pgettext("date format", "j M Y"))
    return {
        "label": evidence.title,
        "url": reverse("record", args=["evidence", evidence.pk]),
        "icon": SHAPES.get(media or "", "file-image" if (media or "").startswith("image/") else "file"),
        "detail": " · ".join(details),
        "info": _("review %(day)s") % {"day": review} if review else "",
        "chip": freshness_chip(evidence.review_due),
        "damaged": False,
        "codes": [],
        "unlink": [],
        "describe": "" if evidence.shows else reverse("edit", args=["evidence", evidence.pk]),
    }


def links_of(member: Member, record: Record) -> list[tuple[Link, Evidence, str]]:
    """The evidence that speaks for a record, with the links."""
    seen = visible(member, Evidence).exclude(state="withdrawn")
    rows = Link.objects.filter(
        organisation_id=member.organisation_id, kind=register_of(record).path, record_id=record.pk
    ).filter(evidence__in=seen)
    rows = rows.select_related("evidence").annotate(
        media=latest_media("evidence_id"), damaged=is_damaged("evidence_id")
    )
    return [(row, row.evidence, "") for row in rows.order_by("evidence__title", "pk")]


def target_of(record: Record) -> str:
    """How a form names the record that evidence shall speak for."""
    return f"{register_of(record).path}:{record.pk}"


def drop_zone(member: Member, record: Record) -> dict[str, Any] | None:
    """Where a file for a record is dropped, or None when the member adds no evidence."""
    if not may_add(member, register_of(Evidence)):
        return None
    limit = settings.EVIDENCE_LIMIT // MB
    return {
        "to": target_of(record),
        "limit_mb": limit,
        "at_once": True,
        "hint": _("PDF, image, text, Office. Up to %(mb)d MB.") % {"mb": limit},
    }


def spoken_for(member: Member, evidence: Evidence) -> list[dict[str, Any]]:
    """The records that evidence speaks for, as far as the member sees them, in the order of the clauses; one statement
    for all kinds."""
    keys: dict[type[Record], list[Any]] = {}
    for kind, key in Link.objects.filter(evidence=evidence).values_list("kind", "record_id"):
        if known := register(kind):
            keys.setdefault(known.model, []).append(key)
    order = {known.model: number for number, known in enumerate(registers())}
    found = sorted(heads(member, keys), key=lambda row: (order[type(row)], row.pk))
    return [_spoken(row) for row in found]


def _spoken(record: Record) -> dict[str, Any]:
    if isinstance(record, Answer):
        record.code = record.ref  # the line that it answers is its number
    icon = register_of(record).icon
    return {"label": record.heading, "url": record_url(record), "icon": icon, "ref": record.ref}
