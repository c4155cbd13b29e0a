"""What a sweep found, whole, as one document: ranges, what depends on what, surfaces, fronts, corners, failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import UsageError
from sim.study.archive import Archive
from sim.study.axes import column
from sim.study.base import read as read_base
from sim.study.choices import aims as costs_of
from sim.study.choices import front, robustness
from sim.study.discovery import Condition, discover
from sim.study.sensitivity import sensitivity

MEASURES = (
    "cost_bn_cny.total", "cost_bn_cny.energy", "emissions_mt.location", "pue", "green_share.hourly", "served_share",
    "deadline_missed_share",
)  # fmt: skip
"""Measures that are told unless somebody asks for others."""
CHANCE = "run.replication"
"""The axis of replications."""
AIMS = ("cost_bn_cny.total", "emissions_mt.location")
_MORE = ("green_share", "served", "availability")
"""Beginnings of measures of which more is better."""
_WORST, _LINES, _CELLS, _DISTINCT, _FRONT = 0.25, 600, 10, 30, 200
"""Share that is worst, lines drawn, bins of an axis, values that need no bins, points told of a front."""


def findings(
    archive: Archive,
    *,
    keys: Sequence[str] = (),
    condition: str | None = None,
    aims: Sequence[str] = (),
    robust: str | None = None,
    levers: Sequence[str] = (),
) -> dict[str, Any]:
    """Return all that is told of a sweep; numbers and ids, in no language.

    Parameters
    ----------
    archive
        The sweep; where points failed or are missing, of those that are known.
    keys
        Measures to tell of; those of `MEASURES` that vary by default.
    condition
        What makes a point a case; by default the worst quarter of every measure.
    aims
        Measures of the front, a ``-`` before one of which more is better; cost and emissions by default.
    robust, levers
        Measure, and the axes that somebody decides.

    Returns
    -------
    dict
        ``id``, ``code``, ``points``, ``known``, ``failures``, ``inputs``, ``measures``, ``sensitivity``, ``surfaces``,
        ``lines``, ``pareto``, ``corners``, ``robustness``, ``base``.

    Raises
    ------
    UsageError
        Where what was asked for does not fit the sweep.
    """
    everything = archive.inputs()
    # Chance is nothing that somebody chose; where it is all that was varied, it is told of all the same.
    inputs = {key: values for key, values in everything.items() if key != CHANCE} or everything
    told = _measures(archive, keys)
    effects = {key: _effects(archive, key) for key in told} if archive.whole else {}
    return {
        "id": archive.folder.name.removeprefix("sweep-"), "code": archive.code, "points": archive.design.points,
        "known": len(archive.rows), "failures": _failures(archive), "sample": archive.sample,
        "inputs": _inputs(archive, everything),
        "measures": {key: _range(archive.output(key)) for key in told},
        "sensitivity": effects,
        "surfaces": [_surface(inputs, archive.output(key), key, effects.get(key, {})) for key in told],
        "lines": _lines(inputs, {key: archive.output(key) for key in told}),
        "pareto": _pareto(archive, everything, aims or [key for key in AIMS if key in told]),
        "corners": _corners(archive, inputs, told, condition),
        "robustness": [asdict(one) for one in robustness(archive, robust, list(levers))] if robust else [],
        "robust": (robust or "").lstrip("-"),
        "base": read_base(archive.folder),
    }  # fmt: skip


def _measures(archive: Archive, keys: Sequence[str]) -> list[str]:
    """Return the measures to tell of: those asked for, else those that are numbers everywhere and vary."""
    if keys:
        return [key for key in keys if len(archive.output(key))]
    found = []
    for key in MEASURES:
        values = [row.kpi.get(key) for row in archive.rows]
        if all(isinstance(value, int | float) for value in values) and len(set(values)) > 1:
            found.append(key)
    return found


def _range(values: Array) -> dict[str, float]:
    ends = np.quantile(values, [0.0, 0.25, 0.5, 0.75, 1.0])
    return dict(zip(("least", "lower", "median", "upper", "most"), ends.tolist(), strict=True))


def _inputs(archive: Archive, inputs: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return what was varied, a row a key: short name, key, unit, and the values that it took."""
    first = next(archive.design.settings())
    found = []
    for key, values in inputs.items():
        meant = archive.design.meant(key)
        distinct = sorted(dict.fromkeys(values), key=lambda value: (isinstance(value, str), value))
        shown = column(meant, [first[meant]], key)
        told = distinct if len(distinct) <= _DISTINCT else [distinct[0], distinct[-1]]
        found.append(
            {"key": key, "meant": meant, "unit": shown.unit, "values": told, "count": len(distinct),
             "drawn": len(distinct) > _DISTINCT}
        )  # fmt: skip
    return found


def _effects(archive: Archive, key: str) -> dict[str, Any]:
    """Return what a measure depends on, or why that cannot be said."""
    try:
        method, effects = sensitivity(archive, key)
    except UsageError as error:
        return {"refused": str(error)}
    return {"method": method, "effects": [asdict(effect) for effect in effects]}


