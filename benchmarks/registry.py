"""What a benchmark case is, and how cases are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules


@dataclass(frozen=True)
class Table:
    """What a case has measured.

    Attributes
    ----------
    columns
        Headings.
    rows
        Cells as text.
    note
        Conditions that a reader must know.
    good
        Whether every row is within its tolerance.
    figure
        A picture of the rows as SVG, for the documentation; empty where there is none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    good: bool = True
    figure: str = ""

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        text = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
        return f"{text}\n\n{self.note}\n" if self.note else text + "\n"


@dataclass(frozen=True)
class Spec:
    """A benchmark case.

    Attributes
    ----------
    name
        As it is called on the command line.
    title
        One line: what it measures.
    run
        Measures and returns the table.
    """

    name: str
    title: str
    run: Callable[[], Table]


def cases() -> dict[str, Spec]:
    """Return the cases by name, in the order of their files."""
    folder = import_module("benchmarks.cases")
    specs = [import_module(f"benchmarks.cases.{info.name}").SPEC for info in iter_modules(folder.__path__)]
    return {spec.name: spec for spec in sorted(specs, key=lambda spec: (spec.name != "report_baselines", spec.name))}
