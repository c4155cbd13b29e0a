"""The certificate: a lower bound on the cost of any dispatch, from prices alone, without an LP.

Capacity, power, energy, storage, links and residency are given up for their prices; what is left falls
apart. Interactive work pays its cheapest centre of the hour; deferrable work the cheapest hour within its
deadline (a sliding minimum); every pool pays back its rent, every piece of power what it earns above its
cost. By weak duality the sum is a bound for any prices; at the optimum's it is the optimum.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from sim.ground.arrays import Array, IntArray
from sim.optimise.constraints import residents
from sim.optimise.layout import Facts, Routes
from sim.optimise.offers import Offers, hourly
from sim.optimise.prices import Prices

_EPOCHS = 192
"""Epochs looked at together: the prices of all routes must fit a cache."""


@dataclass(frozen=True)
class Bound:
    """A lower bound and where it comes from.

    Attributes
    ----------
    by_epoch
        [epoch], kCNY; deferrable work counts in the epoch of its arrival.
    missing
        Routes that would have lowered the program's own bound.
    promise
        [missing route], kCNY, by how much at most.
    lack
        [epoch], kCNY, by how much the bound over the program's own routes alone is higher; `by_epoch` is over all.
    paid
        [epoch, region, workload], kCNY per unit, what work that arrives then pays at least.
    carry
        [epoch, allowance or battery], kCNY per unit, the price of what is carried into an epoch.
    seconds
        What it took.
    """

    by_epoch: Array
    missing: Routes
    promise: Array
    lack: Array
    paid: Array
    carry: Array
    seconds: float = 0.0

    @property
    def total(self) -> float:
        """Return the bound, kCNY."""
        return float(self.by_epoch.sum())

    def promising(self, share: float) -> Routes:
        """Return the fewest missing routes that promise a share of what all of them promise."""
        order = np.argsort(-self.promise, kind="stable")
        sums = np.cumsum(self.promise[order])
        count = int(np.searchsorted(sums, share * sums[-1])) + 1 if len(sums) else 0
        kept = np.zeros(len(order), dtype=bool)
        kept[order[:count]] = True
        return self.missing.only(kept)


def gap(objective: float, bound: float) -> float:
    """Return (objective − bound) / |objective|; 0 where nothing costs anything.

    Parameters
    ----------
    objective, bound
        In one unit.

    Examples
    --------
    >>> gap(100.0, 99.0), gap(-100.0, -101.0), gap(0.0, 0.0)
    (0.01, 0.01, 0.0)
    """
    return (objective - bound) / abs(objective) if objective else 0.0


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
    prices = _clipped(facts, prices)
    total = _box_terms(facts, prices)
    best, mine, missing, promise = _least(facts, prices, routes)
    lack = np.zeros_like(total)
    for w in range(len(best)):
        demand = facts.demand[:, :, w]
        paid = _paid(facts, w, best[w])
        total += (demand * paid.T).sum(axis=1)
        if routes is not None:
            lack += (demand * (_paid(facts, w, mine[w]) - paid).T).sum(axis=1)
        best[w] = paid
    carry = np.concatenate([-prices.away, prices.content], axis=1)
    took = time.perf_counter() - begun
    return Bound(total, missing, promise, lack, best.transpose(2, 1, 0), carry, took)


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


def fitted(facts: Facts, prices: Prices) -> Prices:
    """Return prices whose energy is worth what makes the bound of these facts largest, all others kept.

    The prices of one year bound another year of the same nation too, but contracted wind and sun come at other hours
    then. At a centre without a battery an hour's price of energy y stands in y (start − green) + Σ min(slope y − π, 0)
    width alone, which is concave and bent where slope y = π: the best is at a bend or at an end of 0 … the grid's.

    Parameters
    ----------
    facts
        The network in the LP's units.
    prices
        Of the same network, or of one alike in all but its series.
    """
    at = np.setdiff1d(facts.metered, facts.stored)
    slope, width, start = facts.power.slope[:, :, at], facts.power.width[:, :, at], facts.power.start[:, at]
    ceiling, load, power = facts.price[:, at] * facts.hours, facts.load[:, at] * facts.hours, prices.power[:, at]
    best, found = np.full(ceiling.shape, -np.inf), np.zeros(ceiling.shape)
    bends = np.divide(power, slope, out=np.zeros_like(slope), where=slope > 0.0) - load
    for energy in (np.zeros_like(ceiling), ceiling, *np.clip(bends, 0.0, ceiling)):
        bound = energy * (start - facts.green[:, at])
        bound += (np.minimum(slope * (energy + load) - power, 0.0) * width).sum(axis=0)
        found, best = np.where(bound > best, energy, found), np.maximum(bound, best)
    energy = prices.energy.copy()
    energy[:, np.searchsorted(facts.metered, at)] = found
    return replace(prices, energy=energy)


def leak(facts: Facts, found: Bound, carried: Array, cost: Array) -> Array:
    """Return by how much each epoch of a plan costs more than the bound grants it; [epoch], kCNY.

    What is served in an epoch counts there by what the bound lets it pay, first in first out: with A_t the
    arrivals of a region and workload so far, G_t what they pay and S_t = A_t − backlog_t, that is
    G(S_t) − G(S_t−1), G interpolated over A. What a battery and an allowance carry over counts at its price.
    No epoch's is below 0 in a plan that keeps the rules, and their sum is objective − bound: it is where
    the gap lies.

    Parameters
    ----------
    facts
        The network in the LP's units.
    found
        The bound.
    carried
        [epoch, carried column], backlog, allowance and battery content after each epoch of the plan.
    cost
        [epoch], kCNY, of the plan.
    """
    waits = np.flatnonzero(facts.slack > 0)
    regions = facts.demand.shape[1]
    over = cost - found.by_epoch
    for place, w in enumerate(waits):
        for r in range(regions):
            worth = facts.demand[:, r, w] * found.paid[:, r, w]
            arrived = np.concatenate([[0.0], np.cumsum(facts.demand[:, r, w])])
            served = arrived.copy()
            served[1:] -= carried[:, r * len(waits) + place]
            over += worth - np.diff(np.interp(served, arrived, np.concatenate([[0.0], np.cumsum(worth)])))
    kept = np.concatenate([np.zeros((1, found.carry.shape[1])), carried[:, regions * len(waits) :]])
    following = np.concatenate([found.carry[1:], np.zeros_like(found.carry[:1])])
    return np.asarray(over + (following * kept[1:] - found.carry * kept[:-1]).sum(axis=1))


def _clipped(facts: Facts, prices: Prices) -> Prices:
    """Return prices for which the free columns cannot run away: energy is never worth more than the grid's."""
    ceiling = facts.price[:, facts.metered] * facts.hours
    return replace(prices, energy=np.minimum(prices.energy, ceiling))


