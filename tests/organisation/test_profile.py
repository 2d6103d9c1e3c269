"""The profile of an organisation: read leniently, kept beside other settings, asked in full."""

from typing import Any

import pytest

from aims.organisation.models import Organisation
from aims.organisation.profile import (
    Activity,
    Kind,
    OrganisationProfileForm,
    Profile,
    Sector,
    Size,
    keep_profile,
    profile_from,
    profile_of,
)
from tests.people import World

OFFICE = Profile(Size.TINY, Kind.COMPANY, frozenset({Activity.USES}), Sector.SERVICES)


def test_what_is_kept_comes_back(inside: World) -> None:
    Organisation.objects.filter(pk=inside.orvanne.pk).update(settings={"theme": "dark"})
    keep_profile(inside.orvanne.pk, OFFICE)
    organisation = Organisation.objects.get(pk=inside.orvanne.pk)
    assert profile_of(organisation) == OFFICE and organisation.settings["theme"] == "dark"


def test_a_profile_is_kept_for_ones_own_organisation_only(inside: World) -> None:
    with pytest.raises(Organisation.DoesNotExist):
        keep_profile(inside.brindle.pk, OFFICE)


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        "tiny",
        [],
        {"size": "huge"},
        {"size": ["tiny"]},
        {"activities": "uses"},
        {"activities": [{}, 3]},
    ],
)
def test_what_cannot_be_read_is_left_out(kept: Any) -> None:
    assert profile_from(kept) == Profile()


def test_the_known_part_of_an_old_profile_stays() -> None:
    found = profile_from(
        {"size": "small", "kind": "guild", "activities": ["uses", "mines"], "sector": "public"}
    )
    assert (
        found == Profile(Size.SMALL, None, frozenset({Activity.USES}), Sector.PUBLIC) and not found.complete
    )


def test_the_form_asks_for_everything_and_gives_a_profile() -> None:
    empty = OrganisationProfileForm({})
    assert not empty.is_valid() and set(empty.errors) == {"size", "kind", "activities", "sector"}
    given = {"size": "tiny", "kind": "company", "activities": ["uses"], "sector": "services"}
    form = OrganisationProfileForm(given)
    assert form.is_valid() and form.profile == OFFICE and OFFICE.complete
    assert OrganisationProfileForm.of(OFFICE).initial == {**given}
    assert not OrganisationProfileForm({**given, "size": "huge"}).is_valid()


def test_who_serves_the_public_is_public() -> None:
    assert Profile(kind=Kind.PUBLIC).public and Profile(kind=Kind.PUBLIC_TASK).public
    assert not OFFICE.public and not Profile().public
