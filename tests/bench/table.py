"""The result of a run as a Markdown table: what was measured, what is wanted, what it was."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One measurement. `most` and `least` are its limits in the same unit; one of them is None."""

    what: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the value is within its limits."""
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def wanted(self) -> str:
        """The limits in words."""
        least = f"≥ {number(self.least)}{self.unit}" if self.least is not None else ""
        return least or (f"≤ {number(self.most)}{self.unit}" if self.most is not None else "")

    def __str__(self) -> str:
        value = f"**{number(self.value)}{self.unit}**" + ("" if self.holds else " (missed)")
        return f"| {self.what} | {self.wanted} | {value} | {self.detail} |"


def number(value: float | None) -> str:
    """Whole numbers without a point, others with two digits behind it."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{value:.2f}"


@dataclass
class Table:
    """The lines so far; each is printed when it is there, so that a run that breaks has said what it knew."""

    lines: list[Line] = field(default_factory=list)

    def head(self) -> None:
        """The heading."""
        print("| What | Wanted | Measured | Of |\n| --- | --- | --- | --- |", flush=True)

    def add(self, line: Line) -> None:
        """One more line."""
        self.lines.append(line)
        print(line, flush=True)

    @property
    def missed(self) -> list[str]:
        """What is outside its limits."""
        return [line.what for line in self.lines if not line.holds]
