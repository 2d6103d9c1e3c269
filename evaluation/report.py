"""What an audit's report says: plan, sample, conformity per clause, findings, overrides, conclusion (9.2.2-e and f).

One gathering serves the page, the PDF and the Word document.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.records.access import visible
from aims.records.display import first_letter_up
from aims.records.models import Signature
from evaluation import judging, room
from evaluation.independence import Standing, auditors, standings
from evaluation.models import Audit, AuditCheck, Finding, Sample, SampleVerdict
from evaluation.models.findings import grades
from evaluation.reporting import signed_report

Rows = list[list[str]]


@dataclass
class Section:
    """A part of the report: pairs, a table with its heads, or paragraphs (Markdown where `prose`)."""

    heading: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: Rows = field(default_factory=list)
    text: str = ""
    empty: str = ""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to say but `empty`."""
        return not (self.pairs or self.rows or self.text)

    @property
    def table(self) -> list[list[tuple[str, str]]]:
        """The rows with the head of each cell: on a phone each row is a card."""
        return [list(zip(self.heads, row, strict=False)) for row in self.rows]


@dataclass
class Report:
    """The report of one audit as one member may read it."""

    audit: Audit
    organisation: str
    sections: list[Section]
    draft: bool

    @property
    def title(self) -> str:
        """Its name."""
        return _("Report of audit %(audit)s") % {"audit": self.audit}


def report(member: Member, audit: Audit) -> Report:
    """Everything that the member may read of an audit's report; what is sealed from them is not in it."""
    checks = room.checks_of(member, audit)
    found = [row["finding"] for row in room.findings_of(member, audit)]
    drawn = judging.tallies(member, audit)
    conclusion = Section(
        _("Conclusion"), text=audit.conclusion, empty=_("The conclusion is not written yet.")
    )
    parts = [
        plan(audit),
        team(audit),
        sample(drawn, member, audit),
        *sampled(drawn),
        conformity(audit, checks),
        not_verified(checks),
        findings(audit, found),
        conclusion,
        distribution(audit),
        signatures(audit),
    ]
    draft = audit.state not in ("reported", "closed")
    return Report(audit, member.organisation_name, parts, draft)


def day(value: Any) -> str:
    """A date in words, or a dash."""
    return date_format(value, pgettext("date format", "j F Y")) if value else "–"


def plan(audit: Audit) -> Section:
    """Objective, criteria and scope, as they were fixed beforehand (9.2.2-c)."""
    systems = ", ".join(str(system) for system in audit.systems.order_by("ref"))
    pairs = [
        (_("Kind"), str(audit.get_kind_display())),
        (_("Programme"), str(audit.programme or "")),
        (_("Dates"), f"{day(audit.starts_on)} – {day(audit.ends_on)}"),
        (_("Objective"), audit.objective),
        (_("Criteria"), audit.criteria),
        (_("Scope"), audit.scope),
        (_("Clauses and controls"), ", ".join(audit.codes)),
        (_("AI systems"), systems),
        (_("Methods"), audit.methods),
        (_("Opening meeting"), meeting(audit.opened_on, audit.opening_people)),
        (_("Closing meeting"), meeting(audit.closed_on, audit.closing_people)),
    ]
    return Section(_("Plan"), pairs=[(name, said) for name, said in pairs if said])


def meeting(on: Any, people: str) -> str:
    """When a meeting was and who was there."""
    return ": ".join(part for part in (day(on) if on else "", people) if part)


def team(audit: Audit) -> Section:
    """The auditors, how independent they are, and every override with its reason (9.2.2-d)."""
    stand = {row.person.pk: row for row in standings(audit)}
    rows = [
        [person.name, _("lead") if person.pk == audit.lead_id else "", stands(person, stand)]
        for person in auditors(audit)
    ]
    if audit.auditors_from_outside:
        rows.append([audit.auditors_from_outside, "", _("without an account here")])
    heads = [_("Auditor"), _("Role"), _("Independence and competence")]
    return Section(_("Auditors"), text=audit.independence, heads=heads, rows=rows)


def stands(person: Membership, stand: dict[Any, Standing]) -> str:
    """How an auditor stands, in words."""
    row = stand.get(person.pk)
    if row is None:
        return ""
    if row.reason:
        known = "; ".join(t.words for t in row.touches[:6]) or _("competence not on record")
        words = _("Audits in spite of a conflict (%(known)s). Reason: %(reason)s Given by %(name)s.")
        return words % {"known": known, "reason": row.reason, "name": row.reason_by or "–"}
    return "; ".join(row.objections) if not row.clear else _("independent, competence on record")


def sample(drawn: list[dict[str, Any]], member: Member, audit: Audit) -> Section:
    """What was drawn, from how many, with which seed (whoever has both draws the same), and how many conform."""
    rows = visible(member, Sample).filter(audit=audit).exclude(state="withdrawn").order_by("ref")
    said = {row["sample"].pk: row["tally"] for row in drawn}
    table = [
        [
            s.ref,
            s.title,
            s.code,
            f"{len(s.drawn or [])} / {s.population_size or 0}",
            ", ".join(f"{number} {word}" for _tone, word, number in said.get(s.pk, [])) or "–",
            f"{s.seed or '–'}",
            (s.population_digest or "–")[:16],
        ]
        for s in rows
    ]
    heads = [
        *(_("Number"), _("What"), _("Clause"), _("Drawn of")),
        *(_("Verdicts"), _("Seed"), _("Digest of the list")),
    ]
    return Section(_("Sample"), heads=heads, rows=table, empty=_("No sample was drawn by chance."))


