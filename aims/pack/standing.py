"""What AIMS computes about the whole: readiness, proof of operation and the year in figures, as their pages show them.

They are of the whole organisation and of the day of the pack: they stand in packs that no AI system limits, for who may
open those pages; in an auditor's pack they do not, for they are the organisation's own preparation.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.pack.choosing import Choice
from aims.pack.contents import Chart, Html, Summary, Table
from aims.pack.scope import Scope, touches
from aims.pages.context import may_read_journal, top_title
from aims.pages.templatetags.marks import chip
from aims.pages.templatetags.words import date_row
from aims.records.coverage import gaps
from aims.records.display import NOTHING, first_letter_up
from aims.records.registry import Gap
from evaluation import proof_of_operation as proof
from evaluation.mandatory import items
from evaluation.readiness import figures, staged
from evaluation.readiness_views import GRADES, expected, flag_chip, gap_row
from improvement.picture import picture
from improvement.views import year_charts, year_row, year_stats

MOST = 300  # gaps in the list


def summaries(member: Member, scope: Scope, choice: Choice) -> list[Summary]:
    """The sections that a pack of these clauses has; none where AI systems limit it or the asker may not see the whole."""
    if choice.systems or not may_read_journal(member) or member.role == Role.AUDITOR:
        return []
    made: tuple[tuple[tuple[str, ...], Callable[[Member], Summary]], ...] = (
        (("9.2.1", "9.2.2"), readiness),
        (("9.1", "9.2.1"), operation),
        (("10.1", "9.3.2"), year),
    )
    return [make(member) for codes, make in made if any(touches(scope, code) for code in codes)]


def whole(words: str) -> SafeString:
    """Words that stay on one line: codes and values in narrow columns."""
    return format_html('<span class="nowrap">{}</span>', words)


# ── Readiness ────────────────────────────────────────────────────────────


def readiness(member: Member) -> Summary:
    """Ten figures, what stage 1 and stage 2 would find by grade, and each gap with its place."""
    found, shown = staged(gaps(member)), items(member)
    return Summary(
        "readiness",
        _("Readiness"),
        _(
            "What a certification audit would find today, from the records; only an accredited body certifies."
        ),
        tables=[ten_figures(member, shown), by_stage(found), gap_table([*found[1], *found[2]], found)],
    )


def ten_figures(member: Member, shown: Any) -> Table:
    """The indicators with their values."""
    rows = [
        [
            str(one.title),
            whole(f"{one.value} / {one.of}" if one.of is not None else str(one.value)),
            str(one.note) or NOTHING,
            chip(_("In order"), "ok") if one.good else chip(_("To mend"), "warn"),
        ]
        for one in figures(member, shown)
    ]
    return Table(_("Ten figures"), [_("Figure"), _("Value"), _("Detail"), _("Judgement")], rows)


def by_stage(found: dict[int, list[Gap]]) -> Table:
    """How many findings of each grade the two stages would make."""
    words = {"major": _("Major"), "minor": _("Minor"), "observation": _("Observation")}
    counted = {stage: Counter(gap.grade for gap in rows) for stage, rows in found.items()}
    rows = [[words[grade], str(counted[1][grade]), str(counted[2][grade])] for grade in GRADES]
    return Table(_("Findings by stage"), [_("Grade"), _("Stage 1"), _("Stage 2")], rows)


def gap_table(every: list[Gap], found: dict[int, list[Gap]]) -> Table:
    """The gaps, those of stage 1 first, each with the finding that it would cause."""
    first = len(found[1])
    rows = [
        [whole(gap.code), gap.title, gap.ref or NOTHING, gap_row(gap)["chip"], "1" if at < first else "2"]
        for at, gap in enumerate(every[:MOST])
    ]
    head = [_("Line"), _("What is missing"), _("Record"), _("Finding"), _("Stage")]
    return Table(_("What would be found"), head, rows, max(0, len(every) - MOST))


# ── Proof of operation ───────────────────────────────────────────────────


def operation(member: Member) -> Summary:
    """How far records show a system at work: the score, how often each sign stands against it, and where."""
    found = proof.picture(member)
    lead = _(
        "%(score)s of 100: %(doubted)s of %(all)s requirements have a sign that an auditor would ask about."
    )
    words = {"score": found.score, "doubted": len(found.flagged), "all": len(found.proofs)}
    return Summary(
        "operation",
        _("Proof of operation"),
        lead % words,
        tables=[signs(found), doubted(found.flagged)],
    )


def signs(found: proof.Picture) -> Table:
    """How many requirements have which sign."""
    counted = Counter(flag for one in found.proofs for flag in one.flags)
    rows = [[flag_chip(flag), str(counted[flag])] for flag in proof.WEIGHTS]
    return Table(_("Signs"), [_("Sign"), _("Requirements")], rows)


def doubted(flagged: Sequence[proof.Proof]) -> Table:
    """The requirements that an auditor would doubt, the gravest first."""
    head = [_("Line"), _("Requirement"), _("Expected"), _("In 12 months"), _("Last"), _("Signs")]
    return Table(_("Requirements with a sign"), head, list(doubted_rows(flagged)))


def doubted_rows(flagged: Sequence[proof.Proof]) -> Iterator[list[Html]]:
    """One row for each."""
    for one in flagged:
        last = date_row(one.pieces[-1].day) if one.pieces else NOTHING
        marks: Any = [flag_chip(flag) for flag in one.flags]
        joined = format_html_join(" ", "{}", ((mark,) for mark in marks))
        yield [whole(one.code), one.text, expected(one.months) or NOTHING, str(one.seen), last, joined]


# ── The year ─────────────────────────────────────────────────────────────


def year(member: Member) -> Summary:
    """How suitable, adequate and effective each clause was over a year, with its level and the reason."""
    found = picture(member)
    lead = _("From %(since)s to %(until)s, from the records and the journal.")
    charts = [
        Chart(part["title"], part["chart"]["svg"]) for part in year_charts(found) if part["chart"] is not None
    ]
    return Summary(
        "year",
        _("The year in figures"),
        lead % {"since": date_format(found.since), "until": date_format(found.until)},
        tables=[year_figures(found), clauses(found)],
        charts=charts,
    )


def year_figures(found: Any) -> Table:
    """The figures on top of the page."""
    rows = [
        [
            first_letter_up(one["label"]),
            f"{one['value']} / {one['of']}" if "of" in one else str(one["value"]),
        ]
        for one in year_stats(found)
    ]
    return Table(_("In figures"), [_("Figure"), _("Value")], rows)


def clauses(found: Any) -> Table:
    """Clause by clause, with the maturity and what the next level lacks."""
    head = [
        _("Clause"),
        _("Lines ready"),
        _("Done in time"),
        _("Opened"),
        _("Closed as effective"),
        _("Came back"),
        _("Maturity"),
        _("Reason"),
    ]
    rows = []
    for figures_of, level in found.clauses:
        row = year_row(figures_of, level)
        due = f"{figures_of.in_time} / {figures_of.due}" if figures_of.due else NOTHING
        name = f"{row['code']} {top_title(row['code'])}"
        cases = (str(n) for n in (figures_of.opened, figures_of.closed, figures_of.recurring))
        rows.append(
            [name, whole(f"{row['percent']} %"), whole(due), *cases, str(row["level"]), str(row["reason"])]
        )
    return Table(_("Clause by clause"), head, rows)
