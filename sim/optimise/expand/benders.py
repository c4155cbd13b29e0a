"""A plan whose operation is too large for one program: cuts from its days, and a bound that closes on it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.optimise.expand.begin import begin
from sim.optimise.expand.master import Master
from sim.optimise.expand.oracle import Cut, Oracle
from sim.optimise.expand.rows import Name
from sim.optimise.expand.solver import Point, Solver

Tick = Callable[[str, int, int], None]
STEP = 0.5
"""How far from the best plan towards the master's the days are looked at."""
_FEW, _LESSONS = 3, 3
"""Years up to which all are looked at each time; else, how often two of them are between two looks at all."""
_ROUNDS = 400
_CLOSE = 1e-9
"""Share of a cut's value by which it must be violated to be worth a row."""


@dataclass
class Found:
    """The best plan and the bound.

    Attributes
    ----------
    values
        [column of the master], with θ as the days cost.
    objective, bound
        M CNY.
    prices
        [row of the master], M CNY per unit of the right-hand side, of the last master.
    slopes
        [node][day], the cut of a day at the plan.
    rounds, cuts, solves
        How often the master was solved, rows it learnt, programs of days solved.
    history
        [round], objective and bound.
    path
        How it was solved: ``whole`` or ``benders``.
    size
        Rows and columns of the largest program.
    """

    values: Array
    objective: float
    bound: float
    prices: Array
    slopes: list[list[Cut]]
    rounds: int = 0
    cuts: int = 0
    solves: int = 0
    history: list[tuple[float, float]] = field(default_factory=list)
    path: str = "benders"
    size: tuple[int, int] = (0, 0)

    @property
    def gap(self) -> float:
        """Return the gap between plan and bound, of the total cost."""
        return max(self.objective - self.bound, 0.0) / max(abs(self.objective), 1e-12)


