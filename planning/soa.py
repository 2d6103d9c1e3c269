"""The Statement of Applicability as a grid: its lines with what they treat, what shows them, and what changed since issued.

A number of queries that does not grow with lines, risks or evidence (6.1.3).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.pages.templatetags.marks import chip
from aims.records.access import may_change, visible
from aims.records.models import Answer, Evidence, Link
from planning.models import (
    AIRisk,
    ApplicabilityStatement,
    ControlImplementation,
    CustomControl,
    Ground,
    SystemExclusion,
)

OPEN, OUT = "open", "left_out"  # of a grid's statuses, beside those of the model
COMPARED = ("applicable", "ground", "reason", "status")
TONES = {"implemented": "ok", "partly": "warn", "planned": "info", OUT: "idle", OPEN: "bad"}


def status_words() -> dict[str, str]:
    """What the statuses are called, in the order in which they are drawn."""
    return {
        "implemented": _("in place"),
        "partly": _("partly"),
        "planned": _("planned"),
        OUT: _("left out"),
        OPEN: _("to decide"),
    }


@dataclass
class GridLine:
    """One control with everything that its row shows."""

    record: ControlImplementation
    title: str
    risks: int = 0
    evidence: int = 0
    stale: int = 0
    exclusions: int = 0
    changed: tuple[str, ...] = ()  # what differs from the issued statement, of `COMPARED`
    editable: bool = False
    before: Mapping[str, Any] = field(default_factory=dict)  # the line as it was issued

    @property
    def code(self) -> str:
        """The control's number."""
        return self.record.code

    @property
    def reason(self) -> str:
        """Why it is included, or why it is left out."""
        record = self.record
        return record.exclusion_reason if record.applicable is False else record.inclusion_reason

    @property
    def status(self) -> str:
        """`open` while undecided, `left_out`, or how far it is in place."""
        if self.record.applicable is None:
            return OPEN
        return (self.record.status or "planned") if self.record.applicable else OUT

    @property
    def chip(self) -> SafeString:
        """The status as a chip; a line that is left out or undecided says so already."""
        if self.status in (OPEN, OUT):
            return SafeString("–")
        return chip(status_words()[self.status].capitalize(), TONES[self.status])

    @property
    def changed_words(self) -> str:
        """What differs from the issued statement."""
        words = {
            "applicable": _("decision"),
            "ground": _("ground"),
            "reason": _("reason"),
            "status": _("implementation"),
        }
        return ", ".join(words[name] for name in self.changed)

    @property
    def was(self) -> list[str]:
        """What stood in the issued statement where the line differs from it."""
        decisions = {True: _("Yes"), False: _("No"), None: _("to decide")}
        old = {
            "applicable": decisions.get(self.before.get("applicable"), ""),
            "ground": str(dict(Ground.choices).get(str(self.before.get("ground") or ""), "")),
            "reason": self.before.get("reason"),
            "status": status_words().get(self.before.get("status") or "", ""),
        }
        return [_("was: %(old)s") % {"old": old[name] or "–"} for name in self.changed]


@dataclass
class Grid:
    """The lines that a member sees, the statement that was issued last, and the one being prepared."""

    lines: list[GridLine]
    issued: ApplicabilityStatement | None
    draft: ApplicabilityStatement | None
    own: list[CustomControl] = field(default_factory=list)
    excluded: dict[str, int] = field(default_factory=dict)  # AI system → controls that do not apply to it

    @property
    def counts(self) -> Counter[str]:
        """How many lines have each status."""
        return Counter(line.status for line in self.lines)

    @property
    def changed(self) -> int:
        """How many lines differ from the issued statement."""
        return sum(bool(line.changed) for line in self.lines)

    def areas(self, lines: Iterable[GridLine]) -> list[tuple[str, str, list[GridLine]]]:
        """Lines by area of Annex A (A.2 to A.10): code, title, lines."""
        groups: dict[str, list[GridLine]] = defaultdict(list)
        for line in lines:
            groups[area_of(line.code)].append(line)
        return [(code, area_title(code), found) for code, found in groups.items()]


def area_of(code: str) -> str:
    """The area of Annex A in which a control stands: A.6 for A.6.2.8."""
    return ".".join(code.split(".")[:2])


