"""The cheapest route of every region, epoch by epoch: the price of every route is one sparse product.

A route costs its transport, the compute of its centre, what leaving home costs and the links it goes over;
all but the first have hourly prices. A route that another one undercuts at all times is looked at no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.optimise.constraints import residents
from sim.optimise.layout import Facts, Routes
from sim.optimise.prices import Prices


def hourly(facts: Facts, prices: Prices) -> Array:
    """Return what routes pay for; [thing, epoch]: a constant 1, every centre's pools, residency rows, links.

    Parameters
    ----------
    facts
        The network in the LP's units.
    prices
        Any prices.
    """
    compute = prices.compute(facts)
    epochs = len(compute)
    return np.concatenate([np.ones((1, epochs)), compute.reshape(epochs, -1).T, prices.away.T, prices.link.T])


@dataclass(frozen=True)
class Offers:
    """The routes of a workload that may come to be the cheapest, by region, the program's own before the others.

    Attributes
    ----------
    matrix
        [offer, thing], how much of each thing of `hourly` a unit of work takes.
    group
        [offer], 2 · region, + 1 where the program lacks the route; ascending.
    number
        [offer], of the route among [region, centre, path].
    """

    matrix: sparse.csr_matrix
    group: IntArray
    number: IntArray

    @classmethod
    def of(cls, facts: Facts, prices: Prices, things: Array, w: int, routes: Routes | None) -> Offers:
        """Return the offers of a workload.

        Parameters
        ----------
        facts, prices
            The network and any prices.
        things
            `hourly` of them.
        w
            Number of the workload.
        routes
            The program's own routes; None where it has none.
        """
        region, centre, path = np.nonzero(np.isfinite(facts.transport[w]))
        held = np.zeros(facts.transport.shape[1:], dtype=bool)
        if routes is not None:
            mine = routes.workload == w
            held[routes.region[mine], routes.centre[mine], routes.path[mine]] = True
        own = held[region, centre, path]
        matrix = _matrix(facts, prices, w, (region, centre, path))
        # All paths of a pair end in one centre: they differ by transport and links alone.
        differ = np.zeros(len(things), dtype=bool)
        differ[0] = True
        differ[len(things) - len(prices.links) :] = True
        least, most = matrix @ (differ * things.min(axis=1)), matrix @ (differ * things.max(axis=1))
        kept = np.flatnonzero(_rivals(least, most, region * facts.transport.shape[2] + centre, own))
        kept = kept[np.lexsort((kept, ~own[kept], region[kept]))]
        number = np.ravel_multi_index((region, centre, path), held.shape)
        return cls(matrix[kept], (2 * region + ~own)[kept], number[kept])

    def cheapest(self, things: Array, best: Array, mine: Array) -> tuple[Array, IntArray]:
        """Enter the least prices of some epochs; return the price of every offer that may be the least, and which.

        Parameters
        ----------
        things
            [thing, epoch], `hourly` of these epochs.
        best, mine
            [region, epoch], kCNY per unit over all routes and over the program's own; changed.

        Returns
        -------
        tuple
            [rival, epoch], kCNY per unit; [rival], numbers of the offers.
        """
        best[:], mine[:] = np.inf, np.inf
        least, most = self.matrix @ things.min(axis=1), self.matrix @ things.max(axis=1)
        rivals = np.flatnonzero(_rivals(least, most, self.group // 2, self.group % 2 == 0))
        price = np.asarray(self.matrix[rivals] @ things)
        first = _first(self.group[rivals])
        if len(first):
            group = self.group[rivals[first]]
            lowest = np.minimum.reduceat(price, first, axis=0)
            own = group % 2 == 0
            mine[group[own] // 2] = lowest[own]
            best[group[~own] // 2] = lowest[~own]
            np.minimum(best, mine, out=best)
        return price, rivals

    def winners(self, price: Array, rivals: IntArray, promise: Array) -> tuple[IntArray, Array]:
        """Return the routes, among those that the program lacks, that are the cheapest somewhere.

        Parameters
        ----------
        price, rivals
            As `cheapest` returns them.
        promise
            [region, epoch], kCNY, what the cheapest would save there; 0 where there is nothing to look for.

        Returns
        -------
        tuple
            Their numbers, and what each would save over these epochs, kCNY.
        """
        found, saved = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
        group = self.group[rivals]
        for region in np.flatnonzero(promise.any(axis=1)):
            begin, end = np.searchsorted(group, [2 * region + 1, 2 * region + 2])
            wanted = promise[region] > 0.0
            least, which = np.unique(price[begin:end].T[wanted].argmin(axis=1), return_inverse=True)
            found.append(self.number[rivals[begin + least]])
            saved.append(np.bincount(which, promise[region, wanted]).astype(float))
        return np.concatenate(found), np.concatenate(saved)


def _matrix(facts: Facts, prices: Prices, w: int, route: tuple[IntArray, IntArray, IntArray]) -> sparse.csr_matrix:
    """Return how much of each thing of `hourly` a unit of a workload takes over each route; [route, thing]."""
    region, centre, path = route
    each = np.arange(len(region))
    pools = facts.draw.shape[1]
    leaving = 1 + facts.draw.size
    over = leaving + prices.away.shape[1]
    row, column, value = [each], [np.zeros_like(each)], [facts.transport[w, region, centre, path]]

    def take(rows: IntArray, columns: IntArray, amount: float) -> None:
        row.append(rows)
        column.append(columns)
        value.append(np.full(len(rows), amount))

    if facts.pool[w] >= 0:
        take(each, 1 + centre * pools + facts.pool[w], 1.0)
    if prices.away.shape[1]:
        resident, workload = residents(facts)
        bound = np.full(len(facts.move_share), -1)
        bound[resident[workload == w]] = np.flatnonzero(workload == w)
        gone = np.flatnonzero(facts.away[region, centre] & (bound[region] >= 0))
        take(gone, leaving + bound[region[gone]], 1.0)
    priced = np.full(len(facts.opposite) + 1, -1)
    priced[prices.links] = np.arange(len(prices.links))
    hops = facts.route_link[region, centre, path]
    for link, bits in ((hops, facts.bits_in[w]), (facts.back(hops), facts.bits_out[w])):
        at, hop = np.nonzero(priced[link] >= 0)
        take(at, over + priced[link[at, hop]], float(bits))
    entries = (np.concatenate(value), (np.concatenate(row), np.concatenate(column)))
    return sparse.csr_matrix(entries, shape=(len(each), over + len(prices.links)))


def _rivals(least: Array, most: Array, group: IntArray, own: BoolArray) -> BoolArray:
    """Return which may be the least of their group, or of their group's own.

    Examples
    --------
    >>> least, most = np.array([1.0, 3.0, 5.0, 0.0]), np.array([2.0, 4.0, 6.0, 9.0])
    >>> _rivals(least, most, np.array([0, 0, 0, 1]), np.array([False, True, True, False])).tolist()
    [True, True, False, True]
    """
    first = _first(group)
    if not len(first):
        return np.zeros(0, dtype=bool)
    size = np.diff(first, append=len(group))
    every = np.repeat(np.minimum.reduceat(most, first), size)
    among = np.repeat(np.minimum.reduceat(np.where(own, most, np.inf), first), size)
    return np.asarray((least <= every) | (own & (least <= among)))


def _first(group: IntArray) -> IntArray:
    """Return where each group of an ascending array begins."""
    return np.flatnonzero(np.diff(group, prepend=-1))
