"""The records that need a signature have one: each approving step carries its printed meaning (design section 9)."""

from pathlib import Path

import pytest
from django.conf import settings

from aims.records.registry import register

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
