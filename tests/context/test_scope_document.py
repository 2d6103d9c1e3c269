"""The scope as a document: its page, its paper, and what differs between two versions."""

from typing import Any

from django.test import Client

from aims.records.changes import create
from context import editions
from context.models import AISystem, ScopeStatement
from tests.context.test_glance import browser
from tests.people import World

PARTS = {
    "sites": [{"name": "Lyon", "activities": "Research", "people": 161}],
    "exclusions": [{"item": "Writing aids", "reason": "No decision"}],
}


def scope(world: World, edition: str, parts: Any, **data: Any) -> ScopeStatement:
    return create(world.officer, ScopeStatement, {"title": "Our scope", "edition": edition, **data}, parts)


def page(client: Client, at: str, status: int = 200) -> str:
    answer = client.get(at)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_document_names_systems_sites_and_what_stays_outside(inside: World) -> None:
    inner = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays"})
    outer = {"title": "Spell check", "purpose": "Spelling", "in_scope": False, "scope_reason": "No decision"}
    create(inside.officer, AISystem, outer)
    record = scope(inside, "1.0", PARTS, text="**Triage** of images", systems=[inner.pk])
    text = page(browser(inside.reader), f"/scope/{record.pk}/")
    for words in (
        "<strong>Triage</strong>",
        "ThoraScan",
        "Lyon",
        "161",
        "Writing aids",
        "Spell check",
        "nobody has signed",
    ):
        assert words in text
    assert page(browser(inside.stranger), f"/scope/{record.pk}/", 404)
    record_page = page(browser(inside.officer), f"/registers/scope-statements/{record.pk}/")
    assert (
        f"/scope/{record.pk}/scope.pdf" in record_page and f"/scope/{record.pk}/compare/" not in record_page
    )


def test_the_paper_is_a_pdf(inside: World) -> None:
    record = scope(inside, "1.0", PARTS, text="Triage")
    answer = browser(inside.reader).get(f"/scope/{record.pk}/scope.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert "scope-10-" in answer["Content-Disposition"]


def test_two_versions_are_compared_line_by_line(inside: World) -> None:
    old = scope(inside, "1.0", PARTS, text="Triage\nSupport")
    sites = [{"name": "Lyon", "activities": "Research", "people": 161}, {"name": "Porto"}]
    new = scope(inside, "1.1", {**PARTS, "sites": sites}, text="Triage\nHiring")
    changes = editions.differences(inside.officer, old, new)
    assert [(one["before"], one["after"]) for one in changes] == [("Support", "Hiring"), ("", "Porto")]
    assert editions.differences(inside.officer, old, old) == []
    text = page(browser(inside.officer), f"/scope/{new.pk}/compare/")
    assert "2 differences" in text and "From version 1.0 to version 1.1" in text
    assert page(browser(inside.officer), f"/scope/{new.pk}/compare/?with={new.pk}", 404)
    assert page(browser(inside.officer), f"/scope/{new.pk}/compare/?with=x", 404)


def test_a_single_version_has_nothing_to_compare(inside: World) -> None:
    record = scope(inside, "1.0", PARTS)
    assert "There is only this version" in page(browser(inside.officer), f"/scope/{record.pk}/compare/")


def test_lines_that_differ_stand_side_by_side() -> None:
    assert editions.changed_lines(["a", "b"], ["a", "b"]) == []
    assert editions.changed_lines(["a", "b"], ["a", "c", "d"]) == [("b", "c\nd")]
    assert editions.changed_lines([], ["a"]) == [("", "a")]
