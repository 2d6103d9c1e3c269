"""The same change for several lines of the Statement of Applicability (6.1.3): typed once, told for each line."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.changes import write
from planning.models import ControlImplementation, Ground
from planning.soa import area_of

NOBODY = "nobody"


class LinesForm(forms.Form):
    """What the chosen lines get. What is left empty stays as it is in each line."""

    applicable = forms.ChoiceField(required=False)
    ground = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False)
    owner = forms.ChoiceField(required=False)
    due = forms.DateField(
        required=False, widget=forms.DateInput({"type": "date", "class": "input"}, "%Y-%m-%d")
    )
    reason = forms.CharField(required=False, max_length=2000)

    def __init__(self, member: Member, data: Any = None) -> None:
        super().__init__(data, auto_id="lines-%s", use_required_attribute=False)
        people = visible(member, Membership).filter(active=True).order_by("name")
        self.choose("applicable", _("Applies"), [("true", _("Yes")), ("false", _("No"))])
        self.choose("ground", _("Ground"), Ground.choices)
        self.choose("status", _("Implementation"), ControlImplementation.Status.choices)
        self.choose(
            "owner", _("Owner"), [(NOBODY, _("nobody")), *((str(row.pk), row.name) for row in people)]
        )
        self.fields["due"].label = _("In place by")
        self.fields["reason"].label = _("Reason")

    def choose(self, name: str, label: str, choices: Iterable[tuple[Any, Any]]) -> None:
        """A choice that may be left as it is."""
        made: Any = self.fields[name]
        made.label, made.choices = label, [("", _("as it is")), *choices]
        made.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """Something is to be changed."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(given.values()):
            raise forms.ValidationError(_("Choose what the selected controls get."))
        return given


@dataclass
class Chosen:
    """The lines that a person ticked, with the versions that they saw."""

    records: list[ControlImplementation]
    versions: dict[str, int]
    areas: set[str] = field(default_factory=set)


def chosen(member: Member, data: QueryDict) -> Chosen:
    """The lines ticked one by one, and those of a ticked area that stood on the page."""
    versions = {name[2:]: number(str(data[name])) for name in data if name.startswith("v-")}
    areas, picked = set(data.getlist("area")), set(keys(data.getlist("picked")))
    rows = visible(member, ControlImplementation).filter(pk__in={*picked, *keys(versions)})
    found = rows.select_related("owner").order_by("created_at", "id")
    records = [row for row in found if str(row.pk) in picked or area_of(row.code) in areas]
    return Chosen(records, versions, areas)


def keys(texts: Iterable[str]) -> list[str]:
    """The ids among what was sent; what is no id is left out."""
    found = []
    for text in texts:
        try:
            found.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    return found


def number(text: str) -> int:
    """A version; what is none fits no record."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def change(member: Member, picks: Chosen, given: dict[str, Any]) -> dict[ControlImplementation, str]:
    """Write every line by itself; those that were refused, each with the reason."""
    refused = {}
    for record in picks.records:
        try:
            write(member, record, values(record, given), picks.versions.get(str(record.pk), 0))
        except Refused as refusal:
            refused[record] = words(refusal)
    return refused


def values(record: ControlImplementation, given: dict[str, Any]) -> dict[str, Any]:
    """What one line gets. The reason is why it is included, or why it is left out."""
    data: dict[str, Any] = {name: given[name] for name in ("ground", "status", "due") if given[name]}
    if given["applicable"]:
        data["applicable"] = given["applicable"] == "true"
    if given["owner"]:
        data["owner"] = None if given["owner"] == NOBODY else given["owner"]
    if given["reason"]:
        applies = data.get("applicable", record.applicable)
        if applies is None:
            raise Refused("invalid", _("Say whether it applies: a reason is for or against."))
        data["inclusion_reason" if applies else "exclusion_reason"] = given["reason"]
    return data


def words(refusal: Refused) -> str:
    """Why a line was refused: what its fields say, else the refusal."""
    said = [str(message) for messages in refusal.fields.values() for message in messages]
    return " ".join(said) or str(refusal)
