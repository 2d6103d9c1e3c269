"""Kinds with a page of their own stay the exception: at most a third; with more, the declaration would be wrong."""

from pathlib import Path

from django.conf import settings

from aims.records.registry import Register, registers

# whose page is another address: the workspace of a clause, the grid of the Statement of Applicability
ELSEWHERE = {"answers", "control-implementations"}


def own(register: Register) -> bool:
    """Whether a kind has a template or a view of its own."""
    meta = register.model._meta
    page = Path(settings.BASE_DIR) / "templates" / meta.app_label / f"{meta.model_name}.html"
    return register.path in ELSEWHERE or page.exists()


def test_most_kinds_are_made_from_their_declaration() -> None:
    special = [register.path for register in registers() if own(register)]
    assert special and len(special) <= len(registers()) / 3, special


def test_what_is_elsewhere_is_a_register() -> None:
    assert {register.path for register in registers()} >= ELSEWHERE
