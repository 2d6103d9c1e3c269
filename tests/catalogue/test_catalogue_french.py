"""French beside the English, and English where there is none."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import pytest

from aims.catalogue import Catalogue, Clause, Control, UnknownCode


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


def test_every_leaf_has_its_guidance_in_french(catalogue: Catalogue) -> None:
    assert [leaf.code for leaf in catalogue.leaves() if not guided(catalogue, leaf)] == []


def test_every_control_has_its_guidance_in_french(catalogue: Catalogue) -> None:
    assert [code for code, control in catalogue.controls.items() if not guided(catalogue, control)] == []


def guided(catalogue: Catalogue, english: Clause | Control) -> bool:
    """Whether guidance, examples and questions are there, as many as in English."""
    french = catalogue.translations["fr"][english.code]
    lists = (
        (french.evidence_examples, english.evidence_examples),
        (french.auditor_questions, english.auditor_questions),
    )
    return bool(french.guidance) and all(len(one) == len(other) > 0 for one, other in lists)


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


def words_in(value: object) -> set[str]:
    """Every text in a part of the catalogue."""
    if isinstance(value, str):
        return {value}
    if is_dataclass(value):
        return set().union(*(words_in(getattr(value, field.name)) for field in fields(value)))
    several = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    return set().union(*(words_in(one) for one in several))


def test_every_phrase_is_of_a_text_that_is_there(catalogue: Catalogue) -> None:
    """A sentence that was changed in English would quietly lose its French."""
    there = words_in(catalogue.ai_acts) | words_in(catalogue.annex_d) | words_in(catalogue.terms)
    there |= words_in(catalogue.act_support) | words_in(catalogue.crosswalks)
    assert set(catalogue.phrases["fr"]) - there == set()


def test_what_people_read_of_the_ai_act_is_there_in_french(catalogue: Catalogue) -> None:
    act, french = catalogue.ai_act, catalogue.phrases["fr"]
    shown = [text for node in act.decision_tree.nodes for text in (node.question, node.help)]
    shown += [o.label for node in act.decision_tree.nodes for o in (*act.options(node), node.gate) if o]
    shown += [text for outcome in act.decision_tree.outcomes for text in (outcome.label, outcome.consequence)]
    shown += [t for duties in act.obligations.values() for duty in duties for t in (duty.title, duty.summary)]
    shown += [text for case in act.transparency for text in (case.case, case.duty)]
    shown += [rule.text for rule in (*act.gpai.model_duties, *act.gpai.systemic)]
    shown += [*act.art_6_3.duties]
    shown += [
        text for note in catalogue.annex_d.domain_notes for text in (note.domain, note.ai_act, *note.watch)
    ]
    assert [text for text in shown if text and text not in french] == []


def test_what_answers_a_duty_and_what_a_form_asks_is_there_in_french(catalogue: Catalogue) -> None:
    support, crosswalks, french = catalogue.act_support, catalogue.crosswalks, catalogue.phrases["fr"]
    shown = [support.note, support.as_of, *(answer.lacks for answer in support.answers)]
    shown += [text for one in support.standards for text in (one.title, one.status)]
    shown += [text for form in support.forms for text in (form.title, form.about)]
    points = (point for form in support.forms for point in form.points)
    shown += [text for point in points for text in (point.heading, point.title, point.asks)]
    shown += [text for entry in crosswalks.entries for text in (entry.note, entry.beyond_13485.more)]
    shown += [crosswalks.note, crosswalks.ai_act_presumption, *crosswalks.improvement_note.points]
    older = [act for act in catalogue.ai_acts.values() if act is not catalogue.ai_act]
    shown += [o.label for act in older for node in act.decision_tree.nodes for o in act.options(node)]
    assert [text for text in shown if text and text not in french] == []


def test_every_term_of_the_glossary_is_there_in_french(catalogue: Catalogue) -> None:
    french = catalogue.phrases["fr"]
    assert [t.term for t in catalogue.terms if not {t.term, t.definition} <= french.keys()] == []


def test_a_phrase_without_translation_stays_english(catalogue: Catalogue) -> None:
    assert catalogue.phrase("AI literacy", "fr") == "Maîtrise de l’IA"
    assert catalogue.phrase("AI literacy", "fr-CA") == "Maîtrise de l’IA"
    assert catalogue.phrase("AI literacy", "de") == catalogue.phrase("AI literacy") == "AI literacy"
    assert catalogue.phrase("not of the Act", "fr") == "not of the Act"