class Benders:
    """The loop: a master, and an oracle for each representative day that all years share.

    A day's program is the same in every year but for its parameters (stocks, growth of demand, allowances), in which
    its cost is convex: a cut learnt in one year holds in all, and in all futures. Points between the best plan and
    the master's optimum are looked at (in-out separation).

    Parameters
    ----------
    master
        What is built.
    oracles
        [day].
    whole
        Whether modules are whole.
    workers
        Threads.

    References
    ----------
    J. F. Benders (1962), Numerische Mathematik 4, doi 10.1007/BF01386316; W. Ben-Ameur, J. Neto (2007), Networks 49,
    doi 10.1002/net.20137 (in-out).
    """

    def __init__(self, master: Master, oracles: list[Oracle], whole: bool = False, workers: int = 2) -> None:
        self.master, self.oracles, self.workers = master, oracles, workers
        self.solver = Solver(master, whole)
        self.pool: list[list[Cut]] = [[] for _ in oracles]
        self.known: list[list[set[int]]] = [[set() for _ in oracles] for _ in master.nodes]
        self.cuts, self._turn, self._rows = 0, 0, len(master.rows.names)

    def settle(self, gap: float, tick: Tick | None = None, until: float = math.inf) -> Found:
        """Return the plan once the gap is small enough, or the time is up."""
        best: Found | None = None
        history: list[tuple[float, float]] = []
        self._learnt_point()
        values, rounds = begin(self.master), 0
        while True:
            rounds += 1
            found = self._looked_at(values)
            if best is None or found.objective < best.objective:
                best = found
            point = self._taught(self._learnt_point(), best)
            best.bound = max(best.bound, point.bound, history[-1][1] if history else -math.inf)
            best.prices = point.prices[: self._rows]
            history.append((best.objective, best.bound))
            if tick is not None:
                tick("plan", min(rounds, _ROUNDS), _ROUNDS)
            if best.gap <= gap or rounds >= _ROUNDS or time.monotonic() > until:
                break
            values = self._between(best, point)
        best.size = (len(self.master.rows.names) + self.cuts, len(self.master.cost))
        best.rounds, best.cuts, best.history = rounds, self.cuts, history
        best.solves = sum(oracle.solves for oracle in self.oracles)
        return best

    def keep(self, name: Name, column: IntArray, value: Array, most: float) -> None:
        """Add a row Σ value · column ≤ most to the master."""
        self.master.rows.add(name, column, value, -np.inf, most)
        shape = (1, len(self.master.cost))
        row = sparse.csr_matrix((value, (np.zeros(len(column), dtype=int), column)), shape=shape)
        self.solver.add(row, np.array([-np.inf]), np.array([most]))

    def _between(self, best: Found, point: Point) -> Array:
        """Return where to look next: between the plan and the master's optimum."""
        if self.solver.whole:
            return point.values
        return np.asarray(best.values + STEP * (point.values - best.values))

    def _taught(self, point: Point, best: Found) -> Point:
        """Return the master's optimum once it has learnt from a few years in turn: a cut of one year holds in all."""
        nodes = len(self.master.nodes)
        if self.solver.whole or nodes <= _FEW:
            return point
        for turn in range(_LESSONS):
            self._turn = (self._turn + 1) % nodes
            some = sorted({self._turn, (self._turn + nodes // 2) % nodes})
            values = point.values if turn % 2 == 0 else best.values + 0.5 * (point.values - best.values)
            self._cuts(values, some)
            point = self._learnt_point()
        return point

    def solved_point(self) -> Point:
        """Return the optimum of the master with all that is known, its own columns alone."""
        point = self._learnt_point()
        return Point(point.objective, point.values[: len(self.master.cost)], point.prices, point.bound)

    def look(self, values: Array) -> Found:
        """Return what a plan costs, and learn its cuts."""
        return self._looked_at(values)

    def learn(self, found: Found) -> None:
        """Learn the cuts of a plan that was found in another way."""
        for day in range(len(self.oracles)):
            for node, cuts in enumerate(found.slopes):
                self.pool[day].append(cuts[day])
                self._learn(node, day, len(self.pool[day]) - 1)

    def _looked_at(self, values: Array) -> Found:
        """Return what a plan costs, and learn its cuts."""
        nodes, master = list(range(len(self.master.nodes))), self.master
        by_day = self._cuts(values, nodes)
        values = values.copy()
        for day, cuts in enumerate(by_day):
            for node, cut in enumerate(cuts):
                values[master.theta(node, day)] = cut.value
        slopes = [[by_day[day][node] for day in range(len(by_day))] for node in nodes]
        return Found(values, float(master.cost @ values), -math.inf, np.zeros(0), slopes)

    def _cuts(self, values: Array, nodes: list[int]) -> list[list[Cut]]:
        """Return the cuts of some nodes at a plan, [day][node], and learn them."""
        master = self.master

        def of_day(day: int) -> list[Cut]:
            return [self.oracles[day].cut(master.parameters(values, node, day), node) for node in nodes]

        with ThreadPoolExecutor(self.workers) as pool:
            by_day = list(pool.map(of_day, range(len(self.oracles))))
        for day, cuts in enumerate(by_day):
            first = len(self.pool[day])
            self.pool[day] += cuts
            for place, node in enumerate(nodes):
                self._learn(node, day, first + place)
        return by_day

    def _learnt_point(self) -> Point:
        """Return the optimum of the master, once no cut of the pool is violated by it."""
        while True:
            point = self.solver.solve()
            fresh = 0
            for day, cuts in enumerate(self.pool):
                if not cuts:
                    continue
                slope = np.stack([cut.slope for cut in cuts])
                height = np.array([cut.constant for cut in cuts])
                for node in range(len(self.master.nodes)):
                    there = slope @ self.master.parameters(point.values, node, day) + height
                    over = there - point.values[self.master.theta(node, day)]
                    worst = int(np.argmax(over))
                    if over[worst] > _CLOSE * (1.0 + abs(there[worst])):
                        fresh += self._learn(node, day, worst)
            if not fresh:
                return point

    def _learn(self, node: int, day: int, number: int) -> int:
        """Add a cut of the pool as a row of a node; return whether it is new."""
        if number in self.known[node][day]:
            return 0
        self.known[node][day].add(number)
        matrix, lower = self.row(node, day, self.pool[day][number])
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
        shape = (1, len(master.cost))
        return sparse.csr_matrix((value, (np.zeros(len(column), dtype=int), column)), shape=shape), lower