def _box_terms(facts: Facts, prices: Prices) -> Array:
    """Return what the rents take back and the boxed columns add; [epoch], kCNY."""
    at, stored = facts.metered, facts.stored
    worth = facts.price * facts.hours
    worth[:, at] = prices.energy
    worth += facts.load * facts.hours
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
    return np.asarray(total)


def _least(facts: Facts, prices: Prices, routes: Routes | None) -> tuple[Array, Array, Routes, Array]:
    """Return the price of serving a unit now, over all routes and over the program's own, and routes it lacks.

    Transport + compute + links + the price of leaving home, the least; [workload, region, epoch]. Then the
    routes that lack, and what each promises, kCNY.
    """
    epochs, regions, workloads = facts.demand.shape
    things = hourly(facts, prices)
    offers = [Offers.of(facts, prices, things, w, routes) for w in range(workloads)]
    asked = [_asked(facts, w) for w in range(workloads)]
    best, mine = np.empty((workloads, regions, epochs)), np.empty((workloads, regions, epochs))

    def part(first: int) -> list[tuple[IntArray, Array]]:
        some = slice(first, first + _EPOCHS)
        lacking = []
        for w, offer in enumerate(offers):
            price, rivals = offer.cheapest(things[:, some], best[w, :, some], mine[w, :, some])
            if routes is not None:
                saved = np.minimum(mine[w, :, some], facts.unserved[w]) - best[w, :, some]
                promise = np.where(saved > 1e-9, saved, 0.0) * asked[w][:, some]
                lacking.append(offer.winners(price, rivals, promise))
        return lacking

    parts = [part(first) for first in range(0, epochs, _EPOCHS)]
    missing, promised = Routes.none(), [np.zeros(0)]
    for w, found in enumerate(zip(*parts, strict=True)):
        number, which = np.unique(np.concatenate([pair[0] for pair in found]), return_inverse=True)
        promised.append(np.bincount(which, np.concatenate([pair[1] for pair in found]), len(number)).astype(float))
        region, centre, path = np.unravel_index(number, facts.transport.shape[1:])
        missing = missing.joined(Routes(np.full(len(number), w), region, centre, path))
    return best, mine, missing, np.concatenate(promised)


def _asked(facts: Facts, w: int) -> Array:
    """Return the most that arrived in one of the epochs whose work may still be served now; [region, epoch]."""
    size = int(facts.slack[w]) + 1
    return np.asarray(maximum_filter1d(facts.demand[:, :, w].T, size, axis=1, mode="constant", origin=(size - 1) // 2))


def _paid(facts: Facts, w: int, best: Array) -> Array:
    """Return what a unit that arrives now pays at least: the least over its deadline, or its value unserved.

    A sliding minimum over slack + 1 epochs; behind the horizon there is none. [region, epoch], kCNY.
    """
    price = np.minimum(best, facts.unserved[w])
    size = int(facts.slack[w]) + 1
    # scipy's origin moves the window so that it begins at its own epoch.
    ahead = minimum_filter1d(price, size, axis=1, mode="constant", cval=np.inf, origin=-(size // 2))
    return np.asarray(ahead)
