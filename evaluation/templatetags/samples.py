"""What a sample's page shows beside its fields: the records drawn, what changed since, and what can be done."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.records.base import Record
from evaluation import judging, sampling
from evaluation.models import AuditRequest, Sample, SampleVerdict

register = template.Library()


@register.simple_tag(takes_context=True)
def sample_of(context: Context, sample: Sample) -> dict[str, Any]:
    """The records drawn with their requests, today's difference from the fixed list, and the list itself."""
    member: Member = context["request"].member
    requests = {
        str(row.item_id): row for row in AuditRequest.objects.filter(sample=sample).select_related("owner")
    }
    verdicts = judging.verdicts_of(member, sample)
    return {
        "kind": sampling.kind_label(sample),
        "rows": [
            shown(item, requests) | {"verdict": verdict_of(verdicts.get(item["id"]))}
            for item in sampling.drawn_records(member, sample)
        ],
        "tally": judging.tally(verdicts.values(), len(sample.drawn)) if verdicts else [],
        "judge_url": judging.item_url(sample) if sample.drawn_at else "",
        "since": sampling.changed_since(member, sample),
        "list_url": reverse("sample list", args=[sample.pk]) if sample.committed_at else "",
        "requests_url": reverse("audit requests", args=[sample.audit_id]),
        "requested": bool(requests),
    }


def verdict_of(row: SampleVerdict | None) -> tuple[str, str] | None:
    """The word and the tone of a verdict that was given and may be read."""
    if row is None or not row.verdict:
        return None
    value = judging.Verdict(row.verdict)
    return str(value.label), judging.MARKS[value][1]


@register.simple_tag
def sample_words(sample: Sample) -> dict[str, str]:
    """What is drawn from, in words."""
    return {"kind": sampling.kind_label(sample), "dated_by": sampling.date_label(sample)}


def shown(item: dict[str, Any], requests: dict[str, AuditRequest]) -> dict[str, Any]:
    """A record drawn; one that the reader does not see has its number only."""
    record, request = item["record"], requests.get(item["id"])
    seen = isinstance(record, Record)
    return {
        "ref": item["ref"],
        "title": record.heading if seen else "",
        "url": record_url(record) if seen else "",
        "changed": item["changed"],
        "request": request,
        "request_url": record_url(request) if request else "",
    }
