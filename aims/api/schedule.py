"""The calendar over REST, read-only; and a person's tasks: done, handed over, taken back, and with whom while away."""

import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api import fields
from aims.api.operations import PAGED
from aims.api.queries import key_of, limit_of, next_link, refuse
from aims.api.schema import MAYBE, MOMENT, STRING, UUID, Operation, several, thing
from aims.api.serializers import StrictSerializer
from aims.api.views import Base, BaseSet, answer
from aims.organisation.refused import Refused
from aims.records.access import existing, visible
from aims.schedule import handing
from aims.schedule.fulfilment import finish
from aims.schedule.models import Absence, Occurrence, Task

DATE = {"type": "string", "format": "date"}
MAYBE_DATE = {"type": ["string", "null"], "format": "date"}
TASK = thing(
    id=UUID,
    title=STRING,
    state=STRING,
    due=MAYBE_DATE,
    kind=STRING,
    record=MAYBE,
    requirement=STRING,
    occurrence=MAYBE,
    made_at=MOMENT,
    done_at=MAYBE,
    member=UUID,
    given_by=MAYBE,
    given_why=STRING,
    given_until=MAYBE_DATE,
)
ABSENCE = thing(id=UUID, member=UUID, stand_in=UUID, since=DATE, until=DATE, why=STRING, ended_at=MAYBE)
OCCURRENCE = thing(
    id=UUID,
    obligation=STRING,
    title=STRING,
    clause=STRING,
    due=DATE,
    due_at=MAYBE,
    state=STRING,
    subject_kind=STRING,
    subject=MAYBE,
    record_kind=STRING,
    record=MAYBE,
    done_on=MAYBE_DATE,
)


class HandSerializer(StrictSerializer):
    """To whom a task is handed, and why."""

    to = fields.Key()
    why = fields.Text(max_length=300)


class AwaySerializer(StrictSerializer):
    """From when to when somebody is away, and who does their tasks."""

    to = fields.Key()
    since = fields.Day()
    until = fields.Day()
    why = fields.Text(max_length=300, required=False, allow_blank=True)


def state_of(request: Request, choices: Any) -> str | None:
    """The `state` parameter, one of the choices, or None."""
    state = request.query_params.get("state")
    if state is not None and state not in choices.values:
        raise refuse("state", _("Write one of: %(words)s.") % {"words": ", ".join(choices.values)})
    return state


def page_of(request: Request, rows: QuerySet[Any], state: str | None) -> tuple[list[Any], str | None]:
    """A page of rows by id, with the address of the next."""
    limit, after = limit_of(request), key_of(request, "cursor")
    rule = Q(state=state) if state else Q()
    found = list(rows.filter(rule, **({"pk__gt": after} if after else {})).order_by("pk")[:limit])
    return found, next_link(request, "cursor", found[-1].pk) if len(found) == limit else None


