"""The published figures of a nation beside those of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.ground.names import MEASURES, flat
from sim.results.schema import Results

_YEAR_H = 8760.0
# Measures in these units grow with the length of the run; a published figure of theirs is that of a year.
_OF_A_YEAR = ("TWh", "Mt", "bn CNY")


@dataclass(frozen=True)
class Published:
    """A published figure and the run's own.

    Attributes
    ----------
    row
        The row of the nation's table.
    key
        Measure that answers it; empty where the model has none.
    group, item
        What it is about: ``centre`` and an id, say; both empty for the nation.
    ours, figure
        The run's value and the published one, in one unit; None where there is none.
    role
        ``input``, ``calibrated``, ``predicted`` or ``context``.
    comparable
        Whether the run covers the period of the figure.
    """

    row: Mapping[str, Any]
    key: str
    group: str
    item: str
    ours: float | None
    figure: float | None
    role: str
    comparable: bool

    @property
    def difference(self) -> float | None:
        """Return ours over the published figure, less 1; None where they do not compare."""
        if self.ours is None or not self.figure or not self.comparable:
            return None
        return self.ours / self.figure - 1.0

    @property
    def tolerance(self) -> float | None:
        """Return the relative tolerance that the table allows; None where it allows none."""
        text = str(self.row.get("tolerance", ""))
        return float(text) if text else None

    @property
    def agrees(self) -> bool | None:
        """Return whether ours is what was published, within the tolerance; None where that is not asked."""
        difference, tolerance = self.difference, self.tolerance
        if difference is None or tolerance is None or self.role == "context":
            return None
        room, comparison = tolerance + 1e-9, str(self.row.get("comparison", "="))
        if comparison.startswith(">"):
            return difference >= -room
        return difference <= room if comparison.startswith("<") else abs(difference) <= room


def published(results: Results) -> list[Published]:
    """Return every published figure of the nation, in the order of its table.

    Parameters
    ----------
    results
        A run; `meta["report_figures"]` holds the rows.

    Returns
    -------
    list of Published
        Figures that no measure answers have no `key` and the role ``context``.
    """
    return [_one(results, row) for row in results.meta.get("report_figures", [])]


def of_nation(results: Results, key: str) -> Published | None:
    """Return the published figure of a measure of the nation, None where there is none."""
    return next((found for found in published(results) if found.key == key and not found.group), None)


def number(text: Any) -> float | None:
    """Return the number that a cell holds; None for text and for nothing."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _one(results: Results, row: Mapping[str, Any]) -> Published:
    key, scope = str(row.get("kpi", "")), str(row.get("scope", "nation"))
    group = next((name for name, items in results.by.items() if scope in items), "")
    values = flat(results.by[group][scope] if group else results.kpi)
    if key not in values or (not group and scope != "nation"):
        return Published(row, "", "", "", None, number(row.get("value")), str(row.get("role", "context")), True)
    of_a_year = key in MEASURES and MEASURES[key].unit in _OF_A_YEAR
    year = abs(float(results.meta.get("horizon_h", _YEAR_H)) / _YEAR_H - 1.0) < 0.01
    role = str(row.get("role") or MEASURES[key].kind)
    ours = number(values[key])
    return Published(
        row, key, group, scope if group else "", ours, number(row.get("value")), role, year or not of_a_year
    )
