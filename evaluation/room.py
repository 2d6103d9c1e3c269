"""What the audit room shows: the checklist by clause, and for one line what is asked, answered and shown (9.2.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.pages.context import top_title
from aims.pages.evidence_rows import evidence_row, links_of
from aims.pages.places import workspace_url
from aims.pages.templatetags.marks import chip
from aims.records.access import may_change, visible
from aims.records.coverage import evidence_links, live
from aims.records.display import first_letter_up
from aims.records.models import Answer
from aims.records.registry import answering, register_of
from evaluation.checklist import heading
from evaluation.models import Audit, AuditCheck, Finding, WorkingNote

Verdict = AuditCheck.Verdict
# verdict → shape and tone; the keys 1 to 5 give the last five, 0 takes a verdict back
MARKS = {
    Verdict.OPEN: ("circle-dashed", "idle"),
    Verdict.CONFORM: ("circle-check", "ok"),
    Verdict.NONCONFORM: ("circle-alert", "bad"),
    Verdict.OBSERVATION: ("triangle-alert", "warn"),
    Verdict.NOT_APPLICABLE: ("circle-slash", "idle"),
    Verdict.NOT_VERIFIED: ("circle-help", "warn"),
}
FINDING_TONES = {"major": "bad", "minor": "warn", "observation": "warn", "strength": "ok"}


@dataclass
class Group:
    """The lines of one clause or area, with how many are judged."""

    code: str
    title: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """The lines with a verdict."""
        return sum(bool(row["check"].verdict) for row in self.rows)

    @property
    def tally(self) -> list[tuple[str, str, int]]:
        """Tone, word and number of each verdict that was given."""
        count: dict[str, int] = {}
        for row in self.rows:
            count[row["check"].verdict] = count.get(row["check"].verdict, 0) + 1
        return [
            (MARKS[Verdict(v)][1], str(Verdict(v).label), count[v])
            for v, _label in Verdict.choices
            if count.get(v)
        ]


def checks_of(member: Member, audit: Audit) -> list[AuditCheck]:
    """The lines that a member may see, in the order of the standard; a question stands below its clause."""
    rows = visible(member, AuditCheck).filter(audit=audit).exclude(state="withdrawn")
    order = {code: at for at, code in enumerate([*edition().clauses, *edition().areas, *edition().controls])}
    places = {row.code: order.get(row.code, order.get(edition().clause_of(row.code).code, 0)) for row in rows}
    sources = list(AuditCheck.Source.values)
    return sorted(rows, key=lambda row: (places[row.code], row.code, sources.index(row.source), row.ref))


def group_code(code: str) -> str:
    """Under which heading a line stands: its top clause, or its area of Annex A."""
    top = edition().top(code)
    return top if top != "A" else ".".join(code.split(".")[:2])


def groups(checks: Iterable[AuditCheck], current: AuditCheck | None = None) -> list[Group]:
    """The lines under their clauses."""
    found: dict[str, Group] = {}
    for check in checks:
        code = group_code(check.code)
        title = top_title(code) if not code.startswith("A") else heading(code)
        group = found.setdefault(code, Group(code, title))
        shape, tone = MARKS[Verdict(check.verdict)]
        group.rows.append(
            {
                "check": check,
                "label": words(check),
                "url": room_url(check.audit_id, check),
                "shape": shape,
                "tone": tone,
                "said": Verdict(check.verdict).label,
                "current": current is not None and check.pk == current.pk,
            }
        )
    return list(found.values())


def words(check: AuditCheck) -> str:
    """What a line is about: a question, else what its clause or control is called."""
    return check.question or heading(check.code)


def room_url(audit_id: Any, check: AuditCheck | None = None) -> str:
    """The room of an audit, at a line of its checklist."""
    address = reverse("audit room", args=[audit_id])
    return f"{address}?line={check.pk}#line" if check else address


def chosen(checks: list[AuditCheck], key: str) -> AuditCheck | None:
    """The line that was asked for; else the first without a verdict, else the first."""
    asked = next((c for c in checks if str(c.pk) == key), None)
    return asked or next((c for c in checks if not c.verdict), checks[0] if checks else None)


def beside(checks: list[AuditCheck], current: AuditCheck) -> tuple[str, str]:
    """The addresses of the line before and of the line after."""
    at = next(n for n, c in enumerate(checks) if c.pk == current.pk)
    before = room_url(current.audit_id, checks[at - 1]) if at else ""
    after = room_url(current.audit_id, checks[at + 1]) if at + 1 < len(checks) else ""
    return before, after


def line_context(member: Member, check: AuditCheck) -> dict[str, Any]:
    """Everything that is shown beside one line. The number of queries does not grow with the evidence."""
    lines = edition().lines_of(check.code)
    rows = visible(member, Answer).filter(code__in=[line.code for line in lines]).select_related("owner")
    answers = {answer.code: answer for answer in rows}
    language = get_language() or "en"
    asked = [
        {
            "code": line.code,
            "text": edition().text(line.code, "text", language),
            "answer": answers.get(line.code),
        }
        for line in lines
    ]
    return {
        "asked": asked,
        "questions": edition().texts(check.code, "auditor_questions", language),
        "evidence": shown_evidence(member, check, answers),
        "registers": [
            {
                "label": first_letter_up(str(register.plural)),
                "url": reverse("register", args=[register.path]),
                "icon": register.icon,
                "number": number,
            }
            for register, number in live(member, answering(check.code))
        ],
        "workspace_url": workspace_url(check.code),
        "note": my_note(member, check),
        "other_notes": other_notes(member, check),
    }


def shown_evidence(member: Member, check: AuditCheck, answers: dict[str, Answer]) -> list[dict[str, Any]]:
    """The evidence of the line's requirements and what the auditor has noted as seen, each once, with its freshness."""
    seen = {evidence.pk: link for link, evidence, _code in links_of(member, check)}
    found: dict[Any, dict[str, Any]] = {}
    of_answers = [
        (link, link.evidence, answer.code) for link, answer in evidence_links(member, answers.values())
    ]
    for link, evidence, code in [*of_answers, *links_of(member, check)]:
        row = found.setdefault(evidence.pk, evidence_row(evidence, getattr(link, "media", None)))
        row["codes"] += [code] if code and code not in row["codes"] else []
        row["key"], row["seen"] = evidence.pk, evidence.pk in seen
    return list(found.values())


