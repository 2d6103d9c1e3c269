"""The pages of an audit, as tabs: each person is offered those that open to them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from evaluation.models import Audit
from evaluation.outside import HOSTS


def tabs(member: Member, audit: Audit, here: str) -> list[dict[str, Any]]:
    """The views of an audit that a member may open; `here` is the one that is shown."""
    names = {
        "room": (_("Checklist"), "audit room"),
        "requests": (_("Requests"), "audit requests"),
        "samples": (_("Samples"), "audit samples"),
        "evidence": (_("Evidence"), "audit evidence"),
        "outside": (_("Access from outside"), "outside auditors"),
        "report": (_("Report"), "audit report"),
    }
    if member.role not in HOSTS:
        del names["outside"]
    return [
        {"label": label, "url": reverse(name, args=[audit.pk]), "current": one == here}
        for one, (label, name) in names.items()
    ]
