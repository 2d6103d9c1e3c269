"""The riskiest path of an AI system, and the curve of an estimate: what is shown beside levels (6.1.2-h)."""

from typing import Any

from django.db.models import F
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages import svg
from aims.pages.places import record_url
from aims.records.base import Record
from planning import matrix as over
from planning.criteria import older
from planning.models import AIRisk
from planning.models.estimates import FREQUENCY, LOSS


def riskiest(member: Member, system: Record) -> dict[str, Any] | None:
    """The risk of a system that stands highest now, as a chain from its cause to what it would mean, with the matrix.

    Of equals, the one that is gravest for individuals, then the older. None where no open risk of the system is rated.
    """
    rows = over.risks_of(member).filter(system=system.pk)
    staged = over.staged(rows, "current").filter(at_level__isnull=False)
    worst = staged.annotate(people=over.of_stage("current", "individuals"))
    top = worst.order_by(F("at_level").desc(), F("people").desc(), "ref").select_related("owner").first()
    if top is None:
        return None
    rules, others = older(member.organisation_id)
    number = over.places(rows.filter(over.on_scales(others)), "current")
    words = over.band_words(rules)
    return {
        "risk": top,
        "url": record_url(top),
        "level": over.level_mark(top, "current", words),
        "before": over.level_mark(top, "inherent", words),
        "after": over.level_mark(top, "residual", words),
        "chain": chain(top),
        "controls": list(top.controls.order_by("created_at", "id").values_list("code", flat=True)),
        "svg": over.counted(
            _("Risks of %(system)s, as they stand now") % {"system": system.title}, number, rules.scales
        ),
        "number": sum(number.values()),
    }


def chain(risk: AIRisk) -> list[tuple[str, str]]:
    """Cause, event and consequence of a risk; a dash where nobody wrote it."""
    links = (
        (_("Cause"), risk.cause),
        (_("What may happen"), risk.event),
        (_("What it would mean"), risk.consequences),
    )
    return [(head, text or "–") for head, text in links]


def curve(risk: AIRisk) -> dict[str, Any] | None:
    """The loss of a year that is exceeded with each chance, for components/chart.html; None without an estimate."""
    found = risk.estimate
    if not found:
        return None
    title = _("Yearly loss that is exceeded with each chance")
    points = [svg.Point(percent(chance), value) for chance, value in found["curve"]]
    marks = [svg.Threshold("warn", found["p90"], "P90")]
    return {
        "svg": svg.line(title, points, marks, span=(0,)),
        "caption": _(
            "From left to right: chances of 90 to 1 per cent that a year costs more. The line is P90."
        ),
        "figures": {
            "caption": title,
            "head": [_("Chance of more"), _("Loss of a year")],
            "rows": [[percent(chance), whole(value)] for chance, value in found["curve"]],
        },
        "facts": facts(risk),
        "assumptions": risk.assumptions,
    }


def whole(value: int) -> str:
    """A sum in whole units, grouped as people read it."""
    return number_format(value, force_grouping=True)


def percent(mille: int) -> str:
    """A chance in words."""
    return _("%(number)s %%") % {"number": f"{mille / 10:g}"}


def facts(risk: AIRisk) -> list[tuple[str, str]]:
    """What came out, and from which ranges: so that who reads can judge it and draw it again."""
    found = risk.estimate
    text = _("%(low)s – %(likely)s – %(high)s")
    ranges = [
        text
        % {
            name: plain(getattr(risk, field))
            for name, field in zip(("low", "likely", "high"), fields, strict=True)
        }
        for fields in (FREQUENCY, LOSS)
    ]
    return [
        (_("Mean of a year"), whole(found["mean"])),
        (_("Half of the years cost at most (P50)"), whole(found["p50"])),
        (_("Nine of ten years cost at most (P90)"), whole(found["p90"])),
        (_("19 of 20 years cost at most (P95)"), whole(found["p95"])),
        (_("Chance of any loss in a year"), percent(found["any"])),
        (_("Events a year: low, most likely, high"), ranges[0]),
        (_("Loss of an event: low, most likely, high"), ranges[1]),
        (_("Years drawn, and seed"), f"{whole(found['years'])}, {risk.seed}"),
    ]


def plain(value: Any) -> str:
    """A number as people write it."""
    return f"{value.normalize():f}" if value is not None else "–"
