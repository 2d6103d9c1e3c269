"""The registers of clause 4: the scope and the processes."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.lifecycles import approval, replacing
from aims.records.registry import Register
from context.models import Process, ScopeExclusion, ScopeSite, ScopeStatement


def reasons_given(member: Member, scope: ScopeStatement) -> None:
    """Nothing stays outside an approved scope without a reason (4.3)."""
    silent = [row.item for row in scope.exclusions.filter(reason="")]
    if silent:
        words = gettext("Say why this stays outside the scope: %(items)s.") % {"items": ", ".join(silent)}
        raise Refused("invalid", words, {"exclusions": [words]})


SCOPE = (
    Register(
        ScopeStatement,
        answers=("4.3",),
        columns=("title", "edition", "effective_from", "review_due", "owner"),
        form=(
            (_("The scope"), ("title", "edition", "text", "basis", "changed", "owner")),
            (_("What is inside"), ("organisation_units", "systems", "certificate_text")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        lifecycle=approval(
            _("I approve this scope of the AI management system."),
            required=("text", "basis", "effective_from", "owner"),
            effects=(reasons_given, replacing()),
        ),
        parts=(ScopeSite, ScopeExclusion),
        record_types=("scope_statement",),
        icon="map-pin",
        about=_("What the AI management system covers, in its versions, and what stays outside."),
    ),
    Register(
        Process,
        answers=("4.4", "A.6.1.3", "A.9.2", "A.7.2"),
        columns=("title", "measured_by", "owner", "review_due"),
        form=(
            (_("The process"), ("title", "purpose", "owner", "codes")),
            (_("How it works"), ("inputs", "activities", "outputs", "before")),
            (_("How we know"), ("measured_by", "from_other", "effective_from", "review_due")),
        ),
        record_types=("process", "data_process"),
        icon="git-branch",
        about=_("The processes of the AI management system, with owner, inputs and outputs."),
    ),
)
