"""From load to facility power: the physics that the engines book and the optimum is bounded by."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sim.centres.base import REGISTRY, Weather, facility_power, read_sheet
from sim.ground.arrays import Array
from sim.network.network import Network

ALL = slice(None)


class Named(Protocol):
    """Arrays by name."""

    def __getitem__(self, name: str, /) -> Array:
        """Return the values of an array."""


def utilisation(network: Network, served: Array, epochs: slice = ALL) -> Array:
    """Return the load of every pool per capacity that is up; [epoch, centre, pool], 0–1.

    Parameters
    ----------
    network
        The network.
    served
        [epoch, centre, workload], FLOP.
    epochs
        Those that `served` speaks of.
    """
    room = network["capacity"] * network["availability"][epochs] * network.calendar.seconds
    work = by_pool(network, served)
    share = np.divide(work, room, out=np.zeros_like(room), where=room > 0.0)
    return np.asarray(np.minimum(share, 1.0))


def by_pool(network: Network, served: Array) -> Array:
    """Return the work that every pool has done; [epoch, centre, pool], FLOP.

    Parameters
    ----------
    network
        The network.
    served
        [epoch, centre, workload], FLOP.
    """
    pool, pools = network["workload_pool"], network["capacity"].shape[1]
    return np.stack([served[:, :, pool == p].sum(axis=2) for p in range(pools)], axis=2)


def it_power(network: Network, load: Array, epochs: slice = ALL) -> Array:
    """Return the IT power of every centre; [epoch, centre], W.

    P = C · occupancy · Σ_p s_p · avail · (idle_p + (1 − idle_p) · u): a pool that is down draws nothing.

    Parameters
    ----------
    network
        The network.
    load
        [epoch, centre, pool], 0–1, per capacity that is up.
    epochs
        Those that `load` speaks of.
    """
    idle = network["idle_share"]
    drawn = network["availability"][epochs] * (idle + (1.0 - idle) * load)
    filled = network["rated_power"] * network["occupancy"]
    return np.asarray(filled * np.einsum("tcp,cp->tc", drawn, network["power_share"]))


def facility(network: Network, power: Array, epochs: slice = ALL) -> tuple[Array, Array]:
    """Return facility power, W, and water, kg/s; both [epoch, centre].

    Σ over the archetypes of a centre's stock, each at the centre's load ratio x = P_IT / C.

    Parameters
    ----------
    network
        The network.
    power
        [epoch, centre], W, IT.
    epochs
        Those that `power` speaks of.
    """
    rated = network["rated_power"]
    load = np.divide(power, rated, out=np.zeros_like(power), where=rated > 0.0)
    dry, wet = network["temperature"][epochs], network["wet_bulb"][epochs]
    total, water = np.zeros_like(power), np.zeros_like(power)
    for number, name in enumerate(network.ids("archetype")):
        share = network["mix"][:, number]
        at = np.flatnonzero(share > 0.0)
        if not len(at):
            continue
        weather = Weather(dry[:, at], wet[:, at], network["pressure"][at])
        parts = REGISTRY.get(name)(load[:, at], weather, read_sheet(name))
        scale = rated[at] * share[at]
        total[:, at] += scale * facility_power(load[:, at], parts, network["kappa"][at])
        water[:, at] += scale * parts.water
    return total, water


def utilisation_slope(network: Named) -> Array:
    """Return the IT power that a unit of work draws above idle; [centre, pool], W per FLOPS.

    ∂P/∂L = C · occupancy · s_p · (1 − idle_p) / K_p, whatever share of the pool is up.

    Parameters
    ----------
    network
        The network, or its plant and capacity alone.
    """
    filled = (network["rated_power"] * network["occupancy"])[:, None]
    drawn = filled * network["power_share"] * (1.0 - network["idle_share"])
    capacity = network["capacity"]
    return np.divide(drawn, capacity, out=np.zeros_like(drawn), where=capacity > 0.0)
