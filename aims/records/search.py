"""Finding records by their words: within one register, and over all registers, their parts and the standard at once.

Every word must be there: as a piece of the number or title, or in the texts as the beginning of a word or by its stem in
English or French, as PostgreSQL's dictionaries know it. Accents and case do not matter (`aims_fold`, aims/records/sql.py).
One statement asks all registers. Row security keeps full-text indexes out of use (measured), and a text-search vector made
on the way costs a hundred times the test for stems; that carries to about 20,000 rows an organisation. `find` and
`rule` are what has to be replaced beyond.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import translation

from aims.catalogue import Line, edition
from aims.organisation.member import Member
from aims.records.base import Part
from aims.records.registry import Register, registers
from aims.records.represent import conditions_for

ACCENTS, PLAIN = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿœæ", "aaaaaaceeeeiiiinoooooouuuuyyoa"
CAPITALS = ACCENTS.upper()  # a database whose locale is C makes small only what is ASCII
FOLD = str.maketrans(ACCENTS, PLAIN)
MOST_WORDS, LONGEST = 8, 200  # of a question; letters that are read of it
AROUND = 80  # letters before and after what was found
STEMS = """
    select aims_fold(w), array(select aims_fold(s) from unnest(ts_lexize('english_stem', lower(w))
      || ts_lexize('french_stem', lower(w)) || ts_lexize('french_stem', aims_fold(w))) s)
    from unnest(%s::text[]) with ordinality x(w, n) order by n"""


BRANCH, READ = 60, 20_000  # rows of one register; letters of a text that are read for its excerpt
# the number itself, then a title that begins with the first word, then one that holds it, then the rest; withdrawn last
RANK = (
    "case when lower(r.ref) = %s then 9 else 0 end"
    " + case strpos(aims_fold(r.title), %s) when 0 then 0 when 1 then 4 else 3 end"
    " - (r.state = 'withdrawn')::int * 2"
)


@dataclass(frozen=True)
class Hit:
    """A record that was found, with a piece of the text around the first word."""

    register: Register
    key: UUID
    ref: str
    title: str
    state: str
    excerpt: str


@dataclass(frozen=True)
class Words:
    """The words of a question, and for each the shortest beginning that its forms share."""

    said: tuple[str, ...]
    stems: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.said)


def fold(text: str) -> str:
    """Text for comparison: small letters without accents, one letter for each."""
    return "".join(letter.lower()[:1] for letter in text).translate(FOLD)


def words_of(text: str) -> Words:
    """Read a question. PostgreSQL folds the words and tells their stems."""
    said = list(dict.fromkeys(text[:LONGEST].replace("\x00", " ").split()))[:MOST_WORDS]
    if not said:
        return Words((), ())
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [said])
        known = [(word, _shortest(word, stems)) for word, stems in cursor.fetchall() if word]
    return Words(tuple(word for word, _stem in known), tuple(stem for _word, stem in known))


def _shortest(word: str, stems: Sequence[str]) -> str:
    """What all forms begin with: "polici" is the stem of policy, so its last letter does not count."""
    found = min([stem for stem in stems if stem] + [word], key=len)
    found = found[:-1] if found != word and found.endswith("i") else found
    return found if word.startswith(found) and len(found) > 2 else word


def texts(names: Iterable[str], model: type[models.Model]) -> list[str]:
    """The columns of a model that hold words of people."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [
        str(f.column) for f in fields if isinstance(f, (models.CharField, models.TextField)) and not f.choices
    ]


@lru_cache
def body_of(register: Register) -> str:
    """The texts of a record `r` as SQL."""
    columns = dict.fromkeys(["title", *texts(register.fields, register.model)])
    return "concat_ws(' · ', " + ", ".join(f'r."{column}"' for column in columns) + ")"


@lru_cache
def body_of_part(part: type[Part]) -> str:
    """The texts of a part `p` as SQL, or nothing where it has none."""
    columns = texts(part.form, part)
    return "concat_ws(' · ', " + ", ".join(f'p."{column}"' for column in columns) + ")" if columns else ""


def source(table: str, body: str) -> str:
    """Rows with their texts as `b.body`, folded once: `f.body`, and number with title as `f.head`."""
    head = "concat_ws(' ', r.ref, r.external_id, r.title)"
    return (  # offset 0 keeps the planner from folding again at each use
        f"{table} cross join lateral (select {body} as body offset 0) b"
        f" cross join lateral (select aims_fold(b.body) as body, aims_fold({head}) as head offset 0) f"
    )


def match(words: Words) -> tuple[str, list[Any]]:
    """The condition that all words are there, as SQL with its values; the cheap test goes before the dear one."""
    in_head = " and ".join("strpos(f.head, %s) > 0" for _word in words.said)
    in_text = " and ".join("strpos(f.body, %s) > 0" for _stem in words.stems)
    begins = " and ".join("f.body ~ %s" for _stem in words.stems)
    return f"(({in_head}) or ({in_text} and {begins}))", [
        *words.said,
        *words.stems,
        *(_beginning(stem) for stem in words.stems),
    ]


