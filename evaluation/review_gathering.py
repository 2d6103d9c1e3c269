"""The inputs of a management review: gathered from all clauses with their trend, frozen when it is held (9.3.2)."""

import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal

import rfc8785
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.changes import write_parts
from aims.records.registry import workspaces
from evaluation.models import ManagementReview, ReviewInput

PREFIX = "9.3.2-"  # the inputs that clause 9.3.2 wants; others are recommended ones
NUMBER = re.compile(r"\s*(-?\d[\d  ]*(?:[.,]\d+)?)(?:\s*/\s*(\d+))?")


@dataclass
class Gathered:
    """One input as the clauses give it."""

    code: str
    title: str
    figure: str = ""
    text: str = ""
    place: str = ""


def gathered(member: Member) -> list[Gathered]:
    """Every input that 9.3.2 wants, then the recommended ones that clauses offer; empty where no clause knows."""
    offered: dict[str, list[Gathered]] = {}
    for workspace in workspaces():
        for item in workspace.review_inputs:
            figure, text = item.gather(member)
            row = Gathered(item.code, str(item.title), figure, text, str(item.url))
            offered.setdefault(item.code, []).append(row)
    wanted = [code for code in edition().requirements if code.startswith(PREFIX)]
    rows = [row for code in wanted for row in offered.pop(code, [Gathered(code, title_of(code))])]
    return rows + [row for extra in offered.values() for row in extra]


def title_of(code: str) -> str:
    """A name for an input that no clause offers: the requirement's own text, in our words."""
    return edition().requirements[code].text[:200]


def gather(member: Member, review: ManagementReview) -> None:
    """Fill the inputs from the records. What people have written stays; all else is brought up to date."""
    present, found = list(review.inputs.all()), gathered(member)
    rows = [_row(item, _take(present, item)) for item in found]
    rows += [{"id": str(row.pk), **{n: getattr(row, n) for n in ReviewInput.form}} for row in present]
    write_parts(member, review, ReviewInput, rows)
    note_trends(member, review, found)


def _take(present: list[ReviewInput], item: Gathered) -> ReviewInput | None:
    """The row that stands for an input already, whatever the language in which it was gathered."""
    same = [row for row in present if row.code == item.code]
    found = next((row for row in same if row.title == item.title), same[0] if same else None)
    if found is not None:
        present.remove(found)
    return found


def _row(item: Gathered, row: ReviewInput | None) -> dict[str, str]:
    """What a row shall say: its own words where somebody wrote them, else those of the records."""
    written = row is not None and row.text not in ("", row.gathered)
    values = {"code": item.code, "title": item.title, "figure": item.figure}
    text = row.text if row is not None and written else item.text
    return {**values, "text": text, **({"id": str(row.pk)} if row else {})}


def note_trends(member: Member, review: ManagementReview, found: list[Gathered]) -> None:
    """Beside each figure: that of the last signed review, the way from it, and where its rows are."""
    by_key = {(item.code, item.title): item for item in found}  # rows have just been written from them
    before = figures_before(member, review)
    rows = list(review.inputs.all())
    for row in rows:
        item = by_key.get((row.code, row.title))
        row.gathered, row.place = (item.text, item.place) if item else ("", "")
        row.before = before.get(row.code, "")
        row.trend = way(row.before, row.figure)
    ReviewInput.objects.bulk_update(rows, ["gathered", "place", "before", "trend"])


def earlier(member: Member, review: ManagementReview) -> QuerySet[ManagementReview]:
    """The signed reviews that were held before this one."""
    rows = visible(member, ManagementReview).filter(state="signed").exclude(pk=review.pk)
    return rows.filter(held_on__lt=review.held_on) if review.held_on else rows


def last_review(member: Member, review: ManagementReview) -> ManagementReview | None:
    """The signed review that was held last before this one."""
    return earlier(member, review).order_by("-held_on", "-ref").first()


def figures_before(member: Member, review: ManagementReview) -> dict[str, str]:
    """The figures of the last signed review by their inputs' codes."""
    last = last_review(member, review)
    return dict(last.inputs.values_list("code", "figure")) if last else {}


def number_of(figure: str) -> Decimal | None:
    """The number in a figure: 3 of "3 alarms", a half of "1/2"; None where there is none."""
    found = NUMBER.match(figure)
    if found is None:
        return None
    value = Decimal(re.sub(r"[  ]", "", found[1]).replace(",", "."))
    if found[2] is None:
        return value
    return value / Decimal(found[2]) if int(found[2]) else None


def way(before: str, now: str) -> str:
    """Which way a figure went; empty where there is nothing to compare."""
    was, is_ = number_of(before), number_of(now)
    if was is None or is_ is None:
        return ""
    return "same" if was == is_ else "up" if is_ > was else "down"


def inputs_digest(review: ManagementReview) -> str:
    """The SHA-256 of all that a review heard."""
    names = ("code", "title", "figure", "text", "before", "trend")
    rows = [dict(zip(names, values, strict=True)) for values in review.inputs.values_list(*names)]
    return hashlib.sha256(rfc8785.dumps(rows)).hexdigest()


def freeze(member: Member, review: ManagementReview) -> None:
    """The review was held: its agenda stays as it was heard, whatever the records say from now on."""
    review.frozen_at, review.frozen = timezone.now(), inputs_digest(review)
    review.save(update_fields=["frozen_at", "frozen"])


def thaw(member: Member, review: ManagementReview) -> None:
    """Back to preparation: the inputs may be gathered and written again."""
    review.frozen_at, review.frozen = None, ""
    review.save(update_fields=["frozen_at", "frozen"])


def still_frozen(review: ManagementReview) -> None:
    """Refuse to sign inputs that are not those that the meeting heard."""
    if review.frozen and review.frozen != inputs_digest(review):
        message = _(
            "The inputs are no longer those that the review heard. Take it back to preparation, then hold it."
        )
        raise Refused("invalid", _("Something is missing."), {"inputs": [message]})
