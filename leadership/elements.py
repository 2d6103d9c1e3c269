"""What an AI policy must say, element by element, and where in a policy each stands (5.2, A.2.2 to A.2.4)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from aims.records.lifecycle import Words
from leadership.models import AIPolicy

BLANK = re.compile(r"\[\[.*?\]\]", re.DOTALL)  # what the template leaves to the organisation


@dataclass(frozen=True)
class Element:
    """Something that the policy must say: the line of the standard, our words for it, the field or parts that hold it."""

    code: str
    words: Words
    place: str
    parts: bool = False  # whether `place` names parts
    advised: bool = False  # good to have; a policy without it is no nonconformity

    @property
    def anchor(self) -> str:
        """Where it stands in the form of the policy."""
        return f"rows-{self.place}" if self.parts else self.place


ELEMENTS = (
    Element("5.2-a", _("It suits what the organisation is there for."), "suits"),
    Element("5.2-b", _("AI objectives can be derived from it."), "basis"),
    Element("5.2-c", _("It commits to meeting the requirements that apply."), "requirements"),
    Element("5.2-d", _("It commits to improving the AI management system continually."), "improvement"),
    Element("5.2-f", _("It points to other policies, and fits with them (A.2.3)."), "links", parts=True),
    Element("5.2-h", _("It says where people and interested parties find it."), "available"),
    Element("A.2.2", _("Principles guide what is done with AI."), "principles", parts=True),
    Element("A.2.2", _("It says how exceptions are handled."), "exceptions", advised=True),
    Element("A.2.4", _("It says when and by whom it is reviewed."), "review", advised=True),
)


@dataclass(frozen=True)
class Stands:
    """An element in a policy: what the policy says about it, and whether a blank of the template is left in it."""

    element: Element
    texts: tuple[str, ...]

    @property
    def filled(self) -> bool:
        """Whether the policy says anything about it."""
        return any(text.strip() for text in self.texts)

    @property
    def blank(self) -> bool:
        """Whether something of the template is left to be said."""
        return any(BLANK.search(text) for text in self.texts)

    @property
    def good(self) -> bool:
        """Whether it stands there as it should."""
        return self.filled and not self.blank


def stands(policy: AIPolicy) -> list[Stands]:
    """Each element with where it stands in a policy."""
    return [Stands(element, tuple(texts(policy, element))) for element in ELEMENTS]


def texts(policy: AIPolicy, element: Element) -> Iterable[str]:
    """What a policy says about an element."""
    if not element.parts:
        return [str(getattr(policy, element.place))]
    rows: Any = getattr(policy, element.place).all()
    return [" ".join(filter(None, (str(row), getattr(row, "relation", "")))) for row in rows]


def blanks(policy: AIPolicy) -> list[str]:
    """What the template left open and nobody has filled, in the text or in an element."""
    said = [policy.text, *(text for one in stands(policy) for text in one.texts)]
    return [found.group(0) for text in said for found in BLANK.finditer(text)]
