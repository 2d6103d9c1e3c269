"""The audit room: the checklist from the scope, lines that save themselves, sealed notes, findings drafted from a line."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.changes import create, lay, move, write
from aims.records.evidence import link
from aims.records.models import Answer, Evidence, Link
from evaluation.models import Audit, AuditCheck, Finding, WorkingNote
from tests.evaluation.story import again, begun, found, reported, row
from tests.people import STORY, World


def caller(member: Member) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(Person.objects.get(pk=member.person_id))
    return client


def line(audit: Audit, code: str = "8.1") -> AuditCheck:
    """The line of a clause."""
    return AuditCheck.objects.get(audit=audit, code=code, source="scope")


def laid(world: World) -> Answer:
    """The answer to the first requirement of clause 8.1."""
    return lay(world.officer, Answer, "8.1-a", {"title": "8.1-a"})


def post(client: Client, name: str, key: Any, data: dict[str, Any], **headers: str) -> Any:
    """Send a form of the room."""
    return client.post(reverse(name, args=[key]), data, headers=headers)


# ── The checklist ────────────────────────────────────────────────────────


def test_beginning_lays_a_line_for_each_clause_and_control_in_scope(inside: World) -> None:
    audit = begun(inside, codes=["8.1", "A.4"])
    codes = list(AuditCheck.objects.filter(audit=audit, source="scope").values_list("code", flat=True))
    assert sorted(codes) == ["8.1", "A.4.2", "A.4.3", "A.4.4", "A.4.5", "A.4.6"]


def test_own_questions_and_earlier_findings_on_the_same_codes_are_carried_in(inside: World) -> None:
    first = begun(inside)
    with acting(inside.orvanne.pk, inside.auditor.actor):
        wrong = found(inside, first)
        found(inside, first, title="Good", grade="strength")
        found(inside, first, title="Elsewhere", code="9.1", grade="minor")
        reported(inside, first)
    second = begun(inside, title="Second", codes=["8.1"])
    carried = AuditCheck.objects.filter(audit=second, source="finding")
    assert [check.earlier_id for check in carried] == [wrong.pk]
    audit = begun(inside, title="Third", codes=["8.2"])
    parts = {"lines": [{"code": "8.2", "question": "Which release?"}]}
    audit = write(again(inside.auditor), audit, {}, parts=parts)
    client = caller(inside.auditor)
    post(client, "make checklist", audit.pk, {})
    post(client, "make checklist", audit.pk, {})  # nothing twice
    assert AuditCheck.objects.filter(audit=audit, source="own", question="Which release?").count() == 1
    assert AuditCheck.objects.filter(audit=audit).count() == 2


def test_what_was_judged_stays_when_the_scope_grows(inside: World) -> None:
    audit = begun(inside)
    write(again(inside.auditor), line(audit), {"verdict": "conform"})
    write(inside.officer, audit, {"codes": ["8.1", "9.1", "8.2"]})
    post(caller(inside.auditor), "make checklist", audit.pk, {})
    assert line(audit).verdict == "conform" and line(audit, "8.2").verdict == ""


# ── The page ─────────────────────────────────────────────────────────────


def test_the_page_shows_what_is_asked_answered_and_shown(inside: World) -> None:
    audit = begun(inside)
    answer = write(inside.officer, laid(inside), {"text": "Releases pass a gate."})
    piece = create(inside.officer, Evidence, {"title": "Gate record 42"})
    link(inside.officer, piece, "answers", answer.pk)
    page = caller(inside.auditor).get(reverse("audit room", args=[audit.pk]), {"line": str(line(audit).pk)})
    words = page.content.decode()
    assert page.status_code == 200 and 'data-key="5"' in words
    assert "Releases pass a gate." in words and "Gate record 42" in words and "0 of 2 examined" in words


def test_evidence_is_marked_as_seen_and_the_mark_taken_back(inside: World) -> None:
    audit, client = begun(inside), caller(inside.auditor)
    piece = create(inside.officer, Evidence, {"title": "Gate record"})
    link(inside.officer, piece, "answers", laid(inside).pk)
    seen = Link.objects.filter(kind="audit-checks", record_id=line(audit).pk)
    post(client, "evidence seen", line(audit).pk, {"evidence": piece.pk})
    assert seen.get().evidence_id == piece.pk
    post(client, "evidence seen", line(audit).pk, {"evidence": piece.pk, "take": "1"})
    assert not seen.exists()
    assert post(client, "evidence seen", line(audit).pk, {"evidence": "x"}).status_code == 404


def test_a_line_saves_itself_and_tells_its_new_version(inside: World) -> None:
    check = line(begun(inside))
    data = {
        "version": check.version,
        "verdict": "nonconform",
        "note": "No gate",
        "interviewed": "Mathieu",
        "how": "site",
    }
    answer = post(caller(inside.auditor), "save check", check.pk, data, **{"X-Autosave": "1"})
    check.refresh_from_db()
    assert answer.status_code == 200 and answer["X-Version"] == str(check.version)
    assert (check.verdict, check.note, check.interviewed, check.how) == (
        "nonconform",
        "No gate",
        "Mathieu",
        "site",
    )


def test_two_auditors_on_one_line_do_not_overwrite_each_other(inside: World) -> None:
    check, client = line(begun(inside)), caller(inside.auditor)
    old = check.version
    write(again(inside.auditor), check, {"note": "Theirs"})
    data = {"version": old, "verdict": "conform", "note": "Mine"}
    assert post(client, "save check", check.pk, data, **{"X-Autosave": "1"}).status_code == 412
    page = post(client, "save check", check.pk, data)
    assert page.status_code == 412 and "Mine" in page.content.decode() and "Theirs" in page.content.decode()
    check.refresh_from_db()
    assert check.note == "Theirs"


@pytest.mark.parametrize(
    "data", [{"verdict": "splendid"}, {"version": "x"}, {}, {"note": "x" * 5000, "version": 1}]
)
def test_bad_input_is_refused_and_what_was_typed_is_kept(inside: World, data: dict[str, Any]) -> None:
    check = line(begun(inside))
    page = post(caller(inside.auditor), "save check", check.pk, data)
    assert page.status_code in (422, 428, 412)
    check.refresh_from_db()
    assert check.version == 1


def test_only_its_auditors_write_in_the_room(inside: World) -> None:
    check = line(begun(inside))
    for role in STORY:
        answer = post(
            caller(inside.members[role]), "save check", check.pk, {"version": 1, "verdict": "conform"}
        )
        assert answer.status_code == (302 if role == Role.AUDITOR else 404), role
    for role in (Role.OFFICER, Role.ADMINISTRATOR):
        with pytest.raises(Refused) as refused:
            create(inside.members[role], AuditCheck, {"audit": check.audit, "code": "8.2", "title": "x"})
        assert "audit" in refused.value.fields


def test_others_see_the_checklist_with_the_report_only(inside: World) -> None:
    audit = begun(inside)
    write(again(inside.auditor), line(audit), {"verdict": "conform", "note": "Gate works"})
    before = caller(inside.officer).get(reverse("audit room", args=[audit.pk])).content.decode()
    assert "Sealed until the report" in before and "Gate works" not in before
    with acting(inside.orvanne.pk, inside.auditor.actor):
        reported(inside, audit)
    after = caller(inside.officer).get(reverse("audit room", args=[audit.pk]), {"line": str(line(audit).pk)})
    assert "Gate works" in after.content.decode()


def test_a_reported_line_is_not_written_any_more(inside: World) -> None:
    audit = begun(inside)
    with acting(inside.orvanne.pk, inside.auditor.actor):
        reported(inside, audit)
    answer = post(caller(inside.auditor), "save check", line(audit).pk, {"version": 2, "verdict": "conform"})
    assert answer.status_code == 403
    with pytest.raises(Refused):
        write(again(inside.auditor), line(audit), {"verdict": "conform"})


def test_the_meetings_are_kept(inside: World) -> None:
    audit, client = begun(inside), caller(inside.auditor)
    audit.refresh_from_db()
    data = {
        "version": audit.version,
        "opened_on": "2026-10-05",
        "opening_people": "Nadia, Hugo",
        "closed_on": "",
    }
    assert post(client, "save meetings", audit.pk, data).status_code == 302
    audit.refresh_from_db()
    assert (audit.opened_on, audit.opening_people) == (date(2026, 10, 5), "Nadia, Hugo")
    wrong = {"version": audit.version, "opened_on": "2026-10-05", "closed_on": "2026-10-01"}
    assert post(client, "save meetings", audit.pk, wrong).status_code == 422


def test_an_own_line_needs_a_code_of_the_standard(inside: World) -> None:
    audit, client = begun(inside), caller(inside.auditor)
    assert post(client, "add question", audit.pk, {"own-code": "Z.9", "own-question": "?"}).status_code == 422
    assert (
        post(client, "add question", audit.pk, {"own-code": "8.3", "own-question": "Who?"}).status_code == 302
    )
    assert AuditCheck.objects.get(audit=audit, source="own").question == "Who?"


def test_the_number_of_queries_does_not_grow_with_the_lines(
    inside: World, django_assert_max_num_queries: Any
) -> None:
    audit = begun(inside, codes=["4.1", "8.1", "9.1", "A.2", "A.4", "A.6", "A.9"])
    client = caller(inside.auditor)
    client.get(reverse("audit room", args=[audit.pk]))
    with django_assert_max_num_queries(55):
        assert client.get(reverse("audit room", args=[audit.pk])).status_code == 200


# ── Working notes ────────────────────────────────────────────────────────


def test_a_working_note_is_one_auditors_and_saves_itself(inside: World) -> None:
    audit, client = begun(inside), caller(inside.auditor)
    first = post(client, "save note", line(audit).pk, {"version": 0, "text": "Ask"}, **{"X-Autosave": "1"})
    assert first["X-Version"] == "1"
    second = post(
        client, "save note", line(audit).pk, {"version": 1, "text": "Ask again"}, **{"X-Autosave": "1"}
    )
    assert second["X-Version"] == "2" and WorkingNote.objects.get().text == "Ask again"
    stale = post(client, "save note", line(audit).pk, {"version": 1, "text": "Old"}, **{"X-Autosave": "1"})
    assert stale.status_code == 412 and WorkingNote.objects.get().text == "Ask again"


@pytest.mark.parametrize("role", [role for role in STORY if role != Role.AUDITOR])
def test_nobody_else_reads_or_writes_a_working_note(inside: World, role: Role) -> None:
    audit = begun(inside)
    note = create(again(inside.auditor), WorkingNote, {"audit": audit, "title": "8.1", "text": "Secret"})
    assert not visible(inside.members[role], WorkingNote).exists()
    with pytest.raises(Refused) as refused:
        create(inside.members[role], WorkingNote, {"audit": audit, "title": "x", "text": "x"})
    assert refused.value.code in ("forbidden", "invalid")
    with acting(inside.orvanne.pk, inside.auditor.actor):
        reported(inside, audit)
    assert not visible(inside.members[role], WorkingNote).exists()  # the report does not open it
    move(again(inside.auditor), note, "release")
    assert visible(inside.members[role], WorkingNote).exists()


# ── Findings from a line ─────────────────────────────────────────────────


def test_a_finding_is_drafted_from_a_line_with_its_code_words_and_evidence(inside: World) -> None:
    audit, client = begun(inside), caller(inside.auditor)
    piece = create(inside.officer, Evidence, {"title": "Gate record"})
    link(inside.officer, piece, "answers", laid(inside).pk)
    check = write(again(inside.auditor), line(audit), {"verdict": "nonconform", "note": "No gate in March"})
    link(again(inside.auditor), piece, "audit-checks", check.pk)
    page = client.get(reverse("draft finding", args=[check.pk])).content.decode()
    assert "No gate in March" in page and 'value="8.1"' in page and "Gate record" in page
    data = {"title": "No gate", "code": "8.1", "grade": "minor", "text": "No gate in March"}
    assert post(client, "draft finding", check.pk, data).status_code == 302
    finding = Finding.objects.get()
    assert (finding.audit_id, finding.state, finding.code) == (audit.pk, "draft", "8.1")
    assert Link.objects.get(kind="findings", record_id=finding.pk).evidence_id == piece.pk
    assert not visible(inside.officer, Finding).exists()
    assert post(client, "draft finding", check.pk, {"title": ""}).status_code == 422


def test_grades_are_said_in_the_words_of_the_scale_and_stored_by_their_meaning(inside: World) -> None:
    audit, client = begun(inside, scale="french"), caller(inside.auditor)
    page = client.get(reverse("draft finding", args=[line(audit).pk])).content.decode()
    assert "point sensible" in page and "NC majeure" in page and "major nonconformity" not in page
    data = {"title": "x", "code": "8.1", "grade": "major", "text": "x"}
    post(client, "draft finding", line(audit).pk, data)
    finding = Finding.objects.get()
    assert finding.nonconforming and finding.grade_words == "NC majeure"
    assert "NC majeure" in client.get(reverse("audit room", args=[audit.pk])).content.decode()


def test_an_audit_takes_the_scale_of_its_programme(inside: World) -> None:
    assert Audit(scale="").words == "iso" and Audit(scale="french").words == "french"


# ── The comment on the facts ─────────────────────────────────────────────


def shared(world: World) -> Finding:
    """A finding about which Yuki is asked."""
    finding = found(world, begun(world), owner=row(world.contributor))
    return move(again(world.auditor), finding, "share")


def test_who_is_asked_sees_the_one_finding_and_answers_it(inside: World) -> None:
    finding = shared(inside)
    found(inside, finding.audit, title="Another")
    assert list(visible(inside.contributor, Finding)) == [finding]
    assert not visible(inside.officer, Finding).exists()
    with pytest.raises(Refused):
        move(inside.contributor, finding, "answer")  # nothing is said yet
    finding = write(inside.contributor, finding, {"comment": "Seven weeks, not months."})
    finding = move(inside.contributor, finding, "answer")
    assert finding.state == "answered"
    finding = move(again(inside.auditor), finding, "issue")
    assert finding.issued_on and list(visible(inside.reader, Finding)) == [finding]


@pytest.mark.parametrize("change", [{"grade": "minor"}, {"text": "Softer"}, {"code": "9.1"}, {"title": "x"}])
def test_who_is_asked_changes_nothing_but_the_answer(inside: World, change: dict[str, str]) -> None:
    finding = shared(inside)
    with pytest.raises(Refused) as refused:
        write(inside.contributor, finding, change)
    assert set(refused.value.fields) == set(change)


def test_who_is_asked_does_not_pass_it_on_or_take_the_auditors_steps(inside: World) -> None:
    finding = shared(inside)
    with pytest.raises(Refused):
        write(inside.contributor, finding, {"owner": row(inside.officer)})
    for step in ("issue", "take_back", "drop"):
        with pytest.raises(Refused):
            move(inside.contributor, finding, step)


def test_an_officer_who_is_asked_does_not_issue_it(inside: World) -> None:
    finding = found(inside, begun(inside), owner=row(inside.officer))
    finding = move(again(inside.auditor), finding, "share")
    for step in ("issue", "take_back", "drop"):
        with pytest.raises(Refused) as refused:
            move(inside.officer, finding, step)
        assert refused.value.code == "forbidden"


def test_who_cannot_answer_is_not_asked(inside: World) -> None:
    audit = begun(inside)
    for person in (inside.reader, inside.auditor):
        finding = found(inside, audit, owner=row(person))
        with pytest.raises(Refused) as refused:
            move(again(inside.auditor), finding, "share")
        assert "owner" in refused.value.fields


def test_after_the_issue_the_audited_side_does_not_soften_it(inside: World) -> None:
    finding = move(
        again(inside.auditor), found(inside, begun(inside), owner=row(inside.contributor)), "issue"
    )
    for member in (inside.officer, inside.contributor):
        with pytest.raises(Refused):
            write(member, finding, {"grade": "observation"})
    finding = write(inside.contributor, finding, {"comment": "We agree."})
    assert finding.grade == "major"


def test_a_dropped_or_withdrawn_draft_is_never_shown(inside: World) -> None:
    audit = begun(inside)
    dropped = move(again(inside.auditor), found(inside, audit), "drop")
    Finding.objects.filter(pk=found(inside, audit).pk).update(state="withdrawn")
    assert dropped.state == "dropped"
    assert not visible(inside.officer, Finding).exists()


def test_a_draft_by_an_outside_bodys_auditor_is_sealed_too(inside: World) -> None:
    audit = begun(inside, kind="stage_2")
    finding = found(inside, audit)
    assert not visible(inside.officer, Finding).filter(pk=finding.pk).exists()
    own = create(
        inside.officer, Finding, {"audit": audit, "title": "x", "code": "8.1", "grade": "minor", "text": "x"}
    )
    assert list(visible(inside.reader, Finding)) == [own]


def test_every_tab_of_the_room_opens_for_whom_it_is_shown(inside: World) -> None:
    audit = begun(inside)
    for member in (inside.auditor, inside.officer):
        client = caller(member)
        shown = client.get(reverse("audit room", args=[audit.pk])).context["tabs"]
        assert {tab["url"]: client.get(tab["url"]).status_code for tab in shown} == {
            tab["url"]: 200 for tab in shown
        }
        assert any("outside" in tab["url"] for tab in shown) == (member.role == Role.OFFICER)
