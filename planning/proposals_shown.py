"""Proposals as rows of pages: what is proposed, why, what is there already, and the button that accepts it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.catalogue.model import DomainNote
from aims.pages.templatetags.marks import chip, icon
from aims.records.display import first_letter_up
from planning.act_sheet import spoken
from planning.proposals_accept import Board, DutyGroup, Line, rhythm_token, role_token
from planning.proposals_act import DEPLOYER, PROVIDER, Duty
from planning.proposals_roles import RoleProposal

FORM = "bulk"  # id of the form to which the buttons of rows belong


def accept_button(token: str, about: str) -> SafeString:
    """The button that accepts one row."""
    markup = (
        '<button class="btn sm" form="{}" name="one" value="{}">{}{}<span class="sr">: {}</span></button>'
    )
    return format_html(markup, FORM, token, icon("check"), _("Accept"), about)


def controls_table(lines: Iterable[Line], accepts: bool) -> dict[str, Any]:
    """The lines for components/table.html."""
    columns = [{"label": _("Proposed"), "css": "nowrap"}, {"label": _("Now"), "css": "small"}]
    return {
        "caption": _("Controls of Annex A with what is proposed, in their order"),
        "label": _("Controls"),
        "head": {"label": _("Control and reason")},
        "columns": columns,
        "rows": [control_row(line, columns, accepts) for line in lines],
        "selectable": accepts,
        "actions": accepts,
    }


def control_row(line: Line, columns: list[dict[str, str]], accepts: bool) -> dict[str, Any]:
    """One line."""
    proposal = line.proposal
    return {
        "id": line.token,
        "url": reverse("record", args=["control-implementations", line.record.pk]),
        "title": f"{proposal.code} {proposal.title}",
        "sub": " ".join(filter(None, [proposal.reason, proposal.waits])),
        "cells": list(zip(columns, [_proposed(line), _now(line)], strict=True)),
        "actions": accept_button(line.token, proposal.code) if accepts and line.waits else "",
    }


def _proposed(line: Line) -> SafeString:
    words = _("Applies") if line.proposal.applicable else _("Left out")
    if not line.proposal.clear:
        return chip(_("%(words)s, look again") % {"words": words}, "warn", "scan-search")
    return chip(
        words, "info" if line.proposal.applicable else "idle", "" if line.proposal.applicable else "ban"
    )


def _now(line: Line) -> SafeString:
    if line.record.applicable is None:
        return chip(_("To decide"))
    words = _("Applies") if line.record.applicable else _("Left out")
    return (
        chip(words, "ok")
        if line.agrees
        else chip(_("%(words)s: decided otherwise") % {"words": words}, "seal")
    )


def duty_groups(groups: Iterable[DutyGroup]) -> list[dict[str, Any]]:
    """Cards of duties, one for each system and role."""
    return [duty_group(group, number) for number, group in enumerate(groups, 1)]


def duty_group(group: DutyGroup, number: int) -> dict[str, Any]:
    """One card."""
    first, missing = group.duties[0], len(group.missing)
    words = ngettext("Enter %(n)s into the legal register", "Enter %(n)s into the legal register", missing)
    return {
        "id": f"duties-{number}",
        "heading": duty_heading(first),
        "rows": [duty_row(duty) for duty in group.duties],
        "missing": words % {"n": missing} if missing else "",
        "kept": not missing and not first.waits,
        "token": group.token,
        "url": reverse("new", args=["ai-act-answer-sheets"]) + f"?system={first.key}" if first.waits else "",
    }


def spoken_note(note: DomainNote | None) -> DomainNote | None:
    """What to watch in a field, in the reader's language."""
    if note is None:
        return None
    watch = tuple(spoken(one) for one in note.watch)
    return replace(note, domain=spoken(note.domain), ai_act=spoken(note.ai_act), watch=watch)


def duty_heading(duty: Duty) -> str:
    """Whose duties they are, for which system."""
    if not duty.system:
        return _("Everybody")
    words = {
        PROVIDER: _("%(system)s, as its provider"),
        DEPLOYER: _("%(system)s, as its deployer"),
        "importer": _("%(system)s, as its importer"),
        "distributor": _("%(system)s, as its distributor"),
        "component_supplier": _("%(system)s, as a supplier of its components"),
    }
    return words.get(duty.role, "%(system)s") % {"system": duty.system}


def duty_row(duty: Duty) -> dict[str, Any]:
    """One duty."""
    return {
        "ref": duty.ref,
        "title": first_letter_up(spoken(duty.title)),
        "summary": first_letter_up(spoken(duty.summary)),
        "applies": duty.applies,
        "now": bool(duty.applies and duty.applies <= timezone.localdate()),
    }


def role_rows(roles: Iterable[tuple[RoleProposal, bool]]) -> list[dict[str, Any]]:
    """Roles by the person who may hold them, in the order in which they come up."""
    found: dict[str, list[dict[str, Any]]] = {}
    for role, there in roles:
        row = {"role": role, "there": there, "token": role_token(role)}
        found.setdefault(role.person, []).append(row)
    return [
        {"id": f"person-{number}", "person": person, "rows": rows}
        for number, (person, rows) in enumerate(found.items(), 1)
    ]


def calendar_table(board: Board, accepts: bool) -> dict[str, Any]:
    """The intervals for components/table.html."""
    columns = [{"label": _("Now"), "css": "nowrap"}, {"label": _("Proposed"), "css": "nowrap"}]
    return {
        "caption": _("How often things come again, what is proposed to change first"),
        "label": _("Calendar"),
        "head": {"label": _("Obligation")},
        "columns": columns,
        "rows": [rhythm_row(board, one, columns, accepts) for one in board.calendar],
        "actions": accepts,
    }


def rhythm_row(board: Board, one: Any, columns: list[dict[str, str]], accepts: bool) -> dict[str, Any]:
    """One interval."""
    proposed: Any = chip(every(one.proposed), "info") if one.differs else _("stays")
    clause = board.obligations[one.code].clause
    return {
        "id": rhythm_token(one),
        "title": one.title,
        "sub": " · ".join(filter(None, [clause, one.reason])),
        "cells": list(zip(columns, [every(one.months), proposed], strict=True)),
        "actions": accept_button(rhythm_token(one), one.title) if accepts and one.differs else "",
    }


def every(months: int) -> str:
    """An interval in words."""
    return ngettext("every month", "every %(n)s months", months) % {"n": months}
