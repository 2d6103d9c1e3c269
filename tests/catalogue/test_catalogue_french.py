"""French beside the English, and English where there is none."""

import re

import pytest

from aims.catalogue import Catalogue, UnknownCode


def test_every_title_is_there_in_french(catalogue: Catalogue) -> None:
    french = catalogue.translations["fr"]
    titled = [
        *catalogue.clauses,
        *catalogue.areas,
        *catalogue.controls,
        *catalogue.objectives,
        *catalogue.risk_sources,
    ]
    assert len(titled) == 43 + 11 + 38 + 11 + 7
    assert [code for code in titled if code not in french or not french[code].title] == []


def test_every_line_is_there_in_french(catalogue: Catalogue) -> None:
    french = catalogue.translations["fr"]
    assert [
        line.code for line in catalogue.lines() if line.code not in french or not french[line.code].text
    ] == []


def test_every_area_has_its_objective_in_french(catalogue: Catalogue) -> None:
    assert all(catalogue.translations["fr"][code].objective for code in catalogue.areas)


def test_every_leaf_and_control_has_its_guidance_in_french(catalogue: Catalogue) -> None:
    french = catalogue.translations["fr"]
    for place in (*catalogue.leaves(), *catalogue.controls.values()):
        there = french[place.code]
        assert there.guidance, place.code
        assert len(there.evidence_examples) == len(place.evidence_examples) > 0, place.code
        assert len(there.auditor_questions) == len(place.auditor_questions) > 0, place.code


def test_text_is_given_in_the_language_asked_for(catalogue: Catalogue) -> None:
    assert catalogue.text("5.2", "title") == "AI policy"
    assert catalogue.text("5.2", "title", "fr") == "Politique d’IA"
    assert catalogue.text("5.2", "title", "fr-CA") == "Politique d’IA"
    assert catalogue.text("4.4-c", language="fr") == "Documenter le SMIA."
    assert catalogue.text("A.4.4", "text", "fr") == "L’inventaire des ressources décrit les outils."


def test_what_has_no_translation_is_given_in_english(catalogue: Catalogue) -> None:
    assert catalogue.text("5.2", "title", "de") == "AI policy"
    assert catalogue.text("5.2", "title", "") == "AI policy"


def test_a_heading_says_of_what_it_is_the_general_part(catalogue: Catalogue) -> None:
    assert catalogue.text("9.2.1", "heading", "fr") == "Audit interne – Généralités"
    assert catalogue.text("9.2.1", "heading", "de") == "Internal audit – General"
    assert catalogue.text("5.2", "heading", "fr") == "Politique d’IA"
    assert catalogue.text("A.2.2", "heading", "en") == "AI policy"
    assert catalogue.text("4.4-c", "heading", "en") == "Document the AIMS."
    assert catalogue.text("4.4-c", "heading", "fr") == "Documenter le SMIA."
    assert catalogue.text("C.2.5", "heading", "fr") == "Équité"


def test_lists_are_given_whole(catalogue: Catalogue) -> None:
    english = catalogue.texts("4.1", "auditor_questions")
    assert len(catalogue.texts("4.1", "auditor_questions", "fr")) == len(english) == 3
    assert catalogue.texts("4.1-a", "auditor_questions") == ()


def test_a_field_that_an_entry_does_not_have_is_empty(catalogue: Catalogue) -> None:
    assert catalogue.text("4.1-a", "guidance", "fr") == ""
    assert catalogue.text("4.1", "objective", "fr") == ""


def test_a_field_that_nothing_has_is_a_mistake(catalogue: Catalogue) -> None:
    with pytest.raises(ValueError, match="titel"):
        catalogue.text("4.1", "titel")


def test_an_unknown_code_has_no_text(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownCode):
        catalogue.text("4.9", "title", "fr")


def test_french_is_set_with_its_own_spaces_and_apostrophes(catalogue: Catalogue) -> None:
    """A line that ends before a colon, or a straight apostrophe, would be seen in the printed pack."""
    for code, entry in catalogue.translations["fr"].items():
        for text in (
            entry.title,
            entry.text,
            entry.objective,
            entry.guidance,
            *entry.auditor_questions,
            *entry.evidence_examples,
        ):
            assert "'" not in text, code
            assert not re.search(r"(?<!\u00a0)[:;?!](?!\d)", text), (code, text)


def test_french_is_not_english_left_over(catalogue: Catalogue) -> None:
    same = [line.code for line in catalogue.lines() if catalogue.text(line.code, "text", "fr") == line.text]
    assert same == []
