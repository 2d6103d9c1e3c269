"""What the schedule contributes: obligations laid at the founding, and an ear for every step of a record."""

from aims.records.registry import Workspace

workspace = Workspace(clause="")
