"""The issued Statement of Applicability: its lines as they were (6.1.3)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.records.base import Record, line_heading
from aims.records.models import Answer, Link
from planning.models.controls import ControlImplementation, Ground, SystemExclusion
from planning.models.risks import AIRisk
from planning.models.treatment import CustomControl

GONE = ("withdrawn", "closed")


class LinesField(models.JSONField):
    """Frozen lines, said one a row. Kept as plain JSON."""

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def words(self, value: Any) -> str:
        """Each line with its decision, ground, reason and implementation."""
        return "\n".join(line_words(one) for one in value or [])


def line_title(line: Mapping[str, Any]) -> str:
    """What a line is called: a control of Annex A in the reader's language, an own control as it was written.

    Older versions kept the number alone.
    """
    code, title = str(line["code"]), str(line.get("title", ""))
    return line_heading(code, title) if code in edition().controls else title


def line_words(line: Mapping[str, Any]) -> str:
    """One line in words."""
    words = {True: gettext("applies"), False: gettext("left out")}
    decided = line.get("applicable")
    applies = gettext("to decide") if decided is None else words[bool(decided)]
    ground = dict(Ground.choices).get(str(line.get("ground") or ""), "")
    status = dict(ControlImplementation.Status.choices).get(str(line.get("status") or ""), "")
    said = [applies, str(ground), str(line.get("reason", "")), str(status), str(line.get("owner", ""))]
    return f"{line['code']} {line_title(line)}: ".replace(" :", ":") + " · ".join(filter(None, said))


class ApplicabilityStatement(Record):
    """One version of the Statement of Applicability: 38 lines and our own controls, frozen when it goes to approval.

    Once approved nothing of it changes, by whatever door: the database refuses it (`planning.sql`). What changes next
    is a version of its own.
    """

    ref_prefix = "SOV"
    settled = ("lines",)

    edition = models.CharField(_("version of the statement"), max_length=20)
    changes = models.TextField(_("what changed since the version before"), blank=True, max_length=2000)
    lines = LinesField(_("lines"), default=list, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("Statement of Applicability")
        verbose_name_plural = _("Statements of Applicability")

    def settle(self, changed: frozenset[str]) -> None:
        """Take the lines as they are; what is approved then does not move with them."""
        self.lines = frozen_lines(self.organisation_id)


def frozen_lines(organisation: Any) -> list[dict[str, Any]]:
    """All lines as they are now, own controls after those of Annex A. A number of queries that does not grow."""
    found = ControlImplementation.objects.filter(organisation_id=organisation).select_related("owner")
    mine = CustomControl.objects.filter(organisation_id=organisation).exclude(state="withdrawn")
    rows, own = list(found.order_by("created_at", "id")), list(mine.select_related("owner").order_by("ref"))
    home = {**{row.pk: row.code for row in rows}, **{row.pk: row.ref for row in own}}
    shown = evidence_numbers(organisation, home)
    risks = risks_of(organisation, AIRisk.controls.through, "controlimplementation_id")
    treated = risks_of(organisation, CustomControl.risks.through, "customcontrol_id")
    without = exclusions_of(organisation)
    return [
        *({**line(row, risks[row.pk], shown[row.code]), "without": without[row.pk]} for row in rows),
        *(own_line(row, treated[row.pk], shown[row.ref]) for row in own),
    ]


def line(row: ControlImplementation, risks: list[str], evidence: int) -> dict[str, Any]:
    """One control of Annex A."""
    return {
        "code": row.code,
        "title": row.title,
        "applicable": row.applicable,
        "ground": row.ground if row.applicable else "",
        "reason": row.inclusion_reason if row.applicable else row.exclusion_reason,
        "status": row.status,
        "owner": row.owner.name if row.owner else "",
        "due": row.due.isoformat() if row.due else "",
        "risks": risks,
        "evidence": evidence,
    }


def own_line(row: CustomControl, risks: list[str], evidence: int) -> dict[str, Any]:
    """A control of our own: it is there because it is needed."""
    return {
        "code": row.ref,
        "own": True,
        "title": row.title,
        "applicable": True,
        "ground": row.ground,
        "reason": row.reason,
        "status": row.status,
        "owner": row.owner.name if row.owner else "",
        "risks": risks,
        "evidence": evidence,
    }


def risks_of(organisation: Any, between: Any, name: str) -> Mapping[Any, list[str]]:
    """The numbers of the live risks that each control treats."""
    rows = between.objects.filter(airisk__organisation_id=organisation).exclude(airisk__state__in=GONE)
    return gathered(rows.order_by("airisk__ref").values_list(name, "airisk__ref"))


def exclusions_of(organisation: Any) -> Mapping[Any, list[str]]:
    """The numbers of the systems to which each control does not apply."""
    rows = SystemExclusion.objects.filter(organisation_id=organisation)
    return gathered(rows.order_by("system__ref").values_list("line_id", "system__ref"))


def gathered(pairs: Iterable[tuple[Any, str]]) -> Mapping[Any, list[str]]:
    """Pairs as lists by their first."""
    found: dict[Any, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def evidence_numbers(organisation: Any, home: Mapping[Any, str]) -> Counter[str]:
    """How many live pieces of evidence speak for each control, by its code: each piece once. `home` gives the codes of
    lines and own controls by their ids; what speaks for the answer to a control speaks for the control."""
    answers = Answer.objects.filter(organisation_id=organisation).values_list("pk", "code")
    homes = {**dict(answers), **home}
    live = Link.objects.filter(organisation_id=organisation).exclude(evidence__state="withdrawn")
    rows = live.filter(kind__in=("answers", "control-implementations", "own-controls"))
    pairs = {(homes.get(key, ""), piece) for key, piece in rows.values_list("record_id", "evidence_id")}
    return Counter(code for code, _piece in pairs)
