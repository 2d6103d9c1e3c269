"""What leads to what: one click from a finding or a decision, traceable both ways, told in the next review."""

import html
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.journal.history import history
from aims.organisation.acting import acting
from aims.organisation.keys import uuid7
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import create, move
from aims.records.models import Origin
from aims.records.origins import Source, came_from, lay, led_to, prefill, source_at, sources, ways
from aims.records.registry import register
from context.models import AISystem
from evaluation.inputs import earlier_actions
from evaluation.models import Finding, ManagementReview
from improvement.models import Improvement, Nonconformity
from planning.models import ChangePlan
from tests.evaluation.story import begun, found, held, reported, row, signed
from tests.people import World

PATHS = ["change-plans", "improvements", "nonconformities"]


def client(world: World, role: Role = Role.OFFICER) -> Client:
    browser = Client()
    browser.force_login(Person.objects.get(pk=world.members[role].person_id))
    return browser


def observed(world: World) -> Finding:
    """An issued observation of an audit, which leads nowhere by itself."""
    audit = begun(world)
    finding = found(world, audit, grade="observation", owner=row(world.contributor))
    reported(world, audit)
    finding.refresh_from_db()
    return finding


def decision(world: World, kind: str = "resource") -> Source:
    """The decision of a signed review."""
    review = held(world)
    review.decisions.update(kind=kind)
    review = signed(world, review)
    return next(source for source in sources(review) if source.part and source.said == "Hire one")


def targets(world: World, source: Source) -> list[str]:
    return [target.path for target in ways(world.officer, source)]


def test_a_finding_leads_on_once_it_is_issued(inside: World) -> None:
    audit = begun(inside)
    draft = found(inside, audit, grade="observation")
    assert targets(inside, Source(draft)) == []
    assert targets(inside, Source(observed_of(draft, inside, audit))) == PATHS


def observed_of(draft: Finding, world: World, audit: Any) -> Finding:
    reported(world, audit)
    return Finding.objects.get(pk=draft.pk)


def test_a_decision_leads_on_once_its_review_is_signed(inside: World) -> None:
    review = held(inside)
    assert all(targets(inside, source) == [] for source in sources(review))
    after = sources(signed(inside, review))
    assert [source.said for source in after] == ["Stop rule", "Hire one"], (
        "decisions, not inputs nor the review"
    )
    assert all(targets(inside, source) == PATHS for source in after)


def test_who_may_add_nothing_is_offered_nothing(inside: World) -> None:
    assert ways(inside.reader, decision(inside)) == []


def test_the_form_takes_what_the_origin_knows(inside: World) -> None:
    source = decision(inside)
    plan, idea = register("change-plans"), register("improvements")
    assert plan and idea
    owner = str(inside.contributor.id)
    assert prefill(source, plan) == {
        "title": "Hire one",
        "owner": owner,
        "purpose": "Hire one",
        "planned_for": date(2027, 3, 31),
        "origin": str(source.record),
    }
    assert prefill(source, idea) == {
        "title": "Hire one",
        "owner": owner,
        "description": "Hire one",
        "due": date(2027, 3, 31),
        "review": str(source.record.pk),
        "source": "management_review",
    }


def test_a_finding_brings_its_code_and_its_system(inside: World) -> None:
    finding = observed(inside)
    case = register("nonconformities")
    assert case
    given = prefill(Source(finding), case)
    assert (given["finding"], given["codes"], given["source"]) == (
        str(finding.pk),
        [finding.code],
        "internal_audit",
    )
    assert given["description"] == finding.text and given["owner"] == str(inside.contributor.id)


def test_long_words_are_cut_to_fit(inside: World) -> None:
    finding = observed(inside)
    finding.text = "word " * 800
    plan = register("change-plans")
    assert plan and len(prefill(Source(finding), plan)["purpose"]) <= 2000


