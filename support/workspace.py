"""What clause 7 contributes."""

from aims.records.registry import Workspace

workspace = Workspace(clause="7")
