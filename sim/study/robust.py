"""Policies over several scenarios: a league, and what a cautious planner makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Document = Mapping[str, Any]
COST = "cost_bn_cny.total"


def league(scenarios: Mapping[str, Document]) -> list[dict[str, Any]]:
    """Return the policies by their mean rank of total cost over scenarios, the best first.

    Parameters
    ----------
    scenarios
        Name → comparison, of the same policies.

    Returns
    -------
    list of dict
        ``policy``, ``mean_rank``, ``first`` (scenarios in which it ranks first), ``regret_share`` and
        ``emissions_share``: means over the scenarios of cost above the bound, and of emissions above the first policy,
        as shares.
    """
    rows = []
    for name in _policies(scenarios):
        cells = [document["policies"][name] for document in scenarios.values()]
        starts = [next(iter(document["policies"].values())) for document in scenarios.values()]
        ranks = [cell[COST]["rank"] for cell in cells]
        emitted = [
            _share(cell["emissions_mt.location"]["diff"], start["emissions_mt.location"]["mean"])
            for cell, start in zip(cells, starts, strict=True)
        ]
        row = {"policy": name, "mean_rank": float(np.mean(ranks)), "first": ranks.count(1)}
        shares = [document["regret"][name]["share"] for document in scenarios.values()]
        rows.append(row | {"regret_share": float(np.mean(shares)), "emissions_share": float(np.mean(emitted))})
    return sorted(rows, key=lambda row: float(row["mean_rank"]))


def robustness(scenarios: Mapping[str, Document], within: float) -> dict[str, Any]:
    """Return who does best where the worst comes, over scenarios whose odds nobody knows.

    Parameters
    ----------
    scenarios
        Name → comparison, of the same policies.
    within
        Share above the bound up to which a replication's cost is good enough.

    Returns
    -------
    dict
        ``policies``: name → ``worst_cost_bn_cny`` and ``worst_regret_bn_cny`` with the scenarios of each, and
        ``satisficing_share``, of all replications of all scenarios those that are good enough; ``maximin``,
        ``minimax_regret`` and ``satisficing``, the policies that are best by each.

    References
    ----------
    A. Wald, "Statistical Decision Functions" (1950); L. J. Savage, "The Theory of Statistical Decision", JASA 46 (1951)
    55-67; M. K. Starr, "Product Design and Decision Theory" (1963), for the share in which a goal is met.
    """
    found: dict[str, dict[str, Any]] = {}
    for name in _policies(scenarios):
        costs = {key: document["policies"][name][COST]["mean"] for key, document in scenarios.items()}
        regrets = {key: document["regret"][name]["mean"] for key, document in scenarios.items()}
        good = [
            regret <= within * bound["cost_bn_cny"]
            for document in scenarios.values()
            for regret, bound in zip(
                document["regret"][name]["by_replication"], document["bound"]["by_replication"], strict=True
            )
        ]
        worst, sorry = max(costs, key=costs.__getitem__), max(regrets, key=regrets.__getitem__)
        found[name] = {
            "worst_cost_bn_cny": costs[worst], "worst_cost_scenario": worst,
            "worst_regret_bn_cny": regrets[sorry], "worst_regret_scenario": sorry,
            "satisficing_share": float(np.mean(good)),
        }  # fmt: skip
    return {
        "within": within,
        "policies": found,
        "maximin": min(found, key=lambda name: float(found[name]["worst_cost_bn_cny"])),
        "minimax_regret": min(found, key=lambda name: float(found[name]["worst_regret_bn_cny"])),
        "satisficing": max(found, key=lambda name: float(found[name]["satisficing_share"])),
    }


def _policies(scenarios: Mapping[str, Document]) -> list[str]:
    return list(next(iter(scenarios.values()))["policies"])


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
