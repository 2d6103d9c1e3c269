"""Management reviews: every input heard, signed by top management, decisions followed."""

from datetime import date

import pytest

from aims.catalogue import edition
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.models import Comment
from aims.records.signatures import digest_of, sign, standing
from aims.schedule.models import Occurrence, Task
from evaluation.models import Measurement, Metric
from evaluation.reviewing import tasks_of
from tests.evaluation.story import begun, found, held, prepared, reported, row, signed, told
from tests.people import World
from tests.schedule.story import only

WANTED = [code for code in edition().requirements if code.startswith("9.3.2-")]


def test_preparing_brings_every_input_that_the_clause_wants_in_its_order(inside: World) -> None:
    review = prepared(inside)
    codes = [item.code for item in review.inputs.all()]
    assert list(dict.fromkeys(code for code in codes if code in WANTED)) == WANTED
    assert all(item.title for item in review.inputs.all())


def test_figures_come_from_the_records(inside: World) -> None:
    audit = begun(inside)
    found(inside, audit)
    reported(inside, audit)
    values = {"title": "PSI", "direction": "lower_is_better", "warning": "0.1", "alarm": "0.25"}
    metric = create(inside.officer, Metric, values)
    for day, value in (
        (date(2026, 8, 31), "0.13"),
        (date(2026, 9, 30), "0.27"),
        (date(2026, 10, 31), "0.05"),
    ):
        create(inside.officer, Measurement, {"metric": metric, "measured_on": day, "value": value})
    inputs = {item.code: item for item in prepared(inside).inputs.all()}
    assert inputs["9.3.2-e"].figure == "1 alarm"
    assert "PSI: 0.13 → 0.05 (alarm)" in inputs["9.3.2-e"].text
    assert inputs["9.3.2-f"].figure == "1" and "1 major nonconformity" in inputs["9.3.2-f"].text
    assert inputs["9.3.2-d"].figure == "1" and "1 major, 0 minor" in inputs["9.3.2-d"].text


def test_gathering_again_keeps_what_people_wrote(inside: World) -> None:
    review = prepared(inside)
    rows = told(review)
    rows[0]["text"] = "Eleven of twelve done, the form is open."
    rows.append({"code": "extra", "title": "Resources", "text": "One more data scientist."})
    review = write(inside.officer, review, {}, parts={"inputs": rows})
    review = move(inside.officer, review, "gather")
    texts = [item.text for item in review.inputs.all()]
    assert texts[0] == "Eleven of twelve done, the form is open." and texts[-1] == "One more data scientist."
    assert len(texts) == len(rows)


def test_it_is_signed_with_a_digest_of_what_was_shown(inside: World) -> None:
    review = signed(inside, held(inside))
    assert review.state == "signed"
    ((signature, stands),) = standing(review)
    assert stands and signature.name == "Claire Vasseur" and signature.transition == "sign"


def test_what_was_not_shown_is_not_signed(inside: World) -> None:
    review = held(inside)
    with pytest.raises(Refused) as refused:
        sign(inside.executive, review, "sign", review.version, digest_of("something else"), "password")
    assert refused.value.code == "stale"


def test_it_is_not_signed_without_a_second_proof(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        move(inside.executive, held(inside), "sign")
    assert refused.value.code == "proof_needed"


def test_only_top_management_signs(inside: World) -> None:
    review = held(inside)
    with pytest.raises(Refused) as refused:
        move(inside.officer, review, "sign")
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize("code", WANTED)
def test_it_is_not_signed_while_an_input_is_empty(inside: World, code: str) -> None:
    review = held(inside, empty=code)
    with pytest.raises(Refused) as refused:
        signed(inside, review)
    assert "inputs" in refused.value.fields
    review.refresh_from_db()
    assert review.state == "held" and standing(review) == []


@pytest.mark.parametrize("name", ["suitability", "adequacy", "effectiveness"])
def test_it_is_not_signed_without_conclusions(inside: World, name: str) -> None:
    with pytest.raises(Refused) as refused:
        signed(inside, held(inside, **{name: ""}))
    assert set(refused.value.fields) == {name}


def test_top_management_must_have_attended(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        signed(inside, held(inside, attendees=[row(inside.officer)]))
    assert "attendees" in refused.value.fields


def test_it_is_not_held_without_minutes(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        held(inside, minutes="")
    assert set(refused.value.fields) == {"minutes"}


def test_refusing_to_sign_says_why_and_leaves_it_open(inside: World) -> None:
    review = held(inside)
    with pytest.raises(Refused) as refused:
        move(inside.executive, review, "refuse")
    assert "note" in refused.value.fields
    review = move(inside.executive, review, "refuse", note="The figures of support are wrong.")
    assert review.state == "held"
    assert Comment.objects.get(record_id=review.pk).text == "The figures of support are wrong."
    told_back = Task.objects.get(source__startswith="refused:")
    assert (told_back.member_id, told_back.urgent) == (inside.officer.id, True)
    review = write(inside.officer, review, {"minutes": "Corrected."})
    move(inside.officer, review, "ask")
    assert Task.objects.filter(source__startswith="sign:", state="open").count() == 1


def test_a_signed_review_is_locked(inside: World) -> None:
    review = signed(inside, held(inside))
    with pytest.raises(Refused) as refused:
        write(inside.officer, review, {"minutes": "Otherwise"})
    assert refused.value.code == "locked"


def test_holding_asks_the_chair_to_sign_at_once_and_signing_answers(inside: World) -> None:
    review = held(inside)
    task = Task.objects.get(source__startswith="sign:")
    assert (task.member_id, task.urgent, task.record_id) == (inside.executive.id, True, review.pk)
    signed(inside, review)
    task.refresh_from_db()
    assert task.state == "done"


def test_decisions_become_tasks_and_the_next_review_hears_of_them(inside: World) -> None:
    review = signed(inside, held(inside))
    tasks = {task.title: task for task in tasks_of(review).values()}
    assert {name: (task.member_id, task.due) for name, task in tasks.items()} == {
        "Stop rule": (inside.officer.id, date(2026, 11, 15)),
        "Hire one": (inside.contributor.id, date(2027, 3, 31)),
    }
    Task.objects.filter(title="Stop rule").update(state="done")
    first = prepared(inside, title="Review 2027").inputs.get(code="9.3.2-a")
    assert first.figure == "1/2" and "Hire one (Yuki Tanaka, 2027-03-31)" in first.text


def test_signing_fulfils_what_was_due(inside: World) -> None:
    rule = only(inside.orvanne, "SR01", anchor=date(2025, 12, 1))
    Occurrence.objects.create(organisation=inside.orvanne, obligation=rule, due=date(2026, 12, 1))
    review = signed(inside, held(inside))
    row_ = rule.occurrences.get()
    assert (row_.state, row_.record_id, row_.done_on) == ("done", review.pk, date(2026, 10, 20))
