"""Measurements come in by hand, by file and by API, and each door judges them and keeps what was recorded."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Organisation
from aims.organisation.roles import Role
from aims.records.changes import create, move
from aims.records.registry import register_of
from context.models import AISystem
from evaluation.models import Measurement, Metric
from tests.callers import Caller
from tests.pages.markup import Page
from tests.people import World
from tests.records.exchanging import checked, csv_file, imported, messages

GROUPS = ("women", "men", "over 75")


@pytest.fixture
def metrics(world: World) -> Iterator[list[Metric]]:
    """Sensitivity of one system for three groups."""
    with acting(world.orvanne.pk, world.officer.actor):
        system = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Triage"})
        found = []
        for group in GROUPS:
            values = {
                "title": f"Sensitivity, {group}",
                "system": system,
                "kind": "fairness",
                "statistic": "sensitivity",
                "group": group,
                "unit": "%",
                "warning": "93",
                "alarm": "91",
            }
            found.append(move(world.officer, create(world.officer, Metric, values), "put_in_force"))
    yield found


def measured(world: World, metric: Metric, day: date, value: str, **data: Any) -> Measurement:
    with acting(world.orvanne.pk, world.officer.actor):
        return create(
            world.officer, Measurement, {"metric": metric, "measured_on": day, "value": value, **data}
        )


def rows(world: World) -> list[Measurement]:
    with acting(world.orvanne.pk, world.officer.actor):
        return list(Measurement.objects.order_by("measured_on", "ref"))


def test_by_api_the_band_is_settled_and_the_value_is_kept(
    caller: Callable[..., Caller], world: World, metrics: list[Metric]
) -> None:
    client = caller(Role.API_CLIENT)
    given = {
        "metric": str(metrics[0].pk),
        "measured_on": "2026-09-30",
        "value": "90.5",
        "external_id": "run-7",
    }
    made = client.post("measurements/", given)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["band"], row["value"], row["corrects"]) == ("alarm", "90.500000", None)
    assert row["measured_on"] < row["created_at"]  # measured-at and recorded-at are two things
    assert row["measured_at"] == "2026-09-30T00:00:00.000000Z"  # only the day was said: it began then
    changed = client.patch(made["Location"], {"value": "95"}, version=1)
    assert changed.status_code == 422 and changed.json()["errors"][0]["field"] == "value"
    right = client.post(
        "measurements/", {**given, "value": "95", "external_id": "run-7b", "corrects": row["id"]}
    )
    assert (right.status_code, right.json()["band"]) == (201, "ok")
    assert client.get(made["Location"]).json()["value"] == "90.500000"


def test_by_api_a_value_is_of_a_moment(caller: Callable[..., Caller], metrics: list[Metric]) -> None:
    client = caller(Role.API_CLIENT)
    given = {"metric": str(metrics[0].pk), "value": "94", "measured_at": "2026-09-30T23:15:00-01:00"}
    row = client.post("measurements/", given).json()
    assert (row["measured_at"], row["measured_on"]) == ("2026-10-01T00:15:00.000000Z", "2026-10-01")
    refused = client.post("measurements/", {**given, "measured_at": "2026-09-30"})
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "measured_at"
    refused = client.post("measurements/", {**given, "measured_at": "0001-01-01T00:00:00+10:00"})
    assert refused.status_code == 422


def test_by_file_the_band_is_settled_and_a_second_file_overwrites_nothing(
    world: World, metrics: list[Metric]
) -> None:
    kind, ref = register_of(Measurement), metrics[1].ref
    head = ["external_id", "metric", "measured_on", "value"]
    with acting(world.orvanne.pk, world.officer.actor):
        of = imported(
            world.officer,
            kind,
            csv_file([head, ["a", ref, "2026-08-31", "94"], ["b", ref, "2026-09-30", "92"]]),
        )
        assert messages(of) == []
    assert [(row.value, row.band) for row in rows(world)] == [(94, "ok"), (92, "warning")]
    with acting(world.orvanne.pk, world.officer.actor):
        of = checked(world.officer, kind, csv_file([head, ["b", ref, "2026-09-30", "96"]]))
        assert [message for _row, _column, message in messages(of)] == [
            "A measured value is not overwritten. Record the right value as one that corrects this one."
        ]
    assert [row.value for row in rows(world)] == [94, 92]


def test_the_page_of_a_metric_draws_the_groups_side_by_side_on_one_scale(
    nadia: Client, world: World, metrics: list[Metric]
) -> None:
    for metric, value in zip(metrics, ("96", "95", "84"), strict=True):
        measured(world, metric, date(2026, 8, 31), "95")
        measured(world, metric, date(2026, 9, 30), value)
    text = nadia.get(f"/registers/metrics/{metrics[0].pk}/").content.decode()
    drawn = re.findall(r'<svg class="line small".*?</svg>', text, re.DOTALL)
    assert len(drawn) == 3
    assert [group in text for group in GROUPS] == [True] * 3
    alarms = {re.search(r'class="l-alarm"[^>]*y1="([\d.]+)"', one).group(1) for one in drawn}  # type: ignore[union-attr]
    assert len(alarms) == 1  # the alarm lies at the same height in each
    assert all("Alarm 91" in one for one in drawn)


def test_by_file_a_moment_is_in_the_organisations_time(world: World, metrics: list[Metric]) -> None:
    kind, ref = register_of(Measurement), metrics[1].ref
    head = ["external_id", "metric", "measured_at", "value"]
    lines = [head, ["a", ref, "2026-09-30 14:05", "94"], ["b", ref, "2026-10-31", "92"]]
    member = replace(world.officer, time_zone="Europe/Paris")
    with acting(world.orvanne.pk, member.actor), timezone.override("Europe/Paris"):
        Organisation.objects.filter(pk=world.orvanne.pk).update(time_zone="Europe/Paris")
        assert messages(imported(member, kind, csv_file(lines))) == []
        assert messages(imported(member, kind, csv_file(lines))) == []  # the same once more is no change
    assert [
        (row.measured_at and row.measured_at.isoformat(), str(row.measured_on)) for row in rows(world)
    ] == [
        ("2026-09-30T12:05:00+00:00", "2026-09-30"),
        ("2026-10-30T23:00:00+00:00", "2026-10-31"),
    ]


def test_what_a_form_shows_of_a_moment_comes_back_as_it_was(
    nadia: Client, world: World, metrics: list[Metric]
) -> None:
    at = datetime(2026, 9, 30, 12, 5, 17, 500, tzinfo=UTC)
    with acting(world.orvanne.pk, world.officer.actor):
        row = create(world.officer, Measurement, {"metric": metrics[0], "measured_at": at, "value": "94"})
    place = f"/registers/measurements/{row.pk}/"
    form = Page(nadia.get(f"{place}edit/").content.decode())
    shown = {
        attrs["name"]: attrs.get("value")
        for tag, attrs in form.elements
        if tag == "input" and "name" in attrs
    }
    assert (shown["measured_at"], shown["measured_on"]) == ("2026-09-30T12:05:17", "2026-09-30")
    given = {name: shown[name] for name in ("version", "value", "measured_at", "measured_on")}
    answer = nadia.post(f"{place}edit/", {**given, "metric": str(metrics[0].pk), "analysis": "As expected."})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert "30 September 2026, 12:05" in nadia.get(f"/registers/metrics/{metrics[0].pk}/").content.decode()
    assert (
        "measured_at=2026-09-30T12%3A05%3A17" in nadia.get(place).content.decode()
    )  # a correction begins with it


def test_a_value_is_recorded_and_corrected_from_its_page(
    nadia: Client, world: World, metrics: list[Metric]
) -> None:
    row = measured(world, metrics[0], date(2026, 9, 30), "29.7")
    page = nadia.get(f"/registers/measurements/{row.pk}/").content.decode()
    (link,) = re.findall(r'href="(/registers/measurements/new/\?[^"]+)"', page)
    form = Page(nadia.get(link.replace("&amp;", "&")).content.decode())
    given = {
        attrs["name"]: attrs.get("value")
        for tag, attrs in form.elements
        if tag == "input" and "name" in attrs
    }
    assert given["measured_on"] == "2026-09-30"
    chosen = [attrs.get("value") for tag, attrs in form.elements if tag == "option" and "selected" in attrs]
    assert {str(metrics[0].pk), str(row.pk)} <= set(chosen)
    given = {
        "title": "",
        "metric": str(metrics[0].pk),
        "measured_on": "2026-09-30",
        "value": "92.7",
        "corrects": str(row.pk),
    }
    answer = nadia.post(link.replace("&amp;", "&"), given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert [(r.value, r.corrects_id) for r in rows(world)][1][1] == row.pk
    page = nadia.get(f"/registers/measurements/{row.pk}/").content.decode()
    assert "This value no longer counts" in page and "measurements/new/" not in page
    page = nadia.get(f"/registers/metrics/{metrics[0].pk}/").content.decode()
    assert "<s>29.7</s>" in page and "replaced by a correction" in page


def test_a_reader_is_offered_no_way_to_record(paul: Client, metrics: list[Metric]) -> None:
    assert "measurements/new/" not in paul.get(f"/registers/metrics/{metrics[0].pk}/").content.decode()


def test_the_page_asks_as_much_for_many_values_as_for_one(
    nadia: Client, world: World, metrics: list[Metric]
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert nadia.get(f"/registers/metrics/{metrics[0].pk}/").status_code == 200
        return len(captured)

    for metric in metrics:
        measured(world, metric, date(2026, 1, 31), "95")
    asked()
    few = asked()
    for metric in metrics:
        for month in range(2, 10):
            measured(world, metric, date(2026, month, 28), "95")
    assert asked() == few
