"""Search: every word, in any form, with or without accents; only what the member may see; one statement for all."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aims.organisation.acting import acting
from aims.records.changes import create, move
from aims.records.models import Evidence
from aims.records.registry import register_of, registers
from aims.records.search import Words, excerpt, find, fold, lines, marked, rule, words_of
from context.models import AISystem, InterestedParty
from tests.people import World

SYSTEMS = register_of(AISystem)


def system(world: World, title: str, purpose: str = "x", **data: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": title, "purpose": purpose, **data})


def titles(world: World, text: str, member: Any = None) -> list[str]:
    return [hit.title for hit in find(member or world.officer, text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Reads letters of patients", "letter"),  # a beginning
        ("Reads letters of patients", "READ"),  # any case
        ("Evaluating the policies", "evaluation policy"),  # English stems
        ("Évaluation des incidents", "evaluation"),  # without accents
        ("Evaluation des incidents", "évaluer incident"),  # French stems
        ("Detects cœur problems", "CŒUR"),
        ("Uses a 3D model (v2.1)", "v2.1"),
        ("Sort X-rays", "x-rays"),
    ],
)
def test_words_of_the_text_are_found_in_their_forms(inside: World, text: str, said: str) -> None:
    system(inside, "Wanted", text)
    system(inside, "Other", "Nothing of the kind")
    assert titles(inside, said) == ["Wanted"]


@pytest.mark.parametrize("said", ["AIS-0001", "ais-0001", "thora", "scan", "ThoraScan AIS", "S-77"])
def test_numbers_titles_and_external_ids_are_found_by_a_piece(inside: World, said: str) -> None:
    system(inside, "ThoraScan", external_id="S-77")
    system(inside, "Orva")
    assert titles(inside, said) == ["ThoraScan"]


@pytest.mark.parametrize("said", ["letters cats", "xletters", "", "   ", "zzz"])
def test_every_word_must_be_there(inside: World, said: str) -> None:
    system(inside, "Wanted", "Reads letters of patients")
    assert titles(inside, said) == []


def test_the_number_comes_first_then_titles_then_texts(inside: World) -> None:
    system(inside, "Third", "mentions drift")
    system(inside, "On drift")
    system(inside, "Drift watch")
    withdrawn = system(inside, "Drift of old")
    move(inside.officer, withdrawn, "withdraw", 1, note="gone")
    assert titles(inside, "drift") == ["Drift watch", "On drift", "Drift of old", "Third"]


def test_parts_are_found_under_their_record_once(inside: World) -> None:
    rows = [{"text": "Equal quality for women"}, {"text": "Equal quality for men"}]
    create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})
    (hit,) = find(inside.officer, "equal quality")
    assert (hit.register.path, hit.title) == (
        "interested-parties",
        "Patients",
    ) and "Equal quality" in hit.excerpt


def test_evidence_and_systems_are_asked_in_one_statement(inside: World) -> None:
    system(inside, "Drift report")
    create(inside.officer, Evidence, {"title": "Drift report", "shows": "x"})
    with CaptureQueriesContext(connection) as asked:
        found = find(inside.officer, "drift")
    assert {hit.register.path for hit in found} == {"ai-systems", "evidence"}
    assert len([q for q in asked if "strpos" in q["sql"]]) == 1
    assert len(asked) <= 5  # the stems, all registers at once, and what the seals want to know of the member


def test_nobody_finds_what_they_may_not_see(inside: World) -> None:
    system(inside, "ThoraScan")
    assert titles(inside, "ThoraScan", inside.reader) == ["ThoraScan"]
    assert titles(inside, "ThoraScan", inside.auditor) == []
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert titles(inside, "ThoraScan", inside.stranger) == []
        assert titles(inside, "ThoraScan", inside.officer) == []  # not even with the words of another


def test_a_list_is_filtered_by_the_same_words(inside: World) -> None:
    system(inside, "Wanted", "Évaluation des incidents")
    system(inside, "Other", "y")
    rows = AISystem.objects.filter(rule(SYSTEMS, "evaluation incident"))
    assert [row.title for row in rows] == ["Wanted"] and AISystem.objects.filter(
        rule(SYSTEMS, " ")
    ).count() == 2


def test_every_register_can_be_asked(inside: World) -> None:
    for register in registers():
        assert list(register.model._default_manager.filter(rule(register, "zebra crossing"))) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=60) | st.text(alphabet="&|!():*<->'\\%_\"a1 ", max_size=40))
def test_no_question_breaks_it(inside: World, text: str) -> None:
    assert isinstance(find(inside.officer, text), list)
    assert list(AISystem.objects.filter(rule(SYSTEMS, text))) == []


@given(st.text())
def test_folding_keeps_the_place_of_every_letter(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_the_database_folds_accents_and_capitals(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select aims_fold(%s)", ["ÀÉÎÕÜÇ àéîõüç ABC"])
        assert cursor.fetchone()[0] == fold("ÀÉÎÕÜÇ àéîõüç ABC") == "aeiouc aeiouc abc"


def test_an_excerpt_stands_around_the_word() -> None:
    text = "Title · " + "before " * 50 + "the drift " + "after " * 50
    piece = excerpt(text, "Title", Words(("drift",), ("drift",)))
    assert "the drift after" in piece and piece.startswith("…") and piece.endswith("…") and len(piece) < 250


def test_what_was_looked_for_is_marked() -> None:
    words = Words(("evaluation",), ("evalu",))
    pieces = marked("The Évaluation, evaluated", words)
    assert pieces == [("The ", False), ("Évaluation", True), (", ", False), ("evaluated", True)]
    assert marked("nothing", Words((), ())) == [("nothing", False)]


def test_stems_are_beginnings_of_their_words(db: None) -> None:
    assert words_of("policies evaluation the été").stems[:2] == ("polic", "evalu")
    words = words_of("policies running données of")
    for word, stem in zip(words.said, words.stems, strict=True):
        assert word.startswith(stem)


def test_lines_of_the_standard_are_found_by_words_and_code() -> None:
    assert {line.code for line in lines("A.5.4")} == {"A.5.4"}
    assert lines("risk") and len(lines("risk")) <= 10 and lines("xyzzy") == [] and lines("") == []
