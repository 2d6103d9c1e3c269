"""What clause 4 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import Indicator, ObligationRule, Panel, ReviewInput, View, Workspace
from aims.schedule.places import place_later
from context import inputs, scope_views, understanding_views
from context.lifecycles import GUARDS
from context.registers import REGISTERS
from context.rules import RULES

OFFICER = Role.OFFICER

OBLIGATIONS = (
    ObligationRule(
        "SR04", _("Review of context and interested parties"), "4.1", "periodic", OFFICER,
        months=12, before="SR01", before_days=30, lead_days=(30,),
    ),
    ObligationRule(
        "SR24", _("Re-evaluation of the AI system"), "4.1", "periodic", OFFICER,
        months=12, register="ai-systems", lead_days=(30, 7),
    ),
)  # fmt: skip

VIEWS = (
    View("context-issues", _("Context at a glance"), "context", "eye"),
    View("interested-parties", _("Context at a glance"), "context", "eye"),
    View("processes", _("Process map"), "process map", "network"),
)

workspace = Workspace(
    clause="4",
    registers=REGISTERS,
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput(
            "9.3.2-b",
            _("Changes in external and internal issues"),
            inputs.issues_changed,
            place_later("context-issues"),
        ),
        ReviewInput(
            "9.3.2-c",
            _("Changes in needs and expectations"),
            inputs.parties_changed,
            place_later("interested-parties"),
        ),
    ),
    indicators=(
        Indicator(
            "systems_incomplete",
            _("AI systems without role, purpose or class"),
            inputs.systems_incomplete,
            place_later("ai-systems"),
            "warn",
        ),
    ),
    panels=(
        Panel("interested-parties", "context/party_answers.html", understanding_views.panel, wide=True),
        Panel("scope-statements", "context/scope_panel.html", scope_views.panel),
    ),
    rules=RULES,
    seams=(*GUARDS, *VIEWS),
)
