"""Four eyes: another person than the last editor, from inside by role or from outside by being marked as a reviewer."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import Member, member_by_token, members_of
from aims.organisation.models import Grant, Membership, Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.records.access import may_change, may_move
from aims.records.changes import create, move, write
from aims.records.registry import register_of
from aims.records.signatures import canonical, digest_of, sign
from context.models import AISystem
from planning.models import AIActAnswer
from tests.people import World, join, make_organisation

PLAIN = {"Q1": True, "Q2": True, "Q3": "none", "Q4": False, "Q5": [], "Q6": "no", "Q8": [], "Q11": []}


def sheet(member: Member, **given: Any) -> AIActAnswer:
    """A classification that is ready for its approval: an officer's step with four eyes, and a signature."""
    system = create(member, AISystem, {"title": "Translator", "purpose": "Translate letters"})
    data = {
        "title": "Class of the translator",
        "system": system,
        "answers": PLAIN,
        "rationale": "Letters only.",
        "assessed_on": timezone.localdate(),
    }
    record = create(member, AIActAnswer, {**data, **given})
    assert record.outcome, record.waiting
    return record


def approve(member: Member, record: AIActAnswer) -> AIActAnswer:
    sign(member, record, "approve", record.version, digest_of(canonical(record)), "password", "")
    return AIActAnswer.objects.get(pk=record.pk)


def reviewer(world: World, role: Role = Role.READER, email: str = "vera@elsewhere.test") -> Member:
    """Vera, from another firm."""
    return join(world.orvanne, "Vera Holm", email, role, outside_reviewer=True)


def transition() -> Any:
    return register_of(AIActAnswer).lifecycle.transition("approve")


def test_the_flag_comes_with_the_member_however_they_come_in(inside: World) -> None:
    vera = reviewer(inside)
    assert vera.outside_reviewer and not inside.officer.outside_reviewer
    _token, secret = make_token(Membership.objects.get(pk=vera.id), "hers")
    by_token = member_by_token(secret)
    assert by_token and by_token.outside_reviewer
    Membership.objects.filter(pk=vera.id).update(outside_reviewer=False)
    assert not members_of(vera.person_id)[0].outside_reviewer


def test_an_outside_reviewer_of_any_role_takes_the_second_look(inside: World) -> None:
    record, vera = sheet(inside.officer), reviewer(inside)
    assert Role.READER not in transition().roles and not may_move(inside.reader, record, transition())
    assert approve(vera, record).state == "approved"


def test_nobody_else_gains_anything(inside: World) -> None:
    record = sheet(inside.officer)
    with pytest.raises(Refused) as refused:
        approve(inside.reader, record)
    assert refused.value.code == "forbidden"


def test_an_outside_reviewer_is_no_writer(inside: World) -> None:
    record, vera = sheet(inside.officer), reviewer(inside)
    assert not may_change(vera, record)
    with pytest.raises(Refused) as refused:
        move(vera, record.system, "put_in_force")
    assert refused.value.code == "forbidden", "a step without four eyes stays closed"


def test_an_outside_reviewer_does_not_approve_their_own_words(inside: World) -> None:
    vera = reviewer(inside, Role.OFFICER)
    record = sheet(vera)
    with pytest.raises(Refused) as refused:
        approve(vera, record)
    assert refused.value.code == "four_eyes"


def test_an_auditor_from_outside_reviews_what_they_see_only(inside: World) -> None:
    record, vera = sheet(inside.officer), reviewer(inside, Role.AUDITOR)
    with pytest.raises(Refused) as refused:
        approve(vera, record)
    assert refused.value.code == "not_found"
    kind = ContentType.objects.get_for_model(AIActAnswer)
    Grant.objects.create(
        organisation=inside.orvanne,
        user_id=vera.person_id,
        content_type=kind,
        object_pk=str(record.pk),
        permission=Permission.objects.get(content_type=kind, codename="view_aiactanswer"),
        expires_at=timezone.now() + timedelta(days=1),
    )
    [again] = members_of(vera.person_id)
    assert approve(again, record).state == "approved"


def test_a_token_of_a_reviewer_stays_within_its_scopes(inside: World) -> None:
    record, vera = sheet(inside.officer), reviewer(inside)
    _token, secret = make_token(Membership.objects.get(pk=vera.id), "reads", ("*:read",))
    by_token = member_by_token(secret)
    assert by_token and not may_move(by_token, record, transition())


def test_where_others_could_the_refusal_says_so_briefly(inside: World) -> None:
    join(inside.orvanne, "Second officer", "second@orvanne.test", Role.OFFICER)
    with pytest.raises(Refused) as refused:
        approve(inside.officer, sheet(inside.officer))
    assert "Another person" in str(refused.value) and "outside" not in str(refused.value)


@pytest.fixture
def alone(db: None) -> Member:
    """Ines, who is the whole organisation."""
    return join(make_organisation("Ines translates"), "Ines Duarte", "ines@alone.test", Role.OFFICER)


def test_who_is_alone_is_told_how_to_find_a_second_pair_of_eyes(alone: Member) -> None:
    with acting(alone.organisation_id, alone.actor):
        record = sheet(alone)
        with pytest.raises(Refused) as refused:
            approve(alone, record)
        assert refused.value.code == "four_eyes"
        assert "outside reviewer" in str(refused.value) and "Settings" in str(refused.value)
        with pytest.raises(Refused, match="outside reviewer"):
            inactive = Person.objects.create_user("gone@alone.test", None, name="Gone")
            Membership.objects.create(
                organisation_id=alone.organisation_id,
                person=inactive,
                role=Role.OFFICER,
                name="Gone",
                active=False,
            )
            approve(alone, record)


def test_alone_with_an_outside_reviewer_a_classification_is_approved(alone: Member) -> None:
    with acting(alone.organisation_id, alone.actor):
        record = sheet(alone)
        person = Person.objects.create_user("vera@elsewhere.test", None, name="Vera Holm")
        Membership.objects.create(
            organisation_id=alone.organisation_id,
            person=person,
            role=Role.READER,
            name="Vera",
            outside_reviewer=True,
        )
        [vera] = members_of(person.pk)
        with pytest.raises(Refused) as refused:
            approve(alone, record)
        assert "outside" not in str(refused.value), "there is somebody now"
        assert approve(vera, record).state == "approved"
        record.system.refresh_from_db()
        assert record.system.act_outcome == record.outcome
        assert record.edited_by_id == alone.id
        write(alone, record.system, {"purpose": "Translate letters and contracts"})
