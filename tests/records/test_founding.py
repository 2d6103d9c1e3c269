"""A new organisation starts with an answer to every line of the standard, and nobody adds another."""

import pytest

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.founding import found
from aims.records.models import Answer


def test_it_lays_176_answers(db: None) -> None:
    member = found("Tern", Person.objects.create_user("t@tern.test", "x", name="T"))
    with acting(member.organisation_id, member.actor):
        assert Answer.objects.count() == 138 + 38
        answer = Answer.objects.get(code="6.1.2-a")
        assert (answer.state, answer.ref) == ("not_started", "6.1.2-a")
        answer = write(member, answer, {"text": "We do.", "verdict": "conform"}, 1)
        assert (answer.state, answer.verdict_basis) == ("in_progress", "self")
        answer = write(member, answer, {"text": "We do otherwise."}, 2)
        assert (answer.verdict, answer.verdict_on) == ("", None)
        with pytest.raises(Refused):
            create(member, Answer, {"title": "one more"})
        with pytest.raises(Refused):
            move(member, answer, "withdraw", 3, note="gone")
