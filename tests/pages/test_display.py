"""Human words for values, and the figures of coverage: what pages, exports and the pack share."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import create, move, write
from aims.records.coverage import Tally, coverage, coverage_by_top, leaf, missing, requirements_ready
from aims.records.display import Named, actor_names, column, kind_words, label, model_of, plain, shown, words
from aims.records.evidence import link
from aims.records.models import Answer, Evidence
from context.models import AISystem, PartyRequirement
from tests.people import World


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        ("", ""),
        (True, "yes"),
        (False, "no"),
        (date(2026, 12, 15), "15 December 2026"),
        (datetime(2026, 9, 15, 8, 4, tzinfo=UTC), "15 September 2026, 10:04"),
        (Decimal("2.50"), "2.50"),
        (["6.1.2", "A.5.4"], "6.1.2, A.5.4"),
        ({"a": "é"}, '{"a": "é"}'),
        (0, "0"),
    ],
)
def test_plain_values(value: object, said: str) -> None:
    with timezone.override("Europe/Paris"):
        assert plain(value) == said


def test_words_follow_the_language() -> None:
    with translation.override("fr"):
        assert plain(date(2026, 12, 15)) == "15 décembre 2026"
        assert plain(Decimal("2.5")) == "2,5"


def test_labels_and_columns() -> None:
    assert label(AISystem, "owner_id") == label(AISystem, "owner") == "Owner"
    assert label(AISystem, "roles") == "Roles of the organisation"
    assert label(AISystem, "no_such_column") == "No such column"
    assert column(AISystem, "no_such_column") is None
    assert model_of("context_aisystem") is AISystem and model_of("nothing") is None
    assert str(kind_words("context_aisystem")) == "AI system" and kind_words("nothing") == "nothing"


def test_values_read_the_same_from_a_record_and_from_json(inside: World) -> None:
    owner = Membership.objects.get(pk=inside.contributor.id)
    data = {
        "title": "ThoraScan",
        "purpose": "x",
        "stage": "retirement",
        "owner": owner,
        "review_due": date(2027, 1, 2),
    }
    record = create(inside.officer, AISystem, data)
    names = ["stage", "owner", "review_due", "in_scope", "state"]
    said = shown(record, names, Named(inside.officer))
    json = {
        "stage": "retirement",
        "owner_id": str(owner.pk),
        "review_due": "2027-01-02",
        "in_scope": True,
        "state": record.state,
    }
    again = []
    for name in names:
        field: Any = AISystem._meta.get_field(name)
        again.append(words(field, json.get(name, json.get(f"{name}_id")), Named(inside.officer)))
    assert said == again == ["retirement", "Yuki Tanaka", "2 January 2027", "yes", said[-1]]


def test_unreadable_json_stays_text(inside: World) -> None:
    field = AISystem._meta.get_field("review_due")
    assert words(field, "long ago", Named(inside.officer)) == "long ago"
    codes = PartyRequirement._meta.get_field("answered_by")
    assert words(codes, ["6.1.2"], Named(inside.officer)) == "6.1.2"


def test_rows_are_named_in_one_query_and_only_to_who_may_see_them(inside: World) -> None:
    records = [create(inside.officer, AISystem, {"title": f"S{n}", "purpose": "x"}) for n in range(20)]
    named = Named(inside.officer)
    for record in records:
        named.note(AISystem, record.pk)
    with CaptureQueriesContext(connection) as asked:
        assert [named.name(AISystem, r.pk) for r in records] == [str(r) for r in records]
    assert len(asked) == 1
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert Named(inside.stranger).name(AISystem, records[0].pk) == "not open to you"


def test_actors_have_names(inside: World) -> None:
    actors = [inside.officer.actor, "task:tick", "outside the application: postgres", inside.stranger.actor]
    said = actor_names(Named(inside.officer), actors)
    assert [said[a] for a in actors] == ["Nadia Benhaddou", "AIMS by itself (tick)", "", "not open to you"]


def test_coverage_counts_per_clause_and_leaf(lines: dict[str, Answer], inside: World) -> None:
    own = Membership.objects.get(pk=inside.officer.id)
    ready = write(inside.officer, lines["6.1.2-a"], {"text": "x", "owner": own}, 1)
    move(inside.officer, ready, "ready", 2)
    write(inside.officer, lines["A.5.2"], {"text": "x"}, 1)
    with CaptureQueriesContext(connection) as asked:
        found, tops = coverage(inside.officer), coverage_by_top(inside.officer)
    assert len(asked) == 2
    assert found["6.1.2"] == found["6"] == tops["6"] == Tally(1, 0, 7)
    assert found["A.5"] == tops["A"] == Tally(0, 1, len(lines) - 9)
    assert requirements_ready(tops) == Tally(1, 0, 7) and tops["6"].open == 7


def test_missing_names_what_keeps_a_leaf_from_being_ready(lines: dict[str, Answer], inside: World) -> None:
    own = Membership.objects.get(pk=inside.officer.id)
    for code, answer in lines.items():
        if code.startswith("6.1.2"):
            write(inside.officer, answer, {"text": "x", "owner": own}, 1)
    wanting = [m.code for m in missing(inside.officer, "6.1.2") if not m.grade]
    assert wanting and set(wanting) <= set(lines)  # only documented information is not shown yet
    evidence = create(inside.officer, Evidence, {"title": "Old", "review_due": date(2020, 1, 1)})
    for code in wanting:
        link(inside.officer, evidence, "answers", lines[code].pk)
    assert [m.what for m in missing(inside.officer, "6.1.2") if not m.grade] == ["Renew “Old”"]
    write(inside.officer, evidence, {"review_due": date(2999, 1, 1)}, 1)
    assert not [m for m in missing(inside.officer, "6.1.2") if not m.grade]


def test_what_is_not_applicable_is_not_missing(lines: dict[str, Answer], inside: World) -> None:
    before = {m.code for m in leaf(inside.officer, "A.5").missing}
    write(inside.officer, lines["A.5.2"], {"verdict": "not_applicable"}, 1)
    assert "A.5.2" in before and "A.5.2" not in {m.code for m in leaf(inside.officer, "A.5").missing}
