"""Where things are shown."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from aims.catalogue import edition
from aims.pages.context import top_title
from aims.records.base import Record
from aims.records.display import first_letter_up
from aims.records.models import Answer
from aims.records.registry import Register, register_of


def workspace_url(code: str, part: str = "") -> str:
    """Where a line, a leaf or an area is worked on."""
    place = edition().clause_of(code).code
    line = f"?line={code}" if code != place else ""
    return reverse("clause", args=[place]) + line + (f"#{part}" if part else "")


def record_url(record: Record, part: str = "") -> str:
    """Where a record is shown: an answer in its workspace, others on their page."""
    if isinstance(record, Answer):
        return workspace_url(record.code, part or "answer")
    address = reverse("record", args=[register_of(record).path, record.pk])
    return address + (f"#{part}" if part else "")


def crumbs(register: Register, *more: tuple[str, str]) -> list[dict[str, str]]:
    """The clause, the register, and what is below it; the last one is where we are."""
    clause = register.clause
    way = [(f"{clause} {top_title(clause)}", reverse("clause", args=[clause]))] if clause else []
    steps = [*way, (first_letter_up(str(register.plural)), reverse("register", args=[register.path])), *more]
    last = len(steps) - 1
    return [{"label": name, "url": url if at < last else ""} for at, (name, url) in enumerate(steps)]


def record_crumbs(record: Record, *more: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a record and to a page below it."""
    return crumbs(register_of(record), (record.ref, record_url(record)), *more)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The address to go on to that a form brought, when it is one of ours."""
    wanted: Any = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return str(wanted) if ours else otherwise
