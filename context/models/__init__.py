"""What clause 4 keeps."""

from context.models.scope import Process, ScopeExclusion, ScopeSite, ScopeStatement
from context.models.systems import AISystem, SystemRole
from context.models.understanding import ContextIssue, InterestedParty, PartyRequirement
from context.models.versions import EvaluationResult, SystemVersion

__all__ = [
    "AISystem",
    "ContextIssue",
    "EvaluationResult",
    "InterestedParty",
    "PartyRequirement",
    "Process",
    "ScopeExclusion",
    "ScopeSite",
    "ScopeStatement",
    "SystemRole",
    "SystemVersion",
]