def _binned(values: list[Any]) -> tuple[list[Any], IntArray]:
    """Return the steps of an axis and which of them each point is at; many numbers are put into bins of equal width."""
    if any(isinstance(value, str) for value in values):
        words, at = np.unique([str(value) for value in values], return_inverse=True)
        return words.tolist(), np.asarray(at)
    numbers = np.array(values, dtype=np.float64)
    steps, at = np.unique(numbers, return_inverse=True)
    if len(steps) <= _DISTINCT:
        return steps.tolist(), np.asarray(at)
    edges = np.linspace(numbers.min(), numbers.max(), _CELLS + 1)
    at = np.clip(np.digitize(numbers, edges) - 1, 0, _CELLS - 1)
    return (0.5 * (edges[1:] + edges[:-1])).tolist(), np.asarray(at)


def _surface(inputs: dict[str, list[Any]], values: Array, key: str, effects: dict[str, Any]) -> dict[str, Any]:
    """Return the mean of a measure over the two keys on which it depends most; over one where there is one."""
    ranked = [effect["key"] for effect in effects.get("effects", ())]
    order = [*(name for name in ranked if name in inputs), *(name for name in inputs if name not in ranked)]
    x, y = order[0], (order[1] if len(order) > 1 else None)
    across, i = _binned(inputs[x])
    along, j = _binned(inputs[y] if y else [""] * len(values))
    sums, counts = np.zeros((len(along), len(across))), np.zeros((len(along), len(across)))
    np.add.at(sums, (j, i), values)
    np.add.at(counts, (j, i), 1.0)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0.0)
    cells = [[float(cell) if np.isfinite(cell) else None for cell in row] for row in means]
    return {"key": key, "x": x, "y": y, "across": across, "along": along, "cells": cells}


def _lines(inputs: dict[str, list[Any]], outputs: dict[str, Array]) -> dict[str, Any]:
    """Return points evenly taken from all, with what was varied and what came out."""
    n = len(next(iter(inputs.values())))
    taken = np.unique(np.linspace(0, n - 1, min(n, _LINES)).round().astype(np.int64)).tolist()
    return {
        "taken": taken,
        "inputs": {key: [values[at] for at in taken] for key, values in inputs.items()},
        "outputs": {key: [float(values[at]) for at in taken] for key, values in outputs.items()},
    }


def _pareto(archive: Archive, inputs: dict[str, list[Any]], aims: Sequence[str]) -> dict[str, Any]:
    """Return the points that nothing beats, best in the first aim first."""
    if len(aims) < 2:
        return {"aims": list(aims), "count": 0, "points": []}
    costs = costs_of(archive, list(aims))
    order = sorted(front(costs).tolist(), key=lambda at: tuple(costs[at]))
    names = [aim.lstrip("-") for aim in aims]
    points = [
        {"point": archive.rows[at].point, "run": archive.rows[at].run,
         "inputs": {key: inputs[key][at] for key in inputs},
         "outputs": {name: archive.rows[at].kpi[name] for name in names}}
        for at in order[:_FRONT]
    ]  # fmt: skip
    return {"aims": list(aims), "count": len(order), "points": points}


def _corners(
    archive: Archive, inputs: dict[str, list[Any]], keys: Sequence[str], condition: str | None
) -> list[dict[str, Any]]:
    """Return in which corner of what was varied the cases lie, for one condition or for the worst quarters."""
    if condition is not None:
        asked = Condition.of(condition)
        return [_corner(archive, inputs, asked, False)]
    found = []
    for key in keys:
        more = key.startswith(_MORE)
        bound = float(np.quantile(archive.output(key), _WORST if more else 1.0 - _WORST))
        try:
            found.append(_corner(archive, inputs, Condition(key, "<" if more else ">", bound), True))
        except UsageError:
            continue  # Too many points are equal for a worst quarter.
    return found


def _corner(archive: Archive, inputs: dict[str, list[Any]], asked: Condition, worst: bool) -> dict[str, Any]:
    cases = asked.holds(archive.output(asked.key))
    box = discover(inputs, cases)
    return {
        "key": asked.key, "sign": asked.sign, "bound": asked.bound, "worst": worst, "cases": int(cases.sum()),
        "limits": {key: list(limit) for key, limit in box.limits.items()}, "coverage": box.coverage,
        "density": box.density,
    }  # fmt: skip


def _failures(archive: Archive) -> dict[str, Any]:
    """Return how many points failed, and why, the most frequent first; with one of the points each."""
    told: dict[tuple[str, str], list[int]] = {}
    for row in archive.failed:
        told.setdefault(row.error, []).append(row.point)
    kinds = sorted(told.items(), key=lambda item: -len(item[1]))
    return {
        "count": len(archive.failed), "missing": archive.design.points - len(archive.rows) - len(archive.failed),
        "kinds": [
            {"kind": kind, "message": text, "count": len(points), "first": points[0]}
            for (kind, text), points in kinds[:20]
        ],
    }  # fmt: skip
