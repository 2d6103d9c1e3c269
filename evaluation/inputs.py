"""What the management review hears from clause 9 (9.3.2), and the figures of Today."""

import uuid
from collections import Counter
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.base import Record
from aims.records.display import state_words
from aims.records.origins import led_to
from aims.schedule.dates import add_months, today
from aims.schedule.models import Task
from evaluation.models import Audit, Finding, ManagementReview, Measurement, Metric
from evaluation.models.measuring import standing


def now_there(member: Member) -> date:
    """Today in the member's organisation."""
    return today(member.time_zone, timezone.now())


def since_last_review(member: Member) -> date:
    """The day of the last signed review, at most a year ago: what was heard then is not told again."""
    year = add_months(now_there(member), -12)
    last = visible(member, ManagementReview).filter(state="signed", held_on__gte=year).order_by("-held_on")
    return last.values_list("held_on", flat=True).first() or year


def earlier_actions(member: Member) -> tuple[str, str]:
    """Input 1: how many decisions of earlier reviews are done, and which are open or late."""
    rows = Task.objects.filter(organisation_id=member.organisation_id, source__startswith="decision:")
    tasks = list(rows.exclude(state=Task.State.CANCELLED).select_related("member"))
    if not tasks:
        return "0", _("There are no decisions of earlier reviews.")
    waiting = [t for t in tasks if t.state == Task.State.OPEN]
    late = [t for t in waiting if t.due and t.due < now_there(member)]
    done, since = len(tasks) - len(waiting), since_last_review(member)
    text = _("%(done)s of %(all)s actions done, %(late)s late.")
    lines = [text % {"done": done, "all": len(tasks), "late": len(late)}]
    told = [*waiting, *(t for t in tasks if _done_lately(t, since))][:40]
    became = led_to(member, [_decision(t) for t in told])
    lines += [_told(t, became.get(_decision(t), [])) for t in told]
    return f"{done}/{len(tasks)}", "\n".join(lines)


def _decision(task: Task) -> uuid.UUID:
    """The decision from which a task was made (`reviewing.follow_decisions` names it)."""
    return uuid.UUID(task.source.removeprefix("decision:"))


def _done_lately(task: Task, since: date) -> bool:
    """Whether a decision was carried out since the last review: what was told then is not told again."""
    return task.state == Task.State.DONE and task.done_at is not None and task.done_at.date() >= since


def _told(task: Task, became: list[Record]) -> str:
    """A decision with who was asked by when, whether it is done, and what became of it."""
    done = _("done") if task.state == Task.State.DONE else _("open")
    line = f"- {task.title} ({task.member.name}, {task.due or '–'}): {done}"
    return "; ".join([line, *(f"{row} ({state_words(type(row), row.state)})" for row in became)])


def measurement_trends(member: Member) -> tuple[str, str]:
    """Input 4b: each metric from its first to its last value since the last review, and how many alarms there were."""
    start = since_last_review(member)
    rows = standing(visible(member, Measurement)).filter(measured_on__gte=start)
    series: dict[str, list[Measurement]] = {}
    for row in rows.select_related("metric").order_by("metric__ref", "measured_on", "id"):
        series.setdefault(row.metric.title, []).append(row)
    lines = [trend(name, values) for name, values in series.items()]
    alarms = sum(row.band == Measurement.Band.ALARM for values in series.values() for row in values)
    silent = visible(member, Metric).filter(state="in_force").exclude(title__in=list(series)).count()
    if silent:
        lines.append(
            ngettext("%(n)s metric has no value.", "%(n)s metrics have no value.", silent) % {"n": silent}
        )
    figure = ngettext("%(n)s alarm", "%(n)s alarms", alarms) % {"n": alarms}
    return figure, "\n".join(lines) or _("Nothing was measured since %(day)s.") % {"day": start}


def trend(name: str, values: list[Measurement]) -> str:
    """A metric's first and last value, with the worst band between."""
    unit = values[0].metric.unit
    first, last = (f"{v.value.normalize():f}" for v in (values[0], values[-1]))
    worst = max(values, key=lambda v: ("ok", "warning", "alarm").index(v.band or "ok"))
    path = first if len(values) == 1 else f"{first} → {last}"
    return f"- {name}: {path} {unit}".rstrip() + f" ({worst.get_band_display() or '–'})"


def audit_results(member: Member) -> tuple[str, str]:
    """Input 4c: audits reported since the last review and their findings by grade, beside the year before."""
    start = since_last_review(member)
    audits = visible(member, Audit).filter(reported_on__gte=start, state__in=["reported", "closed"])
    now = _grades(member, start, now_there(member))
    before = _grades(member, add_months(start, -12), start - timedelta(days=1))
    words = [f"{number} {label}" for grade, label in Finding.Grade.choices if (number := now.get(grade, 0))]
    number = audits.count()
    first = ngettext("%(n)s audit reported.", "%(n)s audits reported.", number) % {"n": number}
    found = _("Findings: %(found)s.") % {"found": ", ".join(words) or _("none")}
    earlier = _("In the period before: %(n)s findings.") % {"n": sum(before.values())}
    names = [f"- {audit}" for audit in audits.order_by("ref")]
    return str(sum(now.values())), "\n".join([first, found, earlier, *names])


def _grades(member: Member, start: date, end: date) -> Counter[str]:
    rows = visible(member, Finding).filter(audit__reported_on__range=(start, end))
    return Counter(rows.exclude(state__in=["draft", "withdrawn"]).values_list("grade", flat=True))


def open_alarms(member: Member) -> int:
    """Measurements beyond the alarm that nobody has analysed."""
    rows = standing(visible(member, Measurement)).filter(band=Measurement.Band.ALARM, state="recorded")
    return rows.filter(analysis="").count()


def audits_ahead(member: Member) -> int:
    """Audits that are planned or under way."""
    return visible(member, Audit).filter(state__in=["planned", "in_progress", "reporting"]).count()


def reviews_to_sign(member: Member) -> int:
    """Management reviews that were held and wait for their signature."""
    return visible(member, ManagementReview).filter(state="held").count()
