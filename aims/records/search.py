"""Finding records by their words: within one register, and over all registers, their parts and the standard at once.

Every word must be there: as a piece of the number or title, or in the texts by PostgreSQL's full-text search, as the
beginning of a word, or by its stem in English or French. Accents and case do not matter. One statement asks all
registers. Row security keeps full-text indexes out of use (measured), so a cheap test for the stems comes before the dear
one; that carries to about 20,000 rows an organisation, and `find` is the only place to replace beyond.
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
FOLD = str.maketrans(ACCENTS + CAPITALS, PLAIN + PLAIN)
MOST_WORDS, LONGEST = 8, 200  # of a question; letters that are read of it
AROUND = 80  # letters before and after what was found
STEMS = """
    select w, coalesce(ts_lexize('english_stem', w), '{}') || coalesce(ts_lexize('french_stem', w), '{}')
    from unnest(%s::text[]) w"""


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
    """Read a question. The stems are asked from PostgreSQL, whose dictionaries know both languages."""
    said = tuple(dict.fromkeys(fold(text[:LONGEST].replace("\x00", " ")).split()))[:MOST_WORDS]
    if not said:
        return Words((), ())
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [list(said)])
        known = {word: [stem for stem in stems if stem] for word, stems in cursor.fetchall()}
    return Words(said, tuple(_shortest(word, known.get(word, [])) for word in said))


def _shortest(word: str, stems: Sequence[str]) -> str:
    """What all forms begin with: "polici" is the stem of policy, so its last letter does not count."""
    found = min([fold(stem) for stem in stems] + [word], key=len)
    found = found[:-1] if found != word and found.endswith("i") else found
    return found if word.startswith(found) and len(found) > 2 else word


def texts(names: Iterable[str], model: type[models.Model]) -> list[str]:
    """The columns of a model that hold words of people."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [str(f.column) for f in fields if isinstance(f, (models.CharField, models.TextField)) and not f.choices]


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


def folded(sql: str) -> str:
    """`fold` as SQL."""
    return f"translate(lower({sql}), '{ACCENTS}{CAPITALS}', '{PLAIN}{PLAIN}')"


def match(body: str, words: Words) -> tuple[str, list[Any]]:
    """The condition on `r` (and `p`) that all words are there, as SQL with its values."""
    head = folded("concat_ws(' ', r.ref, r.external_id, r.title)")
    in_head = " and ".join(f"strpos({head}, %s) > 0" for _word in words.said)
    in_text = " and ".join(f"strpos({folded(body)}, %s) > 0" for _word in words.stems)
    vector = " || ".join(
        [
            f"to_tsvector('simple', {folded(body)})",
            f"to_tsvector('english', {body})",
            f"to_tsvector('french', {body})",
        ]
    )
    query, values = tsquery(words)
    return f"(({in_head}) or ({in_text} and ({vector}) @@ {query}))", [*words.said, *words.stems, *values]


def tsquery(words: Words) -> tuple[str, list[str]]:
    """The words as PostgreSQL asks for them: each as a beginning, or by its stem in either language; all of them."""
    one = "({} || plainto_tsquery('english', %s) || plainto_tsquery('french', %s))"
    pieces, values = [], []
    for word in words.said:
        plain = re.fullmatch(r"\w+", word) is not None
        pieces.append(one.format("to_tsquery('simple', %s)" if plain else "phraseto_tsquery('simple', %s)"))
        values += [f"{word}:*" if plain else word, word, word]
    return f"(select {' && '.join(pieces)})", values


def rule(register: Register, text: str) -> Q:
    """The condition that records of a register, or their parts, hold the words of a question."""
    words = words_of(text)
    if not words:
        return Q()
    table = register.model._meta.db_table
    condition, values = match(body_of(register), words)
    found = Q(pk__in=RawSQL(f'select r.id from "{table}" r where {condition}', values))  # noqa: S611 - values stay apart
    for part, body in parts_of(register):
        condition, values = match(body, words)
        found |= Q(pk__in=RawSQL(f"select r.id from {_joined(register, part)} where {condition}", values))  # noqa: S611
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
        return _hits(cursor.fetchall(), limit)


def _branch(
    member: Member, register: Register, words: Words, part: type[Part] | None = None
) -> tuple[str, list[Any]]:
    """What one register, or the parts of its records, gives: the register's path, the row, a piece of its text, its rank."""
    conditions, parameters = conditions_for(member, register)
    body = body_of_part(part) if part else body_of(register)
    condition, values = match(body, words)
    source = _joined(register, part) if part else f'"{register.model._meta.db_table}" r'
    start = f"greatest(1, strpos({folded(body)}, %s) - {AROUND})"
    rank = f"{_rank()} {'- 1' if part else ''} - (r.state = 'withdrawn')::int * 2"
    sql = (
        f"select %s as path, r.id, r.ref, r.title, r.state, substr({body}, {start}, {3 * AROUND}) as piece, {rank} as rank"
        f" from {source} where {' and '.join(['r.organisation_id = %s', *conditions, condition])}"
        f" order by rank desc, r.id limit 60"
    )
    first = words.said[0]
    return sql, [register.path, words.stems[0], first, first, member.organisation_id, *parameters, *values]


def _rank() -> str:
    """The number itself, then a title that begins with the first word, then one that holds it, then the rest."""
    title = folded("r.title")
    return f"case when lower(r.ref) = %s then 9 else 0 end + case strpos({title}, %s) when 0 then 0 when 1 then 4 else 3 end"


def _hits(rows: Iterable[Sequence[Any]], limit: int) -> list[Hit]:
    by_path = {register.path: register for register in registers()}
    found: dict[Any, Hit] = {}
    for path, key, ref, title, state, piece, _ in rows:
        found.setdefault(key, Hit(by_path[path], key, ref, title, state, piece))
    return list(found.values())[:limit]


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
