"""What can be wrong in the AI Act's rules: above all a decision tree that leads nowhere."""

from collections.abc import Iterator

from aims.catalogue.ai_act import AIAct, Example, Node
from aims.catalogue.catalogue import Catalogue
from aims.catalogue.checking import duplicates, reachable, unknown


def ai_act_problems(catalogue: Catalogue) -> Iterator[str]:
    """All of them in every version of the rules, and in what supports them, one sentence each."""
    for name, act in catalogue.ai_acts.items():
        if name != act.meta.status_date.isoformat():
            yield f"eu_ai_act/{name}.yaml: its rules are of {act.meta.status_date}"
        for problem in _problems(act):
            yield problem if act is catalogue.ai_act else f"{name}: {problem}"
    yield from support_problems(catalogue)


def _problems(act: AIAct) -> Iterator[str]:
    """What is wrong in one version."""
    yield from _codes(act)
    yield from _dates(act)
    yield from _outcomes(act)
    yield from _tree(act)
    for example in act.decision_tree.examples:
        yield from _example(act, example)


def support_problems(catalogue: Catalogue) -> Iterator[str]:
    """What is wrong in the table of answers to duties and in the forms: above all a link that leads nowhere."""
    support, codes = catalogue.act_support, {c.code for c in catalogue.leaves()} | catalogue.controls.keys()
    standards = [standard.code for standard in support.standards]
    refs = {duty.ref for duties in catalogue.ai_act.obligations.values() for duty in duties}
    yield from duplicates("European standards", standards)
    yield from duplicates("answers to duties", (answer.ref for answer in support.answers))
    for answer in support.answers:
        yield from unknown(answer.ref, "clause", answer.codes, codes)
        yield from unknown(answer.ref, "standard", answer.standards, standards)
        yield from unknown(
            answer.ref,
            "record_type",
            (one.partition(":")[0] for one in answer.records),
            catalogue.record_types,
        )
    said = {answer.ref for answer in support.answers}
    yield from (f"answers to duties: none for {ref}" for ref in sorted(refs - said))
    for form in support.forms:
        yield from duplicates(form.code, (point.code for point in form.points))


def _codes(act: AIAct) -> Iterator[str]:
    yield from duplicates("AI Act roles", (role.code for role in act.roles))
    yield from duplicates("prohibited practices", (practice.code for practice in act.prohibited_practices))
    yield from duplicates("transparency", (case.code for case in act.transparency))
    yield from duplicates("Annex III", (point.code for point in act.annex_iii))
    for point in act.annex_iii:
        yield from duplicates("Annex III", (item.code for item in point.items))
        for item in point.items:
            if not item.code.startswith(f"{point.point}."):
                yield f"Annex III {item.code}: stands under point {point.point}"


def _dates(act: AIAct) -> Iterator[str]:
    days = [entry.date for entry in act.timeline]
    if days != sorted(days):
        yield "the AI Act's timeline is not in order"
    for entry in act.timeline:
        if (entry.status == "scheduled") != (entry.date > act.meta.status_date):
            yield f"timeline {entry.date}: {entry.status} as of {act.meta.status_date}"
    for practice in act.prohibited_practices:
        if practice.applies_from not in days:
            yield f"{practice.code}: {practice.applies_from} is not in the timeline"


def _outcomes(act: AIAct) -> Iterator[str]:
    tree = act.decision_tree
    codes = [outcome.code for outcome in tree.outcomes]
    yield from duplicates("outcomes", codes)
    if sorted(tree.priority) != sorted(codes):
        yield "the priority list and the outcomes differ"


def _tree(act: AIAct) -> Iterator[str]:
    tree = act.decision_tree
    outcomes = [outcome.code for outcome in tree.outcomes]
    nodes = [node.code for node in tree.nodes]
    yield from duplicates("decision tree", nodes)
    yield from unknown("decision tree", "start", [tree.start], nodes)
    reached = reachable(tree.start, {node.code: node.targets() for node in tree.nodes})
    for node in tree.nodes:
        yield from unknown(node.code, "target", node.targets(), [*nodes, *outcomes])
        yield from unknown(node.code, "outcome", node.adds.values(), outcomes)
        yield from _answers(node)
        if node.code not in reached:
            yield f"{node.code}: cannot be reached from {tree.start}"


def _answers(node: Node) -> Iterator[str]:
    """Every answer that can be given leads somewhere."""
    if node.type == "result" or "always" in node.branches:
        return
    wanted = {
        "yes_no": {"yes", "no"},
        "multi": {"any", "none"},
        "multi_and": {"yes", "no"},
        "single": set[str](),
    }
    missing = wanted[node.type] - node.branches.keys()
    yield from (f"{node.code}: answer {answer!r} leads nowhere" for answer in sorted(missing))
    if node.type == "single":
        yield from (f"{node.code}: {option.code} leads nowhere" for option in node.options if not option.next)


def _example(act: AIAct, example: Example) -> Iterator[str]:
    tree = act.decision_tree
    yield from unknown(example.name, "node", example.answers, [node.code for node in tree.nodes])
    yield from unknown(example.name, "outcome", example.outcomes, tree.priority)
