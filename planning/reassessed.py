"""On which days the assessments of a system were done that are approved (8.2, 8.4)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from planning.material import CLASSIFICATION, IMPACT, RISKS
from planning.models import AIActAnswer, ImpactAssessment, RiskAssessment

# what answers each kind: the model, and the field that says when it was done
ANSWERING: dict[str, tuple[Any, str]] = {
    IMPACT: (ImpactAssessment, "done_on"),
    RISKS: (RiskAssessment, "done_on"),
    CLASSIFICATION: (AIActAnswer, "assessed_on"),
}


def approved_days(system: Any, kind: str) -> Iterable[date]:
    """The days on which the approved assessments of a kind were done."""
    model, name = ANSWERING[kind]
    rows = model.objects.filter(system_id=system, state="approved").exclude(**{name: None})
    return list(rows.values_list(name, flat=True))


def in_force(system: Any, kind: str) -> Any:
    """The approved assessment of a kind, the latest where there are several, or None."""
    model, name = ANSWERING[kind]
    return model.objects.filter(system_id=system, state="approved").order_by(f"-{name}", "-id").first()
