"""Versions of an AI system: who releases one, what holds a release, and what is frozen with it."""

from datetime import date
from typing import Any

import pytest

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records import registry
from aims.records.changes import create, move, write
from aims.records.registry import Guard
from aims.records.signatures import canonical, digest_of, sign, standing
from context.models import AISystem, EvaluationResult, SystemVersion
from context.models.versions import basis_words
from planning.models import RiskAssessment
from tests.people import World


@pytest.fixture
def scan(inside: World) -> AISystem:
    """The system of the tests."""
    return create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Triage"})


def version(world: World, scan: AISystem, label: str = "3.3", **given: Any) -> SystemVersion:
    """A version that the officer made."""
    data = {"title": f"ThoraScan {label}", "system": scan, "label": label, "intended_use": "Adults"}
    return create(world.officer, SystemVersion, {**data, "owner": world.officer.id, **given})


def validated(world: World, scan: AISystem, **given: Any) -> SystemVersion:
    """One that was validated."""
    return move(world.officer, version(world, scan, **given), "validate")


def release(member: Member, made: SystemVersion) -> SystemVersion:
    """Sign the release."""
    return sign(member, made, "release", made.version, digest_of(canonical(made)), "password")


def as_executive(world: World, made: SystemVersion) -> SystemVersion:
    """The release, signed by another person than who made it."""
    with acting(world.orvanne.pk, world.executive.actor):
        return release(world.executive, made)


def test_another_person_releases_and_the_signature_stands(inside: World, scan: AISystem) -> None:
    made = validated(inside, scan)
    assert made.validated_on is not None
    with pytest.raises(Refused) as refused:
        release(inside.officer, made)
    assert refused.value.code == "four_eyes"
    with pytest.raises(Refused) as unsigned:
        move(inside.executive, made, "release")
    assert unsigned.value.code == "proof_needed"
    released = as_executive(inside, made)
    assert released.state == "released" and released.released_on is not None
    assert [(one.signer_id, still) for one, still in standing(released)] == [(inside.executive.id, True)]


def test_who_made_it_does_not_release_it_after_somebody_else_edited(inside: World, scan: AISystem) -> None:
    made = version(inside, scan)
    SystemVersion.objects.filter(pk=made.pk).update(edited_by=None, created_by=inside.executive.id)
    made = move(inside.officer, made, "validate")
    with pytest.raises(Refused) as refused:
        as_executive(inside, made)
    assert refused.value.code == "four_eyes"


def test_a_release_freezes_what_held(inside: World, scan: AISystem) -> None:
    made = validated(inside, scan)  # first: a new version makes what was assessed before it outdated
    run = create(inside.officer, RiskAssessment, {"title": "First run", "system": scan})
    day = {"state": "approved", "done_on": date(2026, 11, 1), "review_due": date(2027, 11, 1)}
    RiskAssessment.objects.filter(pk=run.pk).update(**day)
    released = as_executive(inside, made)
    released.refresh_from_db()
    held = {row["kind"]: row for row in released.basis}
    assert held["ai-systems"]["ref"] == scan.ref and held["ai-systems"]["version"] == scan.version
    assert held["risk-assessments"] == {
        "kind": "risk-assessments",
        "id": str(run.pk),
        "ref": run.ref,
        "title": "First run",
        "version": 1,
        "state": "approved",
        "dated": "2026-11-01",
        "until": "2027-11-01",
    }
    assert held["impact-assessments"] == {"kind": "impact-assessments"}
    RiskAssessment.objects.filter(pk=run.pk).update(title="Renamed later", version=9)
    released.refresh_from_db()
    assert "First run, version 1" in basis_words(released.basis[1])
    assert basis_words({"kind": "impact-assessments"}) == "Impact assessment: none held"


def test_what_was_in_use_is_not_opened_again(inside: World, scan: AISystem) -> None:
    released = as_executive(inside, validated(inside, scan))
    with pytest.raises(Refused) as locked:
        write(inside.officer, released, {"intended_use": "Children"})
    assert locked.value.code == "locked"
    gone = move(inside.officer, released, "withdraw", note="Replaced by 3.4")
    assert gone.state == "withdrawn" and gone.withdrawn_on is not None
    with pytest.raises(Refused) as refused:
        move(inside.officer, gone, "restore", note="Again")
    assert "Make a new version" in str(refused.value)


def test_a_draft_comes_back(inside: World, scan: AISystem) -> None:
    gone = move(inside.officer, version(inside, scan), "withdraw", note="Not built")
    assert gone.withdrawn_on is not None
    back = move(inside.officer, gone, "restore", note="Built after all")
    assert (back.state, back.withdrawn_on) == ("draft", None)


def test_two_validated_versions_have_two_names(inside: World, scan: AISystem) -> None:
    validated(inside, scan)
    with pytest.raises(Refused) as refused:
        validated(inside, scan)
    assert "another name" in str(refused.value)
    other = create(inside.officer, AISystem, {"title": "CodeMate", "purpose": "Code"})
    assert validated(inside, other).state == "validated"


def test_several_are_in_use_at_once(inside: World, scan: AISystem) -> None:
    for label in ("3.2", "3.3"):
        as_executive(inside, validated(inside, scan, label=label))
    assert scan.versions.filter(state="released").count() == 2


def test_a_later_clause_holds_a_release(
    inside: World, scan: AISystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stale(member: Member, made: SystemVersion) -> None:
        raise Refused("conflict", "held: stale assessment")

    held = Guard("system-versions.release", stale)
    known = registry.guards
    monkeypatch.setattr(
        "aims.records.changes.guards", lambda step: (*known(step), *([held] if step == held.step else []))
    )
    with pytest.raises(Refused) as refused:
        as_executive(inside, validated(inside, scan))
    assert str(refused.value) == "held: stale assessment"
    assert SystemVersion.objects.get().state == "validated" and not SystemVersion.objects.get().basis


def test_the_version_before_is_of_the_same_system(inside: World, scan: AISystem) -> None:
    other = create(inside.officer, AISystem, {"title": "CodeMate", "purpose": "Code"})
    before = version(inside, scan, "3.2")
    assert version(inside, scan, "3.3", previous=before).previous == before
    with pytest.raises(Refused) as refused:
        version(inside, other, "1.0", previous=before)
    assert list(refused.value.fields) == ["previous"]


def test_days_are_in_their_order(inside: World, scan: AISystem) -> None:
    with pytest.raises(Refused) as refused:
        version(inside, scan, validated_on=date(2026, 6, 20), released_on=date(2026, 6, 1))
    assert list(refused.value.fields) == ["released_on"]
    made = validated(inside, scan, validated_on=date(2026, 6, 1), released_on=date(2026, 6, 20))
    assert as_executive(inside, made).released_on == date(2026, 6, 20)


@pytest.mark.parametrize(
    ("value", "comparison", "threshold", "met"),
    [
        (94, "at_least", 93, True),
        (93, "at_least", 93, True),
        (92, "at_least", 93, False),
        (4, "at_most", 5, True),
        (6, "at_most", 5, False),
        (6, "at_most", None, None),
    ],
)
def test_a_result_meets_its_threshold_or_not(
    value: int, comparison: str, threshold: int | None, met: bool | None
) -> None:
    assert EvaluationResult(value=value, comparison=comparison, threshold=threshold).met is met
