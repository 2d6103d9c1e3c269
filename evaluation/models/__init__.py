"""What clause 9 keeps: metrics and measurements, audits with findings, management reviews, the certification cycle."""

from evaluation.models.audits import (
    Audit,
    AuditLine,
    AuditorOverride,
    AuditProgramme,
    ReportAcceptance,
    Scale,
)
from evaluation.models.certification import BodyFinding, BodyNotice, CertificationCycle
from evaluation.models.findings import Finding
from evaluation.models.measuring import EvaluationFigure, Measurement, Metric, PerformanceEvaluation
from evaluation.models.outside import AuditorRead, OutsideAuditor
from evaluation.models.rehearsals import SimulatedAudit
from evaluation.models.reviews import ManagementReview, ReviewDecision, ReviewInput
from evaluation.models.room import AuditCheck, WorkingNote
from evaluation.models.sampling import AuditRequest, Population, Sample
from evaluation.models.verdicts import SampleVerdict

__all__ = [
    "Audit",
    "AuditCheck",
    "AuditLine",
    "AuditProgramme",
    "AuditRequest",
    "AuditorOverride",
    "AuditorRead",
    "BodyFinding",
    "BodyNotice",
    "CertificationCycle",
    "EvaluationFigure",
    "Finding",
    "ManagementReview",
    "Measurement",
    "Metric",
    "OutsideAuditor",
    "PerformanceEvaluation",
    "Population",
    "ReportAcceptance",
    "ReviewDecision",
    "ReviewInput",
    "Sample",
    "SampleVerdict",
    "Scale",
    "SimulatedAudit",
    "WorkingNote",
]
