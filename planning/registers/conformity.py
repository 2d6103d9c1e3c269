"""The registers of clause 6: conformity files under the AI Act, and comparisons with standards that are in place."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning.models.conformity import ConformityFile, StandardComparison

CONFORMITY = (
    Register(
        ConformityFile,
        answers=("A.8.5", "A.6.2.7"),
        columns=("title", "system", "route", "assessed_on", "registered_on", "owner"),
        form=(
            (_("The system"), ("title", "system", "status", "states", "owner")),
            (
                _("Conformity"),
                ("route", "assessed_on", "standards", "body", "certificate", "certificate_until"),
            ),
            (
                _("Declaration, marking, registration"),
                ("declared_on", "marked_on", "registered_on", "registration"),
            ),
            (_("Who speaks for it"), ("provider", "submitter", "representative")),
            (_("For the people who use it"), ("instructions", "more_at", "product")),
            (_("While it is in use"), ("monitoring", "cybersecurity", "planned_changes", "review_due")),
        ),
        filters=("state", "system", "route", "status"),
        record_types=("conformity_file",),
        icon="file-check",
        about=_(
            "Conformity assessment, declaration, marking and registration of each system under the AI Act."
        ),
    ),
    Register(
        StandardComparison,
        answers=("4.4",),
        columns=("title", "standard", "standing", "owner"),
        form=((_("The comparison"), ("title", "standard", "code", "standing", "note", "owner")),),
        filters=("state", "standard", "standing"),
        icon="columns-3",
        about=_("What we have already from ISO 13485, ISO 9001 or ISO/IEC 27001, clause by clause."),
    ),
)
