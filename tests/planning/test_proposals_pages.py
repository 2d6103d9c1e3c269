"""The pages of proposals: shown in constant queries, accepted by a person who may, refused when they have changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aims.catalogue import edition
from aims.journal.history import history
from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.models import Organisation, Person
from aims.organisation.profile import keep_profile, profile_from, profile_of
from aims.organisation.roles import Role
from aims.records.changes import create, write
from aims.schedule.models import Obligation, Occurrence
from aims.schedule.obligations import lay_obligations, plan
from context.models import AISystem
from leadership.models import RoleAssignment
from planning.founding import lay_controls
from planning.models import ControlImplementation, LegalRequirement
from tests.pages.markup import Page
from tests.people import World

OFFICE = {"size": "tiny", "kind": "company", "activities": ["uses"], "sector": "services"}


@dataclass
class Office:
    """Orvanne as a tiny organisation that only uses AI."""

    world: World

    def client(self, role: Role = Role.OFFICER) -> Client:
        client = Client()
        client.force_login(Person.objects.get(pk=self.world.members[role].person_id))
        return client

    @property
    def officer(self) -> Member:
        return self.world.officer

    def add(self, title: str = "LinguaDraft", **given: Any) -> AISystem:
        roles = [{"role": "ai_user"}, {"role": "eu_deployer"}]
        data = {"title": title, "purpose": "Draft translations", "sourcing": "bought_product", **given}
        with acting(self.world.orvanne.pk, self.officer.actor):
            return create(self.officer, AISystem, {"stage": "operation_monitoring", **data}, {"roles": roles})

    def line(self, code: str) -> ControlImplementation:
        with acting(self.world.orvanne.pk, self.officer.actor):
            return ControlImplementation.objects.get(code=code)


@pytest.fixture
def office(world: World) -> Iterator[Office]:
    with acting(world.orvanne.pk, world.officer.actor):
        lay_controls(world.officer)
        lay_obligations(world.officer)
        keep_profile(world.orvanne.pk, profile_from(OFFICE))
        plan(world.orvanne, timezone.now())
    yield Office(world)


def values(client: Client, part: str, name: str) -> list[str]:
    """The values of the inputs and buttons of this name on a part's page."""
    page = Page(client.get(f"/proposals/?part={part}").content.decode())
    return [a["value"] or "" for _tag, a in page.elements if a.get("name") == name]


@pytest.mark.parametrize("part", ["controls", "law", "roles", "calendar"])
def test_every_part_costs_the_same_for_many_systems(office: Office, part: str) -> None:
    client = office.client()
    office.add(act_outcome="HIGH_RISK_ANNEX_III")
    few = queries(client, part)
    for number in range(6):
        office.add(f"System {number}", act_outcome="HIGH_RISK_ANNEX_III")
    many = queries(client, part)
    assert len(many) <= len(few), "\n".join(many)
    assert len(many) <= 32, "\n".join(many)


def queries(client: Client, part: str) -> list[str]:
    client.get(f"/proposals/?part={part}")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(f"/proposals/?part={part}").status_code == 200
    return [query["sql"] for query in seen.captured_queries]


def test_the_38_lines_are_shown_with_their_reasons_and_nothing_is_decided(office: Office) -> None:
    office.add()
    page = Page(office.client().get("/proposals/").content.decode())
    words = page.words()
    assert all(f"{code} " in words for code in edition().controls) and "We use LinguaDraft." in words
    assert "38 controls are still to decide" in words
    with acting(office.world.orvanne.pk, office.officer.actor):
        assert not ControlImplementation.objects.exclude(applicable=None).exists()


def test_one_line_is_accepted_with_its_reason(office: Office) -> None:
    office.add()
    client = office.client()
    [token] = [one for one in values(client, "controls", "one") if one.startswith("A.9.2:")]
    assert client.post("/proposals/controls/", {"one": token}).status_code == 302
    line = office.line("A.9.2")
    assert (line.applicable, line.state, line.inclusion_reason) == (True, "decided", "We use LinguaDraft.")
    assert line.edited_by_id == office.officer.id
    with acting(office.world.orvanne.pk, office.officer.actor):
        assert {entry.actor for entry in history(line)} >= {office.officer.actor}


