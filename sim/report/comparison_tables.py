"""A comparison as tables for spreadsheets, numbers in full precision, a row a fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.ground.names import MEASURES
from sim.results.product import Cell

Table = list[list[Cell]]


def comparison_tables(document: Mapping[str, Any]) -> dict[str, Table]:
    """Return the tables of a comparison of one scenario or of several: name → rows, the header first.

    Parameters
    ----------
    document
        What `sim.study.compare.compare` returns.
    """
    each = document.get("scenarios") or {document["scenario"]: document}
    measures: Table = [
        ["scenario", "policy", "key", "unit", "mean", "ci95_low", "ci95_high", "diff", "diff_ci95_low",
         "diff_ci95_high", "rank", "won"]
    ]  # fmt: skip
    regret: Table = [["scenario", "policy", "mean_bn_cny", "ci95_low", "ci95_high", "share_of_bound", "on_front"]]
    why: Table = [["scenario", "policy", "measure", "by", "part", "value"]]
    bound: Table = [["scenario", "replication", "bound_bn_cny", "plan_bn_cny", "gap"]]
    runs: Table = [["scenario", "policy", "replication", "run"]]
    for name, one in each.items():
        for policy, cells in one["policies"].items():
            measures += [
                [name, policy, key, _unit(key), cell["mean"], *_ends(cell["ci95"]), cell["diff"],
                 *_ends(cell["diff_ci95"]), cell.get("rank"), cell.get("won")]
                for key, cell in cells.items()
            ]  # fmt: skip
        regret += [
            [name, policy, told["mean"], *_ends(told["ci95"]), told["share"], str(policy in one["pareto"]).lower()]
            for policy, told in one["regret"].items()
        ]
        why += [
            [name, policy, measure, way, part, value]
            for policy, told in one["attribution"].items()
            for measure, split in told.items()
            for way, parts in split["by"].items()
            for part, value in parts.items()
        ]
        bound += [
            [name, row["replication"], row["cost_bn_cny"], row["plan_bn_cny"], row["gap"]]
            for row in one["bound"]["by_replication"]
        ]
        runs += [[name, policy, float(at), run] for policy, ids in one["runs"].items() for at, run in enumerate(ids)]
    return {"measures": measures, "regret": regret, "attribution": why, "bound": bound, "runs": runs}


def _ends(interval: Any) -> list[Cell]:
    return [None, None] if interval is None else list(interval)


def _unit(key: str) -> str:
    """Return the unit of a measure of the nation or of a workload."""
    inner = key.split(".", 2)[2] if key.startswith("workload.") else key
    return MEASURES[inner].unit if inner in MEASURES else ""
