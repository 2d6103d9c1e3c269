"""A verdict on each record of a sample: by its auditors, sealed until the report, counted in room and report."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.changes import create, lay
from aims.records.evidence import link
from aims.records.models import Answer, Evidence
from evaluation import judging
from evaluation.models import Audit, Sample, SampleVerdict
from evaluation.report import report
from evaluation.report_word import document
from tests.evaluation.story import again, begun, reported
from tests.evaluation.test_audit_room import caller
from tests.evaluation.test_sampling import drawn, risks
from tests.people import World


def judged(world: World, sample: Sample, place: int = 0, **given: Any) -> SampleVerdict:
    """Hugo's verdict on one record."""
    item = sample.drawn[place]
    data = {"sample": sample, "item": item["id"], "title": item["ref"], "verdict": "nonconform", **given}
    return create(again(world.auditor), SampleVerdict, data)


@pytest.fixture
def sample(inside: World) -> Sample:
    """Four risks of twelve, in an audit of Hugo's."""
    risks(inside)
    return drawn(inside, begun(inside, codes=["6.1.1", "8.1"]))


def page(client: Client, sample: Sample, item: str = "") -> str:
    """The page at one record."""
    answer = client.get(reverse("judge sample", args=[sample.pk]), {"item": item} if item else {})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_verdict_saves_itself_and_is_counted(inside: World, sample: Sample) -> None:
    client, item = caller(inside.auditor), sample.drawn[1]["id"]
    address = reverse("judge sample", args=[sample.pk])
    assert "0 of 4 examined" in page(client, sample) and 'data-key="3"' in page(client, sample)
    data = {"item": item, "version": "0", "verdict": "nonconform", "note": "No owner"}
    answer = client.post(address, data, headers={"X-Autosave": "1"})
    assert answer.status_code == 200 and answer["X-Version"] == "1"
    data |= {"version": "1", "verdict": "not_verified"}
    assert client.post(address, data, headers={"X-Autosave": "1"})["X-Version"] == "2"
    assert client.post(address, data, headers={"X-Autosave": "1"}).status_code == 412  # of an older version
    row = SampleVerdict.objects.get()
    assert (row.verdict, row.note, row.audit_id) == ("not_verified", "No owner", sample.audit_id)
    assert "1 of 4 examined" in page(client, sample, item)
    room = client.get(reverse("audit room", args=[sample.audit_id])).content.decode()
    assert "1 not verified" in room and "3 not examined" in room and "1/4" in room
    assert "1 not verified" in client.get(f"/registers/samples/{sample.pk}/").content.decode()


def test_without_script_what_was_typed_stays_when_it_is_refused(inside: World, sample: Sample) -> None:
    client, address = caller(inside.auditor), reverse("judge sample", args=[sample.pk])
    data = {"item": sample.drawn[0]["id"], "version": "0", "verdict": "maybe", "note": "What I saw"}
    answer = client.post(address, data)
    assert answer.status_code == 422 and "What I saw" in answer.content.decode()
    data["verdict"] = "conform"
    assert client.post(address, data).status_code == 302
    for item in ("", "x", str(sample.pk)):
        assert client.post(address, data | {"item": item}).status_code == 404, item


def test_it_is_about_a_record_that_was_drawn_and_once(inside: World, sample: Sample) -> None:
    judged(inside, sample)
    wrong: tuple[dict[str, Any], ...] = ({"item": str(sample.pk)}, {})
    for given in wrong:
        with pytest.raises(Refused) as refused:
            judged(inside, sample, **given)
        assert refused.value.code == "invalid"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR, Role.CONTRIBUTOR, Role.READER])
def test_nobody_else_reads_or_writes_it_before_the_report(inside: World, sample: Sample, role: Role) -> None:
    judged(inside, sample, note="canary")
    member = inside.members[role]
    assert not visible(member, SampleVerdict).exists()
    client, address = caller(member), reverse("judge sample", args=[sample.pk])
    assert "canary" not in page(client, sample, sample.drawn[0]["id"])
    assert client.post(address, {"item": sample.drawn[1]["id"], "version": "0"}).status_code == 403
    data = {"sample": sample, "item": sample.drawn[1]["id"], "title": "x"}
    with pytest.raises(Refused):
        create(member, SampleVerdict, data)


def test_the_report_opens_the_verdicts_and_says_them(inside: World, sample: Sample) -> None:
    judged(inside, sample, note="Nobody owns it")
    judged(inside, sample, 1, verdict="conform")
    audit = reported(inside, Audit.objects.get(pk=sample.audit_id))
    assert {row.state for row in visible(inside.reader, SampleVerdict)} == {"reported"}
    said = {section.heading: section for section in report(inside.reader, audit).sections}
    assert "1 conform, 1 nonconform, 2 not examined" in said["Sample"].rows[0]
    (row,) = said["Records of samples with something to say"].rows
    assert row[1:] == ["nonconform", "Nobody owns it"]
    assert document(report(inside.reader, audit))[:2] == b"PK"
    assert caller(inside.reader).get(reverse("audit report pdf", args=[audit.pk])).status_code == 200


def test_beside_it_stand_the_record_and_what_was_seen(inside: World, sample: Sample) -> None:
    verdict = judged(inside, sample)
    piece = create(inside.officer, Evidence, {"title": "Minutes of March"})
    link(inside.officer, piece, "answers", lay(inside.officer, Answer, "8.1-a", {"title": "8.1-a"}).pk)
    link(again(inside.auditor), piece, "sample-verdicts", verdict.pk)
    words = page(caller(inside.auditor), sample, sample.drawn[0]["id"])
    assert "Minutes of March" in words and "It may happen." in words


def test_the_number_of_statements_does_not_grow_with_the_sample(
    inside: World, sample: Sample, django_assert_max_num_queries: Any
) -> None:
    for place in range(4):
        judged(inside, sample, place)
    member = again(inside.auditor)
    assert member.audited
    with django_assert_max_num_queries(4):
        assert len(judging.rows(member, sample)) == 4
    with django_assert_max_num_queries(3):
        assert judging.tallies(member, sample.audit)[0]["done"] == 4
