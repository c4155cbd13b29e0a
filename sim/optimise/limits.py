"""The limits of a scenario over the whole run, each as a charge of which a plan may have so much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.ground.arrays import BoolArray
from sim.network.network import Network
from sim.optimise.charges import Charge
from sim.optimise.layout import MWH, Facts

_TONNES_PER_MT = 1e6


@dataclass(frozen=True)
class Limit:
    """A measure of the plan that may not exceed a value.

    Attributes
    ----------
    name
        Key of the scenario that asks for it.
    unit
        Of the measure.
    charge
        The measure, per unit of what a plan does.
    most
        What it may be.
    """

    name: str
    unit: str
    charge: Charge
    most: float


def limits(network: Network, facts: Facts) -> list[Limit]:
    """Return the limits of a network's scenario; those that nothing can break are left out.

    Emissions: Σ factor · grid energy ≤ limit. Green share γ: Σ grid energy ≤ (1 − γ) Σ facility energy, so
    that neither what a battery loses nor what a contract delivers in vain counts as green. A hub's share γ of
    the compute asked for: what others serve and what is left unserved ≤ (1 − γ) Σ demand; at most γ: what it
    serves itself ≤ γ Σ demand.

    Parameters
    ----------
    network
        The network.
    facts
        The network in the LP's units.
    """
    return list(_limits(network, facts))


def _limits(network: Network, facts: Facts) -> Iterator[Limit]:
    asked = network.scenario.config.limits
    none = Charge.none(facts)
    if asked.emissions_mt is not None:
        emissions = replace(none, price=network["emission_factor"] * MWH / 1e3)
        yield Limit("limits.emissions_mt", "t", emissions, asked.emissions_mt * _TONNES_PER_MT)
    member = network["member"] > 0.0
    everywhere = np.ones(len(member), dtype=bool)
    if asked.green_share > 0.0:
        yield Limit("limits.green_share", "MWh", _grid_beyond(facts, everywhere, asked.green_share), 0.0)
    hubs = list(network.scenario.config.hubs)
    for name, share in asked.hub_green_share.items():
        if share > 0.0:
            charge = _grid_beyond(facts, member[:, hubs.index(name)], share)
            yield Limit(f"limits.hub_green_share.{name}", "MWh", charge, 0.0)
    compute = (facts.pool >= 0).astype(float)
    demand = float(facts.demand[:, :, facts.pool >= 0].sum())
    for name, share in asked.hub_share_at_least.items():
        if share > 0.0:
            elsewhere = replace(none, serve=np.outer(compute, ~member[:, hubs.index(name)]), unserved=compute)
            yield Limit(f"limits.hub_share_at_least.{name}", "EFLOPS h", elsewhere, (1.0 - share) * demand)
    for name, share in asked.hub_share_at_most.items():
        if share < 1.0:
            here = replace(none, serve=np.outer(compute, member[:, hubs.index(name)]))
            yield Limit(f"limits.hub_share_at_most.{name}", "EFLOPS h", here, share * demand)


def _grid_beyond(facts: Facts, centres: BoolArray, share: float) -> Charge:
    """Return the grid energy of some centres beyond the share of their facility energy that it may have; MWh."""
    here = np.broadcast_to(centres, facts.price.shape).astype(float)
    return replace(Charge.none(facts), price=here, load=-(1.0 - share) * here)
