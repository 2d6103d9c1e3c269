"""The decisions of the demo are taken in whole, in time, and some of them overridden."""

from typing import Any

from aims.demo.decisions import SOURCES, report
from aims.organisation.roles import Role
from aims.records.changes import create
from context.models import AISystem
from operation.decisions.models import Decision


def test_every_decision_is_taken_in_once_and_in_time(inside: Any) -> None:
    for source in SOURCES:
        create(
            inside.officer, AISystem, {"title": source.model, "purpose": "x", "external_id": source.system}
        )
    client = inside.members[Role.API_CLIENT]
    report(client)
    rows = Decision.objects.all()
    assert rows.count() == sum(source.number for source in SOURCES)
    assert not rows.exclude(flag="").exists()
    for source in SOURCES:
        own = rows.filter(system__external_id=source.system)
        assert own.filter(overridden=True).count() == source.number // source.overridden_every
        assert own.filter(ground_truth__isnull=False).count() == source.number // 3
        assert own.values("model_version").distinct().count() == 2
