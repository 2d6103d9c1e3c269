"""An AI policy begun from our template, in the language of who begins it (5.2). The words are our own, none are ISO's."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Count
from django.utils.translation import get_language

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.changes import create
from leadership.models import AIPolicy

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "fr")
FIELDS = (
    "title",
    "text",
    "suits",
    "basis",
    "requirements",
    "improvement",
    "exceptions",
    "review",
    "available",
)


@lru_cache
def template(language: str) -> dict[str, Any]:
    """The template in a language; English where there is none in it."""
    known = language.split("-")[0].lower()
    name = known if known in LANGUAGES else "en"
    found: dict[str, Any] = yaml.load(
        (DATA / f"policy.{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return found


def drafted(member: Member) -> tuple[dict[str, Any], dict[str, list[dict[str, str]]]]:
    """The fields and the parts of a policy as the template says them for the member's organisation."""
    said = template(get_language() or "en")
    data = {name: named(said[name], member.organisation_name) for name in FIELDS}
    parts = {
        "principles": [{"text": text} for text in said["principles"]],
        "links": [dict(row) for row in said["links"]],
    }
    return {**data, "title": data["title"][:200]}, parts


def named(text: str, organisation: str) -> str:
    """A text of the template with the name of the organisation. No format string: a name may hold braces."""
    return text.replace("{organisation}", organisation).strip()


def begin(member: Member) -> AIPolicy:
    """A draft from the template, as the next version."""
    data, parts = drafted(member)
    number = visible(member, AIPolicy).aggregate(number=Count("pk"))["number"]
    return create(member, AIPolicy, {**data, "edition": f"{number + 1}.0"}, parts)
