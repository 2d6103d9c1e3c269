"""The rules of proposals, one by one, on made-up facts: no database."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from aims.catalogue import edition
from aims.organisation.profile import Activity, Kind, Profile, Sector, Size
from planning.ai_act import begins
from planning.proposals import Facts, SystemFacts
from planning.proposals_act import duties, field_note
from planning.proposals_calendar import Planned, calendar
from planning.proposals_controls import ControlProposal, _same_article, controls
from planning.proposals_roles import persons, roles

CATALOGUE = edition()
ACT = CATALOGUE.ai_act
USED = SystemFacts("Helper", frozenset({"ai_user", "eu_deployer"}), "operation_monitoring", "bought_product")
MADE = SystemFacts(
    "Maker", frozenset({"ai_producer", "eu_provider"}), "design_development", "developed_in_house"
)
TOWN = Profile(Size.MEDIUM, Kind.PUBLIC, frozenset({Activity.DEPLOYS}), Sector.PUBLIC)


def lines(facts: Facts) -> dict[str, ControlProposal]:
    return {line.code: line for line in controls(facts, duties(facts, ACT), CATALOGUE)}


def refs(facts: Facts, system: str = "") -> set[str]:
    return {duty.ref for duty in duties(facts, ACT) if not system or duty.system == system}


def test_with_nothing_said_every_control_stays_in_and_nothing_is_clear() -> None:
    found = lines(Facts())
    assert len(found) == 38 and all(line.applicable and not line.clear for line in found.values())


def test_a_profile_alone_proposes_and_asks_for_a_look() -> None:
    found = lines(Facts(Profile(activities=frozenset({Activity.USES}))))
    assert (
        not found["A.6.2.3"].applicable
        and not found["A.6.2.3"].clear
        and "only use" in found["A.6.2.3"].reason
    )
    assert found["A.9.2"].applicable and not found["A.9.2"].clear


def test_recorded_roles_go_before_the_profile() -> None:
    facts = Facts(Profile(activities=frozenset({Activity.USES})), (MADE,))
    assert facts.sides == {"provider", "producer"} and lines(facts)["A.6.2.3"].applicable


def test_a_control_that_treats_a_risk_is_never_left_out() -> None:
    facts = Facts(systems=(USED,), treats={"A.6.2.3": ("RSK-0003", "RSK-0007")})
    line = lines(facts)["A.6.2.3"]
    assert line.applicable and line.clear and line.reason == "It treats RSK-0003, RSK-0007."
    assert not lines(replace(facts, treats={}))["A.6.2.3"].applicable


def test_services_leave_out_what_is_run_by_others_unless_law_or_risk_wants_it() -> None:
    service = replace(USED, sourcing="saas_feature")
    assert not lines(Facts(systems=(service,)))["A.6.2.8"].applicable
    assert lines(Facts(systems=(USED,)))["A.6.2.8"].applicable, "a bought product runs here"
    high = replace(service, outcomes=("HIGH_RISK_ANNEX_III",))
    assert "Art. 26(6)" in lines(Facts(systems=(high,)))["A.6.2.8"].reason
    assert lines(Facts(systems=(service,), treats={"A.7.5": ("RSK-0001",)}))["A.7.5"].applicable


def test_where_all_is_ones_own_suppliers_are_looked_for() -> None:
    assert "look for suppliers" in lines(Facts(systems=(MADE,)))["A.10.3"].reason
    assert lines(Facts(systems=(MADE, USED)))["A.10.3"].clear


def test_long_lists_of_systems_are_cut() -> None:
    many = tuple(replace(USED, title=f"S{number}") for number in range(5))
    assert "We use S0, S1, S2 and 2 more." in lines(Facts(systems=many))["A.9.2"].reason


def test_a_control_waits_until_a_system_reaches_a_stage() -> None:
    retired = replace(USED, stage="retirement")
    assert "deployment" in lines(Facts(systems=(retired,)))["A.6.2.5"].waits
    assert not lines(Facts(systems=(replace(USED, stage="deployment"),)))["A.6.2.5"].waits
    assert not lines(Facts(systems=(retired,)))["A.2.3"].waits, "policies are about no stage"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Art. 9(6)-(8)", "Art. 9", True),
        ("Art. 26(1)-(3)", "Art. 26(2)", True),
        ("Art. 26(1)-(3)", "Art. 26(4)", False),
        ("Art. 53(1)(a)-(b)", "Art. 53(1)(a)", True),
        ("Art. 11 / Annex IV", "Art. 11", True),
        ("Art. 2", "Art. 26(2)", False),
        ("Annex IV(2)(c)", "Art. 11", False),
    ],
)
def test_articles_meet(one: str, other: str, same: bool) -> None:
    assert _same_article(one, other) is same


def test_article_27_binds_public_bodies_and_who_scores_credit() -> None:
    high = replace(USED, outcomes=("HIGH_RISK_ANNEX_III",), uses=frozenset({"4.a"}))
    assert "Art. 27" not in refs(Facts(systems=(high,)))
    assert {"Art. 27", "Art. 26(8)"} <= refs(Facts(TOWN, (high,)))
    credit = refs(Facts(systems=(replace(high, uses=frozenset({"5.b"})),)))
    assert "Art. 27" in credit and "Art. 26(8)" not in credit
    task = replace(TOWN, kind=Kind.PUBLIC_TASK)
    assert "Art. 27" in refs(Facts(task, (high,)))


def test_remote_identification_adds_its_own_duty() -> None:
    high = replace(USED, outcomes=("HIGH_RISK_ANNEX_III",), uses=frozenset({"1.a"}))
    assert "Art. 26(10)" in refs(Facts(systems=(high,)))
    assert "Art. 26(10)" not in refs(Facts(systems=(replace(high, uses=frozenset({"5.a"})),)))


def test_the_product_route_knows_no_registration_and_begins_later() -> None:
    product = replace(MADE, outcomes=("HIGH_RISK_ANNEX_I",))
    found = [duty for duty in duties(Facts(systems=(product,)), ACT) if duty.role == "provider"]
    assert {"Art. 9", "Art. 43"} <= {d.ref for d in found} and "Art. 49" not in {d.ref for d in found}
    assert {d.applies for d in found} == {date(2028, 8, 2)}
    assert not {"Art. 27", "Art. 86", "Art. 26(8)"} & refs(
        Facts(TOWN, (replace(USED, outcomes=("HIGH_RISK_ANNEX_I",)),))
    )


def test_the_day_that_was_entered_goes_before_the_laws_own() -> None:
    day = date(2027, 1, 1)
    high = replace(USED, outcomes=("HIGH_RISK_ANNEX_III",), applies_from=day)
    assert {d.applies for d in duties(Facts(systems=(high,)), ACT) if d.system} == {day}


def test_models_outside_the_union_need_a_representative() -> None:
    model = replace(MADE, outcomes=("GPAI",))
    assert "Art. 54" in refs(Facts(systems=(model,), country="CH"))
    inside = refs(Facts(systems=(model,), country="FR"))
    assert "Art. 54" not in inside and not any(ref.startswith("Art. 55") for ref in inside)
    assert "Art. 55(1)(a)" in refs(Facts(systems=(replace(MADE, outcomes=("GPAI_SYSTEMIC",)),)))
    assert refs(Facts(systems=(replace(USED, outcomes=("GPAI",)),))) == {"Art. 4"}, (
        "using a model is not providing it"
    )


def test_transparency_cases_are_those_ticked_or_all_of_the_role() -> None:
    ticked = replace(MADE, outcomes=("TRANSPARENCY",), cases=frozenset({"interaction"}))
    assert refs(Facts(systems=(ticked,)), "Maker") == {"Art. 50(1)"}
    assert refs(Facts(systems=(replace(ticked, cases=frozenset()),)), "Maker") == {"Art. 50(1)", "Art. 50(2)"}
    assert refs(Facts(systems=(replace(USED, outcomes=("TRANSPARENCY",)),)), "Helper") == {
        "Art. 50(3)",
        "Art. 50(4)",
    }


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("PROHIBITED", {"Art. 5"}),
        ("HIGH_RISK_SECTION_B", {"Art. 2(2)"}),
        ("ANNEX_III_EXEMPT", {"Art. 6(4)"}),
        ("MINIMAL", set()),
        ("", {"Art. 6"}),
    ],
)
def test_other_outcomes(outcome: str, expected: set[str]) -> None:
    system = replace(MADE, outcomes=(outcome,) if outcome else ())
    assert refs(Facts(systems=(system,)), "Maker") == expected


def test_outside_the_act_nothing_is_due() -> None:
    assert duties(Facts(systems=(replace(MADE, outcomes=("OUT_OF_SCOPE",)),)), ACT) == ()


def test_roles_of_the_act_follow_from_the_others_where_none_is_recorded() -> None:
    own = SystemFacts("Own", frozenset({"ai_developer", "ai_user"}))
    assert own.provided and own.deployed
    recorded = replace(own, roles=own.roles | {"eu_deployer"})
    assert recorded.deployed and not recorded.provided


def test_every_sector_but_two_has_its_note_of_annex_d() -> None:
    found = {sector: field_note(Facts(Profile(sector=sector)), CATALOGUE) for sector in Sector}
    assert {sector for sector, note in found.items() if note is None} == {Sector.SOFTWARE, Sector.OTHER}
    notes = [note.domain for note in found.values() if note]
    assert len(set(notes)) == len(notes) == len(CATALOGUE.annex_d.domain_notes)
    assert field_note(Facts(), CATALOGUE) is None


def test_an_event_that_the_data_has_not_is_an_error() -> None:
    with pytest.raises(LookupError, match="no event"):
        begins(ACT, "The end of days")


@pytest.mark.parametrize(("size", "needed"), [(Size.TINY, 3), (Size.SMALL, 5), (Size.LARGE, 7)])
def test_the_more_people_the_more_hands(size: Size, needed: int) -> None:
    proposed = roles(Facts(Profile(size=size), (USED,)))
    assert len(persons(proposed)) == needed, persons(proposed)
    assert [role.role for role in proposed[:2]] == ["aims_conformity", "aims_reporting"]


def test_without_a_size_roles_are_kept_apart() -> None:
    assert "Outside reviewer" not in {role.title for role in roles(Facts(systems=(USED,)))}


def test_what_is_at_stake_goes_before_size() -> None:
    planned = [
        Planned("SR09", "Risk assessment", 12),
        Planned("SR11", "Progress", 1),
        Planned("SR01", "Review", 12),
    ]
    tiny = Profile(size=Size.TINY)
    calm = {one.code: one.proposed for one in calendar(Facts(tiny, (USED,)), planned)}
    assert calm == {"SR09": 12, "SR11": 3, "SR01": 12}
    high = replace(USED, outcomes=("HIGH_RISK_ANNEX_III",))
    stakes = {one.code: one.proposed for one in calendar(Facts(tiny, (high,)), planned)}
    assert stakes == {"SR09": 6, "SR11": 1, "SR01": 12}


def test_an_interval_of_ones_own_is_shown_beside_the_proposal() -> None:
    high = replace(USED, outcomes=("HIGH_RISK_ANNEX_III",))
    [one] = calendar(Facts(systems=(high,)), [Planned("SR09", "Risk assessment", 6)])
    assert not one.differs and one.reason
    [other] = calendar(Facts(systems=(USED,)), [Planned("SR09", "Risk assessment", 24)])
    assert not other.differs and not other.reason, "without a reason to change, what was chosen stays"


def test_titles_come_in_the_readers_language() -> None:
    with translation.override("fr"):
        line = next(iter(controls(Facts(), (), CATALOGUE, "fr")))
    assert line.title == CATALOGUE.text(line.code, "title", "fr") != CATALOGUE.text(line.code, "title")
