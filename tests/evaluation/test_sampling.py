"""Samples: the population is fixed before there is a seed, anybody can draw again what was drawn, and nobody picks."""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from context.models import AISystem
from evaluation import sampling
from evaluation.models import Audit, AuditRequest, Population, Sample
from operation.decisions.models import Decision
from planning.models import AIMSRisk
from tests.evaluation.story import again, begun, row
from tests.people import World

SEED = "5eed" * 16
LINES = [f"{number:032x}:1" for number in range(40)]


def risks(world: World, number: int = 12) -> list[AIMSRisk]:
    """Some records to draw from."""
    data = {"kind": "risk", "description": "It may happen."}
    return [create(world.officer, AIMSRisk, {"title": f"Risk {n}", **data}) for n in range(number)]


def chosen(world: World, audit: Audit, **given: object) -> Sample:
    """Hugo's choice of what to draw from."""
    today = timezone.localdate()
    data = {
        "title": "Risks of the year",
        "audit": audit,
        "kind": "aims-risks-and-opportunities",
        "period_from": today - timedelta(days=3),
        "period_to": today,
        "size": 4,
        **given,
    }
    return create(again(world.auditor), Sample, data)


def audited(world: World) -> Audit:
    """An audit of everything."""
    return begun(world, codes=["6.1.1", "8.1", "9.1"])


def drawn(world: World, audit: Audit, **given: object) -> Sample:
    """A sample that was fixed and drawn."""
    fixed = move(again(world.auditor), chosen(world, audit, **given), "fix")
    return move(again(world.auditor), fixed, "draw")


# ── The draw itself ──────────────────────────────────────────────────────


def test_the_draw_is_what_its_description_says() -> None:
    expected = sorted(LINES, key=lambda one: hashlib.sha256(f"{SEED}\n{one}".encode()).hexdigest())[:7]
    assert sampling.draw(LINES, SEED, 7) == expected
    assert sampling.draw(reversed(LINES), SEED, 7) == expected
    assert len(set(expected)) == 7


def test_another_seed_or_another_list_draws_others() -> None:
    assert sampling.draw(LINES, SEED, 7) != sampling.draw(LINES, "0" * 64, 7)
    first = sampling.draw(LINES, SEED, 7)
    assert first[0] not in sampling.draw([one for one in LINES if one != first[0]], SEED, 7)


def test_the_digest_is_that_of_the_list_as_a_file() -> None:
    text = "".join(f"{line}\n" for line in sorted(LINES))
    assert sampling.digest_of(list(reversed(LINES))) == hashlib.sha256(text.encode()).hexdigest()


def test_each_record_is_as_likely_as_any_other() -> None:
    """Chi-square over fixed seeds: 40 records, 4000 draws of 5, so 500 hits each are expected; 39 degrees of freedom."""
    hits = Counter(line for n in range(4000) for line in sampling.draw(LINES, f"{n:064x}", 5))
    expected = 4000 * 5 / len(LINES)
    chi = sum((hits[line] - expected) ** 2 / expected for line in LINES)
    assert 12 < chi < 73  # 0.1 % at each end: neither uneven nor suspiciously even


def test_places_do_not_matter() -> None:
    """The first half of the list is drawn as often as the second."""
    half = set(LINES[:20])
    hits = sum(line in half for n in range(2000) for line in sampling.draw(LINES, f"{n:064x}", 5))
    assert abs(hits - 5000) < 200  # four standard deviations


# ── Fixing, drawing, recomputing ─────────────────────────────────────────


def test_whoever_has_the_list_and_the_seed_draws_the_same(inside: World) -> None:
    risks(inside)
    sample = drawn(inside, audited(inside))
    lines = Population.objects.get(sample=sample).lines.splitlines()
    assert len(lines) == sample.population_size == 12
    assert hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest() == (
        sample.population_digest
    )
    ranked = sorted(lines, key=lambda one: hashlib.sha256(f"{sample.seed}\n{one}".encode()).hexdigest())
    assert [f"{item['id']}:{item['version']}" for item in sample.drawn] == ranked[:4]
    assert all(item["ref"] for item in sample.drawn) and sample.method == sampling.METHOD


