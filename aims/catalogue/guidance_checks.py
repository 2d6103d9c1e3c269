"""What can be wrong in the vocabulary, the ML form, the risk guidance and the schedule rules."""

from collections.abc import Iterator

from aims.catalogue.catalogue import Catalogue
from aims.catalogue.checking import duplicates, reachable, unknown
from aims.catalogue.risk import Criteria, ExampleRisk
from aims.catalogue.schedule_rules import ScheduleRule


def guidance_problems(catalogue: Catalogue) -> Iterator[str]:
    """All of them, one sentence each."""
    yield from _vocabulary(catalogue)
    yield from _life_cycle(catalogue)
    yield from _form(catalogue)
    yield from _risk(catalogue)
    yield from _criteria(catalogue.risk.default_criteria)
    yield from _schedule(catalogue)


def _vocabulary(catalogue: Catalogue) -> Iterator[str]:
    roles = catalogue.vocabulary.roles
    yield from duplicates("terms", (term.term for term in catalogue.terms))
    names = [*(role.code for role in roles), *(sub.code for role in roles for sub in role.sub_roles)]
    yield from duplicates("roles", names)


def _life_cycle(catalogue: Catalogue) -> Iterator[str]:
    """Every stage can be reached from the first one, and no step leads nowhere or back to itself."""
    life_cycle = catalogue.life_cycle
    stages = [stage.code for stage in life_cycle.stages]
    yield from duplicates("life cycle", stages)
    for step in life_cycle.transitions:
        yield from unknown("life cycle", "stage", (step.source, step.target), stages)
        if step.source == step.target:
            yield f"life cycle: {step.source} leads to itself"
    reached = reachable(stages[0], {stage: life_cycle.after(stage) for stage in stages})
    yield from (f"life cycle: {stage} cannot be reached" for stage in stages if stage not in reached)


def _form(catalogue: Catalogue) -> Iterator[str]:
    description = catalogue.machine_learning
    yield from duplicates("ML form", (section.code for section in description.form.sections))
    yield from duplicates("ML form", (field.code for field in description.fields()))
    for field in description.fields():
        kind = field.type.removeprefix("list:")
        if not kind.startswith("ref:"):
            yield from unknown(f"ML form {field.code}", "type", [kind], description.field_types)
        if (kind in ("enum", "multi_enum")) != bool(field.options):
            yield f"ML form {field.code}: options belong to a choice, and a choice has them"
        yield from duplicates(f"ML form {field.code}", field.options)


def _risk(catalogue: Catalogue) -> Iterator[str]:
    risk = catalogue.risk
    stages = [stage.code for stage in catalogue.life_cycle.stages]
    yield from duplicates("risk source groups", (group.code for group in risk.risk_source_groups))
    yield from duplicates("example risks", (example.code for example in risk.example_risks))
    yield from unknown("life_cycle_use", "stage", risk.life_cycle_use, stages)
    for group in risk.risk_source_groups:
        yield from unknown(group.code, "risk source", [group.annex_c or "C.3.1"], catalogue.risk_sources)
    for example in risk.example_risks:
        yield from _example(catalogue, example)


def _example(catalogue: Catalogue, example: ExampleRisk) -> Iterator[str]:
    risk, code = catalogue.risk, example.code
    options = [option.code for option in risk.treatment_options]
    yield from unknown(
        code, "risk source", example.risk_sources, [group.code for group in risk.risk_source_groups]
    )
    yield from unknown(code, "objective", example.affected_objectives, catalogue.objectives)
    yield from unknown(code, "control", example.suggested_controls, catalogue.controls)
    yield from unknown(code, "treatment option", example.treatment_options, options)
    yield from unknown(code, "dimension", example.consequences, risk.default_criteria.consequence_dimensions)
    likelihoods = [step.value for step in risk.default_criteria.likelihood_scale]
    severities = [step.value for step in risk.default_criteria.consequence_scale]
    if (
        example.example_rating.likelihood not in likelihoods
        or example.example_rating.severity not in severities
    ):
        yield f"{code}: rating outside the scales"


def _criteria(criteria: Criteria) -> Iterator[str]:
    """Bands follow each other without gap or overlap, from the lowest level to the highest."""
    highest = criteria.likelihood_scale[-1].value * criteria.consequence_scale[-1].value
    expected = criteria.likelihood_scale[0].value * criteria.consequence_scale[0].value
    for band in criteria.bands:
        if band.min != expected or band.max < band.min:
            yield f"risk band {band.code}: {band.min} to {band.max}, expected to start at {expected}"
        expected = band.max + 1
    if expected != highest + 1:
        yield f"risk bands end at {expected - 1}, the scales at {highest}"


def _schedule(catalogue: Catalogue) -> Iterator[str]:
    rules = catalogue.schedule_rules
    yield from duplicates("schedule rules", (rule.code for rule in rules))
    subjects = [rule.subject for rule in rules]
    yield from duplicates("schedule rules", subjects)
    for rule in rules:
        places = catalogue.clauses.keys() | catalogue.controls.keys()
        yield from unknown(rule.code, "clause", rule.clauses, places)
        yield from unknown(rule.code, "subject", [rule.before] if rule.before else [], subjects)
        yield from _rule(rule)
    changes = {entry.date for entry in catalogue.ai_act.timeline}
    for day in catalogue.legal_dates:
        if day.date not in changes:
            yield f"legal date {day.date} is not in the timeline of the AI Act"


def _rule(rule: ScheduleRule) -> Iterator[str]:
    if rule.kind == "trigger" and not rule.triggers:
        yield f"{rule.code}: says neither when, nor after what, nor how long"
    if rule.kind == "deadline" and not rule.after:
        yield f"{rule.code}: a deadline needs the event after which it counts"
    if list(rule.alert_days) != sorted(set(rule.alert_days), reverse=True):
        yield f"{rule.code}: alert_days run down to the day"
