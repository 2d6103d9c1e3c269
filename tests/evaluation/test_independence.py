"""Independence and competence: who touched what in scope, overrides, and conflicts that arise later (9.2.2-d, 7.2)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.base import Record
from aims.records.changes import create, lay, move, write
from aims.records.models import Answer, Signature
from context.models import AISystem
from evaluation import independence
from evaluation.independence import Standing, standings
from evaluation.models import Audit, AuditProgramme
from evaluation.rules.auditing import auditors_in_conflict
from planning.models import AIRisk
from support.models import CompetenceRecord
from tests.evaluation.story import again, begun, competent, found, planned, reported, row
from tests.factory import make
from tests.people import World


def standing(audit: Audit) -> Standing:
    """How Hugo stands."""
    return next(one for one in standings(audit) if one.person.name == "Hugo Renard")


def how(audit: Audit) -> set[tuple[str, str]]:
    """What Hugo did with which register."""
    return {(touch.how, touch.path) for touch in standing(audit).touches}


def by(world: World, member: Member, act: Callable[[], Any]) -> Any:
    """Something done in a request of somebody: so the journal names them."""
    with acting(world.orvanne.pk, member.actor):
        return act()


def as_officer(world: World, record: Record, **data: Any) -> Record:
    """Written while Hugo is an officer: he was one before he became an auditor."""
    former = again(world.officer)
    with acting(world.orvanne.pk, world.auditor.actor):
        return write(former, record, data)


# ── Who touched what ─────────────────────────────────────────────────────


def owns_system(world: World) -> list[Record]:
    """He owns an AI system."""
    return [create(world.officer, AISystem, {"title": "T", "purpose": "p", "owner": row(world.auditor)})]


def owns_risk(world: World) -> list[Record]:
    """He owns a risk."""
    return [make(world, AIRisk, owner=row(world.auditor))]


def edits_risk(world: World) -> list[Record]:
    """He changed a risk."""
    return [as_officer(world, make(world, AIRisk), title="Changed by Hugo")]


def edits_answer(world: World) -> list[Record]:
    """He wrote the answer to a line in scope."""
    answer = lay(world.officer, Answer, "6.1.2-a", {"title": "6.1.2-a"})
    return [as_officer(world, answer, text="Ours")]


def approves_risk(world: World) -> list[Record]:
    """He signed a risk."""
    risk = make(world, AIRisk)
    Signature.objects.create(
        organisation=world.orvanne,
        kind="ai-risks",
        record_id=risk.pk,
        version=1,
        transition="accept",
        meaning="x",
        signer=row(world.auditor),
        name="Hugo",
        proof="password",
        digest="0" * 64,
        content="{}",
    )
    return [risk]


def handed_over(world: World) -> list[Record]:
    """He owned a risk until it was given to somebody else."""
    risk = make(world, AIRisk, owner=row(world.auditor))
    return [write(world.officer, risk, {"owner": row(world.contributor)})]


MATRIX = [
    (owns_system, ("owned", "ai-systems")),
    (owns_risk, ("owned", "ai-risks")),
    (edits_risk, ("edited", "ai-risks")),
    (edits_answer, ("edited", "answers")),
    (approves_risk, ("approved", "ai-risks")),
    (handed_over, ("owned", "ai-risks")),
]


@pytest.mark.parametrize(("act", "expected"), MATRIX)
def test_what_somebody_touched_in_scope_keeps_them_from_auditing_it(
    inside: World, act: Callable[[World], list[Record]], expected: tuple[str, str]
) -> None:
    touched = act(inside)
    systems = [record for record in touched if isinstance(record, AISystem)]
    audit = planned(inside, codes=["6.1.2"], systems=systems)
    assert expected in how(audit)
    for step in ("open", "start"):
        with pytest.raises(Refused) as refused:
            move(inside.officer, audit, step)
        said = " ".join(str(words) for words in refused.value.fields["team"])
        assert "Hugo Renard" in said and (touched[0].ref in said)


@pytest.mark.parametrize("act", [owns_risk, edits_risk, edits_answer, approves_risk, handed_over])
def test_what_is_out_of_scope_does_not_count(inside: World, act: Callable[[World], list[Record]]) -> None:
    act(inside)
    audit = planned(inside, codes=["7.3"])
    assert not standing(audit).touches and move(inside.officer, audit, "start").state == "in_progress"


@pytest.mark.parametrize("act", [edits_risk, edits_answer, approves_risk, handed_over])
def test_what_lies_longer_back_than_twelve_months_does_not_count(
    inside: World, act: Callable[[World], list[Record]]
) -> None:
    act(inside)
    later = date.today() + timedelta(days=400)
    audit = planned(inside, codes=["6.1.2"], starts_on=later, ends_on=later)
    assert not standing(audit).touches


def test_a_standing_duty_counts_however_old_it_is(inside: World) -> None:
    owns_risk(inside)
    later = date.today() + timedelta(days=400)
    assert how(planned(inside, codes=["6.1.2"], starts_on=later, ends_on=later)) == {("owned", "ai-risks")}


def test_what_others_did_does_not_count(inside: World) -> None:
    write(inside.officer, make(inside, AIRisk, owner=row(inside.contributor)), {"title": "By Nadia"})
    assert standing(planned(inside, codes=["6.1.2"])).clear


def test_an_auditors_own_work_is_no_conflict(inside: World) -> None:
    audit = begun(inside, codes=["9.2.2", "8.1"])
    by(inside, inside.auditor, lambda: write(again(inside.auditor), audit, {"agenda": "Day one"}))
    assert standing(audit).clear
    by(inside, inside.auditor, lambda: reported(inside, audit))


def test_a_case_that_opens_by_itself_when_a_finding_is_issued_is_no_conflict(inside: World) -> None:
    audit = begun(inside, codes=["8.1"])
    with acting(inside.orvanne.pk, inside.auditor.actor):
        finding = found(inside, audit)
        reported(inside, audit)
    assert finding.nonconformities.exists()
    assert standing(planned(inside, codes=["10.2"])).clear


def test_nobody_audits_the_programme_that_is_theirs(inside: World) -> None:
    programme = make(inside, AuditProgramme, owner=row(inside.auditor))
    assert ("programme", "audit-programmes") in how(planned(inside, codes=["9.2.1"], programme=programme))
    assert standing(planned(inside, codes=["8.1"], programme=programme)).clear


# ── Competence ───────────────────────────────────────────────────────────


def test_without_competence_on_record_nobody_audits(inside: World) -> None:
    audit = planned(inside)
    CompetenceRecord.objects.update(result="partly")
    with pytest.raises(Refused) as refused:
        move(inside.officer, audit, "start")
    assert "competence" in str(refused.value.fields["team"][0])


@pytest.mark.parametrize(
    "change",
    [{"review_due": date(2026, 1, 1)}, {"state": "planned"}, {"person_id": None}, {"result": "not_met"}],
)
def test_competence_that_has_run_out_does_not_count(inside: World, change: dict[str, Any]) -> None:
    audit = planned(inside)
    assert standing(audit).competent
    CompetenceRecord.objects.update(**change)
    assert not standing(audit).competent


# ── Overrides ────────────────────────────────────────────────────────────


def overridden(world: World, audit: Audit, reason: str = "Nobody else knows the field.") -> Audit:
    """Nadia gives the reason."""
    parts = {"overrides": [{"auditor": row(world.auditor), "reason": reason}]}
    with acting(world.orvanne.pk, world.officer.actor):
        return write(world.officer, audit, {}, parts=parts)


def test_a_reason_given_by_somebody_else_lets_them_audit(inside: World) -> None:
    owns_risk(inside)
    audit = overridden(inside, planned(inside, codes=["6.1.2"]))
    here = standing(audit)
    assert here.clear and here.touches and here.reason_by == "Nadia Benhaddou"
    assert move(inside.officer, audit, "start").state == "in_progress"


def test_nobody_gives_the_reason_for_themselves(inside: World) -> None:
    audit = begun(inside)
    parts = {"overrides": [{"auditor": row(inside.auditor), "reason": "I am fair."}]}
    with pytest.raises(Refused) as refused:
        write(again(inside.auditor), audit, {}, parts=parts)
    assert "overrides.0.reason" in refused.value.fields


def later(monkeypatch: pytest.MonkeyPatch, audit: Audit) -> None:
    """The reason lies a day back: within a test all is one transaction, at one moment."""
    plain = independence.add_reasons

    def earlier(of: Audit, rows: list[Standing]) -> None:
        plain(of, rows)
        for one in rows:
            if one.reason_at:
                one.reason_at -= timedelta(days=1)

    monkeypatch.setattr(independence, "add_reasons", earlier)


def test_a_conflict_that_arises_after_the_reason_is_raised_again(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = overridden(inside, planned(inside, codes=["6.1.2"]))
    audit = move(inside.officer, audit, "start")
    later(monkeypatch, audit)
    assert standing(audit).clear
    edits_risk(inside)
    assert not standing(audit).clear


def test_a_conflict_that_arises_after_assignment_is_raised_and_stops_the_report(inside: World) -> None:
    audit = begun(inside, codes=["6.1.2"])
    assert not list(auditors_in_conflict(inside.officer))
    edits_risk(inside)
    gap = next(iter(auditors_in_conflict(inside.officer)))
    assert gap.code == "9.2.2-d" and gap.ref == audit.ref and "Hugo Renard" in gap.title
    with pytest.raises(Refused) as refused, acting(inside.orvanne.pk, inside.auditor.actor):
        reported(inside, audit)
    assert "team" in refused.value.fields


def test_of_outside_bodies_nothing_is_asked(inside: World) -> None:
    owns_risk(inside)
    assert standings(planned(inside, kind="stage_2", codes=["6.1.2"])) == []


def test_another_organisations_journal_is_not_read(inside: World) -> None:
    competent(inside, inside.auditor)
    edits_risk(inside)
    assert Entry.objects.exclude(organisation_id=inside.orvanne.pk).count() == 0


def test_it_asks_as_much_for_many_records_as_for_few(
    inside: World, django_assert_max_num_queries: Any
) -> None:
    for _number in range(4):
        edits_risk(inside)
    audit = planned(inside, codes=["6.1.2"])
    with django_assert_max_num_queries(24):
        assert len(standing(audit).touches) == 4
