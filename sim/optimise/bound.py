"""The certificate: a lower bound on the cost of any dispatch, from prices alone, without an LP.

Capacity, power, energy, storage, links and residency are given up for their prices; what is left falls
apart. Interactive work pays its cheapest centre of the hour; deferrable work the cheapest hour within its
deadline (a sliding minimum); every pool pays back its rent, every piece of power what it earns above its
cost. By weak duality the sum is a bound for any prices; at the optimum's it is the optimum.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter1d

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.optimise.constraints import residents
from sim.optimise.layout import Facts, Routes
from sim.optimise.prices import Prices


@dataclass(frozen=True)
class Bound:
    """A lower bound and where it comes from.

    Attributes
    ----------
    by_epoch
        [epoch], kCNY; deferrable work counts in the epoch of its arrival.
    missing
        Routes that would have lowered the program's own bound.
    own
        The bound over the program's own routes alone, kCNY; `by_epoch` is over all.
    seconds
        What it took.
    """

    by_epoch: Array
    missing: Routes
    own: float
    seconds: float = 0.0

    @property
    def total(self) -> float:
        """Return the bound, kCNY."""
        return float(self.by_epoch.sum())


def bound(facts: Facts, prices: Prices, routes: Routes | None = None) -> Bound:
    """Return the bound of some prices over all routes that exist.

    Parameters
    ----------
    facts
        The network in the LP's units.
    prices
        Any prices.
    routes
        The program's own routes, to find those that it lacks; None skips that.

    Returns
    -------
    Bound
        Valid whatever the prices are.
    """
    begun = time.perf_counter()
    total, prices = _box_terms(facts, _clipped(facts, prices))
    compute = prices.compute(facts)
    own = total.sum()
    lacking = []
    held = _held(facts, routes) if routes is not None else None
    for w in range(facts.demand.shape[2]):
        best, choice = _cheapest(facts, prices, compute, w, None)
        paid = _paid(facts, w, best)
        total += (facts.demand[:, :, w] * paid).sum(axis=1)
        if held is not None:
            mine, _ = _cheapest(facts, prices, compute, w, held[w])
            own += (facts.demand[:, :, w] * _paid(facts, w, mine)).sum()
            lacking.append(_lacking(facts, w, best, mine, choice, held[w]))
    missing = lacking[0] if lacking else Routes(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    for more in lacking[1:]:
        missing = missing.joined(more)
    return Bound(total, missing, float(own), time.perf_counter() - begun)


def paid(facts: Facts, prices: Prices) -> Array:
    """Return what the arrivals of the horizon pay at least at some prices; [workload], kCNY.

    Parameters
    ----------
    facts
        The network in the LP's units.
    prices
        Any prices.
    """
    prices = _clipped(facts, prices)
    compute = prices.compute(facts)
    workloads = range(facts.demand.shape[2])
    cheapest = [_cheapest(facts, prices, compute, w, None)[0] for w in workloads]
    return np.array([(facts.demand[:, :, w] * _paid(facts, w, cheapest[w])).sum() for w in workloads])


def battery_worth(facts: Facts, prices: Prices) -> tuple[Array, Array]:
    """Return what one more MW and one more MWh of the batteries save; [epoch, battery] each, kCNY, ≥ 0.

    A MW earns what charging and discharging earn at the prices of energy and content; a MWh earns what
    content gains from an epoch to the next.

    Parameters
    ----------
    facts
        The network in the LP's units.
    prices
        Any prices.
    """
    stored = facts.stored
    energy, content = prices.energy[:, np.searchsorted(facts.metered, stored)], prices.content
    after = np.concatenate([content[1:], np.zeros((1, len(stored)))])
    charge = energy + content * facts.charge_efficiency[stored] * facts.hours
    discharge = -energy - content * facts.hours / facts.discharge_efficiency[stored]
    return -(np.minimum(charge, 0.0) + np.minimum(discharge, 0.0)), -np.minimum(after - content, 0.0)


def _clipped(facts: Facts, prices: Prices) -> Prices:
    """Return prices for which the free columns cannot run away: energy is never worth more than the grid's."""
    ceiling = facts.price[:, facts.metered] * facts.hours
    return Prices(
        prices.rent,
        prices.power,
        np.minimum(prices.energy, ceiling),
        prices.content,
        prices.link,
        prices.away,
        prices.links,
    )


def _box_terms(facts: Facts, prices: Prices) -> tuple[Array, Prices]:
    """Return what the rents take back and the boxed columns add; [epoch], kCNY."""
    at, stored = facts.metered, facts.stored
    hourly = facts.price * facts.hours
    worth = hourly.copy()
    worth[:, at] = prices.energy
    total = (worth * facts.power.start).sum(axis=1)
    total -= (prices.rent * facts.capacity).sum(axis=(1, 2))
    total -= (prices.link * facts.link_room[:, prices.links]).sum(axis=1)
    margin = facts.power.slope * worth - prices.power
    total += (np.minimum(margin, 0.0) * facts.power.width).sum(axis=(0, 2))
    total += (np.minimum(-prices.energy, 0.0) * facts.green[:, at]).sum(axis=1)
    total += (facts.green * facts.contract).sum(axis=1) * facts.hours
    r, w = residents(facts)
    if len(r):
        earned = facts.move_share[r] * facts.demand[:, r, w]
        following = np.concatenate([prices.away[1:], np.zeros((1, len(r)))])
        total -= (prices.away * earned).sum(axis=1)
        total += (np.minimum(prices.away - following, 0.0) * np.cumsum(earned, axis=0)).sum(axis=1)
    if len(stored):
        by_power, by_energy = battery_worth(facts, prices)
        total -= (by_power * facts.battery_power[stored] + by_energy * facts.battery_energy[stored]).sum(axis=1)
    return total, prices


