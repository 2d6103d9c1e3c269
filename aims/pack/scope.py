"""What a pack is about: codes of the catalogue, and which lines and registers they bring in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from aims.catalogue import Line, Place, edition
from aims.records.registry import Register, registers
from aims.records.registry import register as register_at

TOPS = ("4", "5", "6", "7", "8", "9", "10", "A")
APPLICABILITY = "control-implementations"
# shown with the lines, shown as a list of files, and what auditors write for themselves alone: nobody else reads it
KEPT_APART = frozenset({"answers", "evidence", "working-notes"})


def spelled_out(codes: Iterable[str]) -> list[str]:
    """The codes with each top clause replaced by the leaves or areas under it; all of them together become none."""
    wanted = list(dict.fromkeys(codes))
    if set(TOPS) <= set(wanted):
        return []
    return list(dict.fromkeys(code for one in wanted for code in _leaves(one)))


def _leaves(code: str) -> list[str]:
    return [place.code for place in edition().workspaces(code)] if code in TOPS else [code]


@dataclass(frozen=True)
class Scope:
    """The codes of a pack; none means everything."""

    codes: tuple[str, ...]

    @cached_property
    def lines(self) -> dict[str, Line]:
        """The lines in scope by their code, in the order of the standard."""
        every = edition().lines()
        if not self.codes:
            return {line.code: line for line in every}
        chosen = {line.code for code in self.codes for line in edition().lines_of(code)}
        return {line.code: line for line in every if line.code in chosen}

    @cached_property
    def tops(self) -> tuple[str, ...]:
        """The top clauses that have lines in scope, `A` last."""
        present = {edition().top(code) for code in self.lines}
        return tuple(top for top in TOPS if top in present)

    def places(self, top: str) -> list[tuple[Place, list[Line]]]:
        """The leaves or areas of a top clause with their lines in scope."""
        found = []
        for place in edition().workspaces(top):
            if lines := [line for line in self.lines.values() if line.workspace == place.code]:
                found.append((place, lines))
        return found

    def registers(self, top: str) -> list[Register]:
        """The registers that are told about in the chapter of a top clause."""
        return [register for register in registers() if self.chapter(register) == top]

    @cached_property
    def every(self) -> list[Register]:
        """All registers in scope; with controls also the Statement of Applicability."""
        found = [register for register in registers() if self.chapter(register) in self.tops]
        applicability = register_at(APPLICABILITY)
        if "A" in self.tops and applicability and applicability not in found:
            found.append(applicability)
        return found

    def chapter(self, register: Register) -> str:
        """The chapter of a register: its own clause, or the first one in scope that it answers; empty when out of scope."""
        if register.path in KEPT_APART or not register.answers:
            return ""
        if not self.codes:
            return register.clause
        served = [edition().top(code) for code in self.lines if serves(register, code)]
        return register.clause if register.clause in served else next(iter(served), "")


def serves(register: Register, code: str) -> bool:
    """Whether a register's records answer a line, the place where it stands, or something below."""
    workspace = edition().line(code).workspace
    return register.serves(code) or register.serves(workspace) or any(a == code for a in register.answers)


def touches(scope: Scope, code: str) -> bool:
    """Whether a clause or control, or something below or above it, is in scope; what names none is in whole packs only."""
    if not scope.codes:
        return True
    below = (f"{code}.", f"{code}-")
    return bool(code) and any(
        code in (line, found.workspace) or line.startswith(below) for line, found in scope.lines.items()
    )


def in_words(codes: Sequence[str]) -> str:
    """The codes as a reader sees them, whole top clauses as one."""
    left = list(codes)
    said = []
    for top in TOPS:
        leaves = _leaves(top)
        if set(leaves) <= set(left):
            said.append(top)
            left = [code for code in left if code not in leaves]
    return ", ".join([*said, *left])
