"""Evidence beside the requirement that it is to show, from one piece to the next within the scope of an audit."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.pages.places import record_crumbs, record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.pages.templatetags.words import markdown
from aims.records.access import visible
from aims.records.models import Answer, Evidence, Link, Revision
from aims.records.workspace import of_codes
from evaluation.audit_tabs import tabs
from evaluation.models import Audit, AuditRequest
from evaluation.room_views import audit_of


@dataclass(frozen=True)
class Piece:
    """Evidence at one requirement, or at a request of the audit."""

    key: UUID
    code: str
    evidence: Evidence
    about: Answer | AuditRequest

    @property
    def url(self) -> str:
        """Where it is shown."""
        return f"?at={self.key}"


def pieces(member: Member, audit: Audit) -> list[Piece]:
    """The evidence within the scope of an audit that somebody sees, in the order of the requirements; then what was
    delivered on request."""
    answers = (
        visible(member, Answer).filter(of_codes(audit.codes)) if audit.codes else visible(member, Answer)
    )
    requests = visible(member, AuditRequest).filter(audit=audit)
    about: dict[UUID, Answer | AuditRequest] = {row.pk: row for row in answers}
    about |= {row.pk: row for row in requests}
    links = Link.objects.filter(
        Q(kind="answers", record_id__in=answers.values("pk"))
        | Q(kind="audit-requests", record_id__in=requests.values("pk")),
        organisation_id=member.organisation_id,
        evidence__in=visible(member, Evidence).exclude(state="withdrawn"),
    )
    rows = links.select_related("evidence").order_by("evidence__title", "pk")
    found = [Piece(row.pk, about[row.record_id].code, row.evidence, about[row.record_id]) for row in rows]
    order = {code: place for place, code in enumerate((*edition().requirements, *edition().controls))}
    return sorted(
        found, key=lambda piece: (isinstance(piece.about, AuditRequest), order.get(piece.code, len(order)))
    )


@require_GET
def audit_evidence(request: MemberRequest, key: Any) -> HttpResponse:
    """The viewer, at one piece of evidence."""
    audit = audit_of(request, key)
    found = pieces(request.member, audit)
    wanted = request.GET.get("at", "")
    place = next((at for at, piece in enumerate(found) if str(piece.key) == wanted), 0)
    context: dict[str, Any] = {
        "title": _("Evidence of %(audit)s") % {"audit": audit.ref},
        "crumbs": record_crumbs(audit, (_("Evidence"), "")),
        "tabs": tabs(request.member, audit, "evidence"),
        "tabs_label": _("Audit room"),
        "audit": audit,
        "pieces": found,
    }
    if found:
        context |= at(found, place)
    return render(request, "evaluation/audit_evidence.html", context)


def at(found: list[Piece], place: int) -> dict[str, Any]:
    """One piece with what is beside it, and its neighbours."""
    piece = found[place]
    revisions = list(Revision.objects.filter(evidence=piece.evidence).select_related("uploaded_by"))
    return {
        "piece": piece,
        "place": place + 1,
        "before": found[place - 1].url if place else "",
        "after": found[place + 1].url if place + 1 < len(found) else "",
        "revision": revisions[0] if revisions else None,
        "revisions": revisions,
        "later": later(piece.evidence, revisions[0]) if revisions else 0,
        "evidence_url": record_url(piece.evidence),
        "also": [other for other in found if other.evidence.pk == piece.evidence.pk and other is not piece],
        **beside(piece),
    }


def later(evidence: Evidence, revision: Revision) -> int:
    """How many days after it took effect the file came; 0 where it came in time, or nothing is said."""
    if evidence.effective_from is None:
        return 0
    return max(0, (timezone.localtime(revision.uploaded_at).date() - evidence.effective_from).days)


def beside(piece: Piece) -> dict[str, Any]:
    """What is asked and what is answered: of the standard, or of the request."""
    language = translation.get_language() or "en"
    if isinstance(piece.about, AuditRequest):
        return {
            "heading": piece.about.title,
            "asked": piece.about.text or piece.about.title,
            "answer": markdown(piece.about.answer),
            "about_url": record_url(piece.about),
        }
    return {
        "heading": piece.code,
        "asked": edition().text(piece.code, "text", language),
        "answer": markdown(piece.about.text),
        "about_url": workspace_url(piece.code),
    }
