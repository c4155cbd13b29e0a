"""The ways that data of jobs take: from a region to a pool and back, over the backbone."""

from __future__ import annotations

import numpy as np

from sim.engine.roads import Roads
from sim.engine.stock import Stock
from sim.ground.arrays import IntArray
from sim.network.network import Network


def ways(network: Network, stock: Stock) -> Roads:
    """Return the routes between regions and pools, there and back; a region's own node needs none.

    Parameters
    ----------
    network
        Has the backbone and the paths of every pair.
    stock
        Has the pools.
    """
    hops, delay = network["route_link"].astype(np.int64), network["route_delay"]
    regions = len(hops)
    back = np.where(hops >= 0, network["link_opposite"].astype(np.int64)[hops], -1)
    linked = (hops[:, :, 0, 0] >= 0) & np.isfinite(delay[:, :, 0])
    number = np.where(linked, np.cumsum(linked).reshape(linked.shape) - 1, -1)
    count = int(linked.sum())
    way = np.full((regions, len(stock.centre), 2), -1, dtype=np.int64)
    for p, c in enumerate(stock.centre):
        way[:, p, 0] = number[:, c]
        way[:, p, 1] = np.where(number[:, c] >= 0, number[:, c] + count, -1)
    both = np.concatenate([hops[linked], _from_the_front(back[linked])]).astype(np.int64)
    cap = network.scenario.config.run.jobs.flow_gbps * 1e9
    room = np.maximum(network["link_capacity"] - network["background"], 0.0)
    return Roads(way, both, np.concatenate([delay[linked]] * 2), room, cap)


def _from_the_front(hops: IntArray) -> IntArray:
    """Return the hops of paths from their other end, what is unused behind; [route, path, hop]."""
    turned = hops[:, :, ::-1]
    order = np.argsort(turned < 0, axis=2, kind="stable")
    return np.asarray(np.take_along_axis(turned, order, axis=2), dtype=np.int64)
