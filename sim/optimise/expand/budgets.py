"""What a plan costs with other budgets: found again from the cuts that are known, smallest first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sim.optimise.expand.benders import Found
from sim.optimise.expand.master import Master
from sim.optimise.expand.solver import Infeasible

Find = Callable[[Master], Found]
"""Returns the plan of a master."""


def sweep(master: Master, budgets: tuple[float, ...], find: Find) -> list[dict[str, Any]]:
    """Return the cost of the plan for each of several budgets, ascending.

    A day's program knows nothing of money, so its cuts hold under any budget and each plan starts where the last one
    ended. What can be paid with a small budget can be paid with a larger one: no plan is dearer than that before it.

    Parameters
    ----------
    master
        Of the plan.
    budgets
        Most capital of a year, bn CNY.
    find
        How a plan is found.

    Returns
    -------
    list of dict
        ``budget_bn_cny``, ``objective`` and ``bound`` (bn CNY, null where no plan keeps every target), ``gap``,
        ``rounds`` (how often the master was solved), ``seconds``.
    """
    told: list[dict[str, Any]] = []
    best: float | None = None
    for budget in sorted(set(budgets)):
        began = time.perf_counter()
        other = Master(master.nodes, master.levers, master.measures, master.weights, master.network, budget)
        row: dict[str, Any] = {"budget_bn_cny": budget, "objective": None, "bound": None, "gap": None, "rounds": 0}
        try:
            found = find(other)
        except Infeasible:
            pass
        else:
            best = found.objective if best is None else min(best, found.objective)
            row |= {"objective": best / 1e3, "bound": min(found.bound, best) / 1e3, "rounds": found.rounds}
            row["gap"] = max(best - found.bound, 0.0) / max(abs(best), 1e-12)
        told.append(row | {"seconds": round(time.perf_counter() - began, 3)})
    return told
