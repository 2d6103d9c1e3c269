"""Markdown for print: the sanitised HTML of the pages, with its nesting cut."""

import re

from django.utils.safestring import SafeString, mark_safe

from aims.pages.templatetags.words import markdown

DEEPEST = 24  # elements inside each other; hundreds would end WeasyPrint's recursion
TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")  # of sanitised HTML: attributes hold no >
EMPTY = frozenset({"br", "hr"})


def prose(text: str) -> SafeString:
    """Markdown as safe HTML that is not nested deeper than `DEEPEST`; the words stay."""
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2] in EMPTY:
            return tag[0]
        if tag[1]:
            depth -= 1
            return tag[0] if depth < DEEPEST else ""
        depth += 1
        return tag[0] if depth <= DEEPEST else ""

    return mark_safe(TAG.sub(keep, markdown(text)))  # noqa: S308 - tags of sanitised HTML are only taken away
