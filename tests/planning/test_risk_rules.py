"""The consistency rules about risks, each broken once and mended."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from aims.records.changes import create, move, write
from aims.records.registry import Gap
from context.models import AISystem
from planning.models import AIRisk, RiskAssessment, RiskCriteria
from planning.rules import RULES, grounds, risks
from tests.people import World
from tests.planning.test_risk_criteria import BANDS, approved, drafted
from tests.planning.test_risks import LATER, accept, rated

TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)
ALL = [f"RS{n}" for n in range(1, 9)]


def found(world: World, rule: Any) -> list[tuple[str, str]]:
    return [(gap.code, gap.ref) for gap in rule(world.officer)]


def only(world: World, rule: Any) -> Gap:
    (gap,) = rule(world.officer)
    assert isinstance(gap, Gap)
    return gap


def risk(world: World, **given: Any) -> AIRisk:
    values = {"title": "Drift", "option": "retain", "owner": world.contributor.id, "review_due": LATER}
    values["option"] = "accept"
    return create(world.officer, AIRisk, {**values, **rated("inherent", 2, 2, 2, 2), **given})


def system(world: World, **given: Any) -> AISystem:
    record = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "x", **given})
    return move(world.officer, record, "put_in_force")


def test_a_sound_risk_breaks_no_rule_about_risks(inside: World) -> None:
    risk(inside, system=system(inside), sources=ALL)
    gaps = [gap for rule in risks.RULES for gap in rule.find(inside.officer)]
    assert {gap.code for gap in gaps} == {"8.2-a", "8.4-a"}  # no assessment of the system holds yet
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_a_risk_has_an_owner_and_a_level(inside: World) -> None:
    record = risk(inside, owner=None, inherent_likelihood=None)
    assert found(inside, risks.risk_without_owner) == [("6.1.3-g", record.ref)]
    assert found(inside, risks.risk_not_rated) == [("6.1.2-g", record.ref)]
    assert only(inside, risks.risk_without_owner).url.endswith(f"{record.pk}/edit/#id_owner")
    write(inside.officer, record, {"owner": inside.contributor.id, "inherent_likelihood": 2})
    assert found(inside, risks.risk_without_owner) == found(inside, risks.risk_not_rated) == []


def test_a_treatment_names_a_control(inside: World) -> None:
    record = risk(inside, option="remove_source")
    assert found(inside, risks.treated_without_control) == [("6.1.3-c", record.ref)]
    write(inside.officer, record, {"option": "avoid"})
    assert found(inside, risks.treated_without_control) == []


def test_a_treatment_action_is_in_time(inside: World) -> None:
    record = risk(inside)
    late = {"text": "Watch drift", "due": YESTERDAY, "status": "in_progress"}
    write(inside.officer, record, {}, parts={"actions": [late, {**late, "text": "Again"}]})
    assert found(inside, risks.action_late) == [("8.3-a", record.ref)]
    assert only(inside, risks.action_late).url.endswith("#rows-actions")
    write(inside.officer, record, {}, parts={"actions": [{**late, "status": "done"}, {**late, "due": TODAY}]})
    assert found(inside, risks.action_late) == []


def test_a_target_is_reached_or_worked_at(inside: World) -> None:
    record = risk(inside, **rated("residual", 2, 2, 2, 2), **rated("target", 1, 2, 2, 2))
    assert found(inside, risks.target_not_reached) == [("8.3-c", record.ref)]
    write(inside.officer, record, {}, parts={"actions": [{"text": "More data", "due": TODAY}]})
    assert found(inside, risks.target_not_reached) == []
    write(inside.officer, record, {}, parts={"actions": [{"text": "More data", "status": "done"}]})
    assert found(inside, risks.target_not_reached) == [("8.3-c", record.ref)]
    write(inside.officer, record, {"residual_likelihood": 1})
    assert found(inside, risks.target_not_reached) == []


def test_a_system_in_use_has_its_risks_identified_from_every_source(inside: World) -> None:
    one = system(inside)
    system(inside, in_scope=False, scope_reason="Not ours")
    assert found(inside, risks.system_without_risk) == [("6.1.2-d", one.ref)]
    assert only(inside, risks.system_without_risk).url == f"/risks/identify/?system={one.ref}"
    assert found(inside, risks.sources_not_looked_at) == []  # the other rule says it
    risk(inside, system=one, sources=["RS1", "C.3.4"])
    assert found(inside, risks.system_without_risk) == []
    gap = only(inside, risks.sources_not_looked_at)
    assert gap.ref == one.ref and "Level of automation" in gap.title and "Complexity" not in gap.title
    run = create(inside.officer, RiskAssessment, {"title": "Run", "system": one, "sources": ALL})
    assert found(inside, risks.sources_not_looked_at)  # a draft says nothing yet
    RiskAssessment.objects.filter(pk=run.pk).update(state="approved")
    assert found(inside, risks.sources_not_looked_at) == []


def test_levels_are_of_the_criteria_in_force(inside: World) -> None:
    record = risk(inside)
    assert found(inside, risks.rated_under_older) == []
    force = approved(inside, drafted(inside))
    assert "1 risk is rated" in only(inside, risks.rated_under_older).title
    write(inside.officer, record, {"criteria": force.pk, "inherent_likelihood": 1})
    assert found(inside, risks.rated_under_older) == []


def test_what_is_above_the_appetite_is_accepted_by_who_may(inside: World) -> None:
    owned = system(inside, owner=inside.contributor.id)
    record = risk(inside, system=owned, owner=None, **rated("residual", 1, 2, 2, 2))
    assert found(inside, risks.risk_not_accepted) == []
    accept(inside.contributor, record)
    bands = [{"band": band, "rule": "Decide", "authority": "executive"} for band in BANDS]
    force = approved(inside, drafted(inside, acceptance=bands))
    again = {"criteria": force.pk, **rated("residual", 1, 2, 2, 2)}
    record = write(inside.officer, record, again)
    assert record.state == "accepted"  # the band is the same: the acceptance stands, and is questioned
    assert found(inside, risks.risk_not_accepted) == [("6.1.3-h", record.ref)]
    assert only(inside, risks.risk_not_accepted).grade == "major"
    record = move(inside.officer, record, "reassess", note="Who may accept has changed")
    accept(inside.executive, record)
    assert found(inside, risks.risk_not_accepted) == []
    other = risk(inside, **rated("residual", 2, 2, 2, 2))
    assert found(inside, risks.risk_not_accepted) == [("6.1.3-h", other.ref)]


def test_criteria_are_looked_at_in_time(inside: World) -> None:
    record = approved(inside, drafted(inside))
    assert found(inside, grounds.criteria_review_late) == []
    RiskCriteria.objects.filter(pk=record.pk).update(review_due=YESTERDAY)
    assert found(inside, grounds.criteria_review_late) == [("6.1.1-b", record.ref)]
