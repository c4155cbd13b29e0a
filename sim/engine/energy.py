"""From load to money: IT power, facility power, battery, grid, for all epochs at once."""

from __future__ import annotations

import numpy as np

from sim.centres.base import REGISTRY, Weather, facility_power, read_sheet
from sim.engine.ledger import check_energy
from sim.ground.arrays import Array
from sim.network.network import Network
from sim.physics import battery


def utilisation(network: Network, served: Array) -> Array:
    """Return the load of every pool per capacity that is up; [epoch, centre, pool], 0–1.

    Parameters
    ----------
    network
        The network.
    served
        [epoch, centre, workload], FLOP.
    """
    room = network["capacity"] * network["availability"] * network.calendar.seconds
    pool = network["workload_pool"]
    work = np.stack([served[:, :, pool == p].sum(axis=2) for p in range(room.shape[2])], axis=2)
    share = np.divide(work, room, out=np.zeros_like(room), where=room > 0.0)
    return np.asarray(np.minimum(share, 1.0))


def it_power(network: Network, load: Array) -> Array:
    """Return the IT power of every centre; [epoch, centre], W.

    P = C · occupancy · Σ_p s_p · avail · (idle_p + (1 − idle_p) · u): a pool that is down draws nothing.

    Parameters
    ----------
    network
        The network.
    load
        [epoch, centre, pool], 0–1, per capacity that is up.
    """
    idle = network["idle_share"]
    drawn = network["availability"] * (idle + (1.0 - idle) * load)
    filled = network["rated_power"] * network["occupancy"]
    return np.asarray(filled * np.einsum("tcp,cp->tc", drawn, network["power_share"]))


def facility(network: Network, power: Array) -> tuple[Array, Array]:
    """Return facility power, W, and water, kg/s; both [epoch, centre].

    Σ over the archetypes of a centre's stock, each at the centre's load ratio x = P_IT / C.

    Parameters
    ----------
    network
        The network.
    power
        [epoch, centre], W, IT.
    """
    rated = network["rated_power"]
    load = np.divide(power, rated, out=np.zeros_like(power), where=rated > 0.0)
    total, water = np.zeros_like(power), np.zeros_like(power)
    for number, name in enumerate(network.ids("archetype")):
        share = network["mix"][:, number]
        at = np.flatnonzero(share > 0.0)
        if not len(at):
            continue
        weather = Weather(network["temperature"][:, at], network["wet_bulb"][:, at], network["pressure"][at])
        parts = REGISTRY.get(name)(load[:, at], weather, read_sheet(name))
        scale = rated[at] * share[at]
        total[:, at] += scale * facility_power(load[:, at], parts, network["kappa"][at])
        water[:, at] += scale * parts.water
    return total, water


def balance(network: Network, power: Array) -> dict[str, Array]:
    """Return how facility power is met, battery included; every array [epoch, centre], W.

    The default battery rule charges from the centre's own green surplus and discharges on its deficit;
    it begins empty, so that all it holds is green.

    Parameters
    ----------
    network
        The network.
    power
        [epoch, centre], W, facility.

    Returns
    -------
    dict
        ``charge``, ``discharge``, ``green_used`` (to load and battery), ``grid_import``,
        ``battery_content`` (J, at the end of the epoch).
    """
    supply = network["green_supply"]
    surplus, deficit = np.maximum(supply - power, 0.0), np.maximum(power - supply, 0.0)
    charge, discharge, held = np.zeros_like(power), np.zeros_like(power), np.zeros_like(power)
    at = np.flatnonzero((network["battery_energy"] > 0.0) & (network["battery_power"] > 0.0))
    content = np.zeros(len(at))
    for epoch in range(len(power) if len(at) else 0):
        content, charge[epoch, at], discharge[epoch, at] = battery.step(
            content, surplus[epoch, at], deficit[epoch, at],
            capacity=network["battery_energy"][at], power=network["battery_power"][at],
            duration=network.calendar.seconds,
            charge_efficiency=network["charge_efficiency"][at],
            discharge_efficiency=network["discharge_efficiency"][at],
        )  # fmt: skip
        held[epoch, at] = content
    used = np.minimum(supply, power) + charge
    grid = np.maximum(deficit - discharge, 0.0)
    check_energy(power, grid, used, discharge, charge)
    return {
        "charge": charge,
        "discharge": discharge,
        "green_used": used,
        "grid_import": grid,
        "battery_content": held,
    }
