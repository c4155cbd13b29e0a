"""How facility power is met: contracted green power, battery, grid, for all epochs at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.ledger import check_battery, check_energy
from sim.ground.arrays import Array, IntArray
from sim.network.network import Network
from sim.physics import battery


def balance(network: Network, power: Array, schedule: Array) -> dict[str, Array]:
    """Return how facility power is met, battery included; every array [epoch, centre], W.

    Contracted power meets the load first. A battery does what its schedule asks, within its power and
    energy; where nothing is asked it takes the centre's green surplus and covers its deficit. It draws
    from the surplus before it draws from the grid, and gives no more than the deficit: nothing is pushed
    into the grid. It begins empty.

    Parameters
    ----------
    network
        The network.
    power
        [epoch, centre], W, facility.
    schedule
        [epoch, centre], W into the battery, negative out of it; NaN where nothing is asked.

    Returns
    -------
    dict
        ``green_used`` (to load and battery), ``grid_import``, ``charge``, ``discharge``,
        ``battery_content`` (J, at the end of the epoch), and the green part of these three:
        ``charge_green``, ``discharge_green``, ``battery_green``.
    """
    supply = network["green_supply"]
    surplus, deficit = np.maximum(supply - power, 0.0), np.maximum(power - supply, 0.0)
    offered, wanted = asked(supply, power, schedule)
    whole, green = _batteries(network, offered, wanted, surplus)
    used = np.minimum(supply, power) + green.charge
    grid = np.maximum(deficit + (whole.charge - green.charge) - whole.discharge, 0.0)
    found = {
        "green_used": used,
        "grid_import": grid,
        "charge": whole.charge,
        "discharge": whole.discharge,
        "battery_content": whole.content,
        "charge_green": green.charge,
        "discharge_green": green.discharge,
        "battery_green": green.content,
    }
    check(network, power, found)
    return found


def check(network: Network, power: Array, found: dict[str, Array]) -> None:
    """Check that power is balanced and that batteries hold what went in and did not come out.

    Parameters
    ----------
    network
        The network.
    power
        [epoch, centre], W, facility.
    found
        As `balance` returns it.

    Raises
    ------
    InvariantError
        Where energy was lost or made.
    """
    check_energy(power, found["grid_import"], found["green_used"], found["discharge"], found["charge"])
    for charge, discharge, content in (
        ("charge", "discharge", "battery_content"), ("charge_green", "discharge_green", "battery_green"),
    ):  # fmt: skip
        stored_energy = found[charge] * network["charge_efficiency"]
        taken = found[discharge] / network["discharge_efficiency"]
        check_battery(found[content], (stored_energy - taken) * network.calendar.seconds)


def asked(supply: Array, power: Array, schedule: Array) -> tuple[Array, Array]:
    """Return what batteries are offered and what is wanted of them; [epoch, centre] each, W.

    Parameters
    ----------
    supply, power
        [epoch, centre], W: contracted, facility.
    schedule
        [epoch, centre], W into the battery, negative out of it; NaN where nothing is asked.
    """
    flow = np.where(np.isnan(schedule), supply - power, schedule)
    return np.maximum(flow, 0.0), np.minimum(np.maximum(-flow, 0.0), np.maximum(power - supply, 0.0))


def stored(network: Network) -> IntArray:
    """Return the numbers of the centres that have a battery."""
    return np.flatnonzero((network["battery_energy"] > 0.0) & (network["battery_power"] > 0.0))


def losses(network: Network, at: IntArray) -> dict[str, Any]:
    """Return epoch and efficiencies of some batteries, as `sim.physics.battery` takes them."""
    return {
        "duration": network.calendar.seconds,
        "charge_efficiency": network["charge_efficiency"][at],
        "discharge_efficiency": network["discharge_efficiency"][at],
    }


def _batteries(network: Network, offered: Array, wanted: Array, surplus: Array) -> tuple[battery.Step, battery.Step]:
    """Return what batteries do with power offered and wanted, and the green part of it; [epoch, centre] each."""
    at = stored(network)
    lost = losses(network, at)
    capacity, power = network["battery_energy"][at], network["battery_power"][at]
    whole, green = np.zeros((3, *offered.shape)), np.zeros((3, *offered.shape))
    content, part = np.zeros(len(at)), np.zeros(len(at))
    for epoch in range(len(offered) if len(at) else 0):
        step = battery.step(content, offered[epoch, at], wanted[epoch, at], capacity=capacity, power=power, **lost)
        its = battery.green_part(part, content, step, surplus[epoch, at], **lost)
        whole[:, epoch, at], green[:, epoch, at] = step, its
        content, part = step.content, its.content
    return battery.Step(*whole), battery.Step(*green)
