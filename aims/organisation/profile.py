"""What an organisation says about itself: its size, kind, sector, and what it does with AI.

Proposals (controls, duties, roles, calendar) are computed from it. Kept in `Organisation.settings["profile"]`; whatever is
kept there that is no longer known is left out on reading, so an old profile never breaks a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.organisation.models import Organisation

KEY = "profile"
C = TypeVar("C", bound=models.TextChoices)


class Size(models.TextChoices):
    """Headcount, in the bands of Recommendation 2003/361/EC."""

    TINY = "tiny", _("1 to 9 people")
    SMALL = "small", _("10 to 49 people")
    MEDIUM = "medium", _("50 to 249 people")
    LARGE = "large", _("250 people or more")


class Kind(models.TextChoices):
    """What the organisation is, as far as duties depend on it (AI Act Art. 27)."""

    COMPANY = "company", _("company")
    PUBLIC = "public_body", _("public body")
    PUBLIC_TASK = "public_task", _("private body that provides a public service")
    ASSOCIATION = "association", _("association or foundation")


class Activity(models.TextChoices):
    """What it does with AI (4.1), in plain words."""

    USES = "uses", _("uses AI systems of others for its own work")
    DEPLOYS = "deploys", _("deploys AI systems that decide on or affect people")
    PROVIDES = "provides", _("provides AI systems to customers or the public")
    PRODUCES = "produces", _("develops AI systems or models")


class Sector(models.TextChoices):
    """Its field; Annex D has notes on most."""

    HEALTH = "health", _("health and medical devices")
    EMPLOYMENT = "employment", _("employment and human resources")
    FINANCE = "finance", _("finance and insurance")
    SERVICES = "services", _("services to businesses and customers")
    EDUCATION = "education", _("education")
    PUBLIC = "public", _("public sector")
    INDUSTRY = "industry", _("industry, transport and energy")
    SOFTWARE = "software", _("software and AI")
    OTHER = "other", _("other")


@dataclass(frozen=True)
class Profile:
    """An organisation's profile; what is not known yet is None or empty."""

    size: Size | None = None
    kind: Kind | None = None
    activities: frozenset[Activity] = frozenset()
    sector: Sector | None = None

    @property
    def complete(self) -> bool:
        """Whether every question is answered."""
        return all((self.size, self.kind, self.activities, self.sector))

    @property
    def public(self) -> bool:
        """Whether it is a public body, or provides a public service (AI Act Art. 27(1))."""
        return self.kind in (Kind.PUBLIC, Kind.PUBLIC_TASK)

    def as_kept(self) -> dict[str, Any]:
        """As it stands in the settings of the organisation."""
        values = {"size": self.size, "kind": self.kind, "sector": self.sector}
        given = {name: value.value for name, value in values.items() if value}
        return {**given, "activities": sorted(activity.value for activity in self.activities)}


def profile_from(kept: Any) -> Profile:
    """The profile in a JSON value of any shape."""
    data: Mapping[str, Any] = kept if isinstance(kept, Mapping) else {}
    several = data.get("activities")
    activities = (_known(Activity, item) for item in several) if isinstance(several, list) else ()
    return Profile(
        size=_known(Size, data.get("size")),
        kind=_known(Kind, data.get("kind")),
        activities=frozenset(activity for activity in activities if activity),
        sector=_known(Sector, data.get("sector")),
    )


def profile_of(organisation: Organisation) -> Profile:
    """An organisation's profile, empty where nothing was said."""
    return profile_from((organisation.settings or {}).get(KEY))


def keep_profile(organisation_id: Any, profile: Profile) -> None:
    """Keep a profile beside the other settings, under the lock of the row."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    organisation.settings = {**(organisation.settings or {}), KEY: profile.as_kept()}
    organisation.save(update_fields=["settings"])


def _known(choices: type[C], value: Any) -> C | None:
    return choices(value) if isinstance(value, str) and value in choices.values else None


class OrganisationProfileForm(forms.Form):
    """The questions of the profile."""

    size = forms.ChoiceField(
        label=_("How many people work here"), choices=Size.choices, widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("What the organisation is"), choices=Kind.choices, widget=forms.RadioSelect
    )
    activities = forms.MultipleChoiceField(
        label=_("What it does with AI"),
        choices=Activity.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All that fit. The role for each AI system stands with the system and goes before this."),
    )
    sector = forms.ChoiceField(label=_("Sector"), choices=[("", "–"), *Sector.choices])

    @classmethod
    def of(cls, profile: Profile) -> "OrganisationProfileForm":
        """The form with what is kept."""
        return cls(initial=profile.as_kept())

    @property
    def profile(self) -> Profile:
        """What was entered."""
        return profile_from(self.cleaned_data)
