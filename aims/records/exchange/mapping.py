"""Which column of a file fills which field: guessed from the headings, remembered from the last import, or chosen."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.exchange.columns import columns_of, taken
from aims.records.exchange.models import Import
from aims.records.registry import Register

KEYS = ("ref", "version")  # which record a row is about, and in which version it was exported
# what else people write, in English and French; compared without accents, case and signs
SYNONYMS = {
    "ref": ("ref", "reference", "number", "numero", "no", "n", "nr"),
    "external_id": (
        "external id",
        "external reference",
        "id",
        "identifier",
        "identifiant",
        "reference externe",
        "key",
    ),
    "title": ("title", "name", "titre", "nom", "intitule", "designation", "libelle", "summary"),
    "owner": ("owner", "responsible", "responsable", "proprietaire", "pilote", "risk owner"),
    "review_due": (
        "review due",
        "review date",
        "next review",
        "prochaine revue",
        "date de revue",
        "echeance",
    ),
    "effective_from": ("effective from", "valid from", "en vigueur depuis", "date d effet"),
}


def fields_of(register: Register) -> dict[str, str]:
    """The fields that columns may fill, with their labels."""
    names = [*KEYS, *taken(register)]
    return {c.name: c.label for c in columns_of(register) if c.name in names}


def simple(text: str) -> str:
    """Words without accents, case and signs, for comparison."""
    bare = unicodedata.normalize("NFKD", text.replace("_", " ")).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))


def guess(register: Register, headings: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Position (as text) → field, each field once. What was remembered goes before names, labels and synonyms."""
    return matched(headings, {**names_of(register), **remembered})


def matched(headings: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Position (as text) → field, by the simple words of the headings; the first of two headings has a field."""
    found: dict[str, str] = {}
    for position, heading in enumerate(headings):
        field = known.get(simple(heading))
        if field and field not in found.values():
            found[str(position)] = field
    return found


def names_of(register: Register) -> dict[str, str]:
    """Fields by what a heading may call them: names and labels first, then what else people write."""
    possible = fields_of(register)
    names: dict[str, str] = {simple(name): name for name in possible}
    for language, _language in settings.LANGUAGES:
        with translation.override(language):
            for column in columns_of(register):
                if column.name in possible:
                    names.setdefault(simple(column.label), column.name)
    for name, words in SYNONYMS.items():
        if name in possible:
            for word in words:
                names.setdefault(word, name)
    return names


def remembered(member: Member, register: Register) -> dict[str, str]:
    """Heading → field, as the organisation's last import into this register had it."""
    done = visible(member, Import).filter(path=register.path, state__in=("applied", "undone"))
    last = done.order_by("-asked_at").first()
    if last is None:
        return {}
    possible = fields_of(register)
    pairs = [(int(position), field) for position, field in last.mapping.items() if field in possible]
    return {
        simple(last.headings[position]): field for position, field in pairs if position < len(last.headings)
    }


def checked(register: Register, headings: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The mapping that a person chose, or a refusal: unknown fields, a field twice, nothing at all."""
    mapping = mapped(fields_of(register), headings, chosen)
    if not set(mapping.values()) - {"version"}:
        message = _("Choose at least one column to import.")
        raise Refused("invalid", message, {"mapping": [message]})
    return mapping


def mapped(possible: Mapping[str, str], headings: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The columns that were chosen for fields; refuses what is unknown and a field that is chosen twice."""
    mapping = {place: field for place, field in chosen.items() if field}
    for place, field in mapping.items():
        if field not in possible or not place.isdecimal() or int(place) >= len(headings):
            raise Refused("invalid", _("There is no such column or field."))
    twice = [possible[field] for field, times in Counter(mapping.values()).items() if times > 1]
    if twice:
        message = _("Two columns fill “%(field)s”. Choose one of them.") % {"field": twice[0]}
        raise Refused("invalid", message, {"mapping": [message]})
    return mapping


def twice_named(headings: Sequence[str]) -> list[str]:
    """Headings that stand over more than one column."""
    return [heading for heading, times in Counter(filter(None, headings)).items() if times > 1]
