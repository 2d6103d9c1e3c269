"""What clause 9 contributes."""

from aims.records.registry import Workspace

workspace = Workspace(clause="9")
