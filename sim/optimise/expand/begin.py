"""Where the search for a plan begins: every pool grows with its demand, every day is allowed its share."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array
from sim.optimise.expand.levers import asked
from sim.optimise.expand.master import Master
from sim.optimise.expand.rows import Rows
from sim.optimise.expand.solver import solved

SPARE = 1.25
"""Compute over mean demand with which a pool begins, peaks and the way to them included."""


def begin(master: Master) -> Array:
    """Return a plan that keeps every row and lies near proportional growth; [column of the master].

    Minimise Σ |K − K₀| over the pools' stocks, with K₀ the base's share of `SPARE` times the mean demand of the year,
    no less than what is there, and a little of the cost, which settles the rest.

    Parameters
    ----------
    master
        What can be built.

    Raises
    ------
    Infeasible, SolveError
        Where nothing keeps every row.
    """
    columns, rows = len(master.cost), master.rows
    wanted = _wanted(master)
    low, high = master.low.copy(), master.high.copy()
    for number in range(len(master.nodes)):
        for day in range(len(master.weights)):
            for place, measure in enumerate(master.measures):
                at = master.allowance(number, day)[place]
                if master.held(measure.target, number):
                    most = measure.year_most(master.nodes[number].year, asked(master.network).last)
                    low[at] = high[at] = most / float(master.weights.sum())
    near = Rows()
    for place, (column, amount) in enumerate(wanted):
        far = columns + 2 * place
        near.add(("near", str(column)), [column, far, far + 1], [1.0, -1.0, 1.0], amount, amount)
    many = 2 * len(wanted)
    matrix = sparse.vstack(
        [
            sparse.hstack([rows.matrix(columns), sparse.csc_matrix((len(rows.names), many))]),
            near.matrix(columns + many),
        ],
        format="csc",
    )
    scale = max(float(np.abs(master.cost).max()), 1e-12)
    point = solved(
        np.concatenate([1e-6 * master.cost / scale, np.ones(many)]),
        np.concatenate([low, np.zeros(many)]), np.concatenate([high, np.full(many, np.inf)]),
        matrix, np.array([*rows.lower, *near.lower]), np.array([*rows.upper, *near.upper]),
    )  # fmt: skip
    return point.values[:columns]


def _wanted(master: Master) -> list[tuple[int, float]]:
    """Return columns of stocks and what proportional growth makes of them."""
    network, stocks, found = master.network, master.levers.stocks, []
    mean = network["demand"].sum(axis=1).mean(axis=0) / 1e18
    pool = network["workload_pool"]
    for number, node in enumerate(master.nodes):
        for place, kind in enumerate(("general", "smart")):
            base = master.levers.base[stocks.at(kind)]
            asked = SPARE * float((mean * node.growth)[pool == place].sum())
            factor = max(asked / base.sum(), 1.0) if base.sum() > 0.0 else 1.0
            found += list(zip(master.stock(number)[stocks.at(kind)].tolist(), (factor * base).tolist(), strict=True))
    return found
