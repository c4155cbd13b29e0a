"""Routings that share capacity, by column generation: the least cost, exactly, with its bound."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import SolveError
from sim.optimise.routings import Routings

NOISE = 1e-12
"""Saving, of what a commodity costs, below which a routing is not worth adding."""
ENOUGH = 1e-9
"""Overflow that counts as none; flows are scaled to about 1."""
_OPTIONS: dict[str, str | int | float | bool] = {
    "output_flag": False,
    "threads": 1,
    "presolve": "off",
    "simplex_strategy": 4,
    "primal_feasibility_tolerance": 1e-10,
    "dual_feasibility_tolerance": 1e-10,
}


@dataclass(frozen=True)
class Capacity:
    """What the ways of a network offer, and at what cost.

    Attributes
    ----------
    row
        [way], number of the capacity that it draws on.
    there
        [row], capacity that is there.
    cost
        [way], per unit of flow.
    gain
        [row, purchase], capacity that a unit of a purchase adds.
    price
        [purchase], cost of a unit.
    choice
        [choice, purchase], 1 where a purchase is one of those that together come to 1 at most.
    """

    row: IntArray
    there: Array
    cost: Array
    gain: sparse.csc_matrix
    price: Array
    choice: sparse.csc_matrix


@dataclass(frozen=True)
class Routing:
    """The least cost of a routing.

    Attributes
    ----------
    value
        The objective.
    proven
        What no routing can be below, from the prices of capacity alone.
    load
        [way], flow.
    rounds, columns
        How often prices were set, and how many routings were weighed.
    """

    value: float
    proven: float
    load: Array
    rounds: int
    columns: int


def least_cost(routings: Routings, capacity: Capacity, length: Array) -> Routing | None:
    """Return the least cost at which every commodity is carried; None where capacity does not suffice.

    Minimise ``Σ price y + Σ cost load`` over purchases y ≥ 0 and shares x ≥ 0 of each commodity's routings,
    Σ x = 1 a commodity, with the load on every row at most ``there + gain y`` and ``choice y ≤ 1``. The
    program knows few of the routings; at its prices of capacity the cheapest others are sought by shortest
    paths and added, until none would lower the cost (Dantzig and Wolfe). The sum of what the cheapest
    would save is the gap to the bound.

    Parameters
    ----------
    routings
        What ways a commodity may take.
    capacity
        What they offer.
    length
        [way], first guess of the cost of a unit of flow.

    Raises
    ------
    SolveError
        Where the solver fails.

    References
    ----------
    G. B. Dantzig, P. Wolfe (1960), "Decomposition Principle for Linear Programs", Operations Research
    8(1), doi 10.1287/opre.8.1.101. J. A. Tomlin (1966), "Minimum-Cost Multicommodity Network Flows",
    Operations Research 14(1), doi 10.1287/opre.14.1.45.
    """
    master = _Master(routings, capacity)
    master.learn(routings.best(length)[1], np.ones(len(routings.demands.source), dtype=bool))
    if master.settle(ENOUGH)[0] > ENOUGH:
        return None
    master.price(capacity.cost)
    value, proven = master.settle(-np.inf)
    return Routing(value, proven, master.load(), master.rounds, len(master.known))


class _Master:
    """The program over the routings known so far.

    Rows: the commodities, the capacities, the choices. Columns: the purchases, an overflow of every
    capacity, which a first phase drives out, the routings.
    """

    def __init__(self, routings: Routings, capacity: Capacity) -> None:
        self.routings, self.capacity = routings, capacity
        self.known: set[tuple[int, bytes]] = set()
        self.routes: list[sparse.csr_matrix] = []
        self.flow = np.zeros(len(capacity.row))
        self.rounds = 0
        self.rows, self.purchases = capacity.gain.shape
        self.first = self.purchases + self.rows
        commodities, ways, choices = len(routings.demands.source), len(capacity.row), capacity.choice.shape[0]
        self.share = sparse.csr_matrix((np.ones(ways), (np.arange(ways), capacity.row)), shape=(ways, self.rows))
        matrix = sparse.vstack(
            [
                sparse.csc_matrix((commodities, self.first)),
                sparse.hstack([-capacity.gain, -sparse.identity(self.rows)]),
                sparse.hstack([capacity.choice, sparse.csc_matrix((choices, self.rows))]),
            ],
            format="csc",
        )
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_ = np.repeat([0.0, 1.0], [self.purchases, self.rows])
        model.col_lower_, model.col_upper_ = np.zeros(self.first), np.full(self.first, np.inf)
        model.row_lower_ = np.repeat([1.0, -np.inf], [commodities, self.rows + choices])
        model.row_upper_ = np.concatenate([np.ones(commodities), capacity.there, np.ones(choices)])
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        model.a_matrix_.index_ = matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = matrix.data
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, option in _OPTIONS.items():
            self.solver.setOptionValue(name, option)
        self.solver.passModel(model)

    def settle(self, enough: float) -> tuple[float, float]:
        """Return the least objective and its bound, once no routing would lower it or it is low enough."""
        commodities = len(self.routings.demands.source)
        while True:
            self.rounds += 1
            self.solver.run()
            status = self.solver.getModelStatus()
            if status != highspy.HighsModelStatus.kOptimal:
                raise SolveError(f"routing: the solver says '{self.solver.modelStatusToString(status)}'")
            value = float(self.solver.getObjectiveValue())
            if value <= enough:
                return value, 0.0
            dual = np.asarray(self.solver.getSolution().row_dual)
            worth = dual[:commodities]
            price = np.maximum(-dual[commodities : commodities + self.rows], 0.0)
            best, use = self.routings.best(self.flow + price[self.capacity.row])
            saved = worth - best
            if not self.learn(use, saved > NOISE * np.abs(worth)):
                return value, value - float(np.maximum(saved, 0.0).sum())

    def learn(self, use: Array, wanted: NDArray[np.bool_]) -> bool:
        """Add routings, [commodity, way], and return whether any was new."""
        marks = {int(k): (int(k), blake2b(use[k].tobytes(), digest_size=16).digest()) for k in np.flatnonzero(wanted)}
        fresh = [k for k, mark in marks.items() if mark not in self.known]
        if not fresh:
            return False
        self.known.update(marks[k] for k in fresh)
        routes = sparse.csr_matrix(use[fresh])
        self.routes.append(routes)
        load = (routes @ self.share).tocsr()
        member = sparse.csr_matrix(
            (np.ones(len(fresh)), (np.arange(len(fresh)), fresh)), shape=(len(fresh), use.shape[0])
        )
        entries = sparse.hstack([member, load], format="csr")
        none, high = np.zeros(len(fresh)), np.full(len(fresh), np.inf)
        self.solver.addCols(
            len(fresh), routes @ self.flow, none, high, entries.nnz, entries.indptr[:-1].astype(np.int32),
            entries.indices.astype(np.int32), entries.data,
        )  # fmt: skip
        return True

    def price(self, cost: Array) -> None:
        """Begin the second phase: no overflow, and what purchases and flow cost, [way]."""
        self.flow = cost
        routes = sparse.vstack(self.routes) @ cost
        costs = np.concatenate([self.capacity.price, np.zeros(self.rows), routes])
        self.solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        overflow = np.arange(self.purchases, self.first, dtype=np.int32)
        self.solver.changeColsBounds(self.rows, overflow, np.zeros(self.rows), np.zeros(self.rows))

    def load(self) -> Array:
        """Return the flow on every way; [way]."""
        share = np.asarray(self.solver.getSolution().col_value)[self.first :]
        return np.asarray(share @ sparse.vstack(self.routes))