def test_all_clear_ones_are_accepted_and_the_doubtful_wait(office: Office) -> None:
    office.add(sourcing="saas_feature")
    client = office.client()
    clear = values_of_hidden(client)
    assert len(clear) == 35
    assert client.post("/proposals/controls/", {"picked": clear}).status_code == 302
    with acting(office.world.orvanne.pk, office.officer.actor):
        waiting = ControlImplementation.objects.filter(applicable=None)
        assert set(waiting.values_list("code", flat=True)) == {"A.4.5", "A.6.2.8", "A.7.5"}
        out = ControlImplementation.objects.filter(applicable=False)
        assert out.count() == 10 and not out.filter(exclusion_reason="").exists()
        assert not ControlImplementation.objects.filter(applicable=True, inclusion_reason="").exists()


def values_of_hidden(client: Client) -> list[str]:
    page = Page(client.get("/proposals/").content.decode())
    return [
        a["value"] or "" for _t, a in page.elements if a.get("name") == "picked" and a.get("type") == "hidden"
    ]


def test_a_proposal_that_has_changed_is_refused_whole(office: Office) -> None:
    office.add()
    client = office.client()
    tokens = [t for t in values(client, "controls", "one") if t.startswith(("A.9.2:", "A.9.3:"))]
    with acting(office.world.orvanne.pk, office.officer.actor):
        write(office.officer, ControlImplementation.objects.get(code="A.9.3"), {"gap": "To write"}, 1)
    answer = client.post("/proposals/controls/", {"picked": tokens})
    assert answer.status_code == 409 and "changed since it was shown" in answer.content.decode()
    assert office.line("A.9.2").applicable is None, "all of them or none"


def test_a_changed_direction_is_refused(office: Office) -> None:
    client = office.client()
    office.add()
    [out] = [t for t in values(client, "controls", "one") if t.startswith("A.6.2.3:")]
    assert out.endswith(":out")
    with acting(office.world.orvanne.pk, office.officer.actor):
        data = {"title": "Maker", "purpose": "Make"}
        create(office.officer, AISystem, data, {"roles": [{"role": "ai_producer"}]})
    assert client.post("/proposals/controls/", {"one": out}).status_code == 409


def test_a_decided_line_offers_nothing_and_says_whether_it_agrees(office: Office) -> None:
    office.add()
    with acting(office.world.orvanne.pk, office.officer.actor):
        line = ControlImplementation.objects.get(code="A.9.2")
        write(office.officer, line, {"applicable": False, "exclusion_reason": "Not us"}, 1)
    client = office.client()
    assert not [t for t in values(client, "controls", "one") if t.startswith("A.9.2:")]
    assert "decided otherwise" in client.get("/proposals/").content.decode()
    assert client.post("/proposals/controls/", {"one": "A.9.2:2:in"}).status_code == 409


@pytest.mark.parametrize("role", [Role.READER, Role.EXECUTIVE, Role.CONTRIBUTOR])
def test_who_may_not_decide_sees_and_is_refused(office: Office, role: Role) -> None:
    office.add()
    client = office.client(role)
    assert client.get("/proposals/").status_code == 200 and values(client, "controls", "one") == []
    assert client.post("/proposals/controls/", {"one": "A.9.2:1:in"}).status_code == 403
    assert client.post("/proposals/calendar/", {"one": "SR17:3:12"}).status_code == 403
    assert client.get("/settings/organisation/").status_code == 403
    assert office.line("A.9.2").applicable is None


def test_nothing_selected_is_said(office: Office) -> None:
    assert office.client().post("/proposals/controls/", {}).status_code == 422
    assert office.client().get("/proposals/?part=weather").status_code == 404


