"""Monitoring, measurement, analysis and evaluation (9.1)."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF, Role
from aims.records.registry import ObligationRule, Register
from evaluation import lifecycles
from evaluation.models import EvaluationFigure, Measurement, Metric, PerformanceEvaluation

OFFICER = Role.OFFICER

REGISTERS = (
    Register(
        Metric,
        answers=("9.1", "A.6.2.6"),
        columns=("title", "system", "kind", "group", "unit", "target", "owner"),
        form=(
            (
                _("What is measured"),
                ("title", "system", "objective", "kind", "statistic", "definition", "codes", "owner"),
            ),
            (_("For whom"), ("group", "reference_group")),
            (_("Thresholds"), ("unit", "direction", "target", "warning", "alarm")),
            (
                _("How and when"),
                ("method", "source", "every_months", "analysed", "reaction", "review_due"),
            ),
        ),
        filters=("state", "system", "kind", "owner"),
        record_types=("monitoring_metric",),
        icon="target",
        about=_("What we monitor and measure, how, when, and from which value we act."),
    ),
    Register(
        Measurement,
        answers=("9.1", "A.6.2.6"),
        columns=("metric", "measured_on", "value", "band"),
        form=(
            (_("The value"), ("metric", "value", "measured_at", "measured_on", "sample", "corrects")),
            (_("What follows"), ("analysis", "owner")),
        ),
        filters=("state", "metric", "band"),
        lifecycle=lifecycles.MEASURED,
        writers=STAFF,
        record_types=("measurement",),
        icon="activity",
        about=_("Measured values, each kept as evidence, judged by the thresholds of its metric."),
    ),
    Register(
        PerformanceEvaluation,
        answers=("9.1",),
        columns=("title", "period_from", "period_to", "result", "owner"),
        form=(
            (_("Period"), ("title", "period_from", "period_to", "owner")),
            (_("Evaluation"), ("analysis", "result", "decisions")),
        ),
        lifecycle=lifecycles.EVALUATED,
        parts=(EvaluationFigure,),
        record_types=("performance_evaluation",),
        icon="gauge",
        about=_("How well the AIMS performs and how effective it is, period by period."),
    ),
)

OBLIGATIONS = (
    ObligationRule(
        "SR16", _("Measure"), "9.1", "periodic", OFFICER,
        months=3, register="metrics", done_by="measurements.create", lead_days=(7,),
    ),
    ObligationRule(
        "SR17", _("Evaluation of performance"), "9.1", "periodic", OFFICER,
        months=3, done_by="performance-evaluations.approve", lead_days=(14,),
    ),
)  # fmt: skip
