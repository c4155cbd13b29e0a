"""A sweep as tables for spreadsheets: every point, what depends on what, the front, the corners, what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.results.product import Cell

Table = list[list[Cell]]


def sweep_tables(found: Mapping[str, Any], points: Table) -> dict[str, Table]:
    """Return the tables of a sweep: name → rows, the header first.

    Parameters
    ----------
    found
        What `sim.study.findings.findings` returns.
    points
        The table of its points, as `sim.study.table` makes it.
    """
    effects: Table = [
        [
            "measure",
            "method",
            "key",
            "alone",
            "alone_low",
            "alone_high",
            "in_all",
            "in_all_low",
            "in_all_high",
            "spread",
        ]
    ]
    for measure, told in found["sensitivity"].items():
        effects += [
            [measure, told["method"], one["key"], one["first"], *_ends(one["first_interval"]), one["total"],
             *_ends(one["total_interval"]), one["spread"]]
            for one in told.get("effects", ())
        ]  # fmt: skip
    front, keys = found["pareto"]["points"], [each["key"] for each in found["inputs"]]
    aims = [aim.lstrip("-") for aim in found["pareto"]["aims"]]
    unbeaten: Table = [["point", "run", *keys, *aims]]
    unbeaten += [
        [one["point"], one["run"], *(one["inputs"][key] for key in keys), *(one["outputs"][aim] for aim in aims)]
        for one in front
    ]
    corners: Table = [["measure", "sign", "bound", "key", "from", "to", "words", "coverage", "density"]]
    for one in found["corners"]:
        for key, limit in one["limits"].items():
            words = all(isinstance(end, str) for end in limit)
            ends: list[Cell] = [None, None, " or ".join(limit)] if words else [*limit, None]
            corners.append([one["key"], one["sign"], one["bound"], key, *ends, one["coverage"], one["density"]])
    failed: Table = [["kind", "message", "points", "first_point"]]
    failed += [[one["kind"], one["message"], one["count"], one["first"]] for one in found["failures"]["kinds"]]
    return {"points": points, "sensitivity": effects, "front": unbeaten, "corners": corners, "failures": failed}


def _ends(interval: Sequence[float] | None) -> list[Cell]:
    return [None, None] if interval is None else list(interval)
