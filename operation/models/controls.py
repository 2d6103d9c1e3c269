"""Operational controls, records of execution, changes, and files of the life cycle (8.1, A.6.2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.fields import CodesField, MarkdownField, Relation, Relations
from context.models import AISystem, Process


class OperationalControl(Record):
    """Criteria that a process must meet at a stage of the life cycle, and the gate that checks them (8.1)."""

    ref_prefix = "OPC"

    process = models.CharField(_("process"), max_length=200)
    processes = Relations(Process, verbose_name=_("AIMS processes"), blank=True, related_name="gates")
    stage = models.CharField(_("life cycle stage"), max_length=30, choices=AISystem.Stage.choices, blank=True)
    systems = Relations(
        AISystem, verbose_name=_("AI systems"), blank=True, related_name="operational_controls"
    )
    method = MarkdownField(_("how it is done"), blank=True, max_length=10_000)
    record = models.CharField(_("what is recorded, and where"), max_length=500, blank=True)
    stops = models.BooleanField(_("a failed criterion stops the work"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("operational control")
        verbose_name_plural = _("operational controls")


class Criterion(Part):
    """A criterion of a gate: met or not met."""

    of = "control"
    form = ("text", "measure")

    control = Relation(OperationalControl, on_delete=models.CASCADE, related_name="criteria")
    text = models.CharField(_("criterion"), max_length=500)
    measure = models.CharField(_("met when"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")

    def __str__(self) -> str:
        return self.text


class OperationalRecord(Record):
    """Evidence that a process ran as planned: a gate passed, a check of use, a report (8.1, A.9.4)."""

    ref_prefix = "OPR"
    event_dates = {"create": "done_on"}

    class Result(models.TextChoices):
        """How it went."""

        PASSED = "passed", _("passed")
        CONDITIONS = "with_conditions", _("passed with conditions")
        FAILED = "failed", _("failed")

    control = Relation(
        OperationalControl, verbose_name=_("operational control"), null=True, blank=True, related_name="runs"
    )
    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="runs")
    done_on = models.DateField(_("date"))
    done_by = Relation(Membership, verbose_name=_("done by"), null=True, blank=True, related_name="+")
    release = models.CharField(_("release or sample"), max_length=200, blank=True)
    result = models.CharField(_("result"), max_length=20, choices=Result.choices, blank=True)
    seen = models.TextField(_("what was seen"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("operational record")
        verbose_name_plural = _("operational records")


class ChangeRecord(Record):
    """A change of an AI system or of operation, assessed before it is made (8.1, 8.2, A.6.2.6)."""

    ref_prefix = "CHG"
    event_dates = {"deploy": "deployed_on"}

    class Kind(models.TextChoices):
        """What sort of change, where it asks for new assessments (certification.md, SR09, SR10, SR22, SR25)."""

        OTHER = "", _("another")
        PURPOSE = "purpose", _("another purpose")
        PEOPLE = "population", _("other people are affected")
        RETRAINING = "retraining", _("trained again")
        SUPPLIED = "supplied_model", _("the supplier changed the model")
        AUTONOMY = "autonomy", _("the system decides more by itself")
        SUBSTANTIAL = "substantial", _("substantial modification under the AI Act")

    system = Relation(AISystem, verbose_name=_("AI system"), null=True, blank=True, related_name="changes")
    kind = models.CharField(_("sort of change"), max_length=20, choices=Kind.choices, blank=True)
    what = models.TextField(_("what changes"), blank=True, max_length=4000)
    significant = models.BooleanField(_("significant"), default=False)
    intended = models.BooleanField(_("intended"), default=True)
    consequences = models.TextField(_("consequences, and what limits them"), blank=True, max_length=2000)
    risk_assessed_on = models.DateField(_("risks assessed on"), null=True, blank=True)
    validated_on = models.DateField(_("validated on"), null=True, blank=True)
    approved_by = Relation(Membership, verbose_name=_("approved by"), null=True, blank=True, related_name="+")
    planned_for = models.DateField(_("planned for"), null=True, blank=True)
    deployed_on = models.DateField(_("deployed on"), null=True, blank=True)
    rollback = models.TextField(_("way back"), blank=True, max_length=1000)

    class Meta(Record.Meta):
        verbose_name = _("change record")
        verbose_name_plural = _("change records")

    @property
    def scheduled(self) -> bool:
        """Only a change that is significant, or of a sort that always is, asks for new assessments."""
        return self.significant or bool(self.kind)


class SystemFile(Record):
    """A file of a system's life cycle, from requirements to information for users (A.6.2, A.8.2)."""

    ref_prefix = "SYF"

    class Kind(models.TextChoices):
        """What it documents."""

        REQUIREMENT = "requirement", _("requirements and specification")
        DESIGN = "design_record", _("design and development")
        MODEL = "model", _("model")
        TEST = "vv_record", _("verification and validation")
        DEPLOYMENT = "deployment_plan", _("deployment plan")
        TECHNICAL = "technical_documentation", _("technical documentation")
        LOG = "event_log", _("event logs")
        USERS = "user_information", _("information for users")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="files")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    release = models.CharField(_("release"), max_length=50, blank=True)
    dated = models.DateField(_("date"), null=True, blank=True)
    summary = MarkdownField(_("summary"), blank=True, max_length=10_000)
    result = models.TextField(_("result"), blank=True, max_length=2000)
    place = models.CharField(_("where it is kept"), max_length=300, blank=True)
    codes = CodesField(_("clauses and controls"))

    class Meta(Record.Meta):
        verbose_name = _("life cycle file")
        verbose_name_plural = _("life cycle files")
