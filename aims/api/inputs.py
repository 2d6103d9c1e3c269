"""The small bodies that are no records."""

from aims.api import fields
from aims.api.serializers import StrictSerializer


class Step(StrictSerializer):
    """A transition to take."""

    transition = fields.Text(max_length=40)
    note = fields.Text(max_length=4000, required=False, allow_blank=True)


class Note(StrictSerializer):
    """Why a record is withdrawn."""

    note = fields.Text(max_length=4000, required=False, allow_blank=True)


class Speaks(StrictSerializer):
    """Evidence that speaks for a record."""

    evidence = fields.Key()


class Remark(StrictSerializer):
    """Something said about a record."""

    text = fields.Text(max_length=4000)
