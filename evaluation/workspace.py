"""What clause 9 contributes: its registers and obligations stand in `registers/`, by topic."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Indicator, Measure, Panel, ReviewInput, Workspace
from aims.schedule.places import place_later
from evaluation import inputs, objectives, requests, system_panels
from evaluation.registers import auditing, certifying, measuring, reviewing, sampling
from evaluation.rules import RULES

TOPICS = (measuring, auditing, sampling, reviewing, certifying)

workspace = Workspace(
    clause="9",
    registers=tuple(register for topic in TOPICS for register in topic.REGISTERS),
    obligations=tuple(rule for topic in TOPICS for rule in topic.OBLIGATIONS),
    review_inputs=(
        ReviewInput(
            "9.3.2-a",
            _("Status of earlier actions"),
            inputs.earlier_actions,
            place_later("management-reviews", state="signed"),
            "up",
        ),
        ReviewInput(
            "9.3.2-e",
            _("Monitoring and measurement"),
            inputs.measurement_trends,
            place_later("measurements"),
            "down",
        ),
        ReviewInput("9.3.2-f", _("Audit results"), inputs.audit_results, place_later("audits"), "down"),
    ),
    indicators=(
        Indicator(
            "open_alarms",
            _("Alarms not analysed"),
            inputs.open_alarms,
            place_later("measurements", band="alarm", state="recorded"),
            "bad",
        ),
        Indicator(
            "audits_ahead", _("Audits ahead or under way"), inputs.audits_ahead, place_later("audits"), "info"
        ),
        Indicator(
            "reviews_to_sign",
            _("Management reviews to sign"),
            inputs.reviews_to_sign,
            place_later("management-reviews", state="held"),
            "warn",
        ),
    ),
    panels=(Panel("ai-systems", "evaluation/system_metrics.html", system_panels.metrics, wide=True),),
    seams=(Measure("ai-objectives", objectives.series),),
    rules=(*RULES, *certifying.RULES),
    followers=(requests.follow, objectives.follow),
)
