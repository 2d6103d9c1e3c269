"""The certification cycle: stages, certificate, surveillance and recertification (ISO/IEC 17021-1)."""

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.records.base import Record
from aims.schedule.dates import add_months


class CertificationCycle(Record):
    """The three years of a certificate. It is valid until the day before the third anniversary, unless entered."""

    ref_prefix = "CER"
    event_dates = {"certify": "decided_on", "stage_2_done": "stage_2_last_day", "expire": "valid_until"}

    body = models.CharField(_("certification body"), max_length=200, blank=True)
    stage_1_on = models.DateField(_("stage 1"), null=True, blank=True)
    stage_2_from = models.DateField(_("stage 2 from"), null=True, blank=True)
    stage_2_last_day = models.DateField(_("last day of stage 2"), null=True, blank=True)
    decided_on = models.DateField(_("certification decision"), null=True, blank=True)
    certificate = models.CharField(_("certificate number"), max_length=100, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    surveillance_1_on = models.DateField(_("surveillance 1"), null=True, blank=True)
    surveillance_2_on = models.DateField(_("surveillance 2"), null=True, blank=True)
    recertification_on = models.DateField(_("recertification audit"), null=True, blank=True)
    scope = models.TextField(_("scope of the certificate"), blank=True, max_length=2000)
    notes = models.TextField(_("rules of the body"), blank=True, max_length=4000)

    class Meta(Record.Meta):
        verbose_name = _("certification cycle")
        verbose_name_plural = _("certification cycles")

    def clean(self) -> None:
        """A decision fixes the end of the certificate."""
        if isinstance(self.decided_on, date) and not self.valid_until:
            self.valid_until = add_months(self.decided_on, 36) - timedelta(days=1)