class Tasks(BaseSet):
    """The caller's tasks."""

    path = "tasks"
    operations = {
        "index": Operation(
            "tasks_list", TASK, paged=True, query={**PAGED, "state": {"enum": list(Task.State.values)}}
        ),
        "retrieve": Operation("tasks_retrieve", TASK),
        "complete": Operation("tasks_complete", TASK),
        "hand": Operation("tasks_hand_over", TASK, request=HandSerializer),
        "back": Operation("tasks_take_back", TASK),
    }

    def index(self, request: Request) -> Response:
        """Your tasks."""
        rows, more = page_of(request, self._mine(), state_of(request, Task.State))
        return answer({"next": more, "results": [task_shape(row) for row in rows]})

    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One of your tasks."""
        return answer(task_shape(self._one(pk)))

    def complete(self, request: Request, pk: uuid.UUID) -> Response:
        """Say that a task is done. Done already: nothing happens."""
        task = self._one(pk)
        if task.state == Task.State.CANCELLED:
            raise Refused("conflict", _("This task has fallen away."))
        finish(self.member, task)
        task.refresh_from_db()
        return answer(task_shape(task))

    def hand(self, request: Request, pk: uuid.UUID) -> Response:
        """Hand one of your tasks to somebody else."""
        task = self._one(pk)
        data = HandSerializer.read(request.data)
        return answer(task_shape(handing.hand_over(self.member, task.pk, data["to"], data["why"])))

    def back(self, request: Request, pk: uuid.UUID) -> Response:
        """Take back a task that you handed over."""
        rows = visible(self.member, Task).filter(given_by_id=self.member.id)
        task = existing(rows.filter(pk=pk).first())
        return answer(task_shape(handing.take_back(self.member, task.pk)))

    def _mine(self) -> QuerySet[Task]:
        return visible(self.member, Task).filter(member_id=self.member.id)

    def _one(self, pk: uuid.UUID) -> Task:
        return existing(self._mine().filter(pk=pk).first())


class Absences(BaseSet):
    """When the caller is away, and for whom they stand in."""

    path = "tasks"
    operations = {
        "index": Operation("absences_list", thing(results=several(ABSENCE))),
        "create": Operation("absences_create", ABSENCE, 201, request=AwaySerializer),
        "end": Operation("absences_end", ABSENCE),
    }

    def index(self, request: Request) -> Response:
        """Your absences that are not over, and those in which you stand in."""
        return answer({"results": [absence_shape(row) for row in handing.absences(self.member)]})

    def create(self, request: Request) -> Response:
        """Be away: your tasks go to who stands in, and come back."""
        data = AwaySerializer.read(request.data)
        row = handing.be_away(self.member, data["to"], data["since"], data["until"], data.get("why", ""))
        return answer(absence_shape(row), 201)

    def end(self, request: Request, pk: uuid.UUID) -> Response:
        """Be there again: your tasks come back at once."""
        rows = visible(self.member, Absence).filter(member_id=self.member.id)
        return answer(
            absence_shape(handing.end_absence(self.member, existing(rows.filter(pk=pk).first()).pk))
        )


class Occurrences(Base):
    """The calendar."""

    path = "occurrences"
    operations = {
        "get": Operation(
            "occurrences_list",
            OCCURRENCE,
            paged=True,
            query={**PAGED, "state": {"enum": list(Occurrence.State.values)}},
        )
    }

    def get(self, request: Request) -> Response:
        """What falls due, and what was done in time."""
        rows = visible(self.member, Occurrence).select_related("obligation")
        found, more = page_of(request, rows, state_of(request, Occurrence.State))
        return answer({"next": more, "results": [occurrence_shape(row) for row in found]})


def task_shape(row: Task) -> dict[str, Any]:
    """A task as JSON."""
    return {
        "id": row.pk,
        "title": row.title,
        "state": row.state,
        "due": row.due,
        "kind": row.kind,
        "record": row.record_id,
        "requirement": row.why,
        "occurrence": row.occurrence_id,
        "made_at": row.made_at,
        "done_at": row.done_at,
        "member": row.member_id,
        "given_by": row.given_by_id,
        "given_why": row.given_why,
        "given_until": row.given_until,
    }


def absence_shape(row: Absence) -> dict[str, Any]:
    """An absence as JSON."""
    return {
        "id": row.pk,
        "member": row.member_id,
        "stand_in": row.stand_in_id,
        "since": row.since,
        "until": row.until,
        "why": row.why,
        "ended_at": row.ended_at,
    }


def occurrence_shape(row: Occurrence) -> dict[str, Any]:
    """An occurrence as JSON."""
    return {
        "id": row.pk,
        "obligation": row.obligation.code,
        "title": row.obligation.label,
        "clause": row.obligation.clause,
        "due": row.due,
        "due_at": row.due_at,
        "state": row.state,
        "subject_kind": row.subject_kind,
        "subject": row.subject_id,
        "record_kind": row.record_kind,
        "record": row.record_id,
        "done_on": row.done_on,
    }


urlpatterns = [
    path("tasks/", Tasks.as_view({"get": "index"})),
    path("tasks/<uuid:pk>/", Tasks.as_view({"get": "retrieve"})),
    path("tasks/<uuid:pk>/complete/", Tasks.as_view({"post": "complete"})),
    path("tasks/<uuid:pk>/hand/", Tasks.as_view({"post": "hand"})),
    path("tasks/<uuid:pk>/back/", Tasks.as_view({"post": "back"})),
    path("absences/", Absences.as_view({"get": "index", "post": "create"})),
    path("absences/<uuid:pk>/end/", Absences.as_view({"post": "end"})),
    path("occurrences/", Occurrences.as_view()),
]
