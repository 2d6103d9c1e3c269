"""The checklist of an audit, made from its scope: clauses and controls, own questions, earlier findings (9.2.2-c)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member, robot
from aims.organisation.models import Organisation
from aims.records.changes import create
from evaluation.models import Audit, AuditCheck, Finding

CARRIED = ("issued", "accepted", "closed")  # findings of earlier audits whose closure is looked at again
Source = AuditCheck.Source


def places(codes: list[str]) -> list[str]:
    """The leaf clauses and controls that codes stand for, in the order of the standard, each once."""
    lines = {line.code for code in codes for line in edition().lines_of(code)}
    clauses = [leaf.code for leaf in edition().leaves() if any(r.code in lines for r in leaf.requirements)]
    return [*clauses, *(code for code in edition().controls if code in lines)]


def heading(code: str) -> str:
    """What a leaf clause or a control is called, in the reader's language."""
    return edition().text(code, "heading", get_language() or "en")


def lines(audit: Audit) -> Iterator[dict[str, Any]]:
    """What the checklist shall hold."""
    scope = places(audit.codes)
    for code in scope:
        yield {"code": code, "source": Source.SCOPE, "title": f"{code} {heading(code)}"[:200]}
    for line in audit.lines.all():
        title = f"{line.code} {line.question}"[:200]
        row = {"code": line.code, "source": Source.OWN, "title": title, "question": line.question}
        yield {**row, "verdict": line.verdict, "note": line.note}
    for finding in earlier_findings(audit, scope):
        question = _("Was %(finding)s corrected, and does the correction work?") % {"finding": finding}
        row = {"code": finding.code, "source": Source.FINDING, "title": str(finding)[:200]}
        yield {**row, "question": question, "earlier": finding}


def earlier_findings(audit: Audit, scope: list[str]) -> list[Finding]:
    """Nonconformities and observations of earlier audits on what is audited now."""
    grades = (Finding.Grade.MAJOR, Finding.Grade.MINOR, Finding.Grade.OBSERVATION, Finding.Grade.NOTE)
    rows = Finding.objects.filter(
        organisation_id=audit.organisation_id, state__in=CARRIED, grade__in=grades
    ).exclude(audit=audit)
    return [row for row in rows.order_by("ref") if set(places([row.code])) & set(scope)]


def lay_checklist(member: Member, audit: Audit) -> int:
    """Add the lines that are missing; what was judged stays. Answers how many came.

    The clock's hand writes them: whoever begins the audit need not be one of its auditors.
    """
    organisation = Organisation.objects.get(pk=audit.organisation_id)
    hand = robot(organisation, "lay_checklist")
    present = {
        (row.code, row.source, row.question if row.source == Source.OWN else row.earlier_id)
        for row in AuditCheck.objects.filter(audit=audit)
    }
    added = 0
    for line in lines(audit):
        key = line["question"] if line["source"] == Source.OWN else getattr(line.get("earlier"), "pk", None)
        if (line["code"], line["source"], key) not in present:
            create(hand, AuditCheck, {"audit": audit, **line})
            added += 1
    return added


def begin(member: Member, audit: Audit) -> None:
    """The effect of beginning an internal audit: its checklist lies ready."""
    if audit.scheduled:
        lay_checklist(member, audit)
