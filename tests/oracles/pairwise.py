"""Optimal dispatch by pairs of hours, naively: work of an hour, region and workload → an hour, a centre and a path.

Every such pair is a variable of its own, so a deadline is which pairs there are, and nothing waits: there is no
backlog, no allowance, no piece of power. Written from the equations of `docs/background/dispatch.md` in plain loops,
for worlds of a few epochs; of the program under test it takes the facts alone.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from sim.optimise.layout import Facts

Terms = list[tuple[int, float]]
_TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
INF = float("inf")


@dataclass
class _Model:
    """Columns and rows as they come."""

    cost: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    equal: list[tuple[Terms, float]] = field(default_factory=list)
    most: list[tuple[Terms, float]] = field(default_factory=list)

    def column(self, cost: float, high: float = INF) -> int:
        """Add a column ≥ 0; return its number."""
        self.cost.append(cost)
        self.high.append(high)
        return len(self.cost) - 1

    def least(self) -> float:
        """Return the minimum of c·x."""
        equal, at_most = self._matrix(self.equal), self._matrix(self.most)
        found = linprog(
            self.cost, A_eq=equal, b_eq=[side for _, side in self.equal], A_ub=at_most,
            b_ub=[side for _, side in self.most], bounds=[(0.0, high) for high in self.high], options=_TIGHT,
        )  # fmt: skip
        assert found.status == 0, found.message
        return float(found.fun)

    def _matrix(self, rows: list[tuple[Terms, float]]) -> sparse.csr_matrix:
        entries = [(number, column, value) for number, (terms, _) in enumerate(rows) for column, value in terms]
        row, column, value = zip(*entries, strict=True)
        return sparse.csr_matrix((value, (row, column)), shape=(len(rows), len(self.cost)))


@dataclass(frozen=True)
class _Pair:
    """Work of an epoch, served at an epoch over a path; its column."""

    arrived: int
    region: int
    workload: int
    served: int
    centre: int
    path: int
    column: int


def cheapest(facts: Facts) -> float:
    """Return what the cheapest dispatch over all pairs costs, kCNY."""
    model = _Model()
    pairs = _pairs(facts, model)
    _compute(facts, model, pairs)
    _traffic(facts, model, pairs)
    _residency(facts, model, pairs)
    return model.least() + float((facts.green * facts.contract).sum() * facts.hours)


def _pairs(facts: Facts, model: _Model) -> list[_Pair]:
    """Add: all work of an epoch is served within its deadline and before the end, or counts as unserved."""
    epochs, regions, workloads = facts.demand.shape
    found = []
    for arrived, r, w in product(range(epochs), range(regions), range(workloads)):
        terms = [(model.column(facts.unserved[w]), 1.0)]
        for served in range(arrived, min(arrived + int(facts.slack[w]), epochs - 1) + 1):
            for (c, path), cost in np.ndenumerate(facts.transport[w, r]):
                if np.isfinite(cost):
                    pair = _Pair(arrived, r, w, served, c, path, model.column(cost))
                    found.append(pair)
                    terms.append((pair.column, 1.0))
        model.equal.append((terms, facts.demand[arrived, r, w]))
    return found


def _compute(facts: Facts, model: _Model, pairs: list[_Pair]) -> None:
    """Add: pools serve what they can; facility power lies above every line of its convex function and is met."""
    epochs, centres, pools = facts.capacity.shape
    there: defaultdict[tuple[int, int, int], Terms] = defaultdict(list)
    for pair in pairs:
        pool = int(facts.pool[pair.workload])
        if pool >= 0:
            there[pair.served, pair.centre, pool].append((pair.column, 1.0))
    for key, terms in there.items():
        model.most.append((terms, facts.capacity[key]))
    content: list[int | None] = [None] * centres
    for t, c in product(range(epochs), range(centres)):
        work = [(x, v * facts.draw[c, p] / facts.hours) for p in range(pools) for x, v in there[t, c, p]]
        facility = model.column(facts.load[t, c] * facts.hours)
        power, total = 0.0, facts.power.start[t, c]
        for slope, width in zip(facts.power.slope[:, t, c], facts.power.width[:, t, c], strict=True):
            # F ≥ total + slope (P − power), the line of this piece.
            model.most.append(([*((x, v * slope) for x, v in work), (facility, -1.0)], slope * power - total))
            power, total = power + width, total + slope * width
        model.most.append((work, power))
        content[c] = _met(facts, model, facility, content[c], t, c)


def _met(facts: Facts, model: _Model, facility: int, before: int | None, t: int, c: int) -> int | None:
    """Add: grid, contract and battery meet the facility power of an epoch; return the column of the content."""
    grid = model.column(facts.price[t, c] * facts.hours)
    green = model.column(0.0, facts.green[t, c])
    terms = [(facility, -1.0), (grid, 1.0), (green, 1.0)]
    content = None
    if facts.battery_energy[c] > 0.0 and facts.battery_power[c] > 0.0:
        charge, discharge = (model.column(0.0, facts.battery_power[c]) for _ in range(2))
        content = model.column(0.0, facts.battery_energy[c])
        terms += [(charge, -1.0), (discharge, 1.0)]
        change = [
            (content, 1.0),
            (charge, -facts.charge_efficiency[c] * facts.hours),
            (discharge, facts.hours / facts.discharge_efficiency[c]),
        ]
        model.equal.append((change if before is None else [*change, (before, -1.0)], 0.0))
    model.equal.append((terms, 0.0))
    return content


def _traffic(facts: Facts, model: _Model, pairs: list[_Pair]) -> None:
    """Add: data to the centre on a path, and answers on the other direction of its links, fit beside the background."""
    load: defaultdict[tuple[int, int], Terms] = defaultdict(list)
    for pair in pairs:
        for link in facts.route_link[pair.region, pair.centre, pair.path]:
            if link >= 0:
                load[pair.served, int(link)].append((pair.column, facts.bits_in[pair.workload]))
                load[pair.served, int(facts.opposite[link])].append((pair.column, facts.bits_out[pair.workload]))
    for key, terms in load.items():
        model.most.append((terms, facts.link_room[key]))


def _residency(facts: Facts, model: _Model, pairs: list[_Pair]) -> None:
    """Add: of the deferrable compute that has come until an epoch, no more than a share has left home until then."""
    epochs, regions, workloads = facts.demand.shape
    for r, w in product(range(regions), range(workloads)):
        if facts.move_share[r] < 1.0 and facts.slack[w] > 0 and facts.pool[w] >= 0:
            gone = [x for x in pairs if (x.region, x.workload) == (r, w) and facts.away[r, x.centre]]
            for t in range(epochs):
                terms = [(x.column, 1.0) for x in gone if x.served <= t]
                model.most.append((terms, facts.move_share[r] * facts.demand[: t + 1, r, w].sum()))
