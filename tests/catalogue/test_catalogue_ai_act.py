"""The AI Act's decision tree, walked with its own worked examples."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from aims.catalogue import AIAct, Catalogue, edition
from aims.catalogue.ai_act import Example, Node

EXAMPLES = edition().ai_act.decision_tree.examples


def branch(node: Node, answer: object) -> str:
    """The name of the branch that an answer takes."""
    if node.type == "yes_no":
        return "yes" if answer else "no"
    if node.type == "multi":
        return "any" if answer else "none"
    if isinstance(answer, Mapping):
        return "yes" if answer["no_significant_risk"] and answer["options"] else "no"
    return str(answer)


def walk(act: AIAct, answers: Mapping[str, object]) -> Iterator[str]:
    """The outcomes added on the way, and the one that ends it early."""
    tree = act.decision_tree
    here, nodes = tree.start, {node.code: node for node in tree.nodes}
    while here in nodes and nodes[here].type != "result":
        node = nodes[here]
        taken = branch(node, answers[here])
        if taken in node.adds:
            yield node.adds[taken]
        leads = {option.code: option.next for option in node.options if option.next} | dict(node.branches)
        here = leads.get(taken) or leads["always"]
    if here not in nodes:
        yield here


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_worked_example_gives_its_outcomes(catalogue: Catalogue, example: Example) -> None:
    outcomes = list(walk(catalogue.ai_act, example.answers)) or ["MINIMAL"]
    priority = catalogue.ai_act.decision_tree.priority
    assert sorted(outcomes, key=priority.index) == list(example.outcomes)


def test_the_examples_reach_most_kinds_of_outcome() -> None:
    assert len(EXAMPLES) == 8
    assert len({outcome for example in EXAMPLES for outcome in example.outcomes}) >= 6


def test_answers_of_the_examples_can_be_chosen(catalogue: Catalogue) -> None:
    act = catalogue.ai_act
    for example in EXAMPLES:
        for code, answer in example.answers.items():
            node = act.decision_tree.node(code)
            chosen = (
                {answer} if node.type == "single" else set(answer) if isinstance(answer, tuple) else set()
            )
            assert chosen <= {option.code for option in act.options(node)}


def test_a_node_offers_the_part_that_it_names(catalogue: Catalogue) -> None:
    act = catalogue.ai_act
    offered = {
        code: len(act.options(act.decision_tree.node(code))) for code in ("Q3", "Q5", "Q8", "Q11", "Q1")
    }
    assert offered == {"Q3": 5, "Q5": 10, "Q8": 25, "Q11": 5, "Q1": 0}


def test_a_node_that_does_not_exist_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(LookupError, match="Q99"):
        catalogue.ai_act.decision_tree.node("Q99")


def test_two_bans_came_with_the_amendment(catalogue: Catalogue) -> None:
    practices = catalogue.ai_act.prohibited_practices
    later = [practice.code for practice in practices if practice.applies_from > date(2026, 11, 24)]
    assert later == ["nonconsensual_intimate", "csam"]


def test_the_amended_high_risk_dates_stand_beside_the_original_ones(catalogue: Catalogue) -> None:
    act = catalogue.ai_act
    assert act.original_dates.annex_iii == date(2026, 8, 2)
    postponed = {entry.date for entry in act.timeline if entry.event.startswith("High-risk: Annex")}
    assert postponed == {date(2027, 12, 2), date(2028, 8, 2)}


def test_penalties_and_retention_are_numbers(catalogue: Catalogue) -> None:
    act = catalogue.ai_act
    assert max(penalty.max_eur for penalty in act.penalties) == 35_000_000
    assert {str(rule.keep) for rule in act.retention} == {"6 months", "10 years"}
    assert act.gpai.threshold_flop == 1e25


def test_each_actor_has_obligations(catalogue: Catalogue) -> None:
    counted = {actor: len(duties) for actor, duties in catalogue.ai_act.obligations.items()}
    assert counted == {
        "high_risk_provider": 21,
        "high_risk_deployer": 15,
        "importer": 1,
        "distributor": 1,
        "value_chain": 1,
        "all": 1,
    }
