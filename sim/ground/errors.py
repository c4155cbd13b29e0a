"""The errors that a user may meet: where it is, what was found, what is allowed, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True, order=True)
class Origin:
    """Where a value was written: file, line and column, counted from 1 (0 = not known)."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``file:line:column`` without the parts that are not known."""
        parts = [self.file or "scenario"]
        if self.line:
            parts.append(str(self.line))
        if self.line and self.column:
            parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, with its place."""

    origin: Origin
    message: str

    def __str__(self) -> str:
        """Return one line: ``file:line:column: message``."""
        return f"{self.origin}: {' '.join(self.message.split())}"


class SimError(Exception):
    """Base of every error that a user may meet."""

    def details(self) -> dict[str, Any]:
        """Return what a document tells beside the text."""
        return {}


class UsageError(SimError):
    """A command or call asks for what does not fit together, whatever the scenario says."""


class ScenarioError(SimError):
    """A scenario, nation or series file is wrong; carries every problem found."""

    def __init__(self, problems: Iterable[Problem] | str, origin: Origin | None = None) -> None:
        """Keep the problems, sorted by place and without repeats.

        Parameters
        ----------
        problems
            The problems found, or the text of a single one.
        origin
            Place of the single problem.
        """
        found = [Problem(origin or Origin(), problems)] if isinstance(problems, str) else list(problems)
        self.problems: tuple[Problem, ...] = tuple(sorted(set(found)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PluginError(SimError):
    """A registered name is missing, met twice, or breaks its contract."""


class SolveError(SimError):
    """The solver found no plan; the message names the tight constraints."""

    def __init__(self, text: str, infeasible: Iterable[dict[str, Any]] = ()) -> None:
        """Keep the text and what cannot be met.

        Parameters
        ----------
        text
            The message.
        infeasible
            What cannot be met, an entry each.
        """
        self.infeasible = list(infeasible)
        super().__init__(text)

    def details(self) -> dict[str, Any]:
        """Return what cannot be met as ``infeasible``."""
        return {"infeasible": self.infeasible} if self.infeasible else {}


class ResultsError(SimError):
    """A results folder is missing, damaged or cannot be written."""


class InvariantError(SimError):
    """Energy, work or bits are not conserved: our bug; names the epoch and the balance."""


def did_you_mean(word: str, allowed: Iterable[str], most: int = 8) -> str:
    """Return a hint of the nearest allowed words, or the list of what is allowed.

    Parameters
    ----------
    word
        What was found.
    allowed
        What may stand there.
    most
        Longest list that is printed in full.

    Returns
    -------
    str
        A clause that begins with ``; ``, or an empty string where nothing is allowed.

    Examples
    --------
    >>> did_you_mean("guian", ["gui_an", "qingyang"])
    "; did you mean 'gui_an'?"
    >>> did_you_mean("x", ["fluid", "events"])
    "; allowed: 'events', 'fluid'"
    """
    choices = sorted(set(allowed))
    close = get_close_matches(word, choices, n=2, cutoff=0.6)
    if close:
        return "; did you mean " + " or ".join(f"'{choice}'" for choice in close) + "?"
    if not choices:
        return ""
    shown = ", ".join(f"'{choice}'" for choice in choices[:most])
    return f"; allowed: {shown}" + (f" and {len(choices) - most} more" if len(choices) > most else "")
