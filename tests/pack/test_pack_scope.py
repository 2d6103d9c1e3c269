"""What a pack is about: codes become lines, places and registers."""

import pytest

from aims.catalogue import edition
from aims.pack.scope import APPLICABILITY, KEPT_APART, TOPS, Scope, in_words, spelled_out
from aims.records.registry import registers


def test_nothing_chosen_is_everything() -> None:
    scope = Scope(())
    assert len(scope.lines) == len(edition().lines()) == 176
    assert scope.tops == TOPS


def test_every_register_with_a_clause_has_one_chapter_in_a_whole_pack() -> None:
    scope = Scope(())
    placed = [register.path for top in scope.tops for register in scope.registers(top)]
    expected = [r.path for r in registers() if r.answers and r.path not in KEPT_APART]
    assert sorted(placed) == sorted(expected)
    assert {register.path for register in scope.every} == set(expected)


def test_a_top_clause_is_spelled_out_into_its_leaves() -> None:
    assert spelled_out(["10"]) == ["10.1", "10.2"]
    assert spelled_out(["A"])[0] == "A.2"
    assert all(edition().is_code(code) for top in TOPS for code in spelled_out([top]))


def test_all_top_clauses_together_are_no_limit() -> None:
    assert spelled_out(TOPS) == []


def test_codes_are_kept_once_and_in_order() -> None:
    assert spelled_out(["10.2", "10", "10.2"]) == ["10.2", "10.1"]


@pytest.mark.parametrize(
    ("codes", "words"),
    [((), ""), (("10.1", "10.2"), "10"), (("6.1.2", "10.1", "10.2"), "10, 6.1.2"), (("A.5.4",), "A.5.4")],
)
def test_codes_read_as_people_chose_them(codes: tuple[str, ...], words: str) -> None:
    assert in_words(codes) == words


def test_a_clause_brings_its_lines_places_and_registers() -> None:
    scope = Scope(("6.1.2",))
    assert scope.tops == ("6",)
    assert [place.code for place, _lines in scope.places("6")] == ["6.1.2"]
    assert all(code.startswith("6.1.2-") for code in scope.lines)
    assert "ai-risks" in {register.path for register in scope.registers("6")}
    assert "documents" not in {register.path for register in scope.every}


def test_one_line_brings_that_line_only() -> None:
    assert list(Scope(("6.1.2-a",)).lines) == ["6.1.2-a"]


def test_a_register_of_another_clause_stands_where_it_answers() -> None:
    """AI systems belong to clause 4, and answer A.6.2 as well."""
    scope = Scope(("A.6.2",))
    assert "ai-systems" in {register.path for register in scope.registers("A")}


def test_controls_bring_the_statement_of_applicability() -> None:
    scope = Scope(("A.5",))
    assert APPLICABILITY in {register.path for register in scope.every}
    assert APPLICABILITY not in {register.path for register in scope.registers("A")}


def test_answers_evidence_and_working_notes_have_no_chapter_of_their_own() -> None:
    assert not {"answers", "evidence", "working-notes"} & {register.path for register in Scope(()).every}
