"""What a client needs to find its way: who it is, the registers, and the lines of the standard."""

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api.operations import YES_NO
from aims.api.schema import STRING, UUID, Operation, several, thing
from aims.api.views import Base, answer
from aims.catalogue import Control, Requirement, edition
from aims.records.access import in_scope, limits, may_add
from aims.records.registry import Register, answering, registers

MAYBE_STRINGS = {"type": ["array", "null"], "items": STRING}
REGISTER = thing(
    path=STRING,
    url=STRING,
    name=STRING,
    plural=STRING,
    clause=STRING,
    answers=several(STRING),
    states=several(thing(code=STRING, label=STRING, locked=YES_NO)),
    transitions=several(
        thing(code=STRING, label=STRING, sources=several(STRING), target=STRING, signature=YES_NO)
    ),
    may_read=YES_NO,
    may_add=YES_NO,
)
LINE = {"code": STRING, "text": STRING, "place": STRING, "registers": several(STRING)}
REQUIREMENT = thing(**LINE, record_types=several(STRING), documented_information=STRING, permission=YES_NO)
CONTROL = thing(
    **LINE,
    title=STRING,
    guidance=STRING,
    evidence_examples=several(STRING),
    auditor_questions=several(STRING),
    record_types=several(STRING),
    life_cycle_stages=several(STRING),
)


class Me(Base):
    """The caller."""

    operations = {
        "get": Operation(
            "me_retrieve",
            thing(
                id=UUID,
                name=STRING,
                title=STRING,
                role=STRING,
                organisation=thing(id=UUID, name=STRING, time_zone=STRING),
                scopes=MAYBE_STRINGS,
                language=STRING,
            ),
        )
    }

    def get(self, request: Request) -> Response:
        """Who you are: member, organisation, role, and the scopes of the token in use."""
        member = self.member
        return answer(
            {
                "id": member.id,
                "name": member.name,
                "title": member.title,
                "role": member.role.value,
                "organisation": {
                    "id": member.organisation_id,
                    "name": member.organisation_name,
                    "time_zone": member.time_zone,
                },
                "scopes": member.scopes,
                "language": member.language,
            }
        )


class Registers(Base):
    """The registers."""

    operations = {"get": Operation("registers_list", thing(results=several(REGISTER)))}

    def get(self, request: Request) -> Response:
        """The registers, with their addresses, states and transitions."""
        return answer({"results": [self._shape(register) for register in registers()]})

    def _shape(self, register: Register) -> dict[str, Any]:
        limit = limits(self.member, register)
        return {
            "path": register.path,
            "url": f"/api/v1/{register.path}/",
            "name": register.name,
            "plural": register.plural,
            "clause": register.clause,
            "answers": register.answers,
            "states": [
                {"code": s.code, "label": s.label, "locked": s.locked} for s in register.lifecycle.all_states
            ],
            "transitions": [
                {
                    "code": t.code,
                    "label": t.label,
                    "sources": t.sources,
                    "target": t.target,
                    "signature": bool(t.meaning),
                }
                for t in register.lifecycle.all_transitions
            ],
            "may_read": in_scope(self.member, register.path, "read") and limit is None,
            "may_add": may_add(self.member, register),
        }


class Requirements(Base):
    """The requirements of the standard."""

    operations = {"get": Operation("requirements_list", thing(results=several(REQUIREMENT)))}

    def get(self, request: Request) -> Response:
        """The requirements of clauses 4 to 10, in your language."""
        language = self.member.language
        return answer({"results": [_requirement(row, language) for row in edition().requirements.values()]})


class Controls(Base):
    """The controls of Annex A."""

    operations = {"get": Operation("controls_list", thing(results=several(CONTROL)))}

    def get(self, request: Request) -> Response:
        """The controls of Annex A, in your language."""
        language = self.member.language
        return answer({"results": [_control(row, language) for row in edition().controls.values()]})


def _line(row: Requirement | Control, language: str) -> dict[str, Any]:
    return {
        "code": row.code,
        "text": edition().text(row.code, "text", language),
        "place": row.workspace,
        "record_types": row.record_types,
        "registers": [register.path for register in answering(row.code)],
    }


def _requirement(row: Requirement, language: str) -> dict[str, Any]:
    return {
        **_line(row, language),
        "documented_information": row.documented_information,
        "permission": row.permission,
    }


def _control(row: Control, language: str) -> dict[str, Any]:
    catalogue = edition()
    return {
        **_line(row, language),
        "title": catalogue.text(row.code, "title", language),
        "guidance": catalogue.text(row.code, "guidance", language),
        "evidence_examples": catalogue.texts(row.code, "evidence_examples", language),
        "auditor_questions": catalogue.texts(row.code, "auditor_questions", language),
        "life_cycle_stages": row.life_cycle_stages,
    }


urlpatterns = [
    path("me/", Me.as_view()),
    path("registers/", Registers.as_view()),
    path("requirements/", Requirements.as_view()),
    path("controls/", Controls.as_view()),
]
