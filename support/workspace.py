"""What clause 7 contributes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aims.organisation.roles import STAFF, Role
from aims.records.registry import Event, Indicator, ObligationRule, Register, ReviewInput, Variant, Workspace
from aims.schedule.places import place_later
from support import inputs, lifecycles
from support.models import (
    AwarenessRecord,
    CommunicationPlan,
    CommunicationRecord,
    CompetenceRecord,
    CompetenceRequirement,
    Document,
    DocumentVersion,
    ExternalDocument,
    Resource,
    RetentionRule,
    Training,
)
from support.rules import RULES

OFFICER = Role.OFFICER

PEOPLE = (
    Register(
        Resource,
        answers=("7.1", "5.1", "A.4.2", "A.4.3", "A.4.4", "A.4.5", "A.4.6"),
        columns=("title", "kind", "release", "owner", "review_due"),
        form=(
            (_("The resource"), ("title", "kind", "systems", "stages", "owner")),
            (_("Need and provision"), ("need", "provided", "lacking", "amount")),
            (_("Details"), ("release", "place", "footprint", "review_due")),
        ),
        filters=("state", "kind", "owner"),
        record_types=("resource", "tool", "computing_resource"),
        icon="layers",
        about=_("What the AIMS and each AI system need: data, tools, computing, people, money."),
    ),
    Register(
        CompetenceRequirement,
        answers=("7.2", "A.4.6"),
        columns=("title", "role", "headcount", "owner", "review_due"),
        form=(
            (_("The role"), ("title", "role", "systems", "headcount", "owner")),
            (_("What it takes"), ("knows", "can", "shown_by", "review_due")),
        ),
        record_types=("competence_requirement",),
        icon="graduation-cap",
        about=_("What people in AI roles must know and be able to do."),
    ),
    Register(
        CompetenceRecord,
        answers=("7.2", "A.4.6"),
        columns=("title", "requirement", "people", "competent", "result", "evaluated_on"),
        form=(
            (_("Who"), ("title", "requirement", "person", "who", "people", "owner")),
            (_("Evaluation"), ("basis", "evaluated_on", "competent", "result", "action", "review_due")),
        ),
        filters=("state", "requirement", "result"),
        lifecycle=lifecycles.COMPETENCE,
        record_types=("competence_record",),
        icon="user-check",
        about=_("Evidence that people are competent for their AI role."),
    ),
    Register(
        Training,
        answers=("7.2",),
        columns=("title", "held_on", "invited", "attended", "owner"),
        form=(
            (_("The training"), ("title", "held_on", "content", "requirements", "trainer", "owner")),
            (_("Who came"), ("invited", "attended")),
            (_("Whether it worked"), ("judged_on", "effect")),
        ),
        lifecycle=lifecycles.TRAINING,
        record_types=("training",),
        icon="graduation-cap",
        about=_("Courses and exercises, who came, and whether they worked."),
    ),
    Register(
        AwarenessRecord,
        answers=("7.3", "5.2"),
        columns=("title", "kind", "required", "confirmed", "until", "owner"),
        form=(
            (_("The campaign"), ("title", "kind", "policy", "audience", "channel", "owner")),
            (_("Who was reached"), ("since", "until", "required", "confirmed", "missing")),
        ),
        filters=("state", "kind", "owner"),
        lifecycle=lifecycles.AWARENESS,
        record_types=("awareness_record",),
        icon="lightbulb",
        about=_("Who knows the policy, their part in it, and what not following it means."),
    ),
)

TELLING = (
    Register(
        CommunicationPlan,
        answers=("7.4", "A.8.4", "A.8.5"),
        columns=("title", "direction", "occasion", "audience", "channel", "owner"),
        form=(
            (_("What and when"), ("title", "direction", "what", "occasion", "codes", "owner")),
            (_("To whom and how"), ("audience", "parties", "channel", "speaker", "review_due")),
        ),
        filters=("state", "direction", "owner"),
        record_types=("communication_plan",),
        icon="megaphone",
        about=_("What is told about the AIMS, inside and outside: when, to whom, how."),
    ),
    Register(
        CommunicationRecord,
        answers=("5.1", "5.2", "6.1.4", "7.4"),
        columns=("title", "told_on", "audience", "channel", "owner"),
        form=(
            (_("What was told"), ("title", "item", "told_on", "text", "codes", "owner")),
            (_("To whom"), ("audience", "channel", "reaction")),
        ),
        filters=("state", "item", "owner"),
        lifecycle=lifecycles.TOLD,
        writers=STAFF,
        record_types=("communication_record",),
        icon="send",
        about=_("Evidence that something was told, to whom and when."),
    ),
)

DOCUMENTS = (
    Register(
        Document,
        answers=("7.5.1", "7.5.2", "7.5.3", "A.2.3"),
        columns=("title", "kind", "edition", "effective_from", "review_due", "owner"),
        form=(
            (_("What it is"), ("title", "kind", "edition", "codes", "owner")),
            (_("Content"), ("text", "place")),
            (_("Access and retention"), ("access", "access_note", "retention")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        filters=("state", "kind", "access", "owner"),
        lifecycle=lifecycles.DOCUMENT,
        parts=(DocumentVersion,),
        record_types=("document", "document_approval", "document_access", "document_version"),
        icon="file-text",
        about=_("Controlled documents: who wrote and approved them, which version holds, who may read them."),
    ),
    Register(
        RetentionRule,
        answers=("7.5.3", "A.5.3", "A.6.2.8"),
        columns=("title", "what", "months", "afterwards", "owner"),
        form=(
            (_("The rule"), ("title", "what", "covers", "months", "begins", "basis", "owner")),
            (_("Afterwards"), ("afterwards", "responsible", "review_due")),
        ),
        record_types=("retention_rule",),
        icon="archive",
        about=_("How long each kind of documented information is kept, and what happens then."),
    ),
    Register(
        ExternalDocument,
        answers=("7.5.3",),
        columns=("title", "publisher", "edition", "checked_on", "owner"),
        form=(
            (_("The document"), ("title", "publisher", "edition", "use", "owner")),
            (
                pgettext_lazy("of a document", "Control"),
                ("place", "licence", "watched", "checked_on", "review_due"),
            ),
        ),
        record_types=("external_document",),
        icon="external-link",
        about=_("Documents from outside that we need, and how we notice a new edition."),
    ),
)

OBLIGATIONS = (
    ObligationRule(
        "SR18", _("Review of competence"), "7.2", "periodic", OFFICER,
        months=12, register="competence-requirements", done_by="competence-records.complete", lead_days=(30,),
    ),
    ObligationRule(
        "SR19", _("Awareness of the AI policy"), "7.3", "periodic", OFFICER,
        months=12, done_by="awareness-records.complete", lead_days=(30,),
    ),
    ObligationRule(
        "SR19N", _("Awareness of somebody who is new"), "7.3", "after", OFFICER,
        days=30, register="members", lead_days=(30, 7), of="SR19", events=(Event("new_starter", "members.join"),),
    ),
    ObligationRule(
        "SR20", _("Judge the effect of the training"), "7.2", "after", OFFICER,
        days=90, register="trainings", event="hold", done_by="judge", lead_days=(30, 7),
    ),
    ObligationRule(
        "SR21", _("Review of the document"), "7.5.2", "periodic", OFFICER,
        months=24, register="documents", done_by="approve", lead_days=(60, 30),
        variants=(Variant("policies", 12, lambda document: document.kind == "policy"),),
    ),
)  # fmt: skip

workspace = Workspace(
    clause="7",
    registers=(*PEOPLE, *TELLING, *DOCUMENTS),
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput("7.1", _("Resources"), inputs.resources_now, place_later("resources"), "down"),
    ),
    indicators=(
        Indicator(
            "acknowledgements_missing",
            _("Policy acknowledgements missing"),
            inputs.acknowledgements_missing,
            place_later("awareness-records", kind="policy"),
            "warn",
        ),
    ),
    rules=RULES,
)
