"""What is collected: everything in scope, as the asking member sees it, in a number of queries that rows do not change."""

import datetime
import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.safestring import SafeString

from aims.catalogue import edition
from aims.organisation.models import Membership
from aims.pack.collect import collect, terms_used
from aims.pack.contents import Contents, LinePart, RegisterPart, Sheet
from aims.records.changes import create, move, write
from aims.records.models import Answer, Signature
from aims.records.registry import register_of
from aims.records.represent import represent
from aims.records.signatures import canonical, digest_of
from context.models import AISystem, ScopeStatement
from planning.models import AIRisk, ControlImplementation
from tests.pack.conftest import asked
from tests.pack.test_pack_rights import grant_audit

Gather = Callable[..., Contents]


def line(contents: Contents, code: str) -> LinePart:
    places = (place for chapter in contents.chapters for place in chapter.places)
    return next(found for place in places for found in place.lines if found.code == code)


def register(contents: Contents, title: str) -> RegisterPart:
    return next(r for c in contents.chapters for r in c.registers if r.title == title)


def values(sheet: Sheet) -> dict[str, str]:
    return {
        name: str(value)
        for group in sheet.groups
        for name, value in (*group.short, *group.middle, *group.long)
    }


def test_a_line_has_the_answer_owner_progress_verdict_and_evidence(story: Any, contents: Gather) -> None:
    write(story.officer, story.things["answer"], {"verdict": "conform"}, 2)
    found = line(contents(), "4.1-a")
    assert "<strong>watch</strong>" in found.answer
    assert "<li>MDR</li>" in found.answer
    assert found.owner == "Nadia Benhaddou"
    assert "in progress" in found.progress
    assert "conform" in found.verdict
    assert found.judged.startswith("own judgement, Nadia Benhaddou, <time")
    assert [shown.title for shown in found.evidence] == ["Validation report"]
    assert "Stale" in found.evidence[0].freshness


def test_a_line_without_answer_says_so(contents: Gather) -> None:
    found = line(contents(), "4.1-b")
    assert (found.answer, found.owner, found.judged) == ("", "", "")
    assert "not started" in found.progress


def test_chapters_count_their_lines(contents: Gather) -> None:
    four = contents().chapters[0]
    assert (four.code, four.tally.partly, four.tally.ready) == ("4", 1, 0)
    assert four.tally.total == sum(len(place.lines) for place in four.places)


def test_a_register_is_a_table_and_sheets_from_its_declaration(contents: Gather) -> None:
    found = register(contents(), "AI systems")
    assert found.table.head[0] == "Record"
    assert "ThoraScan" in found.table.rows[0][0]
    assert values(found.sheets[0])["Intended purpose"] == "Sorts chest X-rays"
    assert found.sheets[0].parts[0].rows == [["AI provider", "we place it on the market"]]


def test_a_record_names_what_it_refers_to(contents: Gather) -> None:
    sheet = register(contents(), "AI risks").sheets[0]
    assert values(sheet)["AI system"] == "AIS-0001 ThoraScan"
    assert [shown.ref for shown in sheet.evidence] == ["EVD-0001"]


def test_withdrawn_records_stay_with_their_state(story: Any, contents: Gather) -> None:
    move(story.officer, story.things["risk"], "withdraw", note="merged")
    found = register(contents(), "AI risks")
    assert "Withdrawn" in found.table.rows[0][-1]
    assert found.charts == []


def test_the_risk_matrix_counts_by_the_residual_rating_or_the_inherent(story: Any, contents: Gather) -> None:
    drawing = register(contents(), "AI risks").charts[0].drawing
    assert "likelihood 4, consequence 5" in drawing
    data = {
        "residual_likelihood": 1,
        "residual_organisation": 1,
        "residual_individuals": 2,
        "residual_society": 1,
    }
    write(story.officer, story.things["risk"], data, 1)
    charts = register(contents(), "AI risks").charts
    assert "likelihood 1, consequence 2" in charts[0].drawing
    assert "month by month" in charts[1].title and charts[1].figures and charts[1].figures.rows[-1][-1] == "0"


def test_controls_stand_in_annex_a_with_their_decision(story: Any, contents: Gather) -> None:
    control = ControlImplementation.objects.get(code="A.2.2")
    write(story.officer, control, {"applicable": True, "inclusion_reason": "The law asks for it."}, 1)
    whole = contents()
    decision = line(whole, "A.2.2").decision
    assert decision is not None
    assert values(decision)["Why it is needed"] == "The law asks for it."
    listed = register(whole, "Control implementations")
    assert len(listed.table.rows) == ControlImplementation.objects.count()
    assert listed.sheets == []


def test_only_what_is_in_scope(contents: Gather) -> None:
    found = contents("6.1.2")
    assert [chapter.code for chapter in found.chapters] == ["6"]
    assert "answers" in found.data
    assert {row["code"].split("-")[0] for row in found.data["answers"]} == {"6.1.2"}
    assert "ai-systems" not in found.data


