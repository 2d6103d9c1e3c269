"""What an auditor would find wrong in clause 8: each rule yields the gaps that break it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there
from context.models import AISystem
from operation.models import (
    ChangeRecord,
    Concern,
    Dataset,
    Incident,
    OperationalControl,
    Supplier,
    SupplierReview,
    UseRequest,
)

MADE = ("developed_in_house", "open_source_adapted", "co_developed")
BOUGHT = ("api_service", "saas_feature", "bought_product")


def gates_there(member: Member) -> Iterator[Gap]:
    """Processes are controlled against criteria (8.1-b)."""
    rows = visible(member, OperationalControl).exclude(state="withdrawn")
    if not rows.exists():
        yield missing("8.1-b", "major", OperationalControl, _("No operational control is set."))
    yield from gaps("8.1-b", "minor", rows.filter(criteria=None), _("This control has no criterion."))


def change_not_assessed(member: Member) -> Iterator[Gap]:
    """A significant change in use was assessed and validated (8.2-b, 8.1-f)."""
    rows = visible(member, ChangeRecord).filter(significant=True, state="deployed")
    yield from gaps(
        "8.2-b",
        "major",
        rows.filter(risk_assessed_on=None),
        _("Deployed without an assessment of its risks."),
    )
    yield from gaps("8.1-f", "minor", rows.filter(validated_on=None), _("Deployed without validation."))


def supplier_unreviewed(member: Member) -> Iterator[Gap]:
    """Suppliers are reviewed in time; insufficient information is no basis for use (8.1-g, A.10.3)."""
    last = SupplierReview.objects.filter(supplier=OuterRef("pk")).order_by("-dated")
    rows = visible(member, Supplier).filter(state__in=("candidate", "approved"))
    rows = rows.annotate(
        last_result=Subquery(last.values("result")[:1]), last_on=Subquery(last.values("dated")[:1])
    )
    yield from gaps("8.1-g", "minor", rows.filter(last_on=None), _("This supplier was never reviewed."))
    old = rows.filter(critical=True, last_on__lt=today_there(member) - timedelta(days=366))
    yield from gaps("8.1-g", "minor", old, _("The review of this critical supplier is more than a year old."))
    bad = rows.filter(last_result__in=("insufficient_information", "not_acceptable"), state="approved")
    yield from gaps("8.1-g", "major", bad, _("Used although the last review does not allow it."))


def bought_without_supplier(member: Member) -> Iterator[Gap]:
    """A system that comes from others has its supplier on record (A.10.2)."""
    rows = visible(member, AISystem).filter(sourcing__in=BOUGHT, suppliers=None).exclude(state="withdrawn")
    yield from gaps("A.10.2", "minor", rows, _("No supplier is named for this system."))


def made_without_data(member: Member) -> Iterator[Gap]:
    """A system that we train has its data on record (A.7.2, A.7.5)."""
    rows = visible(member, AISystem).filter(sourcing__in=MADE, datasets=None).exclude(state="withdrawn")
    yield from gaps("A.7.2", "minor", rows, _("No dataset is named for this system."))
    dark = visible(member, Dataset).filter(source="").exclude(state="withdrawn")
    yield from gaps("A.7.5", "minor", dark, _("Nothing says where this dataset comes from."))


def concern_late(member: Member) -> Iterator[Gap]:
    """Concerns are acknowledged within seven days (A.3.3)."""
    rows = visible(member, Concern).filter(state="received")
    late = rows.filter(received_on__lt=today_there(member) - timedelta(days=7))
    yield from gaps("A.3.3", "minor", late, _("Not acknowledged within seven days."))


def incident_late(member: Member) -> Iterator[Gap]:
    """Incidents are limited at once, and serious ones are reported (A.8.4)."""
    rows = visible(member, Incident).filter(state="open")
    late = rows.filter(happened_on__lt=today_there(member) - timedelta(days=5))
    yield from gaps("A.8.4", "minor", late, _("Nothing says what limited the effects."))
    silent = visible(member, Incident).filter(serious=True, notified_on=None).exclude(state="withdrawn")
    yield from gaps("A.8.4", "major", silent, _("A serious incident, and no authority was told."))


def request_waits(member: Member) -> Iterator[Gap]:
    """A request to use AI is decided within a month (A.9.2)."""
    rows = visible(member, UseRequest).filter(state="asked")
    late = rows.filter(asked_on__lt=today_there(member) - timedelta(days=31))
    yield from gaps("A.9.2", "observation", late, _("Not decided within a month."))


RULES = (
    Rule("gates_there", gates_there),
    Rule("change_assessed", change_not_assessed),
    Rule("supplier_reviewed", supplier_unreviewed),
    Rule("supplier_named", bought_without_supplier),
    Rule("data_known", made_without_data),
    Rule("concern_in_time", concern_late),
    Rule("incident_in_time", incident_late),
    Rule("request_decided", request_waits),
)
