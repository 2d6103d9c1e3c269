"""Filling the demo organisation: records, answers to the standard, evidence, grants."""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from aims.demo.decisions import report
from aims.demo.files import content
from aims.demo.loading import Loader
from aims.demo.people import grant
from aims.demo.reading import read, registers_in_order
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.records.changes import create, move, write
from aims.records.evidence import add_revision, link
from aims.records.models import Answer, Evidence
from aims.records.registry import register_of
from aims.schedule.models import Task
from evaluation.models import Audit
from evaluation.outside import admit

OFFICER = "P-AIM"


def fill(members: dict[str, Member]) -> Loader:
    """Everything that the demo organisation keeps."""
    loader = Loader(members, OFFICER)
    officer = members[OFFICER]
    with acting(officer.organisation_id, officer.actor):
        loader.learn_lines()
        for path, rows in registers_in_order():
            loader.load(path, rows)
        answer_lines(loader)
        for row in read("evidence"):
            add_evidence(loader, row)
        for row in read("grants"):
            add_grant(loader, row)
        for row in read("guests"):
            invite(loader, row)
        for text in read("done"):
            finish_task(text)
    report(members["P-API"])
    return loader


def invite(loader: Loader, row: dict[str, Any]) -> None:
    """Somebody from outside who may read for one audit, for so many days from now; no mail is sent."""
    until = timezone.localdate() + timedelta(days=row["days"])
    audit = Audit.objects.get(pk=loader.records[row["audit"]].pk)
    admit(loader.members[OFFICER], audit, {**row, "until": until})


def finish_task(title: str) -> None:
    """What a person was asked to do and has done (a decision of the review)."""
    task = Task.objects.get(title=title, state=Task.State.OPEN)
    Task.objects.filter(pk=task.pk).update(state=Task.State.DONE, done_at=timezone.now())


def answer_lines(loader: Loader) -> None:
    """The answers to requirements and controls, each as far as the data says."""
    sheet = read("answers")
    for place in sheet["places"]:
        for code, text in place["lines"].items():
            state = next((s for s in ("not_started", "in_progress") if code in sheet[s]), "ready")
            answer(loader, code, text, place["owner"], state)


def answer(loader: Loader, code: str, text: str, owner: str, state: str) -> None:
    """One answer, with the officer's own judgement where it is ready."""
    officer = loader.members[OFFICER]
    line = loader.records[f"ANS {code}"]
    data: dict[str, Any] = {"owner": loader.members[owner].id}
    if state != "not_started":
        data["text"] = text
    if state == "ready":
        data["verdict"] = Answer.Verdict.CONFORM
    line = write(officer, line, data)
    if state == "ready":
        move(officer, line, "ready")


def add_evidence(loader: Loader, row: dict[str, Any]) -> None:
    """A piece of evidence with its file, linked to what it speaks for, in force unless the row says otherwise."""
    member = loader.members[row["by"]]
    names = ("title", "shows", "effective_from", "effective_until", "review_due")
    data = {name: row[name] for name in names if name in row}
    with acting(member.organisation_id, member.actor):
        piece = create(
            member,
            Evidence,
            {**data, "external_id": row["id"], "owner": loader.members[row.get("owner", row["by"])].id},
        )
        for file in row["files"]:
            add_revision(member, piece, upload(file))
        for key in row["for"]:
            target = loader.records.get(key) or loader.records[f"ANS {key}"]
            link(member, piece, register_of(target).path, target.pk)
        if row.get("state") != "draft":
            move(member, piece, "put_in_force")
    loader.records[row["id"]] = piece


def upload(file: dict[str, Any]) -> "UploadedFile[Any]":
    """A file of the data as if it came from a browser."""
    made = content(file)
    return UploadedFile(ContentFile(made), name=file["name"], size=len(made))


def add_grant(loader: Loader, row: dict[str, Any]) -> None:
    """Object grants: who may see or change one record that is not theirs."""
    for key in row["records"]:
        record = loader.records[key]
        grant(loader.members[row["to"]], record, row["may"], row.get("until", ""), row.get("codes", ()))