def _beginning(stem: str) -> str:
    """The regular expression of PostgreSQL for a word that begins so; what begins with a sign may stand anywhere."""
    return ("\\m" if stem[0].isalnum() else "") + re.sub(r"[^\w\s]", r"\\\g<0>", stem)


def rule(register: Register, text: str) -> Q:
    """The condition that records of a register, or their parts, hold the words of a question."""
    words = words_of(text)
    if not words:
        return Q()
    condition, values = match(words)
    sources = [source(f'"{register.model._meta.db_table}" r', body_of(register))]
    sources += [source(_joined(register, part), body) for part, body in parts_of(register)]
    found = Q(pk__in=[])
    for rows in sources:
        found |= Q(pk__in=RawSQL(f"select r.id from {rows} where {condition}", values))  # noqa: S611 - values stay apart
    return found


def parts_of(register: Register) -> Iterator[tuple[type[Part], str]]:
    """The parts of a register that hold words."""
    for part in register.parts:
        if body := body_of_part(part):
            yield part, body


def _joined(register: Register, part: type[Part]) -> str:
    of = part._meta.get_field(part.of).column  # type: ignore[union-attr]
    record, own = register.model._meta.db_table, part._meta.db_table
    return f'"{own}" p join "{record}" r on r.organisation_id = p.organisation_id and r.id = p."{of}"'


def find(member: Member, text: str, limit: int = 60) -> list[Hit]:
    """The records of all registers that hold the words and that the member may see, the best first."""
    words = words_of(text)
    if not words:
        return []
    branches = [_branch(member, register, words) for register in registers()]
    branches += [_branch(member, reg, words, part) for reg in registers() for part, _body in parts_of(reg)]
    statement = " union all ".join(f"({sql})" for sql, _values in branches)
    with connection.cursor() as cursor:
        values = [value for _sql, values in branches for value in values]
        cursor.execute(
            f"select * from ({statement}) found order by rank desc, ref limit %s", [*values, 2 * limit]
        )
        return _hits(cursor.fetchall(), words, limit)


def _branch(
    member: Member, register: Register, words: Words, part: type[Part] | None = None
) -> tuple[str, list[Any]]:
    """What one register, or the parts of its records, gives: the register's path, the row, its text, its rank."""
    conditions, parameters = conditions_for(member, register)
    condition, values = match(words)
    table = _joined(register, part) if part else f'"{register.model._meta.db_table}" r'
    rows = source(table, body_of_part(part) if part else body_of(register))
    rank = f"{RANK}{' - 1' if part else ''}"
    sql = (
        f"select %s as path, r.id, r.ref, r.title, r.state, left(b.body, {READ}) as body, {rank} as rank"
        f" from {rows} where {' and '.join(['r.organisation_id = %s', *conditions, condition])}"
        f" order by rank desc, r.id limit {BRANCH}"
    )
    return sql, [register.path, words.said[0], words.said[0], member.organisation_id, *parameters, *values]


def _hits(rows: Iterable[Sequence[Any]], words: Words, limit: int) -> list[Hit]:
    by_path = {register.path: register for register in registers()}
    found: dict[Any, Hit] = {}
    for path, key, ref, title, state, body, _ in rows:
        if key not in found and len(found) < limit:
            found[key] = Hit(by_path[path], key, ref, title, state, excerpt(body, title, words))
    return list(found.values())


def excerpt(body: str, title: str, words: Words) -> str:
    """The piece of a text around the first word that stands there, after the title."""
    text = body.removeprefix(title).removeprefix(" · ")
    places = [place for stem in words.stems if (place := fold(text).find(stem)) >= 0]
    start = max(0, min(places, default=0) - AROUND)
    piece = text[start : start + 3 * AROUND]
    return ("…" if start else "") + piece + ("…" if start + 3 * AROUND < len(text) else "")


def lines(text: str, limit: int = 10) -> list[Line]:
    """The requirements and controls that hold the words, in the language in force, or have that code."""
    words = fold(text[:LONGEST]).split()
    language = translation.get_language() or "en"
    found = []
    for line in edition().lines():
        said = " ".join(edition().text(line.code, field, language) or "" for field in ("title", "text"))
        if words and all(word in fold(f"{line.code} {said}") for word in words):
            found.append(line)
    return found[:limit]


def marked(text: str, words: Words) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the words looked for."""
    pattern = "|".join(re.escape(stem) + r"\w*" for stem in sorted(words.stems, key=len, reverse=True))
    if not pattern:
        return [(text, False)]
    pieces: list[tuple[str, bool]] = []
    at = 0
    for hit in re.finditer(pattern, fold(text)):
        pieces += [(text[at : hit.start()], False), (text[hit.start() : hit.end()], True)]
        at = hit.end()
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]
