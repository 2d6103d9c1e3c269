"""What every declaration promises: it names what exists, and fits the standard, the lifecycle and the signatures."""

from dataclasses import fields

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils import translation

from aims.catalogue import edition
from aims.organisation.roles import Role
from aims.records.base import Part, Record
from aims.records.changes import part_name
from aims.records.registry import Measure, Register, View, Workspace, registers, seams, workspaces

EVERY = pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)


def test_there_is_one_workspace_for_each_clause() -> None:
    assert [w.clause for w in workspaces() if w.clause] == ["4", "5", "6", "7", "8", "9", "10"]


def test_a_declaration_has_at_most_a_dozen_attributes() -> None:
    assert len(fields(Register)) <= 12 and len(fields(Workspace)) <= 12


def test_no_two_registers_share_a_path_a_model_or_a_number() -> None:
    every = registers()
    kinds = ([r.path for r in every], [r.model for r in every], [r.model.ref_prefix for r in every])
    for values in kinds:
        assert len(values) == len(set(values)), values


@EVERY
def test_it_names_fields_that_exist(register: Register) -> None:
    names = [*register.columns, *register.fields, *register.filters, *register.model.settled]
    required = [name for t in register.lifecycle.transitions for name in t.required]
    for name in names + required:
        try:
            register.model._meta.get_field(name)
        except FieldDoesNotExist:
            assert hasattr(register.model, name), f"{register.path} has no {name}"


@EVERY
def test_people_enter_every_field_that_must_be_filled(register: Register) -> None:
    entered = {*register.fields, *register.model.settled, "title"}
    for field in register.model._meta.local_fields:
        needed = field.editable and not field.blank and not field.has_default() and not field.null
        assert not needed or field.name in entered or field.name == "id", (
            f"{register.path}: nobody can fill {field.name}"
        )


@EVERY
def test_what_is_computed_is_not_entered(register: Register) -> None:
    assert not set(register.model.settled) & set(register.fields)


@EVERY
def test_it_answers_codes_of_the_standard(register: Register) -> None:
    unknown = [code for code in register.answers if not edition().is_code(code)]
    assert not unknown
    assert register.answers or register.path in ("answers", "evidence"), f"{register.path} answers nothing"


@EVERY
def test_its_record_types_are_the_catalogues(register: Register) -> None:
    assert not set(register.record_types) - set(edition().record_types)


@EVERY
def test_its_lifecycle_goes_between_its_states_and_can_be_walked(register: Register) -> None:
    lifecycle = register.lifecycle
    codes = [state.code for state in lifecycle.all_states]
    assert len(codes) == len(set(codes))
    reached = {lifecycle.initial}
    for _step in codes:
        reached |= {t.target for t in lifecycle.all_transitions if set(t.sources) & reached}
    assert reached == set(codes), f"{register.path}: never reached: {set(codes) - reached}"
    for transition in lifecycle.all_transitions:
        assert {*transition.sources, transition.target} <= set(codes)
        assert transition.roles <= set(Role)
        assert len(transition.code) <= 40 and len(transition.target) <= 30


@EVERY
def test_its_arrows_have_codes_of_their_own(register: Register) -> None:
    codes = [t.code for t in register.lifecycle.all_transitions]
    assert len(codes) == len(set(codes))


def columns(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    return list(model._meta.local_fields)


@EVERY
def test_its_content_has_one_exact_text(register: Register) -> None:
    for model in (register.model, *register.parts):
        for field in columns(model):
            assert not isinstance(field, models.FloatField), (
                f"{model.__name__}.{field.name}: a float has no exact text"
            )
            assert field.name.isascii()


@EVERY
def test_its_parts_belong_to_it(register: Register) -> None:
    for part in register.parts:
        assert issubclass(part, Part)
        relation = part._meta.get_field(part.of)
        assert relation.related_model is register.model and part.journal_parent == f"{part.of}_id"
        assert part_name(part) and not part_name(part).endswith("_set")
        assert all(part._meta.get_field(name) for name in part.form)


@EVERY
def test_it_can_be_named_in_both_languages(register: Register) -> None:
    for language in ("en", "fr"):
        with translation.override(language):
            assert str(register.name) and str(register.plural)


def test_every_record_stands_in_a_register(django_db_setup: None) -> None:
    from django.apps import apps  # noqa: PLC0415

    kinds = {m for m in apps.get_models() if issubclass(m, Record)}
    assert kinds == {r.model for r in registers()}
    parts = {m for m in apps.get_models() if issubclass(m, Part)}
    assert parts == {p for r in registers() for p in r.parts}


def test_what_reaches_into_a_register_names_one_that_exists() -> None:
    named = [*(view.register for view in seams(View)), *(one.register for one in seams(Measure))]
    assert {register.path for register in registers()} >= set(named)
    assert all(reverse(view.address) for view in seams(View))
