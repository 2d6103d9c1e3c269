"""What the edition holds: the counts of ISO/IEC 42001:2023, and links that lead somewhere."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from datetime import date

import pytest

from aims.catalogue import (
    Catalogue,
    CatalogueError,
    Clause,
    Control,
    Duration,
    Requirement,
    edition,
    editions,
    problems,
)
from aims.catalogue.terms import LifeCycle


def test_the_edition_has_138_lines_of_which_one_is_a_permission(catalogue: Catalogue) -> None:
    lines = catalogue.requirements.values()
    assert len(lines) == 138
    assert [line.code for line in lines if line.permission] == ["6.1.4-e"]


def test_the_edition_has_32_leaves_and_38_controls(catalogue: Catalogue) -> None:
    assert len(catalogue.leaves()) == 32
    assert len(catalogue.controls) == 38


def test_each_leaf_has_the_number_of_lines_that_was_counted(catalogue: Catalogue) -> None:
    counted = {leaf.code: len(leaf.requirements) for leaf in catalogue.leaves()}
    tops = Counter({"4": 15, "5": 17, "6": 38, "7": 18, "8": 17, "9": 25, "10": 8})
    by_top: Counter[str] = Counter()
    for code, lines in counted.items():
        by_top[catalogue.top(code)] += lines
    assert by_top == tops
    assert counted["6.1.3"] == 11
    assert counted["10.1"] == 1


def test_each_area_has_the_number_of_controls_that_the_annex_has(catalogue: Catalogue) -> None:
    held = Counter(control.area for control in catalogue.controls.values())
    expected = {
        "A.2": 3,
        "A.3": 2,
        "A.4": 5,
        "A.5": 4,
        "A.6.1": 2,
        "A.6.2": 7,
        "A.7": 5,
        "A.8": 4,
        "A.9": 3,
        "A.10": 3,
    }
    assert held == expected


def test_nothing_is_wrong_with_the_edition(catalogue: Catalogue) -> None:
    assert problems(catalogue) == []


def test_twenty_lines_ask_for_documented_information_and_one_implies_it(catalogue: Catalogue) -> None:
    asked = Counter(line.documented_information for line in catalogue.requirements.values())
    assert asked == {"required": 20, "implied": 1, "not_required": 117}


def test_controls_that_ask_for_something_in_writing(catalogue: Catalogue) -> None:
    others = [code for code, control in catalogue.controls.items() if not control.documented]
    unwritten = [
        "A.2.3",
        "A.2.4",
        "A.3.2",
        "A.3.3",
        "A.5.2",
        "A.8.2",
        "A.8.3",
        "A.9.4",
        "A.10.2",
        "A.10.3",
        "A.10.4",
    ]
    assert others == unwritten


def test_every_link_leads_to_a_place_of_the_edition(catalogue: Catalogue) -> None:
    linked: list[Clause | Control] = [*catalogue.leaves(), *catalogue.controls.values()]
    targets = {link for item in linked for link in item.links} - {"C.2", "C.3"}
    assert len(targets) > 50
    assert all(catalogue.clause_of(code) for code in targets)


def test_every_line_names_a_kind_of_record_that_is_described(catalogue: Catalogue) -> None:
    named = {kind for line in catalogue.lines() for kind in line.record_types}
    assert named <= catalogue.record_types.keys()
    named |= {kind.partition(":")[0] for answer in catalogue.act_support.answers for kind in answer.records}
    assert catalogue.record_types.keys() <= named, "a described kind that nothing asks for"


def test_a_line_is_the_same_thing_to_its_readers_whether_requirement_or_control(catalogue: Catalogue) -> None:
    for line in catalogue.lines():
        assert line.text
        assert line.title_or_text
        assert line in catalogue.lines_of(line.workspace)
    assert isinstance(catalogue.line("4.1-a"), Requirement)
    assert isinstance(catalogue.line("A.2.2"), Control)
    assert catalogue.line("A.2.2").title_or_text == "AI policy"
    assert catalogue.line("A.6.2.3").workspace == "A.6.2"


def test_leaves_called_general_have_a_heading_that_says_of_what(catalogue: Catalogue) -> None:
    headings = [clause.heading for clause in catalogue.leaves()]
    assert "General" not in headings
    assert catalogue.clauses["9.2.1"].heading == "Internal audit – General"


def test_every_leaf_and_control_has_its_crosswalk(catalogue: Catalogue) -> None:
    items: list[Clause | Control] = [*catalogue.leaves(), *catalogue.controls.values()]
    for item in items:
        assert item.crosswalk is not None
        assert item.crosswalk.code == item.code
    assert catalogue.controls["A.2.2"].crosswalk.iso_27001_2022 == ("A.5.1",)


def test_the_nist_crosswalk_can_be_read_from_the_other_side(catalogue: Catalogue) -> None:
    from_nist = catalogue.crosswalks.from_nist()
    assert len(from_nist) == 72
    assert from_nist["GOVERN 1.1"] == ("4.1", "4.2", "A.2.2", "A.2.3", "A.8.5")


def test_the_description_of_an_ml_system_has_102_fields_in_ten_sections(catalogue: Catalogue) -> None:
    sections = catalogue.machine_learning.form.sections
    assert len(sections) == 10
    assert len(catalogue.machine_learning.fields()) == 102
    assert [section.code for section in sections if section.repeatable] == ["model", "data"]


def test_stages_and_roles_offered_by_the_form_are_those_of_the_vocabulary(catalogue: Catalogue) -> None:
    fields = {field.code: field for field in catalogue.machine_learning.fields()}
    assert fields["status"].options == tuple(stage.code for stage in catalogue.life_cycle.stages)
    roles = catalogue.vocabulary.roles
    known = {role.code for role in roles} | {sub.code for role in roles for sub in role.sub_roles}
    assert set(fields["org_roles"].options) <= known
    outcomes = {outcome.code for outcome in catalogue.ai_act.decision_tree.outcomes}
    assert set(fields["ai_act_outcomes"].options) == outcomes


def test_vocabulary_and_risk_guidance_are_complete(catalogue: Catalogue) -> None:
    assert len(catalogue.terms) == 80
    assert len(catalogue.vocabulary.roles) == 6
    assert (len(catalogue.objectives), len(catalogue.risk_sources)) == (11, 7)
    assert len(catalogue.risk.example_risks) == 30


@pytest.fixture
def life_cycle(catalogue: Catalogue) -> LifeCycle:
    return catalogue.life_cycle


def test_a_system_is_verified_before_it_is_deployed(life_cycle: LifeCycle) -> None:
    assert [step.source for step in life_cycle.transitions if step.target == "deployment"] == [
        "verification_validation"
    ]


def test_a_retired_system_stays_retired_and_everything_else_can_go_on(life_cycle: LifeCycle) -> None:
    ends = [stage.code for stage in life_cycle.stages if not life_cycle.after(stage.code)]
    assert ends == ["retirement"]


def test_a_system_can_return_to_design_after_re_evaluation(life_cycle: LifeCycle) -> None:
    assert len(life_cycle.stages) == 8
    assert len(life_cycle.transitions) == 15
    assert "design_development" in life_cycle.after("re_evaluation")
    assert life_cycle.after("operation_monitoring") == (
        "continuous_validation",
        "re_evaluation",
        "retirement",
    )


def test_schedule_rules_are_of_the_five_kinds(catalogue: Catalogue) -> None:
    kinds = Counter(rule.kind for rule in catalogue.schedule_rules)
    assert kinds == {"periodic": 23, "deadline": 23, "retention": 2, "precondition": 1}
    assert sum(bool(rule.triggers) for rule in catalogue.schedule_rules) == 7


def test_schedule_rules_carry_durations(catalogue: Catalogue) -> None:
    rules = {rule.subject: rule for rule in catalogue.schedule_rules}
    assert rules["management_review"].every == Duration(12, "months")
    assert rules["gdpr_breach_notification"].within == Duration(72, "hours")
    assert rules["technical_documentation_retention"].keep == Duration(10, "years")
    assert rules["ai_risk_assessment"].variants == {"high_risk": Duration(6, "months")}
    assert rules["mdr_serious_incident"].variants["serious_public_health_threat"] == Duration(2, "days")
    assert rules["metric_measurement"].interval_from == "metric"


def test_clocks_that_stand_in_two_places_agree(catalogue: Catalogue) -> None:
    """The AI Act's incident deadlines are told as legal clocks and as schedule rules."""
    rules = {rule.source: rule.within for rule in catalogue.schedule_rules}
    for deadline in catalogue.ai_act.incident_deadlines:
        if deadline.within:
            assert rules[f"AI Act {deadline.ref}"] == deadline.within


