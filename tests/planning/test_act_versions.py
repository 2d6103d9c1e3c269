"""Versions of the AI Act's rules: what a newer one changes, who is asked, and that nothing decided changes by itself.

The second version is made up here: profiling no longer shuts the exemption, a practice is new, and a day has moved.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from types import MappingProxyType
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from aims.catalogue import AIAct, edition
from aims.catalogue.ai_act import Option
from aims.organisation.acting import acting
from aims.organisation.models import Organisation, Person
from aims.records.changes import create, move, write
from aims.records.signatures import canonical, digest_of, sign
from aims.schedule.models import Occurrence, Task
from aims.schedule.obligations import lay_obligations
from context.models import AISystem
from planning import act_review, act_rules
from planning.act_changes import amended, compare
from planning.act_sheet import consequences, questions
from planning.ai_act import version, walk
from planning.models import AIActAnswer
from tests.pages.markup import Page
from tests.people import World

OLD = edition().ai_act
PLAIN: dict[str, Any] = {
    "Q1": True,
    "Q2": True,
    "Q3": "none",
    "Q4": False,
    "Q5": [],
    "Q6": "no",
    "Q8": [],
    "Q11": [],
}
SCORES = PLAIN | {"Q8": ["4.a"], "Q9": True}


def made_up() -> AIAct:
    """A later version: Q9 only leads on to Q10, a practice is new, Annex I applies a year later."""
    tree = OLD.decision_tree
    nodes = tuple(
        replace(node, adds=MappingProxyType({}), branches=MappingProxyType({"yes": "Q10", "no": "Q10"}))
        if node.code == "Q9"
        else node
        for node in tree.nodes
    )
    practice = replace(OLD.prohibited_practices[0], code="mind_reading", title="Mind reading")
    timeline = tuple(
        replace(entry, date=date(2029, 8, 2))
        if entry.event.startswith("High-risk: Annex I product")
        else entry
        for entry in OLD.timeline
    )
    meta = replace(OLD.meta, amended_by="Regulation (EU) 2028/1", status_date=date(2028, 1, 1))
    return replace(
        OLD,
        meta=meta,
        timeline=timeline,
        prohibited_practices=(*OLD.prohibited_practices, practice),
        decision_tree=replace(tree, nodes=nodes),
    )


NEW = made_up()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The made-up version comes: call it."""
    known = {"2026-11-24": OLD, "2028-01-01": NEW}
    return lambda: monkeypatch.setattr(act_rules, "versions", lambda: known)


def test_the_same_answers_are_another_class_and_it_is_said_why() -> None:
    change = compare(OLD, NEW, SCORES)
    assert change.before == ("HIGH_RISK_ANNEX_III",) and change.after == ()
    assert change.reclassified and change.open and change.waiting == "Q10"
    asked = {one.node.code: one for one in change.asked}
    assert asked["Q5"].added == ("Mind reading",) and not asked["Q5"].gone
    assert asked["Q9"].leads and not asked["Q9"].reworded
    assert "Q1" not in asked


def test_what_stays_the_same_class_tells_its_day_and_its_questions() -> None:
    change = compare(OLD, NEW, PLAIN | {"Q6": "section_a", "Q7": True})
    assert not change.reclassified and change.any
    assert [(m.outcome, m.before, m.after) for m in change.moved] == [
        ("HIGH_RISK_ANNEX_I", date(2028, 8, 2), date(2029, 8, 2))
    ]
    assert [one.node.code for one in change.asked] == ["Q5"]


def test_nothing_is_different_under_the_same_rules() -> None:
    change = compare(OLD, OLD, SCORES)
    assert not change.any and change.before == change.after


def test_an_answer_that_is_no_choice_any_more_is_a_problem() -> None:
    tree = NEW.decision_tree
    nodes = tuple(
        replace(n, options=tuple(o for o in n.options if o.code != "none")) if n.code == "Q3" else n
        for n in tree.nodes
    )
    change = compare(OLD, replace(NEW, decision_tree=replace(tree, nodes=nodes)), PLAIN)
    assert change.problems.keys() == {"Q3"} and change.reclassified
    assert next(one for one in change.asked if one.node.code == "Q3").gone == ("None",)


