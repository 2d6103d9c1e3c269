"""What every page needs: the shell with its navigation and the person. Asked only when a template uses it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.pages.templatetags.words import initials
from aims.records.coverage import TOPS, Tally, coverage_by_top
from aims.records.display import first_letter_up
from aims.records.registry import Register, register
from aims.schedule.models import Task

# by path, because the pages room knows no clause
MOST_USED = (
    "ai-systems",
    "ai-risks",
    "control-implementations",
    "audits",
    "management-reviews",
    "nonconformities",
)

# registers with a page of their own that stands in the navigation for their list: where, and what it is called
OWN_PAGES = {
    "control-implementations": ("soa", gettext_lazy("Statement of Applicability")),
    "nonconformities": ("improvement board", gettext_lazy("Improvement board")),
    "improvements": ("improvement year", gettext_lazy("The year in figures")),
    "ai-act-answer-sheets": ("act law", gettext_lazy("AI Act: systems and duties")),
    "comparisons-with-other-standards": (
        "compare standard",
        gettext_lazy("ISO/IEC 42001 beside ISO 13485"),
    ),
}

JOURNAL_READERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.EXECUTIVE, Role.AUDITOR})


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context `shell` of base.html."""
    return {"shell": Shell(request)}


def may_read_journal(member: Member) -> bool:
    """Who reads the organisation's whole journal; of the auditors those whose audit is not limited to some of it."""
    return member.role in JOURNAL_READERS and (member.role != Role.AUDITOR or member.audits_all)


def top_title(code: str) -> str:
    """The name of a top clause, or of Annex A."""
    if code == "A":
        return _("Controls")
    return edition().text(code, "title", translation.get_language() or "en")


def own_pages(known: Iterable[Register]) -> list[dict[str, Any]]:
    """The pages of their own that some of these registers have, as rows beside the registers."""
    found = ((one, *OWN_PAGES[one.path]) for one in known if one.path in OWN_PAGES)
    return [{"label": label, "url": address(name), "icon": one.icon} for one, name, label in found]


def address(name: str) -> str:
    """The address of a page that another room may have; empty when it has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Shell:
    """The navigation, the person and the organisation; every part is asked for at first use."""

    home_url = "/"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._member: Member | None = getattr(request, "member", None)

    @property
    def organisation(self) -> dict[str, str] | None:
        """The organisation's name."""
        return {"name": self._member.organisation_name} if self._member else None

    @property
    def member(self) -> dict[str, str] | None:
        """Who is signed in."""
        if self._member is None:
            return None
        role = self._member.title or str(Role(self._member.role).label)
        return {"name": self._member.name, "initials": initials(self._member.name), "role_label": role}

    @property
    def organisations(self) -> list[dict[str, Any]]:
        """The organisations to which the person belongs."""
        here = self._member.organisation_id if self._member else None
        return [
            {"id": m.organisation_id, "name": m.organisation_name, "current": m.organisation_id == here}
            for m in getattr(self.request, "memberships", [])
        ]

    @property
    def switch_url(self) -> str:
        """Where the organisation is changed."""
        return reverse("switch organisation")

    @property
    def settings_url(self) -> str:
        """The person's and the organisation's settings."""
        return reverse("settings")

    @property
    def search_url(self) -> str:
        """Where words are looked for."""
        return reverse("search")

    @property
    def shortcuts(self) -> bool:
        """Whether single keys do something (WCAG 2.1.4)."""
        return bool(getattr(self.request.user, "shortcuts", True))

    @cached_property
    def _tasks(self) -> dict[str, int]:
        today = timezone.localdate()
        if self._member is None:
            return {"late_or_due": 0, "late": 0}
        mine = Task.objects.filter(
            organisation_id=self._member.organisation_id, member_id=self._member.id, state=Task.State.OPEN
        )
        return mine.aggregate(
            late_or_due=Count("pk", filter=Q(due__lte=today)), late=Count("pk", filter=Q(due__lt=today))
        )

    @property
    def tasks_due(self) -> int:
        """How many of the member's tasks are due."""
        return self._tasks["late_or_due"]

    @cached_property
    def coverage(self) -> dict[str, Tally]:
        """The tally of each top clause; pages that show it again need not ask again."""
        known: dict[str, Tally] | None = getattr(self.request, "coverage", None)
        return known or (coverage_by_top(self._member) if self._member else {})

    @property
    def navigation(self) -> list[dict[str, Any]]:
        """The side navigation."""
        if self._member is None:
            return []
        settings = self._item(_("Settings"), self.settings_url, "settings")
        return [
            {"title": "", "label": _("Work"), "items": self._work(self._member)},
            {"title": _("Clauses"), "items": [self._clause(code) for code in TOPS]},
            {"title": _("Most used"), "items": self._registers()},
            {"title": "", "label": _("Organisation"), "foot": True, "items": [settings]},
        ]

    def _work(self, member: Member) -> list[dict[str, Any]]:
        today = self._item(_("Today"), "/", "sun", exact=True)
        today |= {"count": self._tasks["late"], "count_tone": "bad", "count_label": _("overdue")}
        items = [
            today,
            self._item(_("Calendar"), reverse("calendar"), "calendar-days"),
            self._item(_("Evidence"), reverse("register", args=["evidence"]), "paperclip"),
            self._item(_("Packs"), address("packs"), "package"),
        ]
        if may_read_journal(member):
            items.append(self._item(_("Readiness"), address("readiness"), "gauge"))
            items.append(self._item(_("Journal"), reverse("journal"), "scroll-text"))
        return [item for item in items if item["url"]]

    def _item(self, label: Any, url: str, icon: str, exact: bool = False) -> dict[str, Any]:
        path = self.request.path
        current = path == url if exact else bool(url) and path.startswith(url)
        return {"label": label, "url": url, "icon": icon, "current": current}

    def _clause(self, code: str) -> dict[str, Any]:
        url = reverse("clause", args=[code])
        return {
            "label": top_title(code),
            "number": code,
            "url": url,
            "current": self._top == code,
            "count": self.coverage.get(code, Tally()).open,
            "count_label": _("lines not ready"),
        }

    @cached_property
    def _top(self) -> str:
        """The top clause of this page: by its code, or by the register it shows unless that is listed itself."""
        match = self.request.resolver_match
        code = str(match.kwargs.get("code", "")) if match and match.url_name == "clause" else ""
        if code:
            return code.split(".")[0]
        shown = self._shown
        return shown.clause if shown and shown not in listed() else ""

    @cached_property
    def _shown(self) -> Register | None:
        match = self.request.resolver_match
        return register(str(match.kwargs.get("path", ""))) if match else None

    def _registers(self) -> list[dict[str, Any]]:
        items = []
        for known in listed():
            own, label = OWN_PAGES.get(known.path, ("", first_letter_up(str(known.plural))))
            url = address(own) if own else reverse("register", args=[known.path])
            item = self._item(label, url, known.icon)
            items.append(item | {"current": item["current"] or self._shown == known})
        return [*items, self._item(_("All registers"), reverse("registers"), "list", exact=True)]


def listed() -> list[Register]:
    """The registers in the navigation; all others are one click further."""
    return [found for path in MOST_USED if (found := register(path))]
