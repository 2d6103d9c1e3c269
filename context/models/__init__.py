"""What clause 4 keeps."""

from context.models.scope import Process, ScopeExclusion, ScopeStatement
from context.models.systems import AISystem, SystemRole
from context.models.understanding import ContextIssue, InterestedParty, PartyRequirement

__all__ = [
    "AISystem",
    "ContextIssue",
    "InterestedParty",
    "PartyRequirement",
    "Process",
    "ScopeExclusion",
    "ScopeStatement",
    "SystemRole",
]
