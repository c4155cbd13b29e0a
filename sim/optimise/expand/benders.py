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
from sim.optimise.expand.learner import Learner, Pool
from sim.optimise.expand.master import Master
from sim.optimise.expand.nearby import Nearby
from sim.optimise.expand.oracle import Cut, Oracle
from sim.optimise.expand.rows import Name

Tick = Callable[[str, int, int], None]
LEVEL = 0.3
"""Where between bound and best plan the next one shall lie, as far as the cuts know."""
_ROUNDS = 400


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
    its cost is convex: a cut learnt in one year holds in all, and in all futures and budgets. The next plan looked at
    is the one nearest to the best of those that promise to be well below it (level method).

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
    pool
        Cuts of these days that are known already, from another master; nothing is forgotten.

    References
    ----------
    J. F. Benders (1962), Numerische Mathematik 4, doi 10.1007/BF01386316; F. Pecci, J. D. Jenkins (2025),
    "Regularized Benders Decomposition for High Performance Capacity Expansion Models", IEEE Transactions on Power
    Systems (level sets).
    """

    def __init__(
        self, master: Master, oracles: list[Oracle], whole: bool = False, workers: int = 2, pool: Pool | None = None
    ) -> None:
        self.master, self.oracles, self.workers = master, oracles, workers
        self.whole = whole and bool((master.whole > 0.0).any())
        self.pool: Pool = [[] for _ in oracles] if pool is None else pool
        self.bound, self.near = Learner(master, self.pool, whole), None if self.whole else Nearby(master, self.pool)
        self._rows = len(master.rows.names)

    @property
    def cuts(self) -> int:
        """Return how many rows the bound has learnt."""
        return self.bound.cuts

    def settle(
        self, gap: float, tick: Tick | None = None, until: float = math.inf, centre: Array | None = None
    ) -> Found:
        """Return the plan once the gap is small enough, or the time is up; `centre` is a plan to begin near."""
        best: Found | None = None
        history: list[tuple[float, float]] = []
        values, rounds = self._first(gap, centre), 0
        while True:
            rounds += 1
            found = self.look(values)
            if best is None or found.objective < best.objective:
                best = found
            point = self.bound.point()
            best.bound = max(best.bound, point.bound, history[-1][1] if history else -math.inf)
            best.prices = point.prices[: self._rows]
            history.append((best.objective, best.bound))
            if tick is not None:
                tick("plan", min(rounds, _ROUNDS), _ROUNDS)
            if best.gap <= gap or rounds >= _ROUNDS or time.monotonic() > until:
                break
            values = self._next(best, point.values)
        best.size = (len(self.master.rows.names) + self.cuts, len(self.master.cost))
        best.rounds, best.cuts, best.history = rounds, self.cuts, history
        best.solves = sum(oracle.solves for oracle in self.oracles)
        return best

    def keep(self, name: Name, column: IntArray, value: Array, most: float) -> None:
        """Add a row Σ value · column ≤ most to the master."""
        self.master.rows.add(name, column, value, -np.inf, most)
        shape = (1, len(self.master.cost))
        row = sparse.csr_matrix((value, (np.zeros(len(column), dtype=int), column)), shape=shape)
        for learner in (self.bound, *([] if self.near is None else [self.near.learner])):
            learner.solver.add(row, np.array([-np.inf]), np.array([most]))

    def look(self, values: Array) -> Found:
        """Return what a plan costs, and put the cuts of its days into the pool."""
        nodes, master = list(range(len(self.master.nodes))), self.master
        by_day = self._cuts(values, nodes)
        values = values.copy()
        for day, cuts in enumerate(by_day):
            for node, cut in enumerate(cuts):
                values[master.theta(node, day)] = cut.value
        slopes = [[by_day[day][node] for day in range(len(by_day))] for node in nodes]
        return Found(values, float(master.cost @ values), -math.inf, np.zeros(0), slopes)

    def learn(self, found: Found) -> None:
        """Put the cuts of a plan that was found in another way into the pool."""
        for day in range(len(self.oracles)):
            self.pool[day] += [cuts[day] for cuts in found.slopes]

    def _first(self, gap: float, centre: Array | None) -> Array:
        """Return where to look first: at a plan near proportional growth, of those that seem good if any is known."""
        lowest = self.bound.point()
        values = begin(self.master) if centre is None else centre
        if not any(self.pool):
            return values
        if self.near is None:
            return lowest.values
        found = self.near.point(values, lowest.bound + 0.5 * gap * abs(lowest.bound))
        return lowest.values if found is None else found

    def _next(self, best: Found, lowest: Array) -> Array:
        """Return where to look next; `lowest` is the bound's optimum."""
        if self.near is None:
            return lowest
        found = self.near.point(best.values, best.bound + LEVEL * (best.objective - best.bound))
        return lowest if found is None else found

    def _cuts(self, values: Array, nodes: list[int]) -> list[list[Cut]]:
        """Return the cuts of some nodes at a plan, [day][node], and put them into the pool."""
        master = self.master

        def of_day(day: int) -> list[Cut]:
            return [self.oracles[day].cut(master.parameters(values, node, day), node) for node in nodes]

        with ThreadPoolExecutor(self.workers) as pool:
            by_day = list(pool.map(of_day, range(len(self.oracles))))
        for day, cuts in enumerate(by_day):
            self.pool[day] += cuts
        return by_day
