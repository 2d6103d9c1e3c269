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


class Sign(StrictSerializer):
    """A signature: which step, over what, and the two proofs of who signs, good for this request alone."""

    transition = fields.Text(max_length=40)
    digest = fields.Text(max_length=64, min_length=64)
    password = fields.Text(max_length=500, required=False, allow_blank=True, trim_whitespace=False)
    code = fields.Text(max_length=12)
    note = fields.Text(max_length=4000, required=False, allow_blank=True)


class LetSign(StrictSerializer):
    """Who signs instead, until when, and why."""

    transition = fields.Text(max_length=40)
    to = fields.Key()
    until = fields.Day()
    reason = fields.Text(max_length=1000)


class OneStep(StrictSerializer):
    """A step of the record's lifecycle."""

    transition = fields.Text(max_length=40)


class NameDeputy(StrictSerializer):
    """Who may sign whatever waits, until when, and why."""

    to = fields.Key()
    until = fields.Day()
    reason = fields.Text(max_length=1000)