def test_a_question_that_is_new_waits() -> None:
    tree = OLD.decision_tree
    extra = replace(
        tree.node("Q1"),
        code="Q0",
        question="Is it AI at all?",
        branches=MappingProxyType({"yes": "Q1", "no": "OUT_OF_SCOPE"}),
    )
    newer = replace(OLD, decision_tree=replace(tree, start="Q0", nodes=(extra, *tree.nodes)))
    change = compare(OLD, newer, PLAIN)
    assert change.waiting == "Q0" and change.asked[0].was is None and change.headline_before == "MINIMAL"


def test_the_law_of_2024_is_kept_beside_its_amendment() -> None:
    """The original dates, bans and Annex I stand in a file of their own; what the amendment did is read off."""
    first = edition().ai_acts["2024-08-01"]
    found = amended(first, OLD)
    assert found.practices == ("Non-consensual intimate content", "Child sexual abuse material")
    moved = {event: (before, after) for event, before, after in found.dates}
    assert moved["High-risk: Annex III"] == (date(2026, 8, 2), date(2027, 12, 2))
    assert moved["High-risk: Annex I product"] == (date(2027, 8, 2), date(2028, 8, 2))
    assert any("machinery" in law for law in first.annex_i.section_a)
    assert not any("machinery" in law for law in OLD.annex_i.section_a)
    for example in first.decision_tree.examples:
        assert walk(first, dict(example.answers)).outcomes == list(example.outcomes)


def test_each_step_says_where_it_led_and_what_gave_the_outcome() -> None:
    way = {one.node.code: one for one in questions(SCORES)}
    assert way["Q1"].leads == "Q2" and way["Q9"].leads == "Q11" and way["Q11"].leads == ""
    assert way["Q9"].gives == "High-risk (Annex III)" and way["Q9"].shuts_exemption
    (one,) = consequences(["HIGH_RISK_ANNEX_III"], answers=SCORES)
    assert (one.question, one.ref) == ("Q9", "Art. 6(3) last subparagraph")
    (ban,) = consequences(["PROHIBITED"], answers=PLAIN | {"Q5": ["csam"], "Q5x": {"csam": False}})
    assert ban.applies == date(2026, 12, 2)  # a practice has a day of its own
    (out,) = consequences(["OUT_OF_SCOPE"], answers={"Q1": False})
    assert out.question == "Q1"


def approved(world: World, answers: Any, title: str = "TalentSift") -> AIActAnswer:
    system = create(world.officer, AISystem, {"title": title, "purpose": "Order applications"})
    given = {"title": title, "system": system, "owner": world.contributor.id, "rationale": "x"}
    record = create(world.officer, AIActAnswer, given | {"answers": answers, "assessed_on": "2026-11-24"})
    record = write(world.contributor, record, {"rationale": "Ranks applicants"})
    shown = digest_of(canonical(record))
    return sign(world.officer, record, "approve", record.version, shown, "password")


def test_an_old_decision_replays_under_its_own_rules(inside: World, later: Any) -> None:
    sheet = approved(inside, SCORES)
    before = canonical(sheet)
    later()
    kept = AIActAnswer.objects.get(pk=sheet.pk)
    assert kept.rules == version(OLD) and kept.act is OLD and act_rules.outdated(kept.rules)
    assert walk(kept.act, kept.answers).outcomes == kept.outcomes == ["HIGH_RISK_ANNEX_III"]
    assert [one.node.code for one in questions(kept.answers, kept.act)][-2:] == ["Q9", "Q11"]
    act_review.ask_everywhere(Organisation.objects.get(pk=inside.orvanne.pk), timezone.now())
    assert canonical(AIActAnswer.objects.get(pk=sheet.pk)) == before  # nothing changes by itself


