"""The OpenAPI document: every operation is declared beside its view, and its parameters are enforced from the same place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from aims.api.fields import Exact

Shape = Any  # a serialiser class or a JSON schema
SHARED: dict[str, Any] = {}  # schemas that stand once in the document, by name


def shared(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Put a schema among the components; where it is used stands a reference."""
    SHARED[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "version": {"type": ["integer", "null"]},
        "current": {"type": ["object", "null"]},
    },
}
REFUSALS = {
    400: "The request is malformed.",
    401: "No token, or a bad one.",
    403: "Not allowed for this member or token.",
    404: "Not there, or not open to this member.",
    406: "Only application/json is answered.",
    409: "The record's present state does not allow it.",
    412: "Stale: the record has changed since it was read.",
    413: "Too large.",
    415: "This media type is not read here.",
    422: "A field is wrong; `errors` names it.",
    428: "If-Match is missing.",
    429: "Too many requests.",
}
STRING, INTEGER, UUID = {"type": "string"}, {"type": "integer"}, {"type": "string", "format": "uuid"}
MAYBE, MOMENT = {"type": ["string", "null"]}, {"type": "string", "format": "date-time"}
ANYTHING: dict[str, Any] = {}


def thing(**properties: Shape) -> dict[str, Any]:
    """The JSON schema of an object all of whose properties are there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def several(shape: Shape) -> dict[str, Any]:
    """The JSON schema of a list."""
    return {"type": "array", "items": shape}


@dataclass(frozen=True)
class Operation:
    """What an action takes and answers. `query` maps the parameters that it knows to their JSON schemas.

    `paged` puts `response` into a page with `next`; `versioned` says that the answer carries an ETag, `guarded` that the
    request needs If-Match.
    """

    id: str
    response: Shape = None
    status: int = 200
    request: Shape = None
    query: Mapping[str, Shape] = field(default_factory=dict)
    also: Mapping[int, Shape] = field(default_factory=dict)  # other good answers
    refusals: tuple[int, ...] = ()
    paged: bool = False
    versioned: bool = False
    guarded: bool = False
    media: str = ""  # of the answer, where it is not JSON
    open: bool = False  # to everybody


class Schema(AutoSchema):
    """drf-spectacular's generator, told by the declared operation."""

    @property
    def operation(self) -> Operation:
        """The declaration of the action that is described."""
        name = getattr(self.view, "action", None) or self.method.lower()
        view: Any = self.view
        declared: Operation = view.operations[name]
        return declared

    def get_operation_id(self) -> str:
        """Its declared id."""
        return self.operation.id

    def get_tags(self) -> list[str]:
        """The register, or the first word of the address."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        """The first line of the action's docstring."""
        action = getattr(self.view, getattr(self.view, "action", None) or self.method.lower())
        return (action.__doc__ or "").strip().splitlines()[0]

    def get_description(self, *args: Any) -> str:
        """None beyond the summary."""
        return ""

    def get_auth(self) -> list[Any]:
        """Bearer token or session, unless the operation is open."""
        return [] if self.operation.open else [{"bearer": []}, {"session": []}] if super().get_auth() else []

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # lists are declared as such

    def get_request_serializer(self) -> Any:
        """The declared input."""
        return self.operation.request

    def get_response_serializers(self) -> Any:
        """The declared answers, and the refusals as problem details."""
        operation = self.operation
        shape = self._page(operation.response) if operation.paged else operation.response
        good = {operation.status: shape, **operation.also}
        kind = operation.media or "application/json"
        answers: dict[Any, Any] = {
            (status, kind) if shape is not None else status: OpenApiResponse(shape, _("Done."))
            for status, shape in good.items()
        }
        for name, schema in SHARED.items():
            self._component(name, schema)
        problem = self._component("Problem", PROBLEM)
        for status in sorted({*self._refusals(operation)}):
            answers[(status, "application/problem+json")] = OpenApiResponse(problem, REFUSALS[status])
        return answers

    def _refusals(self, operation: Operation) -> list[int]:
        usual = [400, 406] if operation.open else [400, 401, 403, 406]
        if self.method in ("POST", "PUT", "PATCH"):
            usual += [409, 413, 415, 422]
        if operation.guarded:
            usual += [409, 412, 413, 415, 422, 428]
        if "{" in self.path:
            usual.append(404)
        return [*usual, *operation.refusals]

    def _page(self, shape: Shape) -> dict[str, Any]:
        rows = shape if isinstance(shape, dict) else self.resolve_serializer(shape, "response").ref
        return thing(next=MAYBE, results=several(rows))

    def _component(self, name: str, schema: dict[str, Any]) -> Any:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref

    def get_override_parameters(self) -> list[Any]:
        """Query parameters, If-Match, and the ETag of answers."""
        operation: Operation = self.operation
        header: Any = OpenApiParameter.HEADER
        found = [OpenApiParameter(name, schema) for name, schema in operation.query.items()]
        if operation.guarded:
            # not marked as required: without it comes 428, which says what to do
            found.append(OpenApiParameter("If-Match", STRING, header, description="The ETag as last read."))
        if operation.versioned:
            found.append(OpenApiParameter("ETag", STRING, header, response=[operation.status]))
        return found

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        generator: Any = super()
        schema = generator._map_basic_serializer(serializer, direction)
        if direction == "request":
            schema["additionalProperties"] = False
        elif hasattr(getattr(serializer, "Meta", None), "model"):
            schema.pop("required", None)  # `fields=` leaves out what is not asked for
        return schema

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> Any:
        generator: Any = super()
        schema = generator._map_serializer_field(field, direction, bypass_extensions)
        if direction == "request" and isinstance(field, Exact) and schema and not field.read_only:
            text = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
            return {"anyOf": [text, {"type": "number"}, *([{"type": "null"}] if field.allow_null else [])]}
        if field.read_only and "" not in (schema or {}).get("enum", [""]):
            schema["enum"] = ["", *schema["enum"]]  # what AIMS sets may not be set yet
        return schema


def share_refusals(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: refusals of one status are the same everywhere, so they stand in one place."""
    shared = result["components"].setdefault("responses", {})
    for item in result["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    shared[f"Refused{status}"] = response
                    operation["responses"][status] = {"$ref": f"#/components/responses/Refused{status}"}
    return result
