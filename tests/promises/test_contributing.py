"""CONTRIBUTING's example is executed: a register is its model and a declaration, and everything else is there."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

import improvement.models
import improvement.workspace
from aims.api import docs, urls
from aims.api.registers import routes
from aims.journal.history import history
from aims.journal.models import Entry
from aims.journal.walls import owned_models, raise_walls
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records import display, registry
from aims.records.registry import Register
from aims.records.workspace import lay_answers
from tests.callers import Caller, token_of
from tests.conftest import use_role
from tests.people import World
from tests.promises import test_declarations

TEXT = (Path(settings.BASE_DIR) / "CONTRIBUTING.md").read_text()
LINES = 25
BLOCK = re.compile(r'^```python\n"""(?P<file>[\w/]+\.py)"""\n(?P<code>.*?)^```$', re.MULTILINE | re.DOTALL)
REMEMBERED = (  # what is worked out once from the declarations
    registry.workspaces,
    registry.registers,
    registry.followers,
    registry._rules_by_code,
    registry._by_path,
    registry._by_model,
    registry.answering,
    display.model_of,
    docs.document,
)


@dataclass
class Lesson:
    """The kind of the example."""

    model: Any
    register: Register


def blocks() -> dict[str, str]:
    """The examples of CONTRIBUTING by the file that they are for."""
    return {found["file"]: found["code"] for found in BLOCK.finditer(TEXT)}


def forget() -> None:
    """Work it out again from the declarations."""
    apps.clear_cache()
    for remembered in REMEMBERED:
        remembered.cache_clear()


@pytest.fixture(scope="class")
def lesson(django_db_setup: None, django_db_blocker: Any) -> Iterator[Lesson]:
    """The example's code run where it says it belongs, with its table and walls; all of it is gone afterwards."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        made = declared(patch)
        as_owner(lambda: build(made.model))
        try:
            yield made
        finally:
            as_owner(lambda: tear_down(made.model))
            patch.undo()
            for route in routes(made.register):
                urls.urlpatterns[:] = [
                    known for known in urls.urlpatterns if str(known.pattern) != str(route.pattern)
                ]
            del apps.all_models["improvement"]["lesson"]
            forget()


def declared(patch: pytest.MonkeyPatch) -> Lesson:
    """Execute both blocks among the names of their files, and put the register where they say."""
    code = blocks()
    names = dict(vars(improvement.models))
    exec(compile(code["improvement/models.py"], "CONTRIBUTING.md", "exec"), names)
    names = {**vars(improvement.workspace), "Lesson": names["Lesson"]}
    made = eval(compile(code["improvement/workspace.py"].strip(), "CONTRIBUTING.md", "eval"), names)
    workspace = improvement.workspace.workspace
    patch.setattr(
        improvement.workspace, "workspace", replace(workspace, registers=(*workspace.registers, made))
    )
    urls.urlpatterns[:0] = routes(made)
    forget()
    return Lesson(names["Lesson"], made)


def as_owner(work: Callable[[], None]) -> None:
    """Do something as the owner of the tables."""
    before = connection.settings_dict["USER"]
    use_role("aims_owner")
    try:
        work()
    finally:
        use_role(before)


def build(model: Any) -> None:
    """What `makemigrations` and `migrate` do for it."""
    with connection.schema_editor() as editor:
        editor.create_model(model)
    raise_walls()


def tear_down(model: Any) -> None:
    """The table goes."""
    with connection.schema_editor() as editor:
        editor.delete_model(model)


def page(client: Client, address: str, status: int = 200, **data: str) -> str:
    """A page, or what comes of a form."""
    answer = client.post(address, data) if data else client.get(address)
    assert answer.status_code == status, (address, answer.content.decode())
    return answer.content.decode() if status == 200 else str(answer["Location"])