def test_reviews_are_asked_for_once_and_done_by_a_new_approval(inside: World, later: Any) -> None:
    lay_obligations(inside.officer)
    sheet = approved(inside, SCORES)
    organisation = Organisation.objects.get(pk=inside.orvanne.pk)
    assert act_review.stale_for(inside.officer) == []
    assert act_review.ask_everywhere(organisation, timezone.now()) == 0
    later()
    (stale,) = act_review.stale_for(inside.officer)
    assert stale.sheet == sheet and stale.difference.reclassified
    assert act_review.ask_everywhere(organisation, timezone.now()) == 1
    assert act_review.ask_everywhere(organisation, timezone.now()) == 0
    task = Task.objects.get(occurrence__obligation__code="SR25T", state=Task.State.OPEN)
    assert task.record_id == sheet.system_id

    draft = act_review.again(inside.officer, sheet)
    assert draft.pk != sheet.pk and draft.rules == version(NEW) and draft.waiting == "Q10"
    assert act_review.again(inside.officer, sheet).pk == draft.pk  # the one begun already
    why = {"why": {"Q10": "It only sorts papers"}, "Q10": {"no_significant_risk": True, "options": ["a"]}}
    values = {"answers": draft.answers | why, "assessed_on": "2028-02-01", "owner": inside.contributor.id}
    draft = write(inside.officer, draft, values)
    draft = write(inside.contributor, draft, {"rationale": "Exempt now"})
    sign(inside.officer, draft, "approve", draft.version, digest_of(canonical(draft)), "password")
    sheet.refresh_from_db()
    assert sheet.state == "superseded" and sheet.outcomes == ["HIGH_RISK_ANNEX_III"]
    assert AISystem.objects.get(pk=sheet.system_id).act_outcome == "ANNEX_III_EXEMPT"
    assert act_review.stale_for(inside.officer) == []
    assert not Occurrence.objects.filter(obligation__code="SR25T", state__in=Occurrence.OPEN).exists()


def test_answers_that_the_new_rules_do_not_know_are_left_out(later: Any, monkeypatch: Any) -> None:
    tree = NEW.decision_tree
    nodes = tuple(
        replace(n, options=(Option("other", "Other", "Q4"),)) if n.code == "Q3" else n for n in tree.nodes
    )
    newest = replace(NEW, decision_tree=replace(tree, nodes=nodes))
    monkeypatch.setattr(act_rules, "versions", lambda: {"2026-11-24": OLD, "2028-01-01": newest})
    fitted = act_review.fitted(PLAIN | {"Q99": True, "why": {"Q99": "gone", "Q1": "kept"}})
    assert "Q3" not in fitted and "Q99" not in fitted and fitted["why"] == {"Q1": "kept"}


@pytest.fixture
def office(world: World) -> Iterator[tuple[Client, World]]:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    yield client, world


def test_the_page_and_the_command_list_the_differences(office: tuple[Client, World], later: Any) -> None:
    client, world = office
    with acting(world.orvanne.pk, world.officer.actor):
        lay_obligations(world.officer)
        sheet = approved(world, SCORES)
        approved(world, PLAIN, "Spam filter")
    page = Page(client.get("/law/rules/").content.decode()).words()
    assert "Every approved classification goes by the newest rules" in page
    assert (
        "Questions asked otherwise" in page
        and "High risk, Annex III: 2 August 2026 → 2 December 2027" in page
    )
    later()
    page = Page(client.get("/law/rules/").content.decode()).words()
    assert "other class" in page and "Q10 waits for an answer" in page and "Ask for 2 reviews" in page
    assert "<time" not in page
    said = StringIO()
    call_command("compare_ai_act_rules", stdout=said)
    assert (
        "2 under older rules" in said.getvalue() and "HIGH_RISK_ANNEX_III -> open at Q10" in said.getvalue()
    )
    assert client.post("/law/rules/reviews/").status_code == 302
    assert "review asked for" in Page(client.get("/law/rules/").content.decode()).words()
    again = client.post(f"/law/rules/{sheet.pk}/again/")
    assert again.status_code == 302 and "/edit/" in again.headers["Location"]
    shown = Page(client.get(f"/registers/ai-act-answer-sheets/{sheet.pk}/").content.decode()).words()
    assert "Answered under an older version of the rules" in shown and "Q9 Does the system profile" in shown


def test_an_exemption_is_not_approved_without_its_reason(inside: World) -> None:
    exempt = PLAIN | {"Q8": ["4.a"], "Q9": False, "Q10": {"no_significant_risk": True, "options": ["a"]}}
    with pytest.raises(Exception, match="Q10"):
        approved(inside, exempt)
    sheet = approved(inside, exempt | {"why": {"Q10": "It only changes the layout of a CV."}}, "Second")
    assert sheet.outcomes == ["ANNEX_III_EXEMPT"] and not sheet.exempt_without_reason
    assert move(inside.officer, sheet, "revise", note="again").state == "draft"


@pytest.mark.parametrize("why", ["text", {"Q99": "x"}, {"Q1": 5}, {"Q1": "x" * 2001}])
def test_reasons_are_words_of_known_questions(inside: World, why: Any) -> None:
    with pytest.raises(Exception, match="marked fields"):
        approved(inside, PLAIN | {"why": why})
