"""Every rule of the catalogue (certification.md, section 8) is an obligation of its kind, with its interval and dates."""

import pytest

from aims.catalogue import edition
from aims.catalogue.durations import Duration
from aims.catalogue.schedule_rules import ScheduleRule
from aims.records.registry import ObligationRule, obligation_rules, register
from aims.schedule.asking import PEOPLE
from aims.schedule.floors import law
from aims.schedule.models import Obligation

RULES = {rule.code: rule for rule in edition().schedule_rules}
# counted from the last time that somebody decided, not from a day of the year: a renewal is a deadline after it
RENEWED = {"SR13", "SR26"}
KINDS = {
    "periodic": "periodic",
    "deadline": "after",
    "retention": "retention",
    "precondition": "precondition",
}


def holding(code: str) -> list[ObligationRule]:
    """The obligations that hold a rule: the one of its code first, then those for variants and events."""
    found = [rule for rule in obligation_rules() if rule.holds == code]
    return sorted(found, key=lambda rule: rule.code != code)


def amount(rule: ObligationRule) -> Duration:
    """The time of an obligation in the largest unit that it uses."""
    if rule.hours:
        return Duration(rule.hours, "hours")
    return Duration(rule.months, "months") if rule.months else Duration(rule.days, "days")


def in_months(duration: Duration) -> Duration:
    """Years as months."""
    return Duration(duration.amount * 12, "months") if duration.unit == "years" else duration


@pytest.mark.parametrize("code", RULES)
def test_each_rule_is_an_obligation_of_its_kind(code: str) -> None:
    found, rule = holding(code), RULES[code]
    assert found and found[0].code == code, f"{code} {rule.subject} is held by no obligation"
    assert found[0].kind == ("after" if code in RENEWED else KINDS[rule.kind])


def wanted(rule: ScheduleRule) -> Duration | None:
    """The time that a rule gives."""
    return rule.every or rule.within or rule.no_later_than or rule.keep or rule.target


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if wanted(rule)])
def test_each_has_the_time_of_the_rule(code: str) -> None:
    time = wanted(RULES[code])
    assert time and amount(holding(code)[0]) == in_months(time)


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.alert_days])
def test_each_announces_when_the_rule_says(code: str) -> None:
    assert holding(code)[0].lead_days == RULES[code].alert_days


def test_the_target_of_a_recertification_is_its_own() -> None:
    assert RULES["SR62"].target == Duration(holding("SR62")[0].target_months, "months")


def test_the_context_is_reviewed_before_the_management_review() -> None:
    rule, found = RULES["SR04"], holding("SR04")[0]
    before = next(r for r in obligation_rules() if r.code == found.before)
    assert (RULES[before.code].subject, found.before_days) == (rule.before, rule.lead_days)


def variants(found: list[ObligationRule]) -> list[Duration]:
    """The other times under a rule: of its variants, and of obligations for special cases."""
    own = [Duration(v.months, "months") for rule in found for v in rule.variants]
    return own + [amount(rule) for rule in found[1:] if rule.kind != "trigger"]


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.variants])
def test_each_variant_has_its_time(code: str) -> None:
    assert sorted(map(str, variants(holding(code)))) == sorted(map(str, RULES[code].variants.values()))


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.triggers])
def test_each_trigger_asks(code: str) -> None:
    asked = [rule for rule in holding(code) if rule.kind == "trigger" and rule.events]
    assert {event.name for rule in asked for event in rule.events} == set(RULES[code].triggers)
    assert all(rule.done_by or rule.code == "SR07T" for rule in asked)


def test_each_need_before_stage_2_is_asked() -> None:
    assert [need.code for need in holding("SR64")[0].needs] == list(RULES["SR64"].require)


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.basis == "law"])
def test_what_a_law_fixes_says_so(code: str) -> None:
    rule = RULES[code]
    conditional = "where it applies" in rule.source
    assert law(holding(code)[0]) == ("" if conditional else rule.source)


def test_nothing_is_held_that_is_no_rule() -> None:
    ours = {"SR09C": "significant changes (8.2)", "SR48": "complaints (8.1)", "SR49": "complaints (8.1)"}
    for rule in obligation_rules():
        assert rule.holds in RULES or rule.holds in ours, f"{rule.code} is in no rule of the catalogue"


@pytest.mark.parametrize("rule", obligation_rules(), ids=lambda rule: rule.code)
def test_each_declaration_names_what_exists(rule: ObligationRule) -> None:
    assert rule.kind in Obligation.Kind.values
    for spec in filter(None, (rule.event, rule.done_by, *(event.step for event in rule.events))):
        path, _, step = spec.rpartition(".")
        if path == PEOPLE:
            assert step in ("join", "move", "leave")
            continue
        kind = register(path or rule.register)
        assert kind, f"no register {path or rule.register!r}"
        assert step == "create" or kind.lifecycle.transition(step), spec
    if rule.kind == "periodic":
        assert rule.months or rule.days
    assert max(rule.lead_days, default=0) <= 366