def test_duties_enter_the_legal_register_once(office: Office) -> None:
    system = office.add(act_outcome="HIGH_RISK_ANNEX_III")
    client = office.client()
    token = f"{system.pk}:deployer"
    assert token in values(client, "law", "one")
    assert client.post("/proposals/law/", {"one": token}).status_code == 302
    with acting(office.world.orvanne.pk, office.officer.actor):
        row = LegalRequirement.objects.get(source__endswith="Art. 26(6)")
        assert (
            row.systems.get() == system and str(row.applies_from) == "2027-12-02" and row.verdict == "later"
        )
        count = LegalRequirement.objects.count()
    assert token not in values(client, "law", "one")
    client.post("/proposals/law/", {"one": token})
    with acting(office.world.orvanne.pk, office.officer.actor):
        assert LegalRequirement.objects.count() == count >= 9


def test_an_unclassified_system_leads_to_its_classification(office: Office) -> None:
    system = office.add()
    page = Page(office.client().get("/proposals/?part=law").content.decode())
    links = [a.get("href") for tag, a in page.elements if tag == "a"]
    assert f"/registers/ai-act-answer-sheets/new/?system={system.pk}" in links


def test_a_role_is_drafted_once_for_a_person_to_be_named(office: Office) -> None:
    system = office.add()
    client = office.client()
    tokens = values(client, "roles", "one")
    owner = f"system_owner:{system.pk}:Owner of LinguaDraft"
    assert owner in tokens
    answer = client.post("/proposals/roles/", {"one": owner})
    with acting(office.world.orvanne.pk, office.officer.actor):
        row = RoleAssignment.objects.get()
        assert (row.role, row.system, row.holder, row.state) == ("system_owner", system, None, "draft")
    assert answer.headers["Location"] == f"/registers/role-assignments/{row.pk}/"
    assert owner not in values(client, "roles", "one")
    assert client.post("/proposals/roles/", {"one": owner}).status_code == 409


def test_intervals_change_and_their_dates_with_them(office: Office) -> None:
    office.add()
    client = office.client()
    with acting(office.world.orvanne.pk, office.officer.actor):
        before = Occurrence.objects.filter(obligation__code="SR17", state="planned").count()
    assert "SR17:3:12" in values(client, "calendar", "one")
    assert client.post("/proposals/calendar/", {"picked": ["SR17:3:12"]}).status_code == 302
    with acting(office.world.orvanne.pk, office.officer.actor):
        row = Obligation.objects.get(code="SR17")
        assert row.months == 12 and "months" in row.own
        after = Occurrence.objects.filter(obligation=row, state="planned").count()
    assert (before, after) == (4, 1)
    assert "SR17:3:12" not in values(client, "calendar", "one")


def test_the_profile_is_asked_and_leads_to_the_proposals(office: Office) -> None:
    client = office.client(Role.ADMINISTRATOR)
    refused = client.post("/settings/organisation/", {**OFFICE, "size": "huge"})
    assert refused.status_code == 422
    answer = client.post("/settings/organisation/", {**OFFICE, "size": "large", "activities": ["produces"]})
    assert answer.status_code == 302 and answer.headers["Location"] == "/proposals/"
    with acting(office.world.orvanne.pk, office.officer.actor):
        kept = profile_of(Organisation.objects.get(pk=office.world.orvanne.pk))
    assert kept.size == "large" and set(kept.activities) == {"produces"}
    assert "rough" not in client.get("/proposals/").content.decode()


def test_without_a_profile_the_page_says_that_it_is_rough(office: Office) -> None:
    Organisation.objects.none()
    with acting(office.world.orvanne.pk, office.officer.actor):
        Organisation.objects.filter(pk=office.world.orvanne.pk).update(settings={})
    text = office.client().get("/proposals/").content.decode()
    assert "the proposals are rough" in text and "/settings/organisation/" in text
    assert "/settings/organisation/" not in office.client(Role.READER).get("/proposals/").content.decode()


def test_another_organisation_sees_its_own_only(office: Office) -> None:
    office.add()
    client = Client()
    client.force_login(Person.objects.get(pk=office.world.stranger.person_id))
    text = client.get("/proposals/").content.decode()
    assert "LinguaDraft" not in text
    assert client.post("/proposals/controls/", {"one": "A.9.2:1:in"}).status_code == 409
    assert members_of(office.world.stranger.person_id)[0].organisation_id != office.world.orvanne.pk
