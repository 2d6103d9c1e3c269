"""What clause 8 keeps."""

from operation.decisions.models import Decision
from operation.models.controls import (
    ChangeRecord,
    Criterion,
    OperationalControl,
    OperationalRecord,
    SystemFile,
)
from operation.models.supply import DataQuality, Dataset, SharedResponsibility, Supplier, SupplierReview
from operation.models.use import Complaint, Concern, ExternalReport, Incident, UseRequest

__all__ = [
    "ChangeRecord",
    "Complaint",
    "Concern",
    "Criterion",
    "DataQuality",
    "Dataset",
    "Decision",
    "ExternalReport",
    "Incident",
    "OperationalControl",
    "OperationalRecord",
    "SharedResponsibility",
    "Supplier",
    "SupplierReview",
    "SystemFile",
    "UseRequest",
]
