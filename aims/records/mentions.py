"""Names called in comments: `@First Last` is found by the server, so that it works without any script."""

import re
from collections.abc import Iterable
from typing import Any

from aims.organisation.models import Membership
from aims.organisation.roles import Role
from aims.records.collaboration import Mention
from aims.records.models import Comment


def can_be_called(organisation_id: Any) -> list[Membership]:
    """The people of an organisation whose names can be called, by name."""
    rows = Membership.objects.filter(organisation_id=organisation_id, active=True, person__is_active=True)
    return list(rows.exclude(role=Role.API_CLIENT).order_by("name", "id"))


def pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """What finds a call of any of these names; the longest first, so that “Ann Lee” is not taken for “Ann”."""
    known = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    if not known:
        return None
    return re.compile(rf"(?<!\w)@({'|'.join(map(re.escape, known))})(?!\w)", re.IGNORECASE)


def called(text: str, people: Iterable[Membership]) -> list[Membership]:
    """Who is called in a text, in the order of the calls. Two people of one name are both meant."""
    people = list(people)
    finder = pattern(one.name for one in people)
    said = [name.casefold() for name in finder.findall(text)] if finder else []
    return [one for name in dict.fromkeys(said) for one in people if one.name.casefold() == name]


def note_mentions(comment: Comment) -> list[Mention]:
    """Keep whom a comment calls; nobody calls themselves."""
    if "@" not in comment.text:
        return []
    people = called(comment.text, can_be_called(comment.organisation_id))
    rows = [
        Mention(organisation_id=comment.organisation_id, comment=comment, member=one)
        for one in people
        if one.pk != comment.author_id
    ]
    return Mention.objects.bulk_create(rows)
