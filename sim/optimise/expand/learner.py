"""The master with the cuts that it needs: of all that the days ever taught, those that its optimum violates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array
from sim.optimise.expand.master import Master
from sim.optimise.expand.oracle import Cut
from sim.optimise.expand.solver import Point, Solver

Pool = list[list[Cut]]
"""[day], the cuts that its program gave, whatever the year, future or budget: each holds in all of them."""
_AT_ONCE = 2
"""Most cuts of a node and day that are learnt from one point."""
_CLOSE = 1e-9
"""Share of a cut's value by which it must be violated to be worth a row."""
_PATIENCE, _MANY = 5, 40
"""Optima after which a row that did not bind in any is taken out, and how many it takes to be worth it."""


@dataclass
class _Row:
    """A cut in the program: whose it is, its row, and for how many optima it has not bound."""

    node: int
    day: int
    number: int
    at: int
    idle: int = 0


class Learner:
    """A program over a master's columns that takes in cuts of a pool as its optimum violates them.

    Several may share a pool: the bound, the next plan to look at, an alternative, another budget.

    Parameters
    ----------
    master
        What is built.
    pool
        [day], shared.
    whole
        Whether modules are whole.
    """

    def __init__(self, master: Master, pool: Pool, whole: bool = False) -> None:
        self.master, self.pool, self.solver = master, pool, Solver(master, whole)
        self.known: list[list[set[int]]] = [[set() for _ in pool] for _ in master.nodes]
        self.cuts = 0
        self._rows: list[_Row] = []

    def point(self) -> Point:
        """Return the optimum, once no cut of the pool is violated by it; the master's columns come first."""
        while True:
            point = self.solver.solve()
            if not self._violated(point.values):
                self._forget(point.prices)
                return point

    def at_most(self, cost: float) -> int:
        """Add a row that the master's cost be at most this, M CNY, and return its number."""
        master, number = self.master, self.solver.rows
        used = np.flatnonzero(master.cost)
        shape = (1, len(master.cost))
        row = sparse.csr_matrix((master.cost[used], (np.zeros(len(used), dtype=int), used)), shape=shape)
        self.solver.add(row, np.array([-np.inf]), np.array([cost]))
        return number

    def learn(self, node: int, day: int, number: int) -> int:
        """Add a cut of the pool as a row of a node; return whether it is new."""
        if number in self.known[node][day]:
            return 0
        self.known[node][day].add(number)
        matrix, lower = self.row(node, day, self.pool[day][number])
        self._rows.append(_Row(node, day, number, self.solver.rows))
        self.solver.add(matrix, np.array([lower]))
        self.cuts += 1
        return 1

    def row(self, node: int, day: int, cut: Cut) -> tuple[sparse.csr_matrix, float]:
        """Return a cut as a row over the master's columns: θ − slope · p ≥ constant."""
        master, stocks = self.master, self.master.levers.stocks.count
        workloads = len(master.nodes[node].growth)
        column = np.concatenate([[master.theta(node, day)], master.stock(node), master.allowance(node, day)])
        slope = np.concatenate([cut.slope[:stocks], cut.slope[stocks + workloads :]])
        value = np.concatenate([[1.0], -slope])
        lower = cut.constant + float(cut.slope[stocks : stocks + workloads] @ master.nodes[node].growth)
        used = np.flatnonzero(value)
        shape = (1, len(master.cost))
        return sparse.csr_matrix((value[used], (np.zeros(len(used), dtype=int), column[used])), shape=shape), lower

    def _violated(self, values: Array) -> bool:
        """Learn the cuts of every node and day that the point violates most; return whether there were any."""
        fresh = 0
        for day, cuts in enumerate(self.pool):
            for node in range(len(self.master.nodes)):
                parameters = self.master.parameters(values, node, day)
                there = np.array([cut.constant + float(cut.slope @ parameters) for cut in cuts])
                over = there - values[self.master.theta(node, day)]
                for number in np.argsort(-over, kind="stable")[:_AT_ONCE].tolist():
                    if over[number] > _CLOSE * (1.0 + abs(there[number])):
                        fresh += self.learn(node, day, number)
        return fresh > 0

    def _forget(self, prices: Array) -> None:
        """Take out the rows of cuts that have not bound for long; they stay in the pool and may come again."""
        if self.solver.whole:
            return
        for row in self._rows:
            row.idle = 0 if abs(prices[row.at]) > 0.0 else row.idle + 1
        gone = [row for row in self._rows if row.idle >= _PATIENCE]
        if len(gone) < _MANY:
            return
        at = np.array([row.at for row in gone])
        self.solver.remove(at)
        for row in gone:
            self.known[row.node][row.day].discard(row.number)
        self._rows = [row for row in self._rows if row.idle < _PATIENCE]
        for row in self._rows:
            row.at -= int(np.searchsorted(at, row.at))
