"""Who asks for packs and who sees them; another organisation's are as unknown."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.keys import uuid7
from aims.organisation.member import Member
from aims.organisation.models import Grant
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pack import rights
from aims.pack.asking import ask_pack
from aims.records.changes import create
from evaluation.models import Audit
from tests.evaluation.story import PLAN, again, row
from tests.pack.conftest import acted, asked
from tests.people import World


def grant_audit(world: World, days: int, codes: list[str]) -> Member:
    """Hugo gets an audit of some clauses (none: all) for some days; answers him afresh."""
    audit = create(world.officer, Audit, {**PLAN, "lead": row(world.auditor)})
    kind = ContentType.objects.get_for_model(Audit)
    Grant.objects.create(
        organisation=world.orvanne,
        user_id=world.auditor.person_id,
        permission=Permission.objects.get(content_type=kind, codename="view_audit"),
        content_type=kind,
        object_pk=str(audit.pk),
        codes=codes,
        expires_at=timezone.now() + datetime.timedelta(days=days),
    )
    return again(world.auditor)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OFFICER, Role.EXECUTIVE, Role.API_CLIENT])
def test_these_roles_ask(inside: World, role: Role) -> None:
    assert asked(inside.members[role]).state == "queued"


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.READER, Role.AUDITOR])
def test_these_do_not(inside: World, role: Role) -> None:
    for attempt in (lambda: asked(inside.members[role]), lambda: rights.packs(inside.members[role])):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "forbidden"


def test_an_auditor_asks_while_the_audit_is_open(inside: World) -> None:
    hugo = grant_audit(inside, 7, ["6.1.2"])
    pack = asked(hugo)
    assert list(rights.packs(hugo)) == [pack]


def test_an_auditor_whose_audit_is_over_sees_not_even_the_own_packs(inside: World) -> None:
    hugo = grant_audit(inside, -1, ["6.1.2"])
    assert not rights.may_use(hugo)


def test_those_who_lead_see_all_packs_but_an_auditors_others_their_own(inside: World) -> None:
    hugo = grant_audit(inside, 7, [])
    theirs, mine = asked(inside.officer), asked(hugo)
    assert list(rights.packs(inside.executive)) == [theirs]
    assert list(rights.packs(hugo)) == [mine]
    with pytest.raises(Refused) as refused:
        rights.pack(hugo, theirs.pk)
    assert refused.value.code == "not_found"


def test_another_organisation_finds_nothing(inside: World) -> None:
    pack = asked(inside.officer)
    refusals = []
    with acting(inside.brindle.pk, inside.stranger.actor):
        for key in (pack.pk, uuid7(), "nonsense", None):
            with pytest.raises(Refused) as refused:
                rights.pack(inside.stranger, key)
            refusals.append((refused.value.code, str(refused.value)))
        assert list(rights.packs(inside.stranger)) == []
    assert len(set(refusals)) == 1


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (("*",), True, True),
        (("packs:read",), True, False),
        (("packs:write",), False, True),
        (("packs:*",), True, True),
        (("*:read",), True, False),
        (("ai-systems:write", "evidence:read"), False, False),
        ((), False, False),
    ],
)
def test_tokens_need_the_scope(inside: World, scopes: tuple[str, ...], reads: bool, writes: bool) -> None:
    robot = inside.members[Role.API_CLIENT]
    robot.scopes = scopes
    assert (rights.may_use(robot, "read"), rights.may_use(robot, "write")) == (reads, writes)


def test_asking_names_what_is_wrong(inside: World) -> None:
    for arguments, field in (
        ({"codes": ["12.9"]}, "scope"),
        ({"codes": [4]}, "scope"),
        ({"title": "x" * 300}, "title"),
        ({"language": "tlh"}, "language"),
    ):
        with pytest.raises(Refused) as refused:
            ask_pack(inside.officer, **arguments)
        assert refused.value.code == "invalid"
        assert list(refused.value.fields) == [field]


def test_not_more_than_a_few_are_built_at_once(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aims.pack.asking.WAITING", 2)
    first = asked(inside.officer)
    asked(inside.officer)
    with pytest.raises(Refused) as refused:
        asked(inside.officer)
    assert refused.value.code == "too_many"
    acted(first, state="failed")
    assert asked(inside.officer).state == "queued"


def test_what_is_left_out_has_a_sensible_value(inside: World) -> None:
    pack = ask_pack(inside.officer)
    assert (pack.title, pack.scope, pack.language) == ("Evidence pack", [], "en")
