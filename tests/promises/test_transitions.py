"""Every step of every lifecycle, from every state, by every role, through the API: only declared arrows are taken.

The expectation is read from the declaration: who does not see the record gets 404, whom no arrow or not this one is open
to 403, who asks for an arrow that does not leave the state 409. A declared arrow is taken, or refused by a rule of its own
that says what is missing; whatever is refused leaves the state as it was. Skipping a needed field, a reason or the second
pair of eyes is refused by name. One record for each register; each question is undone.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from aims.api.conditions import etag
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.records.access import may_move, visible
from aims.records.base import Record
from aims.records.lifecycle import Transition
from aims.records.registry import Register, registers
from tests.factory import value
from tests.people import World
from tests.promises.house import House

REGISTERS = registers()
OWN_RULES = {400, 403, 409, 422}  # refused by a rule of the arrow's own, which says what to do, or who may
CLIENT = Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def own_folders(undone: None) -> None:
    """The house has its own folders, for the whole module."""


@dataclass(frozen=True)
class Asked:
    """A step asked for by somebody from a state."""

    role: Role
    state: str
    step: Transition

    def __str__(self) -> str:
        return f"{self.role}: {self.step.code} from {self.state}"


@pytest.fixture(scope="module")
def world(house: House) -> World:
    """Orvanne."""
    return house.own.world


def at_home(record: Record) -> Any:
    """Acting for the record's organisation: row security shows it to nobody else."""
    return acting(record.organisation_id, "task:tests")


def record_of(house: House, register: Register) -> Record:
    """The record of a register as it stands in the house: what an earlier test did to it is undone."""
    record = house.own.records[register.path]
    with at_home(record):
        return type(record)._default_manager.get(pk=record.pk)


def put(record: Record, **values: Any) -> None:
    """Change a row past every rule: the house of a test may."""
    with at_home(record):
        type(record)._default_manager.filter(pk=record.pk).update(**values)
        record.refresh_from_db()


def ripen(world: World, register: Register, record: Record) -> None:
    """Fill all that the arrows of a register need, so that nothing but the arrow itself is asked."""
    names = {name for step in register.lifecycle.transitions for name in step.required}
    for field in (register.model._meta.get_field(name) for name in sorted(names)):
        with acting(world.orvanne.pk, world.officer.actor):
            if getattr(field, "one_to_many", False) or filled(record, field.name):
                continue
            given = value(world, field)
            if field.many_to_many:
                getattr(record, field.name).set(given)
            else:
                put(record, **{field.attname: given})  # type: ignore[union-attr]


def filled(record: Record, name: str) -> bool:
    """Whether a field holds something."""
    with at_home(record):
        held = getattr(record, name)
        return bool(held.exists() if hasattr(held, "exists") else held not in (None, "", []))


def ask(house: House, record: Record, asked: Asked, note: str = "Because") -> Any:
    """Send it, with the version that is there; without a note where that is the question."""
    body = {"transition": asked.step.code, **({"note": note} if note else {})}
    path = next(r.path for r in REGISTERS if r.model is type(record))
    return CLIENT.post(
        f"/api/v1/{path}/{record.pk}/transitions/",
        json.dumps(body),
        "application/json",
        headers={"Authorization": f"Bearer {house.tokens[asked.role]}", "If-Match": etag(record.version)},
    )


def expected(member: Member, record: Record, register: Register, asked: Asked) -> set[int]:
    """The statuses that the declaration allows."""
    if not any(may_move(member, record, step) for step in register.lifecycle.all_transitions):
        return {403}
    if not may_move(member, record, asked.step):
        return {403}
    if asked.step.meaning:
        return {403}  # a signature needs the browser
    if asked.state not in asked.step.sources:
        return {409}
    return {200} if plain(asked.step) else {200} | OWN_RULES


def plain(step: Transition) -> bool:
    """Whether an arrow has no rule beside its declaration."""
    return not step.effects and not step.required


