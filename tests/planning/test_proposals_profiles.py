"""Four organisations of different size, kind and nature get different, sensible proposals; and loading them is safe."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from aims.catalogue import edition
from aims.demo.loading import Loader
from aims.demo.people import cast, settle_in
from aims.demo.profiles import PROFILES, keep_demo_profile, load_profile, people
from aims.demo.reading import read
from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.models import Organisation, Person
from aims.organisation.profile import profile_of
from aims.records.models import Signature
from aims.records.registry import obligation_rules
from context.models import AISystem
from planning.models import AIActAnswer
from planning.proposals import Facts, gather
from planning.proposals_act import Duty, duties
from planning.proposals_calendar import CHANGES, Planned, Rhythm, calendar
from planning.proposals_controls import ControlProposal, controls
from planning.proposals_roles import RoleProposal, persons, roles

pytestmark = pytest.mark.django_db
ACT = edition().ai_act
NOT_FOR_USERS = {
    "A.6.1.2", "A.6.1.3", "A.6.2.2", "A.6.2.3", "A.6.2.4", "A.6.2.7", "A.7.2", "A.7.3", "A.7.6", "A.10.4"
}  # fmt: skip
LEFT_OUT_BY_SERVICES = {"A.4.5", "A.6.2.8", "A.7.5"}
EVERY = [
    Planned(rule.code, rule.subject, {"months": 1, "years": 12}[rule.every.unit] * rule.every.amount)
    for rule in edition().schedule_rules
    if rule.every
] + [Planned("SR16", "metric_measurement", 3)]


class Proposed:
    """Everything that is proposed to an organisation."""

    def __init__(self, member: Member) -> None:
        with acting(member.organisation_id, member.actor):
            self.facts: Facts = gather(member)
        self.duties: tuple[Duty, ...] = duties(self.facts, ACT)
        self.lines: dict[str, ControlProposal] = {
            line.code: line for line in controls(self.facts, self.duties, edition())
        }
        self.roles: tuple[RoleProposal, ...] = roles(self.facts)
        self.calendar: dict[str, Rhythm] = {one.code: one for one in calendar(self.facts, EVERY)}

    @property
    def out(self) -> set[str]:
        return {code for code, line in self.lines.items() if not line.applicable}

    @property
    def articles(self) -> set[str]:
        return {duty.ref for duty in self.duties}

    @property
    def moved(self) -> dict[str, int]:
        return {code: one.proposed for code, one in self.calendar.items() if one.differs}


def demo() -> Member:
    """Orvanne with its systems and their roles; its answers on the AI Act as far as the demo has them."""
    members = settle_in("orvanne")
    officer = members[cast("orvanne")[0].key]
    keep_demo_profile(officer)
    loader = Loader(members, cast("orvanne")[0].key)
    with acting(officer.organisation_id, officer.actor):
        loader.learn_lines()
        loader.load("ai-systems", read("clause_4")["ai-systems"])
        sheets = read("clause_6")["ai-act-answer-sheets"]
        loader.load("ai-act-answer-sheets", sheets)
    return officer


def test_four_organisations_get_four_different_proposals() -> None:
    found = {name: Proposed(next(iter(load_profile(name).values()))) for name in PROFILES}
    four = {**found, "demo": Proposed(demo())}
    check_controls(four)
    check_duties(four)
    check_roles(four)
    check_hats(four["office"])
    check_calendar(four)


def check_controls(four: dict[str, Proposed]) -> None:
    """Which controls apply, and why."""
    assert all(list(one.lines) == list(edition().controls) for one in four.values())
    assert four["office"].out == NOT_FOR_USERS | LEFT_OUT_BY_SERVICES
    assert four["town"].out == NOT_FOR_USERS
    assert four["maker"].out == set() and four["demo"].out == set()
    check_reasons(four)


def check_reasons(four: dict[str, Proposed]) -> None:
    """The reasons name what they come from, and where a person has to look it says so."""
    assert "Art. 26(6)" in four["town"].lines["A.6.2.8"].reason
    assert (
        "Art. 27" in four["town"].lines["A.5.2"].reason and "AidePrio" in four["town"].lines["A.5.2"].reason
    )
    assert (
        "Art. 53" in four["maker"].lines["A.6.2.7"].reason
        and "Art. 53" in four["maker"].lines["A.7.3"].reason
    )
    assert "LinguaDraft" in four["office"].lines["A.9.2"].reason
    assert "AI Act" not in four["office"].lines["A.9.2"].reason
    unclear = {name: {c for c, line in one.lines.items() if not line.clear} for name, one in four.items()}
    assert unclear["office"] == LEFT_OUT_BY_SERVICES and unclear["town"] == set() == unclear["demo"]
    assert unclear["maker"] == {"A.9.2", "A.9.3"}
    assert four["maker"].lines["A.6.2.6"].waits and not four["demo"].lines["A.6.2.6"].waits


def check_duties(four: dict[str, Proposed]) -> None:
    """Which articles, and from when."""
    assert four["office"].articles == {"Art. 4"}
    town = four["town"]
    assert {"Art. 26(1)", "Art. 26(2)", "Art. 26(6)", "Art. 26(8)", "Art. 27", "Art. 86"} <= town.articles
    assert "Art. 26(10)" not in town.articles and "Art. 9" not in town.articles
    assert {d.applies for d in town.duties if d.ref == "Art. 26(8)"} == {date(2027, 12, 2)}
    maker = four["maker"]
    assert {"Art. 53(1)(a)", "Art. 53(1)(c)", "Art. 54", "Art. 50(2)"} <= maker.articles
    assert not any(ref.startswith(("Art. 26", "Art. 55")) for ref in maker.articles)
    assert {d.applies for d in maker.duties if d.ref == "Art. 53(1)(a)"} == {date(2025, 8, 2)}
    check_demo_duties(four["demo"])


def check_demo_duties(orvanne: Proposed) -> None:
    """A medical device waits for 2028 and a bought recruiting tool for 2027; a company owes no Article 27 for it."""
    thorascan = [
        d for d in orvanne.duties if d.system == "ThoraScan Triage" and d.outcome == "HIGH_RISK_ANNEX_I"
    ]
    assert {d.role for d in thorascan} == {"provider"} and "Art. 43" in {d.ref for d in thorascan}
    assert "Art. 49" not in {d.ref for d in thorascan}, "no registration by the product route"
    talent = [d for d in orvanne.duties if d.system == "TalentSift" and d.outcome == "HIGH_RISK_ANNEX_III"]
    assert {d.role for d in talent} == {"deployer"} and {d.applies for d in talent} == {date(2027, 12, 2)}
    assert "Art. 26(7)" in {d.ref for d in talent} and "Art. 27" not in {d.ref for d in talent}


def check_roles(four: dict[str, Proposed]) -> None:
    """Which roles, and how many people."""
    people_needed = {name: len(persons(one.roles)) for name, one in four.items()}
    assert people_needed["office"] == 3, persons(four["office"].roles)
    assert all(people_needed[name] >= 6 for name in ("town", "maker", "demo"))
    assert all({"aims_conformity", "aims_reporting"} <= {r.role for r in one.roles} for one in four.values())
    titles = {name: {role.title for role in one.roles} for name, one in four.items()}
    assert "Outside reviewer" in titles["office"] and "Outside reviewer" not in titles["town"]
    assert "Answers people who are affected" in titles["town"] and "Oversees AidePrio" in titles["town"]
    assert "Keeps the technical documentation" in titles["maker"] & titles["demo"]
    assert "May withdraw ThoraScan Triage" in titles["demo"] and "Data steward" not in titles["town"]


def check_hats(office: Proposed) -> None:
    """A tiny organisation keeps top management and the second look apart, and the rest together."""
    holder = {role.title: role.person for role in office.roles}
    assert (
        holder["Keeps the AIMS in conformity"]
        == holder["Reports on the AIMS"]
        == holder["Owner of LinguaDraft"]
    )
    assert holder["Accepts residual risk"] != holder["Keeps the AIMS in conformity"]
    assert holder["Internal auditor"] == holder["Handles concerns"] == holder["Outside reviewer"]


def check_calendar(four: dict[str, Proposed]) -> None:
    """How often, and where it differs from the default."""
    assert four["office"].moved == {"SR05": 12, "SR11": 3, "SR15": 6, "SR16": 6, "SR17": 12}
    assert four["town"].moved == {"SR09": 6, "SR10": 6, "SR22": 12, "SR24": 6, "SR25": 6}
    assert four["maker"].moved == {"SR05": 3, "SR16": 1}
    assert four["demo"].moved == {"SR05": 3, "SR09": 6, "SR16": 1, "SR22": 12, "SR23": 6, "SR24": 6}
    assert all(one.reason for org in four.values() for one in org.calendar.values() if one.differs)


def test_changes_are_about_periodic_rules_of_the_catalogue() -> None:
    codes = {rule.code for rule in edition().schedule_rules if rule.kind == "periodic"}
    assert {change.code for change in CHANGES} <= codes
    declared = {rule.code for rule in obligation_rules() if rule.kind == "periodic"}
    assert declared & {change.code for change in CHANGES}


def test_the_three_are_loaded_once_whole_and_told_each_time() -> None:
    first, second = loaded(), loaded()
    assert first == second and len(first) == 12 and all(line.startswith("account ") for line in first)
    [office] = members_of(Person.objects.get(email=people("office")[0].email).pk)
    with acting(office.organisation_id, office.actor):
        assert profile_of(Organisation.objects.get(pk=office.organisation_id)).complete
        assert AISystem.objects.count() == 2 == AIActAnswer.objects.filter(state="approved").count()
        signed = Signature.objects.select_related("signer")
        assert {row.signer.name for row in signed} == {"Vera Holm"}, "the second look comes from outside"


def loaded() -> list[Any]:
    out = StringIO()
    call_command("load_profiles", stdout=out)
    return out.getvalue().splitlines()
