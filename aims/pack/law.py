"""What the AI Act makes of each AI system, in its section of a pack: the class with its basis, and duties with answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pack.contents import Table
from aims.pack.reading import Rows
from aims.records.access import visible
from aims.records.display import NOTHING, first_letter_up, plain
from planning.act_duties import Answered, Duties
from planning.act_sheet import consequences, spoken
from planning.act_shown import role_words, standing_words
from planning.models import AIActAnswer

SYSTEMS = "ai-systems"


def tables(rows: Rows, member: Member) -> Mapping[Any, Sequence[Table]]:
    """The tables for each system of the register; nothing for other registers."""
    if rows.register.path != SYSTEMS or not rows.records:
        return {}
    asker = replace(member, scopes=None)  # as for all that goes into a pack
    keys = [record.pk for record in rows.records]
    sheets = visible(asker, AIActAnswer).filter(system__in=keys, state="approved").order_by("ref")
    classes = {sheet.system_id: class_table(sheet) for sheet in sheets}
    duties: dict[Any, list[Answered]] = {}
    for row in Duties(asker).rows:
        if row.duty.key and not row.duty.waits:
            duties.setdefault(row.duty.key, []).append(row)
    found = {key: [classes[key]] if key in classes else [] for key in keys}
    for key in keys:
        found[key] += [duty_table(duties[key])] if key in duties else []
    return found


def class_table(sheet: AIActAnswer) -> Table:
    """Each outcome with what it means, from when, and the question and provision that it rests on."""
    head = [_("Outcome"), _("What it means"), _("Applies from"), _("Rests on")]
    rows = [
        [one.label, one.text, plain(one.applies) or NOTHING, f"{one.question} {one.ref}".strip() or NOTHING]
        for one in consequences(sheet.outcomes, sheet.act, sheet.answers)
    ]
    words = _("Class under the AI Act (%(ref)s; %(rules)s)")
    return Table(words % {"ref": sheet.ref, "rules": sheet.rules}, head, rows)


def duty_table(rows: Sequence[Answered]) -> Table:
    """The duties with what answers them, and what a certificate of ISO/IEC 42001 leaves open."""
    head = [_("Duty"), _("Applies from"), _("Answered by"), _("What a certificate leaves open")]
    return Table(_("Duties under the AI Act"), head, [duty_row(row) for row in rows])


def duty_row(row: Answered) -> list[str]:
    """One duty in words."""
    duty = row.duty
    held = [f"{one.label} {one.number}" for kind in row.kinds for one in kind.holdings]
    title = f"{duty.ref} {first_letter_up(spoken(duty.title))} ({role_words(duty.role)})"
    answered = "; ".join([standing_words(row.standing), *dict.fromkeys(held)])
    lacks = spoken(row.answer.lacks) if row.answer else NOTHING
    standards = ", ".join(row.answer.standards) if row.answer else ""
    return [title, plain(duty.applies) or NOTHING, answered, f"{lacks} {standards}".strip()]