def test_the_population_is_on_record_before_there_is_a_seed(inside: World) -> None:
    risks(inside)
    sample = move(again(inside.auditor), chosen(inside, audited(inside)), "fix")
    assert sample.population_digest and sample.committed_at and not sample.seed and sample.drawn == []
    before = Entry.objects.filter(pk_text=str(sample.pk)).order_by("-id").first()
    assert (
        before
        and sample.population_digest in str(before.state)
        and '"seed": ""' in str(before.state).replace("'", '"')
    )
    sample = move(again(inside.auditor), sample, "draw")
    after = Entry.objects.filter(pk_text=str(sample.pk)).order_by("-id").first()
    assert after and after.pk > before.pk and sample.seed in str(after.state)


def test_a_seed_comes_from_the_system_each_time(inside: World) -> None:
    risks(inside)
    audit = audited(inside)
    first = drawn(inside, audit)
    move(again(inside.auditor), first, "draw_again", note="The list was of the wrong register")
    second = Sample.objects.get(replaces=first)
    second = move(again(inside.auditor), second, "draw")
    assert len(first.seed) == len(second.seed) == 64 and first.seed != second.seed


def test_it_is_drawn_once_and_cannot_be_edited(inside: World) -> None:
    risks(inside)
    sample = drawn(inside, audited(inside))
    acts: tuple[Callable[[], Any], ...] = (
        lambda: move(again(inside.auditor), sample, "draw"),
        lambda: move(again(inside.auditor), sample, "fix"),
        lambda: write(again(inside.auditor), sample, {"size": 2}),
        lambda: move(inside.officer, sample, "withdraw", note="Not that one"),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_what_is_computed_cannot_be_given(inside: World) -> None:
    risks(inside)
    sample = chosen(inside, audited(inside), seed=SEED, drawn=[{"id": "x"}], population_digest="0" * 64)
    assert (sample.seed, sample.drawn, sample.population_digest) == ("", [], "")


def test_drawing_again_wants_a_reason_and_keeps_both(inside: World) -> None:
    risks(inside)
    first = drawn(inside, audited(inside))
    with pytest.raises(Refused) as refused:
        move(again(inside.auditor), first, "draw_again")
    assert "note" in refused.value.fields
    old = move(again(inside.auditor), first, "draw_again", note="A risk was entered twice")
    new = Sample.objects.get(replaces=first)
    assert (old.state, new.state, old.drawn) == ("replaced", "fixed", first.drawn)
    assert new.population_digest and not new.seed


def test_a_second_sample_of_the_same_records_is_refused(inside: World) -> None:
    risks(inside)
    audit = audited(inside)
    first = drawn(inside, audit)
    with pytest.raises(Refused) as refused:
        drawn(inside, audit, title="Once more, quietly")
    assert refused.value.code == "conflict" and first.ref in str(refused.value)


# ── What changes meanwhile ───────────────────────────────────────────────


def test_a_removal_before_the_draw_is_seen_and_stays_on_record(inside: World) -> None:
    there = risks(inside)
    sample = move(again(inside.auditor), chosen(inside, audited(inside)), "fix")
    gone = move(inside.officer, there[3], "withdraw", note="Better not")
    seen = sampling.changed_since(again(inside.auditor), sample)
    assert (seen["went"], seen["refs"]) == (1, [gone.ref])
    sample = move(again(inside.auditor), sample, "draw")
    assert sample.drift["refs"] == [gone.ref] and sample.population_size == 12


def test_what_came_and_what_was_edited_since_is_counted(inside: World) -> None:
    there = risks(inside)
    sample = drawn(inside, audited(inside))
    assert sampling.changed_since(again(inside.auditor), sample) == {
        "came": 0,
        "changed": 0,
        "went": 0,
        "refs": [],
    }
    write(inside.officer, there[0], {"title": "Softer"})
    risks(inside, 2)
    seen = sampling.changed_since(again(inside.auditor), sample)
    assert (seen["came"], seen["changed"], seen["went"]) == (2, 1, 0)


def test_a_list_that_was_tampered_with_draws_nothing(inside: World) -> None:
    risks(inside)
    sample = move(again(inside.auditor), chosen(inside, audited(inside)), "fix")
    Population.objects.filter(sample=sample).update(lines="a:1\nb:1\nc:1\nd:1\n")
    with pytest.raises(Refused) as refused:
        move(again(inside.auditor), sample, "draw")
    assert refused.value.code == "conflict"


# ── What there is to draw from ───────────────────────────────────────────


def test_only_the_period_is_drawn_from(inside: World) -> None:
    there = risks(inside)
    AIMSRisk.objects.filter(pk=there[0].pk).update(created_at=timezone.now() - timedelta(days=40))
    sample = move(again(inside.auditor), chosen(inside, audited(inside)), "fix")
    assert sample.population_size == 11 and str(there[0].pk) not in sample.population.get().lines


def test_there_must_be_enough(inside: World) -> None:
    risks(inside, 3)
    with pytest.raises(Refused) as refused:
        move(again(inside.auditor), chosen(inside, audited(inside)), "fix")
    assert "size" in refused.value.fields


def test_what_the_auditor_does_not_see_is_not_drawn_from(inside: World) -> None:
    risks(inside)
    sample = chosen(inside, begun(inside, codes=["8.1"]))
    with pytest.raises(Refused) as refused:
        move(again(inside.auditor), sample, "fix")
    assert "size" in refused.value.fields


@pytest.mark.parametrize("wrong", [{"kind": "nothings"}, {"dated_by": "seed"}])
def test_a_register_or_a_date_that_is_not_there_is_refused(inside: World, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        move(again(inside.auditor), chosen(inside, audited(inside), **wrong), "fix")
    assert set(refused.value.fields) == set(wrong)


def test_an_auditor_of_another_audit_draws_nothing_here(inside: World) -> None:
    audited(inside)
    other = create(inside.officer, Audit, {"title": "Another", "codes": ["6.1.1"]})
    with pytest.raises(Refused):
        chosen(inside, other)


def decided(world: World, number: int) -> AISystem:
    """An AI system with so many decisions in August."""
    system = create(
        world.officer, AISystem, {"title": "TalentSift", "purpose": "Sort", "owner": row(world.contributor)}
    )
    at = datetime(2026, 8, 1, 12, tzinfo=UTC)
    Decision.objects.bulk_create(
        Decision(
            organisation_id=world.orvanne.pk,
            system=system,
            client_id=f"D-{n}",
            timestamp=at + timedelta(hours=n),
            output="invite",
            digest=f"{n:064x}",
        )
        for n in range(number)
    )
    return system


AUGUST = {"period_from": date(2026, 8, 1), "period_to": date(2026, 8, 31), "kind": sampling.DECISIONS}


def test_decisions_of_ai_systems_are_drawn_from_too(inside: World) -> None:
    system = decided(inside, 100)
    decided(inside, 5)
    audit = begun(inside, codes=["4.3", "8.1", "A.6.2"])
    sample = drawn(inside, audit, system=system, size=25, **AUGUST)
    assert sample.population_size == 100 and len({item["ref"] for item in sample.drawn}) == 25
    Decision.objects.create(
        organisation_id=inside.orvanne.pk,
        system=system,
        client_id="late",
        timestamp=datetime(2026, 8, 3, tzinfo=UTC),
        output="x",
        digest="f" * 64,
    )
    assert sampling.changed_since(again(inside.auditor), sample)["came"] == 1


def test_a_sample_becomes_one_request_for_each_record(inside: World) -> None:
    for risk in risks(inside):
        write(inside.officer, risk, {"owner": row(inside.contributor)})
    sample = drawn(inside, audited(inside))
    sample = move(again(inside.auditor), sample, "request")
    asked = AuditRequest.objects.filter(sample=sample)
    assert {str(one.item_id) for one in asked} == {item["id"] for item in sample.drawn}
    assert {one.owner_id for one in asked} == {inside.contributor.id} and all(one.due for one in asked)
    assert sample.state == "requested"
    with pytest.raises(Refused) as refused:  # once is enough
        move(again(inside.auditor), sample, "request")
    assert refused.value.code == "transition"


def test_it_is_nothing_to_another_organisation(inside: World) -> None:
    risks(inside)
    sample = drawn(inside, audited(inside))
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert not Sample.objects.filter(pk=sample.pk).exists() and not Population.objects.exists()
