"""Policy targets: which a run meets, which it misses, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.ground.names import flat
from sim.report.published import number
from sim.results.schema import Results


@dataclass(frozen=True)
class Ours:
    """A value of the run that a target speaks of; `group` and `item` are empty for the nation."""

    group: str
    item: str
    value: float


@dataclass(frozen=True)
class Target:
    """A target beside the run.

    Attributes
    ----------
    row
        The row of the nation's table.
    key
        Measure that it speaks of; empty where the model has none.
    limit
        The value asked for; None where it is no number.
    upward
        Whether it asks for at least the limit, else at most.
    values
        What the run has for it: one value, or one for every hub or cluster of the scope; worst first.
    verdict
        ``met``, ``missed`` or ``unjudged``.
    met
        How many of the values meet it.
    """

    row: Mapping[str, Any]
    key: str
    limit: float | None
    upward: bool
    values: tuple[Ours, ...]
    verdict: str
    met: int

    @property
    def gap(self) -> float | None:
        """Return the worst value less the limit; None where there is no verdict."""
        return None if self.verdict == "unjudged" or self.limit is None else self.values[0].value - self.limit

    def later(self, end: str) -> bool:
        """Return whether the deadline, where it is a date, lies after the end of the run (ISO)."""
        deadline = str(self.row.get("deadline", ""))[:10]
        return deadline[:4].isdigit() and deadline > end[: len(deadline)]


def judge(results: Results) -> list[Target]:
    """Return every target of the nation with its verdict, in the order of the table.

    A target counts as met where every hub or cluster of its scope meets it.  ``=`` is read as a level to
    be reached, at least.

    Parameters
    ----------
    results
        A run; `meta["targets"]` holds the rows.

    Returns
    -------
    list of Target
        Unjudged where the table says so, or where the run has no such value.
    """
    return [_one(results, row) for row in results.meta.get("targets", [])]


def _one(results: Results, row: Mapping[str, Any]) -> Target:
    comparison, limit = str(row.get("comparison", ">=")), number(row.get("value"))
    key = str(row.get("kpi", ""))
    upward = not comparison.startswith("<")
    values = sorted(_values(results, row, key), key=lambda found: (found.value if upward else -found.value, found.item))
    met = 0 if limit is None else sum(_meets(found.value, comparison, limit) for found in values)
    judged = row.get("judged", "yes") == "yes" and limit is not None and bool(values)
    verdict = ("met" if met == len(values) else "missed") if judged else "unjudged"
    return Target(row, key if values else "", limit, upward, tuple(values), verdict, met)


def _meets(value: float, comparison: str, limit: float) -> bool:
    """Return whether a value keeps a limit; rounding does not break one that may be touched."""
    room = 1e-9 * max(abs(limit), 1e-9)
    strict = {">": value > limit, "<": value < limit}
    if comparison in strict:
        return strict[comparison]
    return value <= limit + room if comparison == "<=" else value >= limit - room


def _values(results: Results, row: Mapping[str, Any], key: str) -> list[Ours]:
    """Return what the run has for a target; the nation's value where its hubs or clusters have none."""
    kind = str(row.get("kpi_scope", "nation"))
    group = "centre" if kind == "cluster" else kind
    items = list(results.by.get(group, {}))
    if kind == "cluster":
        items = [item for item in items if results.meta.get("kind_of", {}).get(item) == "cluster"]
    named = [item.strip() for item in str(row.get("scope", "")).split(";")]
    if set(named) <= set(items):
        items = named
    found = []
    for item in items:
        value = flat(results.by[group][item]).get(key)
        if isinstance(value, float):
            found.append(Ours(group, item, value))
    whole = flat(results.kpi).get(key)
    return found if found or not isinstance(whole, float) else [Ours("", "", whole)]