def test_legal_dates_are_days_of_the_timeline(catalogue: Catalogue) -> None:
    assert [day.date for day in catalogue.legal_dates] == [
        date(2026, 12, 2),
        date(2027, 8, 2),
        date(2027, 12, 2),
        date(2028, 8, 2),
    ]


def test_nobody_can_change_the_standard(catalogue: Catalogue) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalogue.clauses["4.1"].title = "Ours"  # type: ignore[misc]
    with pytest.raises(TypeError):
        catalogue.controls["A.99"] = catalogue.controls["A.2.2"]  # type: ignore[index]


def test_free_data_is_frozen_to_the_bottom(catalogue: Catalogue) -> None:
    answers = catalogue.ai_act.decision_tree.examples[0].answers
    assert isinstance(answers, Mapping)
    assert not isinstance(answers, dict)
    assert answers["Q5"] == ()


def test_an_edition_is_loaded_once(catalogue: Catalogue) -> None:
    assert edition() is catalogue
    assert edition("iso42001_2023").edition.standard == "ISO/IEC 42001:2023"
    assert editions() == ("iso42001_2023",)


@pytest.mark.parametrize("code", ["iso42001_2031", "", "..", "../iso42001_2023"])
def test_an_unknown_edition_is_refused_by_name(code: str) -> None:
    with pytest.raises(CatalogueError, match="there are: iso42001_2023"):
        edition(code)
