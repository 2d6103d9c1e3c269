"""What clause 6 keeps."""

from planning.models.ai_act import AIActAnswer
from planning.models.aims_risks import AIMSAction, AIMSRisk
from planning.models.changes import ChangePlan
from planning.models.conformity import ConformityFile, StandardComparison
from planning.models.controls import ControlImplementation, Ground, SystemExclusion
from planning.models.impacts import Consultation, Impact, ImpactAssessment, ImpactPublication, Party
from planning.models.methods import Method
from planning.models.objectives import (
    LegalRequirement,
    Objective,
    ObjectiveStep,
    ObjectiveValue,
)
from planning.models.risk_assessments import RiskAssessment
from planning.models.risk_criteria import AcceptanceRule, ConsequenceStep, LikelihoodStep, RiskCriteria
from planning.models.risks import AIRisk, RiskAction
from planning.models.staleness import ReleaseWaiver, StaleMark
from planning.models.statements import ApplicabilityStatement
from planning.models.treatment import ControlTest, CustomControl, TreatmentPlan

__all__ = [
    "AIActAnswer",
    "AIMSAction",
    "AIMSRisk",
    "AIRisk",
    "AcceptanceRule",
    "ApplicabilityStatement",
    "ChangePlan",
    "ConformityFile",
    "ConsequenceStep",
    "Consultation",
    "ControlImplementation",
    "ControlTest",
    "CustomControl",
    "Ground",
    "Impact",
    "ImpactAssessment",
    "ImpactPublication",
    "LegalRequirement",
    "LikelihoodStep",
    "Method",
    "Objective",
    "ObjectiveStep",
    "ObjectiveValue",
    "Party",
    "ReleaseWaiver",
    "RiskAction",
    "RiskAssessment",
    "RiskCriteria",
    "StaleMark",
    "StandardComparison",
    "SystemExclusion",
    "TreatmentPlan",
]
