"""Every kind of record that the standard needs has a place: a register, or a part that is named here."""

import pytest

from aims.catalogue import edition
from aims.records.registry import registers

# kinds that are no registers: which part or room keeps them
PARTS = {
    "approval": "a signature over the record that is approved",
    "document_approval": "the signature over a document",
    "document_access": "fields of the document",
    "document_version": "parts of the document",
    "management_review_input": "parts of the management review",
    "management_review_decision": "parts of the management review",
    "interested_party_requirement": "parts of the interested party",
    "ai_role_determination": "parts of the AI system",
    "action": "parts of a risk or opportunity",
    "root_cause_analysis": "fields and parts of the nonconformity",
    "audit_plan": "fields of the audit",
    "auditor_assignment": "fields of the audit",
    "audit_report": "fields of the audit and its findings",
    "ai_objective_plan": "parts of the objective",
}
ASKED = sorted({kind for line in edition().requirements.values() for kind in line.record_types})
CONTROLS = sorted({kind for control in edition().controls.values() for kind in control.record_types})
ANSWERED = {kind for register in registers() for kind in register.record_types}


@pytest.mark.parametrize("kind", ASKED)
def test_what_the_clauses_ask_for_is_kept(kind: str) -> None:
    assert kind in ANSWERED, f"no register answers {kind}"


@pytest.mark.parametrize("kind", CONTROLS)
def test_what_the_controls_ask_for_is_kept(kind: str) -> None:
    assert kind in ANSWERED, f"no register answers {kind}"


def test_parts_are_named_by_the_register_that_holds_them() -> None:
    assert set(PARTS) <= ANSWERED
    assert set(ASKED) <= set(edition().record_types)


def test_each_requirement_leads_to_a_register_of_its_record_type() -> None:
    for code, line in edition().requirements.items():
        kinds = set(line.record_types)
        holders = [r.path for r in registers() if kinds & set(r.record_types)]
        assert holders, f"{code} has no register for {kinds}"