def matrix(register: Register) -> Iterator[tuple[str, Transition]]:
    """Every state with every arrow."""
    for state in register.lifecycle.all_states:
        for step in register.lifecycle.all_transitions:
            yield state.code, step


def brief(register: Register) -> Iterator[tuple[str, Transition]]:
    """Each arrow from where it leaves, and from one state that it does not leave."""
    states = [state.code for state in register.lifecycle.all_states]
    for step in register.lifecycle.all_transitions:
        yield step.sources[0], step
        if other := next((code for code in states if code not in step.sources), ""):
            yield other, step


def wrong(house: House, record: Record, register: Register, asked: Asked, member: Member) -> str:
    """What is wrong with the answer to one question, which is undone."""
    with transaction.atomic():
        with acting(member.organisation_id, member.actor):
            wanted = expected(member, record, register, asked)
        answer = ask(house, record, asked)
        with at_home(record):
            kept = type(record)._default_manager.get(pk=record.pk)
        transaction.set_rollback(True)
    if answer.status_code not in wanted:
        return f"{asked}: {answer.status_code} instead of {sorted(wanted)} {answer.content.decode()[:200]}"
    if answer.status_code == 200 and answer.json()["state"] != asked.step.target:
        return f"{asked}: came to {answer.json()['state']}"
    if answer.status_code != 200 and kept.state != asked.state:
        return f"{asked}: refused, and yet moved to {kept.state}"
    return ""


def walked(house: House, register: Register, whole: Collection[Role]) -> list[str]:
    """What is wrong with the answers to everybody; `whole` are asked from every state."""
    record, problems = record_of(house, register), []
    ripen(house.own.world, register, record)
    put(record, edited_by=None)
    for role in Role:
        member = house.member(role)
        questions = list(matrix(register) if role in whole else brief(register))
        with acting(member.organisation_id, member.actor):
            seen = visible(member, register.model).filter(pk=record.pk).exists()
            able = any(may_move(member, record, step) for _state, step in questions)
        if not seen or not able:
            problems += turned_away(house, record, role, questions[0], 403 if seen else 404)
            continue
        for state, step in sorted(questions, key=lambda one: one[0]):
            if record.state != state:
                put(record, state=state)
            problems.append(wrong(house, record, register, Asked(role, state, step), member))
    return problems


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.path)
def test_only_declared_arrows_are_taken(house: House, register: Register) -> None:
    """From every state by the compliance officer; by all others each arrow from where it leaves and from elsewhere."""
    told(walked(house, register, {Role.OFFICER}))


@pytest.mark.nightly
@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.path)
def test_only_declared_arrows_are_taken_by_anybody(house: House, register: Register) -> None:
    """From every state by every role."""
    told(walked(house, register, set(Role)))


def turned_away(
    house: House, record: Record, role: Role, question: tuple[str, Transition], status: int
) -> list[str]:
    """Who may nothing is told so before anything is looked at, whatever the state."""
    put(record, state=question[0])
    answer = ask(house, record, Asked(role, *question))
    return [] if answer.status_code == status else [f"{role}: {answer.status_code} instead of {status}"]


def told(problems: list[str]) -> None:
    """Fail with a line for each thing that is wrong."""
    found = [problem for problem in problems if problem]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def who(house: House, record: Record, step: Transition) -> tuple[Role, Member] | None:
    """Somebody who may take an arrow."""
    for role in Role:
        member = house.member(role)
        with acting(member.organisation_id, member.actor):
            if may_move(member, record, step) and visible(member, type(record)).filter(pk=record.pk).exists():
                return role, member
    return None


def arrows(kind: str) -> list[Any]:
    """The arrows that need something: a field, a reason, or a second pair of eyes."""
    return [
        pytest.param(register, step, id=f"{register.path}-{step.code}")
        for register in REGISTERS
        for step in register.lifecycle.all_transitions
        if getattr(step, kind) and not (step.meaning and kind != "four_eyes")
    ]


