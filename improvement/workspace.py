"""What clause 10 contributes."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF, Role
from aims.records.registry import Indicator, ObligationRule, Register, ReviewInput, Workspace
from aims.schedule.places import place_later
from improvement import following, inputs, lifecycles
from improvement.models import (
    Cause,
    CorrectiveAction,
    EffectivenessReview,
    Improvement,
    Nonconformity,
    SimilarCase,
)
from improvement.picture import effectiveness
from improvement.rules import RULES


def page(name: str, **query: Any) -> str:
    """The address of a page of clause 10."""
    return reverse(name) + (f"?{urlencode(query)}" if query else "")


page_later = lazy(page, str)  # declarations are read before there are addresses
OFFICER = Role.OFFICER
CASES = "nonconformities"

REGISTERS = (
    Register(
        Nonconformity,
        answers=("10.2",),
        columns=("title", "grade", "opened_on", "source", "owner"),
        form=(
            (
                _("What is not met"),
                ("title", "grade", "source", "finding", "opened_on", "codes", "systems", "description"),
            ),
            (_("At once"), ("correction", "containment", "owner")),
            (_("Why"), ("cause_method", "root_cause", "cause_category")),
            (_("Could it be elsewhere?"), ("similar_cases",)),
            (_("What changes"), ("aims_change",)),
            (_("Its effect"), ("effect_criterion", "effect_from", "checker")),
        ),
        filters=("state", "grade", "source", "owner"),
        lifecycle=lifecycles.NONCONFORMITY,
        parts=(Cause, SimilarCase),
        writers=STAFF,
        record_types=("nonconformity", "root_cause_analysis"),
        icon="octagon-alert",
        about=_("Every requirement that was not met, from whatever source, until its cause is gone."),
    ),
    Register(
        CorrectiveAction,
        answers=("10.2",),
        columns=("title", "nonconformity", "owner", "due", "done_on"),
        form=(
            (_("The action"), ("nonconformity", "title", "text", "owner", "due")),
            (_("Its effect"), ("criterion",)),
            (_("What was done"), ("done_on", "result")),
        ),
        filters=("state", "nonconformity", "owner"),
        lifecycle=lifecycles.ACTION,
        record_types=("corrective_action",),
        icon="wrench",
        about=_("What removes the cause of a nonconformity, by whom and by when."),
    ),
    Register(
        EffectivenessReview,
        answers=("10.2",),
        columns=("nonconformity", "reviewed_on", "result"),
        form=((_("The review"), ("nonconformity", "reviewed_on", "result", "seen")),),
        filters=("state", "nonconformity", "result"),
        lifecycle=lifecycles.EFFECT,
        writers=STAFF | {Role.AUDITOR},
        record_types=("effectiveness_review",),
        icon="clipboard-check",
        about=_("Whether corrective actions worked, judged by somebody who did not do them."),
    ),
    Register(
        Improvement,
        answers=("10.1",),
        columns=("title", "source", "owner", "due"),
        form=(
            (_("The idea"), ("title", "source", "finding", "review", "description", "codes", "owner")),
            (_("Its effect"), ("expected", "measure", "unit", "baseline", "target", "due")),
            (_("Decision"), ("decision",)),
            (_("What came of it"), ("measured", "reached", "measured_on")),
        ),
        filters=("state", "source", "owner"),
        lifecycle=lifecycles.IMPROVEMENT,
        writers=STAFF,
        record_types=("improvement",),
        icon="lightbulb",
        about=_("What makes the AIMS better: the idea, the decision, and the effect that was measured."),
    ),
)


def major(record: Nonconformity) -> bool:
    """Major ones have deadlines of their own, which the organisation may shorten."""
    return record.grade == Nonconformity.Grade.MAJOR


def minor(record: Nonconformity) -> bool:
    """All others."""
    return not major(record)


OBLIGATIONS = (
    ObligationRule(
        "SR30", _("Correct the nonconformity"), "10.2", "after", OFFICER,
        days=5, register=CASES, event="create", done_by="contain", lead_days=(5, 1),
    ),
    ObligationRule(
        "SR31", _("Find the cause and plan the action"), "10.2", "after", OFFICER,
        days=30, register=CASES, event="create", done_by="analyse", lead_days=(30, 7), when=minor,
    ),
    ObligationRule(
        "SR31M", _("Find the cause and plan the action (major)"), "10.2", "after", OFFICER,
        days=30, register=CASES, event="create", done_by="analyse", lead_days=(30, 14, 7), when=major, of="SR31",
    ),
    ObligationRule(
        "SR32", _("Corrective actions done"), "10.2", "after", OFFICER,
        days=90, register=CASES, event="create", done_by="check", lead_days=(30, 7), when=minor,
    ),
    ObligationRule(
        "SR32M", _("Corrective actions done (major)"), "10.2", "after", OFFICER,
        days=90, register=CASES, event="create", done_by="check", lead_days=(30, 14, 7), when=major, of="SR32",
    ),
    ObligationRule(
        "SR33", _("Review whether the action was effective"), "10.2", "after", OFFICER,
        days=90, register=CASES, event="check", done_by="effectiveness-reviews.confirm", lead_days=(30, 7),
    ),
)  # fmt: skip

workspace = Workspace(
    clause="10",
    registers=REGISTERS,
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput(
            "9.3.2-d",
            _("Nonconformities and corrective actions"),
            inputs.nonconformity_trends,
            place_later("nonconformities"),
            "down",
        ),
        ReviewInput(
            "9.3.2-g",
            _("Opportunities for improvement"),
            inputs.improvement_opportunities,
            place_later("improvements"),
        ),
        ReviewInput(
            "10.1",
            _("Suitability, adequacy and effectiveness"),
            effectiveness,
            page_later("improvement year"),
        ),
    ),
    indicators=(
        Indicator(
            "open_majors",
            _("Open major nonconformities"),
            inputs.open_majors,
            page_later("improvement board", grade="major"),
            "bad",
        ),
        Indicator(
            "open_nonconformities",
            _("Open nonconformities"),
            inputs.open_nonconformities,
            page_later("improvement board"),
            "warn",
        ),
        Indicator(
            "recurring",
            _("Nonconformities that came back"),
            inputs.came_back,
            page_later("improvement year"),
            "warn",
        ),
        Indicator(
            "late_actions",
            _("Corrective actions that are late"),
            inputs.late_actions,
            place_later("corrective-actions"),
            "bad",
        ),
    ),
    rules=RULES,
    followers=(following.follow,),
)
