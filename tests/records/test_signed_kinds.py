"""The records that need a signature have one: each approving step carries its printed meaning (design section 9)."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from aims.organisation.models import Person
from aims.records.models import Signature
from aims.records.registry import register, registers
from aims.records.signatures import canonical, signed
from tests.factory import make
from tests.people import World

SIGNED = {
    "ai-policies": "approve",
    "statements-of-applicability": "approve",
    "treatment-plans": "approve",
    "ai-risks": "accept",
    "impact-assessments": "approve",
    "audits": "sign_report",
    "management-reviews": "sign",
}
POINTS = ("11.50 (a)(1)", "11.50 (a)(2)", "11.50 (a)(3)", "11.50 (b)", "11.70", "11.100 (a)", "11.200 (a)(1)")


@pytest.mark.parametrize(("path", "step"), SIGNED.items())
def test_the_step_that_approves_is_a_signature(path: str, step: str) -> None:
    kind = register(path)
    assert kind is not None
    transition = kind.lifecycle.transition(step)
    assert transition is not None and str(transition.meaning).startswith("I ")


@pytest.mark.parametrize("path", [path for path in SIGNED if SIGNED[path] in ("approve", "accept")])
def test_approvals_want_four_eyes(path: str) -> None:
    kind = register(path)
    transition = kind.lifecycle.transition(SIGNED[path]) if kind else None
    assert transition is not None and transition.four_eyes


def test_the_points_of_part_11_are_listed_with_their_places() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "signatures.md").read_text()
    assert all(f"| {point} |" in text for point in POINTS)
    assert "never called" in text
    for place in ("aims/records/proving.py", "aims/records/signatures.py", "aims/records/delegating.py"):
        assert place in text and (Path(settings.BASE_DIR) / place).exists()


def steps() -> dict[str, tuple[str, bool]]:
    """The kinds that are signed, by their plural: the step, and whether it wants four eyes."""
    found = {}
    for kind in registers():
        for one in kind.lifecycle.all_transitions:
            if one.meaning:
                found[str(kind.plural)] = (one.code, one.four_eyes)
    return found


def test_the_document_lists_every_kind_that_is_signed_and_no_other() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "signatures.md").read_text()
    table = text[text.index("| Record |") : text.index("## 21 CFR")].strip().splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert {name: (step, eyes == "yes") for name, step, eyes in rows} == steps()


def test_every_page_of_a_signed_record_shows_what_changed_since(inside: World) -> None:
    nadia = Client()
    nadia.force_login(Person.objects.get(pk=inside.officer.person_id))
    wrong = []
    for kind in registers():
        step = next((one for one in kind.lifecycle.all_transitions if one.meaning), None)
        if step is None:
            continue
        record = make(inside, kind.model)
        row = signed(inside.officer, record, step, canonical(record), "passkey")
        Signature.objects.create(**{**row, "version": 3})
        place = f"/registers/{kind.path}/{record.pk}/"
        before = nadia.get(place).content.decode()
        kind.model._default_manager.filter(pk=record.pk).update(title="Called otherwise now")
        after = nadia.get(place).content.decode()
        good = "Signed v3" in before and "Signed as version 3" not in before
        good &= "Signed as version 3, changed since" in after and "Called otherwise now" in after
        good &= str(record.title) in after  # the difference: what it was called when it was signed
        wrong += [] if good else [kind.path]
    assert wrong == []