def notes_on(member: Member, check: AuditCheck) -> Any:
    """The working notes on a line that a member may read."""
    return visible(member, WorkingNote).filter(check_line=check).exclude(state="withdrawn").order_by("ref")


def my_note(member: Member, check: AuditCheck) -> WorkingNote | None:
    """The member's own working note on a line."""
    note: WorkingNote | None = notes_on(member, check).filter(created_by_id=member.id).first()
    return note


def other_notes(member: Member, check: AuditCheck) -> list[WorkingNote]:
    """What the other auditors noted on a line."""
    return list(notes_on(member, check).exclude(created_by_id=member.id).select_related("created_by"))


def findings_of(member: Member, audit: Audit) -> list[dict[str, Any]]:
    """The findings of an audit that a member may see, in the words of its scale."""
    rows = visible(member, Finding).filter(audit=audit).exclude(state__in=["withdrawn", "dropped"])
    found, lifecycle = [], register_of(Finding).lifecycle
    for row in rows.select_related("owner").order_by("code", "ref"):
        row.audit = audit  # its scale was read with it
        state = lifecycle.state(row.state)
        found.append(
            {
                "finding": row,
                "url": reverse("record", args=["findings", row.pk]),
                "grade": chip(row.grade_words, FINDING_TONES.get(row.grade, "idle")),
                "state": chip(state.label, state.tone),
            }
        )
    return found


def writes(member: Member, audit: Audit) -> bool:
    """Whether a member writes in the room: the auditors who hold the audit, until it is reported."""
    under_way = audit.state in ("planned", "in_progress", "reporting")
    return under_way and str(audit.pk) in member.granted and may_change(member, AuditCheck(audit=audit))


def figures(checks: list[AuditCheck]) -> dict[str, Any]:
    """How far the audit is."""
    done = sum(bool(check.verdict) for check in checks)
    return {
        "done": done,
        "total": len(checks),
        "progress": _("%(done)s of %(total)s examined") % {"done": done, "total": len(checks)},
    }
