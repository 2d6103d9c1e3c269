"""Criteria decide levels: those in force rate what is new, what was rated keeps its own until it is rated again."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pages.forms import Sheet
from aims.records.changes import create, move, write
from aims.records.registry import register_of
from aims.records.signatures import canonical, digest_of, sign
from context.models import AISystem
from planning import rerating
from planning.criteria import draft, older
from planning.models import AIRisk, RiskCriteria
from planning.models.risk_criteria import criteria_in_force, rules_of
from planning.scoring import DEFAULT
from tests.people import World
from tests.planning.test_risks import LATER, accept, rated

TODAY = timezone.localdate()
FOUR = ["Hardly", "Maybe", "Soon", "Surely"]
BANDS = ("low", "medium", "high", "critical")


def rows(**changed: Any) -> dict[str, list[dict[str, Any]]]:
    """Scales of four and three steps; the matrix goes up with the likelihood alone."""
    likely = [
        {"label": label, "at_1": band, "at_2": band, "at_3": band}
        for label, band in zip(FOUR, BANDS, strict=True)
    ]
    harmful = [{"label": label} for label in ("Small", "Large", "Huge")]
    told = [{"band": band, "rule": "Decide", "authority": "officer"} for band in BANDS]
    return {"likelihoods": likely, "consequences": harmful, "acceptance": told, **changed}


def drafted(world: World, **changed: Any) -> RiskCriteria:
    given = {
        "title": "Criteria",
        "edition": "2.0",
        "threshold": "x",
        "appetite": "y",
        "effective_from": TODAY,
    }
    given |= {"floor": "", "appetite_band": "low"}
    return create(world.members[Role.ADMINISTRATOR], RiskCriteria, given, rows(**changed))


def approved(world: World, record: RiskCriteria) -> RiskCriteria:
    record = move(world.officer, record, "submit")
    shown = digest_of(canonical(record))
    signed = sign(world.executive, record, "approve", record.version, shown, "password")
    assert isinstance(signed, RiskCriteria)
    return signed


def risk(world: World, **given: Any) -> AIRisk:
    values = {"title": "Drift", "option": "reduce", "review_due": LATER, **rated("inherent", 4, 3, 3, 3)}
    return create(world.members[Role.ADMINISTRATOR], AIRisk, {**values, **given})


def test_the_version_in_force_rates_what_is_new(inside: World) -> None:
    before = risk(inside)
    assert (before.criteria, before.inherent_level, before.inherent_band) == (None, 12, "high")
    force = approved(inside, drafted(inside))
    after = risk(inside)
    assert (after.criteria, after.inherent_level, after.inherent_band) == (force, 12, "critical")
    with pytest.raises(Refused) as refused:
        risk(inside, inherent_society=4)
    assert "ends at 3" in str(refused.value.fields["inherent_society"])


def test_a_risk_keeps_the_version_it_was_rated_under(inside: World) -> None:
    record = risk(inside, **rated("residual", 2, 3, 3, 3))
    force = approved(inside, drafted(inside))
    record = write(inside.officer, record, {"cause": "Said better", "inherent_likelihood": 4})
    assert (record.criteria, record.inherent_band) == (None, "high")
    record = write(inside.officer, record, {"inherent_likelihood": 3})
    assert (record.criteria, record.inherent_band, record.residual_band) == (force, "high", "medium")
    assert force.rules().too_high() == ["medium", "high", "critical"]


def test_nobody_rates_under_another_version_than_the_one_in_force(inside: World) -> None:
    first, other = approved(inside, drafted(inside)), drafted(inside, acceptance=[])
    with pytest.raises(Refused) as refused:
        write(inside.officer, risk(inside), {"criteria": other})
    assert "criteria" in refused.value.fields and first.state == "approved"


def test_rating_again_is_shown_first_and_done_through_the_door(inside: World) -> None:
    system = create(inside.officer, AISystem, {"title": "S", "purpose": "x"})
    low = risk(inside, system=system, **rated("residual", 1, 3, 3, 3))
    accept(inside.officer, low)
    high = risk(inside, system=system, **rated("residual", 5, 3, 3, 3))
    assert not rerating.waiting(inside.officer).exists()
    force = approved(inside, drafted(inside))
    waiting = rerating.waiting(inside.officer).order_by("ref")
    shown = rerating.preview(waiting, rules_of(force))
    assert [(one.risk.ref, one.after["residual"], one.moves, one.falls) for one in shown] == [
        (low.ref, (2, "low"), True, False),
        (high.ref, (8, "critical"), True, False),
    ]
    assert AIRisk.objects.get(pk=low.pk).residual_level == 3  # a preview changes nothing
    assert rerating.apply(inside.officer, [low.pk, high.pk, low.pk]) == 2
    low.refresh_from_db()
    assert (low.state, low.criteria_id, low.residual_likelihood, low.residual_society) == (
        "accepted", force.pk, 1, 2,
    )  # fmt: skip
    assert not rerating.waiting(inside.officer).exists() and rerating.apply(inside.officer, [low.pk]) == 0


def test_a_level_of_older_criteria_is_not_accepted(inside: World) -> None:
    record = risk(inside, **rated("residual", 1, 3, 3, 3))
    approved(inside, drafted(inside))
    with pytest.raises(Refused) as refused:
        accept(inside.officer, record)
    assert refused.value.code == "conflict" and "older criteria" in str(refused.value)


def test_the_criteria_in_force_say_who_accepts_and_for_how_long(inside: World) -> None:
    bands: list[dict[str, Any]] = [{"band": band, "rule": "Decide", "authority": "officer"} for band in BANDS]
    bands[0] |= {"authority": "person", "person": inside.contributor.id, "months": 1}
    bands[3] |= {"authority": "nobody"}
    approved(inside, drafted(inside, acceptance=bands))
    for ratings in ((1, 1, 1, 1), (4, 1, 1, 1)):
        with pytest.raises(Refused) as refused:
            accept(inside.executive, risk(inside, **rated("residual", *ratings)))
        assert refused.value.code == "forbidden"
    low = risk(inside, **rated("residual", 1, 1, 1, 1))
    with pytest.raises(Refused) as refused:
        accept(inside.contributor, low)
    assert "1 months at most" in str(refused.value.fields["review_due"])
    low = write(inside.officer, low, {"review_due": TODAY})
    assert accept(inside.contributor, low).state == "accepted"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"likelihoods": rows()["likelihoods"][:2]}, "likelihoods"),
        ({"consequences": [{"label": str(n)} for n in range(7)]}, "consequences"),
        ({"likelihoods": [{**row, "at_2": ""} for row in rows()["likelihoods"]]}, "likelihoods.0.at_2"),
        ({"likelihoods": [{**row, "at_4": "low"} for row in rows()["likelihoods"]]}, "likelihoods.0.at_4"),
        ({"likelihoods": rows()["likelihoods"][::-1]}, "likelihoods.1.at_1"),
        ({"acceptance": rows()["acceptance"][1:]}, "acceptance"),
        ({"acceptance": [*rows()["acceptance"], rows()["acceptance"][0]]}, "acceptance"),
    ],
)
def test_criteria_that_do_not_hang_together_are_not_sent_to_approval(
    inside: World, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        move(inside.officer, drafted(inside, **changed), "submit")
    assert field in refused.value.fields
    assert RiskCriteria.objects.get().state == "draft"


def test_a_new_version_begins_from_another_or_from_the_default(inside: World) -> None:
    first = draft(inside.officer, None)
    assert first.rules().scales.cells == DEFAULT.scales.cells and first.edition == "1.0"
    assert [rule.authority for rule in first.rules().bands] == [rule.authority for rule in DEFAULT.bands]
    second = draft(inside.officer, drafted(inside))
    assert second.rules() == RiskCriteria.objects.get(edition="2.0").rules() and second.edition == "2.1"
    words = {"threshold": "x", "appetite": "y", "effective_from": TODAY}
    move(inside.officer, write(inside.officer, first, words), "submit")


def test_an_approved_version_is_replaced_not_opened_again(inside: World) -> None:
    first = approved(inside, drafted(inside))
    with pytest.raises(Refused):
        move(inside.officer, first, "revise", note="To change it")
    again = write(inside.officer, draft(inside.officer, first), {"effective_from": TODAY})
    second = approved(inside, again)
    first.refresh_from_db()
    assert (first.state, criteria_in_force(inside.orvanne.pk)) == ("superseded", second)
    rules, others = older(inside.orvanne.pk)
    assert rules == first.rules() and others == [None]  # the two versions rate alike; the default does not


def test_forms_offer_the_steps_by_the_names_of_the_version_in_force(inside: World) -> None:
    record = risk(inside, **rated("residual", 5, 3, 3, 3))
    approved(inside, drafted(inside))
    form = Sheet(register_of(AIRisk), inside.officer, record).form
    offered = dict(form.fields["residual_likelihood"].choices)  # type: ignore[attr-defined]
    assert offered[1] == "1 – Hardly" and offered[4] == "4 – Surely" and "older" in str(offered[5])
    assert form["residual_likelihood"].value() == 5  # the rating on the older scale is not lost by saving


def test_the_pages_of_criteria(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    with acting(world.orvanne.pk, world.officer.actor):
        record = risk(world, **rated("residual", 5, 5, 5, 5))
    assert "Every risk is rated" in client.get("/risks/again/").content.decode()
    made = client.post("/risks/criteria/")
    assert made.status_code == 302 and made["Location"].endswith("/edit/")
    with acting(world.orvanne.pk, world.officer.actor):
        force = approved(world, drafted(world))
    assert (
        "Risks rated under older criteria"
        in client.get(f"/registers/risk-criteria/{force.pk}/").content.decode()
    )
    page = client.get("/risks/again/").content.decode()
    assert "25 critical" in page and "12 critical" in page and "1 risk is rated under older criteria" in page
    assert "1 risk is rated under older criteria" in client.get("/risks/matrix/").content.decode()
    assert "Rated under older criteria" in client.get(f"/registers/ai-risks/{record.pk}/").content.decode()
    assert client.post("/risks/again/", {"picked": ["nonsense"]}).status_code == 422
    assert client.post("/risks/again/", {"picked": [str(record.pk)]}).status_code == 302
    assert "Every risk is rated" in client.get("/risks/again/").content.decode()
