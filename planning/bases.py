"""The assessments of an AI system that hold now; a release of one of its versions writes them down (8.2, 8.4, Art. 6)."""

from typing import Any, TypeVar

from aims.organisation.member import Member
from aims.records.base import Record
from aims.records.registry import Basis
from context.models import AISystem
from planning.models import AIActAnswer, ImpactAssessment, RiskAssessment

R = TypeVar("R", bound=Record)


def approved(kind: type[R]) -> Any:
    """How to find the approved record of a kind about a system. An earlier one is superseded when one is approved."""

    def find(member: Member, system: AISystem) -> R | None:
        rows = kind._default_manager.filter(organisation_id=member.organisation_id, state="approved")
        return rows.filter(system=system.pk).order_by("-id").first()

    return find


BASES = (
    Basis("ai-systems", "risk-assessments", approved(RiskAssessment)),
    Basis("ai-systems", "impact-assessments", approved(ImpactAssessment)),
    Basis("ai-systems", "ai-act-answer-sheets", approved(AIActAnswer)),
)
