"""What it is worth to plan for several futures at once, and what it would be worth to know which of them comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sim.ground.arrays import Array
from sim.optimise.expand.levers import asked
from sim.optimise.expand.master import Master, Node
from sim.optimise.expand.solver import Infeasible

Solve = Callable[[Master], tuple[float, Array]]
"""Returns the least cost of a master, M CNY, and its values."""


def worth(master: Master, objective: float, solve: Solve) -> dict[str, Any] | None:
    """Return the value of the stochastic solution and of perfect information; None with fewer than two futures.

    - RP, the plan: builds are common until the common year, then each future has its own.
    - EEV: builds until then are those that the mean future alone asks for, and each future makes do with them.
      EEV − RP is what it is worth to plan for all of them.
    - WS: every future is planned for alone, from the first year. RP − WS is what knowing would be worth.

    Parameters
    ----------
    master
        Of the plan, with all futures.
    objective
        RP, M CNY.
    solve
        How masters are solved.

    Returns
    -------
    dict
        bn CNY: ``plan``, ``mean_first`` and ``value`` (null where the mean future's builds leave a future without a
        plan), ``known`` and ``value_of_knowing``.

    References
    ----------
    J. R. Birge (1982), Mathematical Programming 24, doi 10.1007/BF01585113.
    """
    names = list(dict.fromkeys(node.future for node in master.nodes))
    if len(names) < 2:
        return None
    known = sum(solve(_over(master, [node for node in master.nodes if node.future == name]))[0] for name in names)
    _, values = solve(_over(master, mean(master.nodes)))
    fixed = _over(master, master.nodes)
    _hold(fixed, values, asked(master.network).common or master.nodes[0].year)
    try:
        first: float | None = solve(fixed)[0]
    except Infeasible:
        first = None
    return {
        "plan": objective / 1e3, "mean_first": None if first is None else first / 1e3,
        "value": None if first is None else (first - objective) / 1e3, "known": known / 1e3,
        "value_of_knowing": (objective - known) / 1e3,
    }  # fmt: skip


def mean(nodes: list[Node]) -> list[Node]:
    """Return the mean future: growth of demand and factors on cost weighted by the futures."""
    found = []
    for year in dict.fromkeys(node.year for node in nodes):
        here = [node for node in nodes if node.year == year]
        total = sum(node.weight for node in here)
        growth = sum((node.weight / total * node.growth for node in here), np.zeros_like(here[0].growth))
        capital = sum((node.weight / total * node.capital for node in here), np.zeros_like(here[0].capital))
        found.append(replace(here[0], future="", weight=total, growth=growth, capital=capital))
    return found


def _over(master: Master, nodes: list[Node]) -> Master:
    """Return the same question over other nodes."""
    return Master(nodes, master.levers, master.measures, master.weights, master.network, master.budget)


def _hold(master: Master, values: Array, until: int) -> None:
    """Hold the builds until a year at those of the mean future, whose nodes come year by year."""
    years = list(dict.fromkeys(node.year for node in master.nodes))
    builds = len(master.levers)
    for number, node in enumerate(master.nodes):
        if node.year <= until:
            at, first = master.build(number), years.index(node.year) * builds
            given = np.clip(values[first : first + builds], 0.0, master.high[at])
            master.low[at] = master.high[at] = given