def _held(facts: Facts, routes: Routes) -> list[BoolArray]:
    """Return which routes a program has, by workload; [region, centre, path]."""
    shape = facts.transport.shape[1:]
    held = []
    for w in range(facts.demand.shape[2]):
        mine = np.zeros(shape, dtype=bool)
        at = routes.workload == w
        mine[routes.region[at], routes.centre[at], routes.path[at]] = True
        held.append(mine)
    return held


def _cheapest(facts: Facts, prices: Prices, compute: Array, w: int, only: BoolArray | None) -> tuple[Array, IntArray]:
    """Return the price of serving a unit now, and by which centre and path; both [epoch, region].

    Transport + compute + links + the price of leaving home, the least over the routes allowed.
    """
    epochs, regions = facts.demand.shape[:2]
    paths = facts.transport.shape[3]
    best, choice = np.full((epochs, regions), np.inf), np.zeros((epochs, regions), dtype=np.int64)
    carried = facts.transport[w] if only is None else np.where(only, facts.transport[w], np.inf)
    tolls, leaving = _tolls(facts, prices, w), _leaving(facts, prices, w)
    free = carried.copy()
    for key in tolls:
        free[key] = np.inf
    path = free.argmin(axis=2)
    least = free.min(axis=2)
    for c in range(carried.shape[1]):
        here = np.zeros((epochs, 1))
        if facts.pool[w] >= 0:
            here = compute[:, c, facts.pool[w], None]
        add = np.where(facts.away[:, c], leaving, 0.0) if leaving is not None else 0.0
        at = np.isfinite(least[:, c])
        if at.any():
            _lower(best, choice, here + least[:, c] + add, c * paths + path[:, c])
    for (r, c, p), toll in tolls.items():
        if np.isfinite(carried[r, c, p]):
            price = carried[r, c, p] + toll
            if facts.pool[w] >= 0:
                price = price + compute[:, c, facts.pool[w]]
            if leaving is not None and facts.away[r, c]:
                price = price + leaving[:, r]
            _lower(best[:, r : r + 1], choice[:, r : r + 1], price[:, None], np.array([c * paths + p]))
    return best, choice


def _lower(best: Array, choice: IntArray, price: Array, number: IntArray) -> None:
    """Take a price, and whose it is, wherever it is below the best so far."""
    lower = price < best
    np.copyto(best, price, where=lower)
    np.copyto(choice, np.broadcast_to(number, best.shape), where=lower)


def _tolls(facts: Facts, prices: Prices, w: int) -> dict[tuple[int, int, int], Array]:
    """Return what the priced links add to the routes over them; [epoch] each."""
    if not len(prices.links) or not prices.link.any():
        return {}
    number = np.full(len(facts.opposite) + 1, -1)
    number[prices.links] = np.arange(len(prices.links))
    found: dict[tuple[int, int, int], Array] = {}
    hops = facts.route_link
    for link, bits in ((hops, facts.bits_in[w]), (facts.back(hops), facts.bits_out[w])):
        if bits == 0.0:
            continue
        for r, c, path, hop in np.argwhere((number[link] >= 0) & (link >= 0)):
            if np.isfinite(facts.transport[w, r, c, path]):
                add = bits * prices.link[:, number[link[r, c, path, hop]]]
                key = (int(r), int(c), int(path))
                found[key] = found.get(key, 0.0) + add
    return found


def _leaving(facts: Facts, prices: Prices, w: int) -> Array | None:
    """Return the price of leaving home; [epoch, region], None where nothing bounds it."""
    region, workload = residents(facts)
    mine = np.flatnonzero(workload == w)
    if not len(mine) or not prices.away.any():
        return None
    leaving = np.zeros(facts.demand.shape[:2])
    leaving[:, region[mine]] = prices.away[:, mine]
    return leaving


def _paid(facts: Facts, w: int, best: Array) -> Array:
    """Return what a unit that arrives now pays at least: the least over its deadline, or its value unserved.

    A sliding minimum over slack + 1 epochs; behind the horizon there is none. [epoch, region], kCNY.
    """
    price = np.minimum(best, facts.unserved[w])
    size = int(facts.slack[w]) + 1
    # scipy's origin moves the window so that it begins at its own epoch.
    ahead = minimum_filter1d(price, size, axis=0, mode="constant", cval=np.inf, origin=-(size // 2))
    return np.asarray(ahead)


def _lacking(facts: Facts, w: int, best: Array, mine: Array, choice: IntArray, held: BoolArray) -> Routes:
    """Return the routes that a program lacks: the cheapest of all where it is cheaper than its own."""
    paths = facts.transport.shape[3]
    better = (best < np.minimum(mine, facts.unserved[w]) - 1e-9) & (facts.demand[:, :, w] > 0.0)
    epoch, region = np.nonzero(better)
    found = np.unique(region * (held.shape[1] * paths) + choice[epoch, region])
    r, rest = np.divmod(found, held.shape[1] * paths)
    c, path = np.divmod(rest, paths)
    fresh = ~held[r, c, path]
    return Routes(np.full(fresh.sum(), w), r[fresh], c[fresh], path[fresh])
