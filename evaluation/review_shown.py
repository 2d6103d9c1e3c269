"""A management review as its pages and papers show it: inputs with their trend, decisions with what became of them (9.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages import svg
from aims.records.registry import ReviewInput as Offer
from aims.records.registry import workspaces
from aims.schedule.models import Task
from evaluation.inputs import now_there
from evaluation.models import ManagementReview, ReviewDecision, ReviewInput
from evaluation.review_gathering import PREFIX, earlier, number_of
from evaluation.reviewing import requests_to_sign, tasks_of

REVIEWS = 8  # of which a figure's line tells


@dataclass(frozen=True)
class Heard:
    """One input: `tone` says whether its way is good, `wanted` whether 9.3.2 asks for it."""

    code: str
    title: str
    figure: str
    before: str
    trend: str
    tone: str
    said: str
    text: str
    place: str
    chart: SafeString
    wanted: bool

    @property
    def icon(self) -> str:
        """The shape of its way."""
        return {"up": "arrow-up", "down": "arrow-down", "same": "arrow-right"}.get(self.trend, "")


def offers() -> dict[str, Offer]:
    """What the clauses offer, by code."""
    return {item.code: item for workspace in workspaces() for item in workspace.review_inputs}


def heard(
    member: Member, review: ManagementReview, rows: Iterable[Mapping[str, Any]] | None = None
) -> list[Heard]:
    """The inputs of a review, as they are or as a signature's content has them (`rows`)."""
    if rows is None:
        rows = review.inputs.values("code", "title", "figure", "before", "trend", "text")
    places = dict(review.inputs.values_list("code", "place"))
    known, past = offers(), history(member, review)
    return [_heard(row, places, known.get(row["code"]), past) for row in rows]


def _heard(
    row: Mapping[str, Any],
    places: Mapping[str, str],
    offer: Offer | None,
    past: Mapping[str, list[svg.Point]],
) -> Heard:
    code, trend = str(row["code"]), str(row.get("trend") or "")
    return Heard(
        code=code,
        title=str(row["title"]),
        figure=str(row["figure"]),
        before=str(row.get("before") or ""),
        trend=trend,
        tone=tone_of(trend, offer.better if offer else ""),
        said=str(dict(ReviewInput.Trend.choices).get(trend, "")),
        text=str(row["text"]),
        place=places.get(code, ""),
        chart=chart(str(row["title"]), past.get(code, []), str(row["figure"])),
        wanted=code.startswith(PREFIX),
    )


def tone_of(trend: str, better: str) -> str:
    """Whether a way is the right one; neither where the clause does not say which is better."""
    if trend in ("", "same") or not better:
        return "idle"
    return "ok" if trend == better else "warn"


def history(member: Member, review: ManagementReview) -> dict[str, list[svg.Point]]:
    """The numbers of earlier signed reviews, oldest first, by the codes of their inputs."""
    rows = earlier(member, review).filter(held_on__isnull=False)
    keys = list(rows.order_by("-held_on").values_list("pk", flat=True)[:REVIEWS])
    found: dict[str, list[svg.Point]] = {}
    past = ReviewInput.objects.filter(review__in=keys).order_by("review__held_on", "position")
    for code, figure, day in past.values_list("code", "figure", "review__held_on"):
        number = number_of(figure)
        if number is not None and day is not None:
            found.setdefault(code, []).append(svg.Point(short(day), float(number)))
    return found


def short(day: date) -> str:
    """A month as a chart's axis names it."""
    return f"{day:%m/%Y}"


def chart(title: str, past: list[svg.Point], figure: str) -> SafeString:
    """The line from review to review; nothing where there is no way to be drawn."""
    number = number_of(figure)
    if number is None or not past:
        return SafeString("")
    return svg.line(title, [*past, svg.Point(_("now"), float(number))])


@dataclass(frozen=True)
class Decided:
    """A decision with what became of it: `tone` and `state` of its task."""

    text: str
    kind: str
    resource: str
    amount: Decimal | None
    who: str
    due: date | None
    state: str
    tone: str


def decided(member: Member, review: ManagementReview) -> list[Decided]:
    """The decisions and needs of resources of a review (9.3.3)."""
    tasks, day = tasks_of(review), now_there(member)
    rows = review.decisions.select_related("owner")
    return [_decided(row, tasks.get(str(row.pk)), day) for row in rows]


def _decided(row: ReviewDecision, task: Task | None, day: date) -> Decided:
    state, tone = "", "idle"
    if task is not None:
        late = task.state == Task.State.OPEN and task.due is not None and task.due < day
        state = _("late") if late else task.get_state_display()
        tone = "bad" if late else "ok" if task.state == Task.State.DONE else "info"
    who = row.owner.name if row.owner else ""
    kind, resource = row.get_kind_display(), row.get_resource_display()
    return Decided(row.text, kind, resource, row.amount, who, row.due, state, tone)


def asked_to_sign(review: ManagementReview) -> list[Task]:
    """Who is asked to sign and has not answered yet."""
    return list(requests_to_sign(review).select_related("member").order_by("made_at", "id"))


def concluded(review: ManagementReview) -> list[tuple[str, str, str]]:
    """The three conclusions of 9.3.1: the question, the answer, its tone."""
    tones = {"confirmed": "ok", "partly_confirmed": "warn", "not_confirmed": "bad"}
    names = ("suitability", "adequacy", "effectiveness")
    return [
        (
            str(review._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            getattr(review, f"get_{name}_display")() or "–",
            tones.get(getattr(review, name), "idle"),
        )
        for name in names
    ]
