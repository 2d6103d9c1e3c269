"""What the AI Act makes of a system stands in its section of a pack."""

from collections.abc import Callable
from typing import Any

from aims.pack.contents import Contents
from aims.records.changes import create, write
from aims.records.signatures import canonical, digest_of, sign
from planning.models import AIActAnswer
from tests.pack.test_pack_collect import register, values

ANSWERS = {
    **{
        "Q1": True,
        "Q2": True,
        "Q3": "none",
        "Q4": False,
        "Q5": [],
        "Q6": "section_a",
        "Q7": True,
        "Q8": [],
        "Q11": [],
    },
    "why": {"Q7": "Class IIb"},
}


def test_a_system_has_its_class_and_duties(story: Any, contents: Callable[..., Contents]) -> None:
    (sheet,) = register(contents(), "AI systems").sheets
    assert not any("AI Act" in part.caption for part in sheet.parts)
    system = story.things["system"]
    given = {"title": "Act", "system": system, "rationale": "x", "assessed_on": "2026-11-24"}
    record = create(story.officer, AIActAnswer, given | {"answers": ANSWERS, "owner": story.contributor.id})
    record = write(story.contributor, record, {"rationale": "A medical device"})
    sign(story.officer, record, "approve", record.version, digest_of(canonical(record)), "password")
    made = contents()
    (sheet,) = register(made, "AI systems").sheets
    named = {part.caption.split(" (")[0]: part for part in sheet.parts}
    outcome = named["Class under the AI Act"].rows[0]
    assert outcome[0] == "High-risk (Annex I product)" and outcome[2] == "2 August 2028"
    assert str(outcome[3]).startswith("Q7 Art. 6(1)(b)")
    duties = {str(row[0]).split(" (")[0]: row for row in named["Duties under the AI Act"].rows}
    assert str(duties["Art. 9 Risk management system"][2]).startswith("In part; AI risks 1")
    assert "prEN 18286" in duties["Art. 17 Quality management system"][3]
    (sheet,) = register(made, "AI Act answer sheets").sheets
    answers = values(sheet)["Answers"]
    assert "Q7 Must that product undergo" in answers and "Class IIb" in answers and "{" not in answers