@pytest.mark.parametrize(("register", "step"), arrows("required"))
def test_no_needed_field_is_skipped(house: House, world: World, register: Register, step: Transition) -> None:
    record = record_of(house, register)
    problems = []
    for name in step.required:
        ripen(world, register, record)
        put(record, state=step.sources[0], edited_by=None)
        if not emptied(record, register, name):
            continue
        found = who(house, record, step)
        if found is None:
            assert register.sealed, "somebody may take it"
            return  # only auditors of its audit do: tests/evaluation asks them
        answer = ask(house, record, Asked(found[0], step.sources[0], step))
        if answer.status_code != 422 or name not in answer.content.decode():
            problems.append(f"{name}: {answer.status_code} {answer.content.decode()[:200]}")
    told(problems)


def emptied(record: Record, register: Register, name: str) -> bool:
    """Take away what a field holds, where it can be without anything."""
    field: Any = register.model._meta.get_field(name)
    if field.many_to_many or getattr(field, "one_to_many", False):
        with at_home(record):
            held = getattr(record, name)
            held.clear() if field.many_to_many else held.all().delete()
    elif field.null:
        put(record, **{field.attname: None})
    elif isinstance(getattr(record, name), str):
        put(record, **{name: ""})
    elif isinstance(getattr(record, name), list):
        put(record, **{name: []})
    return not filled(record, name)


@pytest.mark.parametrize(("register", "step"), arrows("note"))
def test_no_reason_is_skipped(house: House, world: World, register: Register, step: Transition) -> None:
    record = record_of(house, register)
    ripen(world, register, record)
    put(record, state=step.sources[0], edited_by=None)
    found = who(house, record, step)
    if (
        found is None
    ):  # nobody withdraws what was laid at the founding; some things only their audit's auditors see
        assert register.model.fixed or register.sealed
        return
    answer = ask(house, record, Asked(found[0], step.sources[0], step), note="")
    assert answer.status_code == 422, answer.content
    assert "note" in answer.content.decode()


@pytest.mark.parametrize(("register", "step"), arrows("four_eyes"))
def test_nobody_is_their_own_second_pair_of_eyes(
    house: House, world: World, register: Register, step: Transition
) -> None:
    record = record_of(house, register)
    ripen(world, register, record)
    put(record, state=step.sources[0], edited_by=None)
    found = who(house, record, step)
    assert found
    role, member = found
    put(record, edited_by=member.id)
    answer = ask(house, record, Asked(role, step.sources[0], step))
    if step.meaning:  # signed in the browser; there the same rule asks (tests/records/test_four_eyes.py)
        assert answer.status_code == 403
        return
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes"), answer.content


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.path)
def test_the_state_is_no_field(house: House, register: Register) -> None:
    record = record_of(house, register)
    before = record.state
    other = next(s.code for s in register.lifecycle.all_states if s.code != before)
    answer = CLIENT.patch(
        f"/api/v1/{register.path}/{record.pk}/",
        json.dumps({"state": other}),
        "application/json",
        headers={"Authorization": f"Bearer {house.tokens[Role.OFFICER]}", "If-Match": etag(record.version)},
    )
    assert answer.status_code in (403, 404, 409, 422), answer.content
    with at_home(record):
        record.refresh_from_db()
    assert record.state == before


def test_the_matrix_is_whole() -> None:
    """Every lifecycle asks as many questions as it has states times arrows; a state that nobody leaves or enters is none."""
    for register in REGISTERS:
        cycle = register.lifecycle
        assert len(list(matrix(register))) == len(cycle.all_states) * len(cycle.all_transitions)
        entered = {step.target for step in cycle.all_transitions} | {cycle.initial}
        assert {state.code for state in cycle.all_states} == entered, register.path
        codes = [step.code for step in cycle.all_transitions]
        assert len(codes) == len(set(codes)), register.path
