"""What clause 9 keeps: metrics and measurements, audits with findings, management reviews, the certification cycle."""

from evaluation.models.audits import Audit, AuditLine, AuditProgramme, Finding
from evaluation.models.certification import CertificationCycle
from evaluation.models.measuring import EvaluationFigure, Measurement, Metric, PerformanceEvaluation
from evaluation.models.reviews import ManagementReview, ReviewDecision, ReviewInput

__all__ = [
    "Audit",
    "AuditLine",
    "AuditProgramme",
    "CertificationCycle",
    "EvaluationFigure",
    "Finding",
    "ManagementReview",
    "Measurement",
    "Metric",
    "PerformanceEvaluation",
    "ReviewDecision",
    "ReviewInput",
]