def sampled(drawn: list[dict[str, Any]]) -> list[Section]:
    """The records of samples that do not conform or could not be verified; left out where none has a verdict."""
    keep = {SampleVerdict.Verdict.NONCONFORM, SampleVerdict.Verdict.NOT_VERIFIED}
    verdicts = [row for one in drawn for row in one["verdicts"]]
    if not any(row.verdict for row in verdicts):
        return []
    rows = [[row.title, str(row.get_verdict_display()), row.note] for row in verdicts if row.verdict in keep]
    heads = [_("Record"), _("Verdict"), _("What was seen")]
    section = Section(_("Records of samples with something to say"), heads=heads, rows=rows, empty=_("None."))
    return [section]


def conformity(audit: Audit, checks: list[AuditCheck]) -> Section:
    """How many lines of each clause or area conform."""
    names = [v for v in AuditCheck.Verdict if v.value]
    if not checks:
        return from_plan(audit)
    rows = []
    for group in room.groups(checks):
        count = {v: sum(row["check"].verdict == v for row in group.rows) for v in AuditCheck.Verdict}
        numbers = [str(count[v] or "") for v in names]
        rows.append([f"{group.code} {group.title}", *numbers, str(count[AuditCheck.Verdict.OPEN] or "")])
    heads = [_("Clause"), *(first_letter_up(str(v.label)) for v in names), _("Not examined")]
    return Section(_("Conformity by clause"), heads=heads, rows=rows)


def from_plan(audit: Audit) -> Section:
    """The verdicts of an audit that was held before there was a room; a line without one was not examined."""
    rows = [
        [f"{x.code} {x.question}", str(x.get_verdict_display()), x.note]
        for x in audit.lines.all()
        if x.verdict
    ]
    heads = [_("Clause"), _("Verdict"), _("Note")]
    empty = _("Nothing that is open to you: the checklist is sealed until the report.")
    return Section(_("Conformity by clause"), heads=heads, rows=rows, empty=empty)


def not_verified(checks: list[AuditCheck]) -> Section:
    """The lines that do not conform or could not be verified, with what was seen, whom and how."""
    keep = {AuditCheck.Verdict.NONCONFORM, AuditCheck.Verdict.OBSERVATION, AuditCheck.Verdict.NOT_VERIFIED}
    rows = [
        [
            f"{c.code} {room.words(c)}",
            str(c.get_verdict_display()),
            " ".join(part for part in (c.note, c.interviewed and f"({c.interviewed})") if part),
        ]
        for c in checks
        if c.verdict in keep
    ]
    heads = [_("Line"), _("Verdict"), _("What was seen")]
    return Section(_("Lines with something to say"), heads=heads, rows=rows, empty=_("None."))


def findings(audit: Audit, found: list[Finding]) -> Section:
    """The findings, the gravest first, in the words of the audit's scale."""
    gravity = list(Finding.Grade.values)
    words = dict(grades(audit.words))
    ordered = sorted(found, key=lambda row: (gravity.index(row.grade), row.code, row.ref))
    rows = [
        [row.ref, row.code, str(words[row.grade]), said(row), row.comment or comment_missing(row)]
        for row in ordered
    ]
    heads = [_("Number"), _("Clause"), _("Grade"), _("Finding"), _("Answer of who was audited")]
    return Section(_("Findings"), heads=heads, rows=rows, empty=_("There are no findings."))


def said(finding: Finding) -> str:
    """The finding with the evidence that was seen."""
    seen = _("Evidence: %(seen)s") % {"seen": finding.evidence_note} if finding.evidence_note else ""
    return "\n".join(part for part in (finding.title, finding.text, seen) if part)


def comment_missing(finding: Finding) -> str:
    """What stands where no answer is."""
    return _("none given") if finding.nonconforming else ""


def distribution(audit: Audit) -> Section:
    """Who got the report, and who accepted it (9.2.2-e)."""
    accepted = {row.name: day(row.accepted_on) for row in audit.acceptances.all()}
    sent = day(audit.reported_on) if audit.state in ("reported", "closed") else "–"
    rows = [[m.name, m.title, sent, accepted.pop(m.name, _("not yet"))] for m in audit.recipients.all()]
    rows += [[name, "", "–", on] for name, on in accepted.items()]
    heads = [_("Name"), _("Position"), _("Sent on"), _("Accepted on")]
    empty = _("Nobody is named yet.")
    return Section(_("Distribution and acceptance"), heads=heads, rows=rows, empty=empty)


def signatures(audit: Audit) -> Section:
    """Who signed the report, when, and whether the signature covers what it says now."""
    rows = Signature.objects.filter(
        organisation_id=audit.organisation_id, record_id=audit.pk, transition="sign_report"
    ).order_by("signed_at", "pk")
    standing = signed_report(audit)
    table = [
        [
            row.name,
            f"{row.signed_at:%Y-%m-%d %H:%M} UTC",
            row.meaning,
            _("of this content") if standing and row.digest == standing.digest else _("changed since"),
        ]
        for row in rows
    ]
    heads = [_("Signed by"), _("Signed on"), _("Meaning"), _("Content")]
    return Section(_("Signatures"), heads=heads, rows=table, empty=_("The report is not signed yet."))
