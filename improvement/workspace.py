"""What clause 10 contributes."""

from aims.records.registry import Workspace

workspace = Workspace(clause="10")