def test_one_click_a_look_and_save(world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        source = decision(world)
    browser = client(world)
    page = browser.get(f"/registers/management-reviews/{source.record.pk}/").content.decode()
    address = f"/registers/change-plans/new/?from={source.key.replace(':', '%3A')}"
    assert html.escape(address) in page
    form = browser.get(address).content.decode()
    assert 'value="Hire one"' in form and 'value="2027-03-31"' in form
    answer = browser.post(
        address, {"title": "Hire one engineer", "purpose": "Hire one", "owner": str(world.officer.id)}
    )
    assert answer.status_code == 302
    with acting(world.orvanne.pk, world.officer.actor):
        plan = ChangePlan.objects.get(title="Hire one engineer")
        assert source.part and led_to(world.officer, [source.part.pk]) == {source.part.pk: [plan]}
        assert came_from(world.officer, plan) == [source.record]
    check_both_pages(browser, source, plan)


def check_both_pages(browser: Client, source: Source, plan: ChangePlan) -> None:
    """Each shows the other."""
    review = f"/registers/management-reviews/{source.record.pk}/"
    there = browser.get(f"/registers/change-plans/{plan.pk}/").content.decode()
    assert "Came from" in there and f'href="{review}"' in there
    back = browser.get(review).content.decode()
    assert "What came of it" in back and f'href="/registers/change-plans/{plan.pk}/"' in back


def test_a_form_that_is_wrong_keeps_where_it_came_from(world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        source = decision(world)
    browser, address = client(world), f"/registers/change-plans/new/?from={source.key}"
    refused = browser.post(address, {"title": "", "purpose": "x"})
    assert refused.status_code == 422
    with acting(world.orvanne.pk, world.officer.actor):
        assert not Origin.objects.filter(kind="change-plans").exists()


def test_an_origin_out_of_sight_reads_like_none(world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        source = decision(world)
    stranger = Client()
    stranger.force_login(Person.objects.get(pk=world.stranger.person_id))
    said = set()
    for key in (
        source.key,
        f"management-reviews:{uuid7()}",
        "management-reviews:x",
        "weather:1",
        "",
        f"{source.key}1",
    ):
        answer = stranger.get("/registers/change-plans/new/", {"from": key})
        said.add(answer.status_code)
    assert said == {404}
    assert client(world).get("/registers/change-plans/new/", {"from": f"{source.key}1"}).status_code == 404


def test_nothing_leads_where_it_is_not_declared(inside: World) -> None:
    source = decision(inside)
    system = AISystem(organisation=inside.orvanne, title="x")
    with pytest.raises(Refused):
        lay(inside.officer, source, system)
    with pytest.raises(Refused):
        lay(inside.officer, Source(source.record), ChangePlan(organisation=inside.orvanne, title="x"))
    address = f"management-reviews:{source.record.pk}"
    with pytest.raises(Refused):
        source_at(inside.officer, address)


def test_an_origin_is_laid_once_and_stands_in_the_records_history(inside: World) -> None:
    finding = observed(inside)
    plan = made(inside)
    first, again = lay(inside.officer, Source(finding), plan), lay(inside.officer, Source(finding), plan)
    assert first.pk == again.pk and Origin.objects.filter(record_id=plan.pk).count() == 1
    assert "records_origin" in {change.kind for change in history(plan)}


def made(world: World, title: str = "Rewrite the procedure") -> ChangePlan:
    values = {"title": title, "purpose": "So that alarms are seen", "owner": row(world.officer)}
    return create(world.officer, ChangePlan, values)


def test_what_follows_by_itself_is_traceable_too(inside: World) -> None:
    audit = begun(inside)
    major = found(inside, audit, title="No owner")
    opportunity = found(inside, audit, grade="opportunity", title="Link objectives")
    reported(inside, audit)
    case, idea = Nonconformity.objects.get(), Improvement.objects.get()
    assert led_to(inside.officer, [major.pk, opportunity.pk]) == {major.pk: [case], opportunity.pk: [idea]}
    assert came_from(inside.officer, case) == [major]


def test_the_next_review_hears_what_became_of_each_decision(inside: World) -> None:
    source = decision(inside)
    plan = made(inside, "Hire an engineer")
    lay(inside.officer, source, plan)
    figure, text = earlier_actions(inside.officer)
    [line] = [line for line in text.splitlines() if "Hire one" in line]
    assert figure == "0/2" and f"{plan} (planned)" in line and "Yuki Tanaka" in line
    review = ManagementReview.objects.get()
    assert "Stop rule" in text and review.decisions.count() == 2


def test_a_withdrawn_outcome_is_told_as_such(inside: World) -> None:
    source = decision(inside)
    plan = made(inside, "Hire an engineer")
    lay(inside.officer, source, plan)
    move(inside.officer, plan, "withdraw", note="No budget")
    assert "Hire an engineer (withdrawn)" in earlier_actions(inside.officer)[1]


def test_the_card_costs_the_same_for_many_decisions(world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        source = decision(world)
    browser, address = client(world), f"/registers/management-reviews/{source.record.pk}/"
    counts = []
    for title in ("One", "Two", "Three"):
        with acting(world.orvanne.pk, world.officer.actor):
            lay(world.officer, source, made(world, title))
        with CaptureQueriesContext(connection) as seen:
            assert title in browser.get(address).content.decode()
        counts.append(len(seen.captured_queries))
    assert counts[0] == counts[2], counts
