"""What clause 8 contributes."""

from aims.records.registry import Workspace

workspace = Workspace(clause="8")