@pytest.mark.django_db  # all of it before the house of other tests is built: its tables must not be held
class TestTheExample:
    """The walk through what the declaration has made."""

    def test_a_declaration_is_short(self, lesson: Lesson) -> None:
        code = blocks()["improvement/workspace.py"]
        assert isinstance(ast.parse(code).body[0], ast.Expr)
        assert 5 < len(code.splitlines()) <= LINES
        assert set(blocks()) == {"improvement/models.py", "improvement/workspace.py"}

    def test_what_every_declaration_promises_holds_for_it(self, lesson: Lesson) -> None:
        every = [test for name, test in vars(test_declarations).items() if name.startswith("test_")]
        promises = [test for test in every if list(signature(test).parameters) == ["register"]]
        assert len(promises) > 2
        for promise in promises:
            promise(lesson.register)
        assert lesson.register in registry.answering("10.1") and lesson.model in owned_models()

    def test_its_pages_are_there(self, lesson: Lesson, world: World) -> None:
        nadia = Client()
        nadia.force_login(Person.objects.get(pk=world.officer.person_id))
        assert "so that nobody learns it twice" in page(nadia, "/registers/lessons/")
        form = page(nadia, "/registers/lessons/new/")
        assert 'name="what"' in form and "What we learnt" in form and 'name="review_due"' in form
        given = {"title": "Ask twice", "what": "Labels **drift**.", "codes": "7.2", "version": "1"}
        address = page(nadia, "/registers/lessons/new/", 302, **given)
        shown = page(nadia, address)
        assert "LES-0001" in shown and "<strong>drift</strong>" in shown and "Put in force" in shown
        assert "Ask twice" in page(nadia, "/registers/lessons/")
        page(nadia, f"{address}edit/", 302, **{**given, "title": "Ask three times"})
        page(nadia, f"{address}move/put_in_force/", 302, version="2")
        told = page(nadia, f"{address}history/")
        assert "Ask three times" in told and "in force" in told and "Nadia Benhaddou" in told
        assert "Ask three times" in page(nadia, "/search/?q=drift")
        with acting(world.orvanne.pk, world.officer.actor):
            lay_answers(world.officer)
        assert 'href="/registers/lessons/' in page(nadia, "/clauses/10.1/")

    def test_its_interface_is_there_and_the_journal_tells_of_it_once(
        self, lesson: Lesson, world: World
    ) -> None:
        officer = Caller(token_of(world, world.officer))
        kept = officer.post("lessons/", {"title": "Ask twice", "what": "Labels drift.", "codes": ["7.2"]})
        assert kept.status_code == 201, kept.content
        key = kept.json()["id"]
        assert [row["id"] for row in officer.get("lessons/").json()["results"]] == [key]
        assert officer.post("lessons/", {"title": "No words"}).status_code == 422
        assert officer.get(f"lessons/{key}/history/").json()["results"][0]["action"] == "created"
        with acting(world.orvanne.pk, world.officer.actor):
            entries = Entry.objects.filter(organisation_id=world.orvanne.pk, pk_text=key)
            assert [(row.kind, row.action) for row in entries] == [("improvement_lesson", "I")]
            assert len(history(lesson.model.objects.get(pk=key))) == 1
        described = Client().get("/api/v1/schema/?format=json").json()["paths"]
        assert {"get", "post"} == set(described["/api/v1/lessons/"])

    def test_another_organisation_sees_none_of_it(self, lesson: Lesson, world: World) -> None:
        officer, bruno = Caller(token_of(world, world.officer)), Caller(token_of(world, world.stranger))
        key = officer.post("lessons/", {"title": "Ask twice", "what": "Labels drift."}).json()["id"]
        with acting(world.brindle.pk, world.stranger.actor):
            assert lesson.model.objects.count() == 0
        with acting(world.orvanne.pk, world.officer.actor):
            assert lesson.model.objects.count() == 1
        assert bruno.get(f"lessons/{key}/").status_code == 404
        assert bruno.get("lessons/").json()["results"] == []


def test_afterwards_nothing_of_it_is_left(db: None) -> None:
    assert registry.register("lessons") is None and registry.register("improvements")
    assert not [model for model in apps.get_models() if model.__name__ == "Lesson"]
    assert "improvement_lesson" not in connection.introspection.table_names()
    assert not [route for route in urls.urlpatterns if "lessons" in str(route.pattern)]
    assert Client().get("/api/v1/lessons/").status_code in (401, 404)
