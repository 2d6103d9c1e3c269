"""Where a record came from and what it led to, with the buttons that lead on: one tag on the page of every record."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse

from aims.organisation.member import Member
from aims.pages.cells import state_of
from aims.pages.places import record_url
from aims.records import origins
from aims.records.base import Record
from aims.records.display import first_letter_up
from aims.records.registry import Register, register_of

register = template.Library()


@register.inclusion_tag("records/origins.html", takes_context=True)
def origins_of(context: Context, record: Record) -> dict[str, Any]:
    """The card; empty where nothing led here and nothing can lead on."""
    member: Member = context["request"].member
    sources = origins.sources(record)
    keys = {source.key: source.part.pk if source.part else record.pk for source in sources}
    became = origins.led_to(member, {*keys.values(), record.pk})
    return {
        "came_from": [row(found) for found in origins.came_from(member, record)],
        "leads": [_lead(member, source, became.get(keys[source.key], [])) for source in sources],
    }


def row(record: Record) -> dict[str, Any]:
    """A record as a row: what it is, and how far."""
    kind = register_of(record)
    return {
        "label": record.heading,
        "ref": record.ref,
        "url": record_url(record),
        "icon": kind.icon,
        "chip": state_of(kind, record.state),
    }


def _lead(member: Member, source: origins.Source, became: list[Record]) -> dict[str, Any]:
    return {
        "said": source.said if source.part else "",
        "rows": [row(record) for record in became],
        "ways": [_way(source, target) for target in origins.ways(member, source)],
    }


def _way(source: origins.Source, target: Register) -> dict[str, str]:
    address = reverse("new", args=[target.path])
    return {"label": first_letter_up(str(target.name)), "url": f"{address}?{urlencode({'from': source.key})}"}
