"""What a pack shows beyond the declarations: the scope statement, the Statement of Applicability, and charts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.pack.contents import Chapter, Chart, Html, Table
from aims.pack.lines import Answers
from aims.pack.prose import prose
from aims.pack.reading import Rows
from aims.pack.summaries import ages
from aims.pages import svg
from aims.pages.templatetags.words import date_row
from aims.records.coverage import documented
from aims.records.display import NOTHING
from context.processes import boxes_of, drawn
from leadership import raci
from leadership.readers import reading
from planning import risk_history
from planning.matrix import band_words, counted, spot
from planning.models.risk_criteria import criteria_in_force, rules_of
from planning.objective_chart import Course, figures
from planning.objective_chart import drawn as drawn_course
from planning.objective_panel import courses

RISKS, NONCONFORMITIES, STATEMENTS = "ai-risks", "nonconformities", "scope-statements"
PROCESSES, ROLES, POLICIES = "processes", "role-assignments", "ai-policies"
OBJECTIVES = "ai-objectives"
SCOPE = "4.3"
AGES = ((30, "ok"), (90, "warn"), (None, "bad"))  # days up to which, and the tone


def chapter_title(top: str) -> str:
    """The title of a top clause; of Annex A our own words."""
    if top == "A":
        return gettext("Annex A, the controls")
    return edition().text(top, "title", get_language() or "en")


def statement(rows: Mapping[str, Rows], said: Answers) -> Html:
    """The scope of the AIMS (4.3): the statement in force, else what is said at the line that asks for it."""
    lines = [line for line in edition().lines_of(SCOPE) if documented(line)]
    texts = [record.text for record in in_force(rows.get(STATEMENTS))]
    texts += [said.by_code[line.code].text for line in lines if line.code in said.by_code]
    return prose(next((text for text in texts if text.strip()), ""))


def in_force(rows: Rows | None) -> list[Any]:
    """The records of a register that are good as they are, the newest first."""
    if rows is None:
        return []
    good = [r for r in rows.live if rows.register.lifecycle.state(r.state).tone in ("ok", "seal")]
    return good[::-1]


def at_a_glance(chapters: Sequence[Chapter], rows: Mapping[str, Rows], day: date) -> list[Chart]:
    """The charts before the first chapter."""
    charts = [coverage(chapters)]
    if NONCONFORMITIES in rows and rows[NONCONFORMITIES].live:
        charts.append(ageing(rows[NONCONFORMITIES].live, day))
    return charts


def coverage(chapters: Sequence[Chapter]) -> Chart:
    """How far each clause is."""
    parts = [svg.Coverage(c.code, c.title, c.tally.ready, c.tally.partly, c.tally.nothing) for c in chapters]
    title = _("Requirements and controls answered")
    legend = tuple((str(key["label"]), str(key["tone"])) for key in svg.COVERAGE_LEGEND)
    return Chart(title, svg.coverage(title, parts), None, legend)


def charts_of(path: str, rows: Rows, day: date, zone: str) -> list[Chart]:
    """The charts of a register, above its table."""
    if path == RISKS and rows.live:
        return risks(rows.live, day, zone)
    if path == PROCESSES and rows.live:
        return [process_map(rows.live)]
    if path == OBJECTIVES:
        return list(map(course, courses([one for one in rows.live if one.target is not None])))
    return []


def course(found: Course) -> Chart:
    """The target of an objective against what was measured for it (6.2)."""
    legend = ((_("Measured"), "accent"), (_("Even course to the target"), "ok"))
    table = Table(found.title, [_("Day"), _("Measured"), _("Even course"), _("Source")], figures(found))
    return Chart(found.title, drawn_course(found), table, legend)


def process_map(records: Sequence[Any]) -> Chart:
    """The processes as a map; each box leads to the sheet of its process (4.4)."""
    boxes = boxes_of(records, lambda row: f"#r{row.pk.hex}")
    return Chart(_("Process map"), drawn(boxes))


def added_to(path: str, rows: Rows, day: date) -> list[Table]:
    """What is added up from the records of a register, above its table."""
    if path == NONCONFORMITIES and rows.live:
        return [ages(rows, day)]
    if path == ROLES and rows.live:
        return [answering(rows.live, day)]
    if path == POLICIES and rows.live:
        return [readers_of(rows.live)]
    return []


def answering(records: Sequence[Any], day: date) -> Table:
    """Who is accountable, responsible, consulted and informed, activity by activity (5.3, A.3.2)."""
    found = raci.matrix([one for one in records if one.state == "in_force"], day)
    head = [_("Activity"), _("Answers for it"), _("Does it"), _("Is asked"), _("Is told")]
    cells = [[activity(row.code), *people_of(row, found.columns)] for row in found.rows]
    return Table(_("Who answers for what"), head, cells)


def activity(code: str) -> str:
    """An activity of the AIMS by its number and title."""
    return f"{code} {edition().text(code, 'heading', get_language() or 'en')}"


def people_of(row: raci.Row, columns: Sequence[Any]) -> list[str]:
    """Who has which part in an activity, part by part."""
    pairs = list(zip(columns, row.cells, strict=True))
    named = [[one.title for one, parts in pairs if part in parts] for part in raci.PARTS]
    return [", ".join(names) or NOTHING for names in named]


def readers_of(policies: Sequence[Any]) -> Table:
    """Who has read the policy in force, and when; who has not stands at the end (5.2)."""
    rows: list[list[Html]] = []
    for policy in policies:
        if policy.state == "approved":
            found = reading(policy)
            rows += [[one.person.name, policy.edition, date_row(one.acknowledged_on)] for one in found.done]
            rows += [[one.name, policy.edition, _("not yet")] for one in found.missing]
    return Table(_("Who has read the AI policy"), [_("Person"), _("Version"), _("Read on")], rows)


def risks(records: Sequence[Any], day: date, zone: str) -> list[Chart]:
    """How many risks lie where, and how many stood above the appetite in each month of the year before."""
    rules = rules_of(criteria_in_force(records[0].organisation_id))
    places = Counter(place for place in map(placed, records) if place)
    title = _("Risks by likelihood and consequence")
    entries = risk_history.stands(records[0].organisation_id, frozenset(str(record.pk) for record in records))
    words, days = band_words(rules), risk_history.month_days(day)
    found = risk_history.trend(entries, days, zone, words, rules.too_high())
    told = found["figures"]
    rows = [[str(value) for value in row] for row in told["rows"]]
    return [
        Chart(title, counted(title, places, rules.scales)),
        Chart(told["caption"], found["svg"], Table(told["caption"], told["head"], rows)),
    ]


def placed(risk: Any) -> tuple[int, int] | None:
    """Likelihood and highest consequence of a risk as it stands now, or None when it is not rated."""
    return spot(risk, "current")


def ageing(records: Sequence[Any], day: date) -> Chart:
    """How long open nonconformities have been open, in days on the day of the pack."""
    ages = [(day - record.opened_on).days for record in records if record.state != "closed"]
    bars, low = [], -1
    for high, tone in AGES:
        number = sum(1 for age in ages if age > low and (high is None or age <= high))
        bars.append(svg.Bar(age_words(low, high), number, tone))
        low = high or low
    title = _("Open nonconformities by age")
    return Chart(title, svg.bars(title, bars))


def age_words(low: int, high: int | None) -> str:
    """A span of days in words."""
    if high is None:
        return _("more than %(days)d days") % {"days": low}
    return _("%(first)d to %(last)d days") % {"first": low + 1, "last": high}
