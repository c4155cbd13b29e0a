"""Scenario discovery: in which corner of what was varied the cases lie, in plain words (PRIM)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.ground.errors import UsageError

PEEL, LEAST = 0.05, 0.03
"""Share that is peeled off at a time, and the least share of all points that a box keeps."""
WORTH = 0.01
"""What a restriction must add to the density of a box to be told."""
_CONDITION = re.compile(r"\s*([\w.]+)\s*(<=|>=|<|>)\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*")


@dataclass(frozen=True)
class Condition:
    """A condition on a measure: ``pue > 1.45``."""

    key: str
    sign: str
    bound: float

    @classmethod
    def of(cls, text: str) -> Condition:
        """Return the condition that a text states.

        Raises
        ------
        UsageError
            Where it states none.

        Examples
        --------
        >>> Condition.of("pue > 1.45")
        Condition(key='pue', sign='>', bound=1.45)
        """
        match = _CONDITION.fullmatch(text)
        if match is None:
            raise UsageError(f"'{text}' is no condition; write a measure, a sign and a number, such as 'pue > 1.45'")
        return cls(match[1], match[2], float(match[3]))

    def holds(self, values: Array) -> BoolArray:
        """Return where it holds; [point]."""
        signs = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
        return np.asarray(signs[self.sign](values, self.bound))


@dataclass(frozen=True)
class Box:
    """A corner of what was varied.

    Attributes
    ----------
    limits
        By key: least and greatest number, None where it is open; or the words that are left.
    coverage
        Share of the cases that lie in it.
    density
        Share of its points that are cases.
    """

    limits: dict[str, tuple[float | None, float | None] | tuple[str, ...]]
    coverage: float
    density: float

    def words(self) -> str:
        """Return the corner in plain words.

        Examples
        --------
        >>> Box({"load": (None, 0.42), "share": (0.5, None), "policy": ("base", "local")}, 0.8, 0.9).words()
        'load <= 0.42 and share >= 0.5 and policy is base or local'
        """
        said = []
        for key, limit in self.limits.items():
            if all(isinstance(end, str) for end in limit):
                said.append(f"{key} is {' or '.join(map(str, limit))}")
            else:
                low, high = limit
                said += [f"{key} >= {low:.4g}"] if low is not None else []
                said += [f"{key} <= {high:.4g}"] if high is not None else []
        return " and ".join(said) or "anywhere"


def discover(inputs: dict[str, list[Any]], cases: BoolArray) -> Box:
    """Return the corner in which the cases lie.

    The patient rule induction method: from all points, again and again the slice is peeled off whose loss leaves the
    greatest density of cases, 5 % of the points at a time, down to 3 % of them. Of the boxes met, that with the
    greatest harmonic mean of coverage and density is taken; a limit without which the density stays within 0.01 is
    dropped.

    Parameters
    ----------
    inputs
        What was varied, by key; [point] each, numbers or words.
    cases
        [point], which are of interest.

    Raises
    ------
    UsageError
        Where no point is a case, or every one.

    References
    ----------
    J. H. Friedman and N. I. Fisher, Statistics and Computing 9 (1999) 123–143; for scenarios: B. P. Bryant and R. J.
    Lempert, Technological Forecasting and Social Change 77 (2010) 34–49, doi 10.1016/j.techfore.2009.08.002.
    """
    if not cases.any() or cases.all():
        what = "no" if not cases.any() else "every"
        raise UsageError(f"{what} point of the sweep is a case; move the bound of the condition")
    columns = {key: np.array(values) for key, values in inputs.items()}
    cuts: list[tuple[str, BoolArray]] = []
    inside, boxes = np.ones(len(cases), dtype=bool), []
    while True:
        boxes.append((inside, list(cuts)))
        best = _peel(columns, cases, inside)
        if best is None or cases[inside].all():
            break
        cuts.append(best)
        inside = inside & best[1]
    # Harmonic mean of hits/cases and hits/points: 2 hits/(cases + points).
    chosen = max(boxes, key=lambda box: cases[box[0]].sum() / (cases.sum() + box[0].sum()))
    return _told(columns, cases, _needed(cases, chosen[1]))


def _peel(columns: dict[str, Any], cases: BoolArray, inside: BoolArray) -> tuple[str, BoolArray] | None:
    """Return the key and the points that the best peel leaves; None where no peel leaves enough."""
    best, most = None, (float(cases[inside].mean()), 0)
    for key, values in columns.items():
        here = values[inside]
        if values.dtype.kind in "US":
            options = [values != word for word in np.unique(here)]
        else:
            low, high = np.quantile(here, [PEEL, 1.0 - PEEL])
            # Where many points share the end, they go together.
            options = [values > low if low == here.min() else values >= low]
            options.append(values < high if high == here.max() else values <= high)
        for kept in options:
            left = inside & kept
            score = (float(cases[left].mean()), int(left.sum())) if left.sum() >= LEAST * len(cases) else (-1.0, 0)
            if score > most and left.sum() < inside.sum():
                best, most = (key, kept), score
    return best


def _needed(cases: BoolArray, cuts: list[tuple[str, BoolArray]]) -> dict[str, BoolArray]:
    """Return by key the points that the cuts leave, without the keys that add next to nothing."""
    kept: dict[str, BoolArray] = {}
    for key, mask in cuts:
        kept[key] = kept[key] & mask if key in kept else mask
    for key in list(kept):
        others = [mask for name, mask in kept.items() if name != key]
        whole, without = _all(kept.values(), len(cases)), _all(others, len(cases))
        if cases[without].mean() >= cases[whole].mean() - WORTH:
            del kept[key]
    return kept


def _all(masks: Any, n: int) -> BoolArray:
    return np.asarray(np.logical_and.reduce([np.ones(n, dtype=bool), *masks]))


def _told(columns: dict[str, Any], cases: BoolArray, kept: dict[str, BoolArray]) -> Box:
    inside = _all(kept.values(), len(cases))
    limits: dict[str, Any] = {}
    for key, mask in kept.items():
        values = columns[key]
        here = values[mask]
        if values.dtype.kind in "US":
            limits[key] = tuple(str(word) for word in np.unique(here))
        else:
            low = float(here.min()) if here.min() > values.min() else None
            limits[key] = (low, float(here.max()) if here.max() < values.max() else None)
    return Box(limits, float(cases[inside].sum() / cases.sum()), float(cases[inside].mean()))
