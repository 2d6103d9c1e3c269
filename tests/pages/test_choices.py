"""Relations with many rows: a form lists the first of them, finds the others, and keeps what was chosen."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.organisation.acting import acting
from aims.pages.choices import MOST, Choices, targets
from aims.records.changes import create, move
from context.models import AISystem
from planning.models import AIRisk
from tests.factory import make
from tests.people import World

NEW, FIND = "/registers/ai-risks/new/", "/choices/?of=context.aisystem&for=system&none=1"


def systems(world: World, number: int) -> list[AISystem]:
    first = make(world, AISystem, title="System 0000")
    with acting(world.orvanne.pk, world.officer.actor):
        names = [f.attname for f in AISystem._meta.concrete_fields]
        values = {name: getattr(first, name) for name in names}
        more = [
            AISystem(**{**values, "id": uuid.uuid4(), "ref": f"AIS-9{n:04d}", "title": f"System {n:04d}"})
            for n in range(1, number)
        ]
        AISystem.objects.bulk_create(more)
    return [first, *more]


def options(page: str, name: str) -> list[str]:
    found = re.search(rf'<select name="{name}"[^>]*>(.*?)</select>', page, re.S)
    return re.findall(r'<option value="([^"]+)"', found[1]) if found else []


def relation() -> str:
    """The name of the risk's relation to a system."""
    return next(f.name for f in AIRisk._meta.get_fields() if f.related_model is AISystem and f.concrete)


def test_few_rows_are_all_listed_and_nothing_is_to_be_searched(nadia: Client, world: World) -> None:
    systems(world, MOST)
    page = nadia.get(NEW).content.decode()
    assert len(options(page, relation())) == MOST and f"id_{relation()}_find" not in page


def test_of_many_rows_the_first_are_listed_and_others_found(nadia: Client, world: World) -> None:
    systems(world, 200)
    page = nadia.get(NEW).content.decode()
    assert len(options(page, relation())) == MOST and f"id_{relation()}_find" in page
    found = nadia.get(FIND + "&q=0199").content.decode()
    assert "System 0199" in found and found.count("<option") == 2


def test_accents_and_case_do_not_matter_and_signs_are_only_signs(nadia: Client, world: World) -> None:
    make(world, AISystem, title="Modèle d’été")
    assert nadia.get(FIND + "&q=MODELE").content.decode().count("<option") == 2
    assert nadia.get(FIND + "&q=été").content.decode().count("<option") == 2
    assert nadia.get(FIND + "&q=%25").content.decode().count("<option") == 1


def test_the_statements_of_a_form_do_not_grow_with_the_rows(nadia: Client, world: World) -> None:
    counts = []
    made = systems(world, 60)
    for more in (0, 240):
        with acting(world.orvanne.pk, world.officer.actor):
            names = [f.attname for f in AISystem._meta.concrete_fields]
            values = {name: getattr(made[0], name) for name in names}
            AISystem.objects.bulk_create(
                AISystem(**{**values, "id": uuid.uuid4(), "ref": f"AIS-8{n:04d}"}) for n in range(more)
            )
        nadia.get(NEW)
        with CaptureQueriesContext(connection) as captured:
            nadia.get(NEW)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_is_chosen_stays_while_others_are_looked_for(nadia: Client, world: World) -> None:
    rows = systems(world, 120)
    found = nadia.get(f"{FIND}&q=0001&system={rows[99].pk}").content.decode()
    assert f'value="{rows[99].pk}" selected' in found and "System 0001" in found


def test_a_row_beyond_the_first_can_be_saved_and_is_shown_again(nadia: Client, world: World) -> None:
    rows = systems(world, 120)
    name = relation()
    answer = nadia.post(NEW, {"title": "", name: str(rows[110].pk)})
    assert answer.status_code == 422 and str(rows[110].pk) in options(answer.content.decode(), name)
    assert "Select a valid choice" not in answer.content.decode().split(f'id="id_{name}"')[0][-600:]


def test_what_is_withdrawn_or_of_others_is_never_found(nadia: Client, world: World) -> None:
    rows = systems(world, 60)
    with acting(world.orvanne.pk, world.officer.actor):
        gone = create(world.officer, AISystem, {"title": "Gone", "purpose": "x"})
        move(world.officer, gone, "withdraw", 1, "no longer")
    with acting(world.brindle.pk, world.stranger.actor):
        other = create(world.stranger, AISystem, {"title": "Gone as well", "purpose": "x"})
    found = nadia.get(f"{FIND}&q=Gone&system={gone.pk}&system={other.pk}").content.decode()
    assert "Gone" not in found and rows
    with acting(world.orvanne.pk, world.officer.actor):
        choices = Choices(world.officer, MOST)
        choices.rows(AISystem)
        choices.reach(AISystem, [str(gone.pk), str(other.pk), "nonsense", ""])
        assert not {str(gone.pk), str(other.pk)} & set(choices.rows(AISystem))
        kept = Choices(world.officer, MOST)
        kept.keep(AISystem, [gone.pk])
        assert str(gone.pk) in kept.rows(AISystem)  # what a record refers to stays


@pytest.mark.parametrize("query", ["", "?of=nothing", "?of=organisation.person&q=a", "?of=auth.user"])
def test_only_what_forms_refer_to_is_answered(nadia: Client, query: str) -> None:
    answer = nadia.get(f"/choices/{query}")
    assert answer.status_code == 200 and "<option" not in answer.content.decode()


def test_every_target_can_be_searched(nadia: Client, world: World) -> None:
    found: dict[str, Any] = targets()
    assert "context.aisystem" in found and "organisation.membership" in found
    for label in found:
        assert nadia.get(f"/choices/?of={label}&q=a&for=x&x=nonsense").status_code == 200, label
