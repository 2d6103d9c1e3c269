"""What the actions of a register take and answer, made from its declaration."""

from functools import lru_cache

from aims.api import inputs
from aims.api.queries import LIMIT, MOST, Filter, filters
from aims.api.schema import (
    ANYTHING,
    INTEGER,
    MAYBE,
    MOMENT,
    STRING,
    UUID,
    Operation,
    Shape,
    several,
    shared,
    thing,
)
from aims.api.serializers import record_serializer
from aims.records.registry import Register

PAGED: dict[str, Shape] = {
    "cursor": UUID,
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
}
POSITION: Shape = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}
YES_NO: Shape = {"type": "boolean"}
DRY: dict[str, Shape] = {"dry_run": YES_NO}  # checked, told what would follow, and nothing kept
FORETOLD = shared("Foretold", thing(effects=several(thing(code=STRING, text=STRING, ref=STRING, url=STRING))))
STEP = shared(
    "Step",
    thing(
        transition=STRING,
        label=STRING,
        target=STRING,
        signature=YES_NO,
        note=YES_NO,
        required=several(STRING),
        allowed=YES_NO,
    ),
)
CHANGE = shared(
    "Change",
    thing(
        position=INTEGER,
        at=MOMENT,
        actor=STRING,
        kind=STRING,
        id=STRING,
        action={"enum": ["created", "changed", "removed"]},
        version={"type": ["integer", "null"]},
        differences=several(thing(column=STRING, before=ANYTHING, after=ANYTHING)),
    ),
)
LINK = shared(
    "EvidenceLink", thing(id=UUID, evidence=UUID, ref=STRING, title=STRING, linked_at=MOMENT, linked_by=MAYBE)
)
WATCHING = shared("Watching", thing(watching=YES_NO))
COMMENT = shared("Comment", thing(id=UUID, text=STRING, author=MAYBE, written_at=MOMENT))


@lru_cache
def operations(register: Register) -> dict[str, Operation]:
    """The operations of a register, by the name of the action."""
    name = register.path.replace("-", "_")
    shape = record_serializer(register)
    query = {made.name: parameter(made) for made in filters(register).values()}
    sparse: dict[str, Shape] = {"fields": STRING}
    return {
        "index": Operation(f"{name}_list", shape, query={**query, **PAGED, **sparse}, paged=True),
        "create": Operation(
            f"{name}_create", shape, 201, request=shape, query=DRY, also={200: FORETOLD}, versioned=True
        ),
        "retrieve": Operation(f"{name}_retrieve", shape, query=sparse, versioned=True, also={304: None}),
        "update": Operation(f"{name}_update", shape, request=shape, query=DRY, versioned=True, guarded=True),
        "partial_update": Operation(
            f"{name}_partial_update", shape, request=shape, query=DRY, versioned=True, guarded=True
        ),
        "destroy": Operation(f"{name}_withdraw", None, 204, query={"note": STRING}, guarded=True),
        "steps": Operation(f"{name}_transitions_list", thing(results=several(STEP))),
        "step": Operation(
            f"{name}_transitions_create", shape, request=inputs.Step, versioned=True, guarded=True
        ),
        "undo": Operation(f"{name}_undo_create", shape, versioned=True, guarded=True),
        "past": Operation(
            f"{name}_history_list", CHANGE, query={"before": POSITION, "limit": PAGED["limit"]}, paged=True
        ),
        **_belongings(name),
    }


def parameter(made: Filter) -> Shape:
    """The JSON schema of a filter's parameter; most may be repeated."""
    return several(dict(made.schema)) if made.several else dict(made.schema)


def _belongings(name: str) -> dict[str, Operation]:
    return {
        "links": Operation(f"{name}_evidence_list", thing(results=several(LINK))),
        "link": Operation(f"{name}_evidence_create", LINK, 201, request=inputs.Speaks, also={200: LINK}),
        "unlink": Operation(f"{name}_evidence_destroy", None, 204),
        "comments": Operation(f"{name}_comments_list", thing(results=several(COMMENT))),
        "comment": Operation(f"{name}_comments_create", COMMENT, 201, request=inputs.Remark),
        "watching": Operation(f"{name}_watch_retrieve", WATCHING),
        "watch": Operation(f"{name}_watch_create", WATCHING),
        "unwatch": Operation(f"{name}_watch_destroy", None, 204),
    }
