"""What a new organisation starts with under clause 6: the 38 lines of its Statement of Applicability."""

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.records.changes import lay
from planning.models import ControlImplementation


def lay_controls(member: Member) -> None:
    """A line for each control of Annex A, not yet decided."""
    for code, control in edition().controls.items():
        lay(member, ControlImplementation, code, {"title": control.title})
