"""What clause 5 contributes."""

from aims.records.registry import Workspace

workspace = Workspace(clause="5")
