"""The verdicts on the records of a sample: what was drawn, what the auditors concluded, and how many (9.2.2)."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from aims.organisation.member import Member
from aims.pages import shown
from aims.pages.evidence_rows import evidence_row, links_of
from aims.pages.places import record_url
from aims.records.access import visible
from aims.records.base import Record
from aims.records.display import Named, label, words
from evaluation import sampling
from evaluation.models import Audit, AuditRequest, Sample, SampleVerdict
from evaluation.room import MARKS as CHECK_MARKS
from operation.decisions.models import Decision

Verdict = SampleVerdict.Verdict
# verdict → shape and tone; the keys 1 to 3 give the last three, 0 takes a verdict back
MARKS = {
    verdict: next(mark for known, mark in CHECK_MARKS.items() if known.value == verdict.value)
    for verdict in Verdict
}
DECISION_FIELDS = ("timestamp", "model", "model_version", "output", "score", "overridden", "final_output")


def verdicts_of(member: Member, sample: Sample) -> dict[str, SampleVerdict]:
    """The verdicts on a sample that a member may read, by the record drawn."""
    rows = visible(member, SampleVerdict).filter(sample=sample).exclude(state="withdrawn")
    return {str(row.item): row for row in rows}


def item_url(sample: Sample, key: str = "") -> str:
    """The page on which the records of a sample are judged, at one of them."""
    address = reverse("judge sample", args=[sample.pk])
    return f"{address}?item={key}#line" if key else address


def rows(member: Member, sample: Sample) -> list[dict[str, Any]]:
    """The records drawn, each with its verdict."""
    said = verdicts_of(member, sample)
    found = []
    for item in sampling.drawn_records(member, sample):
        verdict = said.get(item["id"])
        value = Verdict(verdict.verdict if verdict else "")
        shape, tone = MARKS[value]
        record = item["record"]
        title = record.heading if isinstance(record, Record) else ""
        found.append(
            {
                **item,
                "verdict": verdict,
                "said": value,
                "label": title or item["ref"],
                "shape": shape,
                "tone": tone,
                "url": item_url(sample, item["id"]),
            }
        )
    return found


def tally(verdicts: Iterable[SampleVerdict], drawn: int) -> list[tuple[str, str, int]]:
    """Tone, word and number of each verdict, those not examined last."""
    given = [row.verdict for row in verdicts if row.verdict]
    count = {verdict: given.count(verdict.value) for verdict in Verdict if verdict.value}
    found = [(MARKS[v][1], str(v.label), number) for v, number in count.items() if number]
    left = drawn - len(given)
    return [*found, (MARKS[Verdict.OPEN][1], str(Verdict.OPEN.label), left)] if left > 0 else found


def tallies(member: Member, audit: Audit) -> list[dict[str, Any]]:
    """The samples of an audit that were drawn, each with how its verdicts stand; in two statements."""
    samples = visible(member, Sample).filter(audit=audit).exclude(drawn_at=None)
    said: dict[Any, list[SampleVerdict]] = {}
    for row in visible(member, SampleVerdict).filter(audit=audit).exclude(state="withdrawn"):
        said.setdefault(row.sample_id, []).append(row)
    return [
        {
            "sample": sample,
            "url": item_url(sample),
            "drawn": len(sample.drawn),
            "done": sum(bool(row.verdict) for row in said.get(sample.pk, ())),
            "tally": tally(said.get(sample.pk, ()), len(sample.drawn)),
            "verdicts": said.get(sample.pk, []),
        }
        for sample in samples.exclude(state__in=("replaced", "withdrawn")).order_by("ref")
    ]


# ── One record of a sample ───────────────────────────────────────────────


def beside(member: Member, sample: Sample, row: dict[str, Any]) -> dict[str, Any]:
    """What is shown beside the verdict: the record as it is now, what was delivered, and what was seen."""
    request = visible(member, AuditRequest).filter(sample=sample, item_id=row["id"]).first()
    about: list[Record] = [one for one in (request, row["verdict"]) if one]
    links = [link for record in about for link in links_of(member, record)]
    evidence = {piece.pk: evidence_row(piece, getattr(link, "media", None)) for link, piece, _code in links}
    return {
        "record_sections": sections(member, row["record"]),
        "record_url": record_url(row["record"]) if isinstance(row["record"], Record) else "",
        "asked": request,
        "asked_url": record_url(request) if request else "",
        "evidence": list(evidence.values()),
    }


def sections(member: Member, record: Any) -> list[tuple[str, Any]]:
    """What a record drawn holds, for who may see it."""
    if isinstance(record, Decision):
        named = Named(member)
        fields: list[Any] = [Decision._meta.get_field(name) for name in DECISION_FIELDS]
        said = [(label(Decision, f.name), words(f, getattr(record, f.attname), named)) for f in fields]
        return [(str(record.client_id), [(name, value) for name, value in said if value])]
    return shown.sections(record, Named(member)) if isinstance(record, Record) else []
