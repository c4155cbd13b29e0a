"""The cheapest routes by looking at every one: the price of each at each epoch, in plain loops."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.optimise.constraints import residents
from sim.optimise.layout import Facts
from sim.optimise.prices import Prices


def cheapest(facts: Facts, prices: Prices, w: int, held: BoolArray) -> tuple[Array, IntArray]:
    """Return the least price over the routes held, inf without one, and the route's number; [epoch, region] each."""
    epochs, regions = facts.demand.shape[:2]
    best, choice = np.full((epochs, regions), np.inf), np.full((epochs, regions), -1)
    compute = prices.compute(facts)
    leaving = {int(r): prices.away[:, k] for k, (r, v) in enumerate(zip(*residents(facts), strict=True)) if v == w}
    of_link = {int(link): prices.link[:, k] for k, link in enumerate(prices.links)}
    for r, c, p in np.argwhere(held & np.isfinite(facts.transport[w])):
        price = np.full(epochs, facts.transport[w, r, c, p])
        if facts.pool[w] >= 0:
            price += compute[:, c, facts.pool[w]]
        if facts.away[r, c]:
            price += leaving.get(int(r), 0.0)
        for link in facts.route_link[r, c, p]:
            if link >= 0:
                price += facts.bits_in[w] * of_link.get(int(link), 0.0)
                price += facts.bits_out[w] * of_link.get(int(facts.opposite[link]), 0.0)
        lower = price < best[:, r]
        best[lower, r] = price[lower]
        choice[lower, r] = np.ravel_multi_index((r, c, p), held.shape)
    return best, choice


def paid(facts: Facts, w: int, best: Array) -> Array:
    """Return the least price within the deadline of work that arrives at each epoch, or its value unserved."""
    slack = int(facts.slack[w])
    least = np.array([best[t : t + slack + 1].min(axis=0) for t in range(len(best))])
    return np.asarray(np.minimum(least, facts.unserved[w]))