def area_title(code: str) -> str:
    """What an area is called."""
    return edition().text(code, "title", translation.get_language() or "en")


def grid(member: Member) -> Grid:
    """The whole statement as it is now."""
    records = list(
        visible(member, ControlImplementation).select_related("owner").order_by("created_at", "id")
    )
    issued, draft = statements(member)
    own = list(visible(member, CustomControl).exclude(state="withdrawn").order_by("ref"))
    return Grid(grid_lines(member, records, issued), issued, draft, own, excluded_systems(member))


def grid_line(member: Member, record: ControlImplementation) -> GridLine:
    """One line, after it was saved."""
    return grid_lines(member, [record], statements(member)[0])[0]


def grid_lines(
    member: Member, records: list[ControlImplementation], issued: ApplicabilityStatement | None
) -> list[GridLine]:
    """Rows for some lines, with their counts in one query a kind."""
    language = translation.get_language() or "en"
    before = {line["code"]: line for line in issued.lines} if issued else {}
    risks, shown = risks_by_line(member, records), evidence_by_line(member, records)
    excluded = exclusions_by_line(member, records)
    today = timezone.localdate()
    return [
        GridLine(
            record,
            edition().text(record.code, "title", language),
            risks.get(record.pk, 0),
            len(shown[record.pk]),
            sum(bool(due and due < today) for due in shown[record.pk].values()),
            excluded.get(record.pk, 0),
            differences(record, before.get(record.code)) if issued else (),
            may_change(member, record),
            before.get(record.code) or {},
        )
        for record in records
    ]


def statements(member: Member) -> tuple[ApplicabilityStatement | None, ApplicabilityStatement | None]:
    """The statement issued last, and the one being prepared, in one query."""
    rows = visible(member, ApplicabilityStatement).filter(state__in=("approved", "draft", "in_review"))
    found = list(rows.order_by("-changed_at"))
    issued = next((row for row in found if row.state == "approved"), None)
    return issued, next((row for row in found if row.state != "approved"), None)


def differences(record: ControlImplementation, before: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What of a line is not as it was issued."""
    now = {
        "applicable": record.applicable,
        "ground": record.ground if record.applicable else "",
        "reason": record.inclusion_reason if record.applicable else record.exclusion_reason,
        "status": record.status,
    }
    old = before or {"ground": ""}
    # a statement that an older AIMS froze does not say the ground: nothing to compare
    return tuple(
        name for name in COMPARED if (name != "ground" or name in old) and now[name] != old.get(name)
    )


def risks_by_line(member: Member, records: list[ControlImplementation]) -> dict[Any, int]:
    """How many live risks each control treats."""
    rows = visible(member, AIRisk).exclude(state__in=("withdrawn", "closed")).filter(controls__in=records)
    return dict(rows.order_by().values_list("controls").annotate(Count("pk", distinct=True)))


def exclusions_by_line(member: Member, records: list[ControlImplementation]) -> dict[Any, int]:
    """For how many systems each control does not apply."""
    rows = visible(member, SystemExclusion).filter(line__in=records).order_by()
    return dict(rows.values_list("line").annotate(Count("pk")))


def excluded_systems(member: Member) -> dict[str, int]:
    """How many controls do not apply to a system, by its title."""
    rows = visible(member, SystemExclusion).order_by().values_list("system__title")
    return dict(rows.annotate(number=Count("pk")).order_by("system__title"))


def evidence_by_line(member: Member, records: list[ControlImplementation]) -> dict[Any, dict[Any, Any]]:
    """The evidence of each line with its review date: of the line itself and of the answer to its control."""
    codes = {record.code: record.pk for record in records}
    answers = visible(member, Answer).filter(code__in=list(codes)).values_list("pk", "code")
    home = {record.pk: record.pk for record in records} | {key: codes[code] for key, code in answers}
    rows = Link.objects.filter(
        organisation_id=member.organisation_id,
        kind__in=("answers", "control-implementations"),
        record_id__in=list(home),
        evidence__in=visible(member, Evidence).exclude(state="withdrawn"),
    )
    found: dict[Any, dict[Any, Any]] = defaultdict(dict)
    for target, evidence, due in rows.values_list("record_id", "evidence_id", "evidence__review_due"):
        found[home[target]][evidence] = due
    return found
