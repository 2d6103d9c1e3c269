"""What clause 6 keeps."""

from planning.models.ai_act import AIActAnswer
from planning.models.controls import ControlImplementation, SystemExclusion
from planning.models.risks import AIRisk, RiskAction

__all__ = ["AIActAnswer", "AIRisk", "ControlImplementation", "RiskAction", "SystemExclusion"]
