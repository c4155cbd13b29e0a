"""What days are told apart by: the series of a network that a plan's cost follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array
from sim.network import climate, surroundings
from sim.network.network import Network
from sim.network.power import facility, it_power


@dataclass(frozen=True)
class Signal:
    """One series by place or workload.

    Attributes
    ----------
    name
        Key of the series.
    values
        [epoch, column], in `unit`.
    weight
        [column], how the columns make the nation's series; sums to 1, or all 1 where they add up.
    unit
        SI unit.
    """

    name: str
    values: Array
    weight: Array
    unit: str

    @property
    def nation(self) -> Array:
        """Return the nation's series; [epoch], same unit."""
        return np.asarray(self.values @ self.weight)


def signals(network: Network) -> tuple[Signal, ...]:
    """Return demand, price, carbon factor, wind, sun and the power that the weather asks for.

    Parameters
    ----------
    network
        The network. Places weigh by their rated power; wind and sun are what a unit of plant would deliver,
        whether there is plant or not, since a plan may build it.

    Returns
    -------
    tuple of Signal
        Demand of every workload; [epoch, centre] of the others; `idle` and `full` are facility power at no
        work and at all that is up.
    """
    rated = network["rated_power"]
    total = rated.sum()
    share = rated / total if total > 0.0 else np.full(len(rated), 1.0 / max(len(rated), 1))
    year = climate.climate(network.scenario, climate.sites(network.scenario))
    wind, solar = surroundings.yields(network.scenario, network.calendar, year)
    shape = (*network["temperature"].shape, network["capacity"].shape[1])
    found = [_demand(network, "demand", "FLOPS"), _demand(network, "data_demand", "bit/s")]
    found += [
        Signal("price", network["price"], share, "CNY/J"),
        Signal("carbon_factor", network["emission_factor"], share, "kg/J"),
        Signal("wind", wind, share, "1"),
        Signal("solar", solar, share, "1"),
        Signal("temperature", network["temperature"], share, "degC"),
    ]
    for name, load in (("idle", np.zeros(shape)), ("full", np.ones(shape))):
        power, _ = facility(network, it_power(network, load))
        found.append(Signal(name, power, np.ones(len(rated)), "W"))
    return tuple(found)


def _demand(network: Network, name: str, unit: str) -> Signal:
    """Return the nation's demand by workload; [epoch, workload]."""
    values = network[name].sum(axis=1)
    return Signal(name, values, np.ones(values.shape[1]), unit)
