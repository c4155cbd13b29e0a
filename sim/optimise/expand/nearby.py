"""The next plan to look at: of those that promise enough, the one nearest to the best so far."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.optimise.expand.learner import Learner, Pool
from sim.optimise.expand.levers import BATTERY_HOURS, WAVE_TBPS, undirected
from sim.optimise.expand.master import Master
from sim.optimise.expand.measures import ROW_UNITS
from sim.optimise.expand.solver import Infeasible

_LEAST = 1e-6
"""Natural size of what is nowhere yet."""


class Nearby:
    """Minimise Σ |S − S°| / size over stocks and allowances S, subject to the cost that cuts promise ≤ a level.

    A master's optimum lies far away, where few cuts hold: its days are slow to solve and teach little. Near the best
    plan they start from a basis that is nearly optimal, and nothing is built that the level does not ask for.

    Parameters
    ----------
    master
        What is built.
    pool
        [day], shared with the bound.

    References
    ----------
    C. Lemaréchal, A. Nemirovskii, Yu. Nesterov (1995), Mathematical Programming 69, doi 10.1007/BF01585555 (level
    method); here with the sum of absolute differences, so that the step is a linear program.
    """

    def __init__(self, master: Master, pool: Pool) -> None:
        self.master, self.learner = master, Learner(master, pool)
        solver = self.learner.solver
        solver.objective(np.zeros(len(master.cost)))
        self._level = self.learner.at_most(np.inf)
        self._columns, weight = _weights(master)
        self._centre = solver.distances(self._columns, weight)

    def point(self, centre: Array, level: float) -> Array | None:
        """Return the plan nearest to another that costs no more than a level, as far as the cuts know; None without.

        Parameters
        ----------
        centre
            [column of the master].
        level
            M CNY.
        """
        solver, at = self.learner.solver, centre[self._columns]
        solver.sides(np.array([self._level]), np.array([-np.inf]), np.array([level]))
        solver.sides(self._centre, at, at)
        try:
            return self.learner.point().values[: len(self.master.cost)]
        except Infeasible:
            return None


def _weights(master: Master) -> tuple[IntArray, Array]:
    """Return the columns that a step changes, and 1 over the natural size of each.

    Of a stock, what centres and links have in the mean; of a day's allowance, what a mean centre does in a day. Years
    count as their money does.
    """
    levers, network = master.levers, master.network
    stocks = levers.stocks
    rated = float(network["rated_power"].mean()) / 1e6
    waves = float(network["link_capacity"][undirected(network)].mean()) / 1e12 / WAVE_TBPS if stocks.links else 1.0
    size = {kind: float(levers.base[stocks.at(kind)].mean()) for kind in ("general", "smart")}
    size |= {"present": rated, "new": rated, "wind": rated, "solar": rated, "battery": BATTERY_HOURS * rated}
    scale = np.ones(stocks.count)
    for kind, value in (size | {"waves": waves}).items():
        scale[stocks.at(kind)] = max(value, _LEAST)
    # GWh and kt of a day.
    allowed = np.array([24.0 * (size["general"] if ROW_UNITS[m.target.measure] == "EFLOPS h" else rated / 1e3)
                        for m in master.measures])  # fmt: skip
    columns, weight = [], []
    for number, node in enumerate(master.nodes):
        days = [master.allowance(number, day) for day in range(len(master.weights))]
        columns += [master.stock(number), *days]
        each = np.concatenate([1.0 / scale, *(1.0 / np.maximum(allowed, _LEAST) for _ in days)])
        weight.append(each * node.weight / master.nodes[0].weight)
    return np.concatenate(columns), np.concatenate(weight)
