"""How facility power is met: contracted green power, battery, grid, for all epochs at once."""

from __future__ import annotations

import numpy as np

from sim.engine.ledger import check_energy
from sim.ground.arrays import Array
from sim.network.network import Network
from sim.physics import battery


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
