"""A decision of an AI system, as its client reported it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Owned
from aims.records.fields import Relation
from context.models import AISystem


class Decision(Owned):
    """One decision or other output of an AI system (A.6.2.8). Written once; the client's own id makes it unique.

    Not journalled: a system makes more of them in an hour than people change records in a year, and nobody edits one.
    `digest` is over what the client sent, so that the same again is known from another under the same id.
    """

    hangs_on = ("system", "timestamp")

    journalled = False

    class Flag(models.TextChoices):
        """What is odd about the client's time; such decisions are kept and shown as such."""

        NONE = "", _("in time")
        LATE = "late", _("reported late")
        FUTURE = "future", _("dated in the future")

    system = Relation(AISystem, verbose_name=_("AI system"), related_name="decisions")
    client_id = models.CharField(_("id"), max_length=200)
    model = models.CharField(_("model"), max_length=200, blank=True)
    model_version = models.CharField(_("model version"), max_length=100, blank=True)
    timestamp = models.DateTimeField(_("decided"))
    recorded_at = models.DateTimeField(_("reported"), default=timezone.now)
    flag = models.CharField(_("time"), max_length=10, choices=Flag.choices, blank=True)
    input_digest = models.CharField(_("digest of the input"), max_length=160, blank=True)
    subject_ref = models.CharField(_("subject"), max_length=200, blank=True)
    correlation_id = models.CharField(_("correlation id"), max_length=200, blank=True)
    output = models.JSONField(_("output"), null=True)
    score = models.DecimalField(_("score"), max_digits=20, decimal_places=10, null=True)
    threshold = models.DecimalField(_("threshold"), max_digits=20, decimal_places=10, null=True)
    groups = models.JSONField(_("groups"), default=dict)
    human_override = models.JSONField(_("human override"), null=True)
    overridden = models.BooleanField(_("overridden"), default=False)
    final_output = models.JSONField(_("final output"), null=True)
    ground_truth = models.JSONField(_("ground truth"), null=True)
    ground_truth_at = models.DateTimeField(_("ground truth known"), null=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "system", "client_id"], name="decision_once")
        ]
        indexes = [
            models.Index(fields=["organisation", "system", "id"], name="decision_system"),
            models.Index(fields=["organisation", "system", "timestamp"], name="decision_time"),
        ]

    def __str__(self) -> str:
        return self.client_id
