"""What clause 6 contributes."""

from aims.records.registry import Workspace

workspace = Workspace(clause="6")