def test_evidence_that_speaks_for_nothing_in_scope_stays_out(contents: Gather) -> None:
    assert [e.shown.title for e in contents("6.1.2").exhibits] == ["Validation report"]
    assert contents("4.3").exhibits == []


def test_an_auditor_gets_the_audit_and_no_more(story: Any, contents: Gather) -> None:
    hugo = grant_audit(story, 7, ["6.1.2"])
    found = contents(member=hugo)
    lines = [line.code for chapter in found.chapters for place in chapter.places for line in place.lines]
    assert lines
    assert all(code.startswith("6.1.2-") for code in lines)
    assert register(found, "AI risks").sheets[0].title == "A late finding"
    assert all(sheet.title != "ThoraScan" for c in found.chapters for r in c.registers for sheet in r.sheets)
    assert "Sorts chest" not in json.dumps(found.data, default=str)
    assert found.data["ai-systems"] == []


def test_the_data_is_that_of_the_rest_interface(story: Any, contents: Gather) -> None:
    record = story.things["system"]
    assert contents().data["ai-systems"] == [represent(story.officer, register_of(AISystem), record.pk)]


def test_signatures_stand_until_their_content_changes(story: Any, contents: Gather) -> None:
    record = story.things["system"]
    text = canonical(record)
    Signature.objects.create(
        organisation=story.orvanne,
        kind="ai-systems",
        record_id=record.pk,
        version=1,
        transition="x",
        meaning="I approve",
        signer_id=story.executive.id,
        name="Claire Vasseur",
        proof="password",
        digest=digest_of(text),
        content=text,
    )
    assert [(s.subject, s.stands) for s in contents().signatures] == [("AIS-0001 ThoraScan", True)]
    assert register(contents(), "AI systems").sheets[0].signatures[0].name == "Claire Vasseur"
    write(story.officer, record, {"purpose": "Something else"}, 1)
    assert [s.stands for s in contents().signatures] == [False]


def test_the_scope_statement_is_the_one_in_force_or_the_answer(story: Any, contents: Gather) -> None:
    assert contents().statement == ""
    answer = next(a for a in Answer.objects.filter(code__startswith="4.3-") if "documented" in str(a.title))
    write(story.officer, answer, {"text": "As **answered**"}, 1)
    assert "<strong>answered</strong>" in contents().statement
    record = create(story.officer, ScopeStatement, {"title": "Scope", "edition": "1", "text": "As *stated*"})
    assert "stated" not in contents().statement  # still a draft
    good = next(s.code for s in register_of(ScopeStatement).lifecycle.states if s.tone in ("ok", "seal"))
    ScopeStatement.objects.filter(pk=record.pk).update(state=good)
    assert "<em>stated</em>" in contents().statement


def test_the_position_is_that_of_the_organisations_last_entry(story: Any, contents: Gather) -> None:
    before = contents()
    create(story.officer, AISystem, {"title": "Another", "purpose": "x"})
    after = contents()
    assert after.position > before.position > 0
    assert after.entries > before.entries
    assert before.begun is not None


def test_queries_do_not_grow_with_the_rows(story: Any, spoken: None) -> None:
    pack = asked(story.officer)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            collect(story.officer, pack)
        return len(queries)

    more(story, 1)  # an empty register asks less
    few = count()
    more(story, 8)
    assert count() <= few


def more(story: Any, number: int) -> None:
    owner = Membership.objects.get(pk=story.officer.id)
    control = ControlImplementation.objects.first()
    for each in range(number):
        data = {"title": f"S{each}", "purpose": "x", "owner": owner}
        system = create(story.officer, AISystem, data, {"roles": [{"role": "ai_user"}]})
        parts = {"actions": [{"text": "Do it", "due": datetime.date(2027, 1, 1)}]}
        create(story.officer, AIRisk, {"title": f"R{each}", "system": system, "controls": [control]}, parts)


def test_terms_are_those_that_occur() -> None:
    found = [term.term for term in terms_used(["Every AI system has a purpose.", "Transparency matters"])]
    assert "AI system" in found or "artificial intelligence system" in found
    assert terms_used(["nothing of the kind xyz"]) == []


def test_cells_are_escaped(story: Any, contents: Gather) -> None:
    write(story.officer, story.things["system"], {"title": "<b>bold</b>", "purpose": "<script>x</script>"}, 1)
    found = register(contents(), "AI systems")
    assert isinstance(found.table.rows[0][0], SafeString)
    assert "&lt;b&gt;" in found.table.rows[0][0]
    purpose = next(
        value for group in found.sheets[0].groups for _name, value in (*group.short, *group.middle)
    )
    assert not isinstance(purpose, SafeString)
    assert (
        values(found.sheets[0])["Intended purpose"] == "<script>x</script>"
    )  # plain text: the template escapes it


def test_it_speaks_the_language_of_the_pack(contents: Gather) -> None:
    english = contents().chapters[0].title
    with translation.override("fr"):
        french = contents().chapters[0].title
    assert english == edition().text("4", "title")
    assert french == edition().text("4", "title", "fr") != english
