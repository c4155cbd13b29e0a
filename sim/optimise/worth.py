"""What one more unit of each scarce thing is worth: the prices of a plan as labelled arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from sim.ground.arrays import Array
from sim.network.network import Network
from sim.network.reach import feasible
from sim.optimise.bound import battery_worth, bound
from sim.optimise.layout import KCNY, Facts, transport
from sim.optimise.prices import Prices
from sim.optimise.program import Program
from sim.results.schema import PRICES

_MS = 1.0
"""Step by which a latency bound is raised, ms."""


def drawn(program: Program, values: Array) -> Array:
    """Return the IT power above idle of a plan; [epoch, centre], MW.

    Parameters
    ----------
    program
        The program.
    values
        [epoch, column], its plan.
    """
    columns, centres = program.columns, program.facts.draw.shape[0]
    return np.asarray(values[:, columns.piece : columns.green].reshape(len(values), -1, centres).sum(axis=1))


def worth(network: Network, facts: Facts, prices: Prices, power: Array, *, latency: bool = True) -> xr.Dataset:
    """Return what one more unit of each scarce thing is worth, in CNY.

    All are marginal: they hold for the next unit, at the plan's own prices. The next MW of IT power draws
    what the next piece of facility power draws, also where the plan uses none. A hub's price is the least
    of its centres', since that is where the next unit would go; a centre without the pool has none. A
    link that no plan has loaded above its room has the price 0. What a latency bound is worth is the
    difference of two certified bounds at the same prices, with the bound as it is and 1 ms higher: the
    routes that become feasible are priced, nothing is solved again.

    Parameters
    ----------
    network
        What was planned.
    facts
        The same in the LP's units.
    prices
        Of its plan, in the LP's units.
    power
        [epoch, centre], MW of IT power above idle in the plan.
    latency
        Whether to price the latency bounds too; takes as long as two bounds.

    Returns
    -------
    xarray.Dataset
        Every variable of `PRICES` with `units`, `long_name` and `role`.
    """
    hours = facts.hours
    energy = facts.price.copy()
    energy[:, facts.metered] = np.clip(prices.energy / hours, 0.0, energy[:, facts.metered])
    next_mw = _next_mw(facts, prices, power, energy)
    there = network["capacity"] > 0.0
    compute = np.where(there, (prices.rent + next_mw[:, :, None] * facts.draw) * KCNY, np.nan)
    rent = np.where(there, prices.rent * KCNY, np.nan)
    # Per Tbit/s h in kCNY is per Gbit/s h in CNY.
    link = np.zeros((len(facts.demand), len(facts.opposite)))
    link[:, prices.links] = prices.link
    values = {
        "compute_price": compute,
        "hub_price": _of_hubs(network, compute),
        "rent": rent,
        "capacity_value": (rent * network["availability"]).sum(axis=0) * hours,
        "power_price": next_mw * KCNY,
        "energy_price": energy * KCNY,
        "green_value": energy.sum(axis=0) * hours * KCNY,
        **_of_batteries(facts, prices),
        "link_price": link,
        "link_value": (link * _useful(network)).sum(axis=0) * hours,
        "link_hours": (link > 0.0).sum(axis=0) * hours,
    }
    if latency:
        values["latency_value"] = _of_latency(network, facts, prices)
    return _labelled(network, values)


def _labelled(network: Network, values: dict[str, Array]) -> xr.Dataset:
    variables = {}
    for name, array in values.items():
        dims, units, text = PRICES[name]
        variables[name] = (dims, array, {"units": units, "long_name": text, "role": "predicted"})
    used = {dim for name in values for dim in PRICES[name][0]}
    made = xr.Dataset(variables, coords={dim: network.data[dim].variable for dim in sorted(used)})
    made["epoch"].attrs = {
        "standard_name": "time",
        "long_name": "beginning of the epoch, local time of the nation",
        "axis": "T",
    }
    for dim in used - {"epoch"}:
        made[dim].attrs = {"long_name": f"id of the {dim}"}
    made.attrs = {
        "Conventions": "CF-1.11",
        "title": network.scenario.config.name,
        "comment": "marginal prices of the optimal dispatch; predicted, not observed",
    }
    return made


def _next_mw(facts: Facts, prices: Prices, power: Array, energy: Array) -> Array:
    """Return what the next MW of IT power costs for an hour; [epoch, centre], kCNY.

    Where all pieces are full there is no next one: what holds there is the program's own price.
    """
    slope, width = facts.power.slope, facts.power.width
    full = np.cumsum(width, axis=0) <= power + 1e-9 * (1.0 + power)
    number = full.sum(axis=0)
    following = np.take_along_axis(slope, np.minimum(number, len(slope) - 1)[None], axis=0)[0]
    return np.where(number < len(slope), following * energy, prices.power / facts.hours)


def _useful(network: Network) -> Array:
    """Return the share of one more unit of a link's capacity that work can use; [epoch, link].

    None where the background alone fills the link: it would take that unit too.
    """
    up = network["link_availability"]
    return np.where(network["link_capacity"] * up >= network["background"], up, 0.0)


def _of_hubs(network: Network, compute: Array) -> Array:
    """Return the least price among a hub's centres; [epoch, hub, pool], NaN where none has the pool."""
    member = network["member"].astype(bool)
    known = np.where(np.isnan(compute), np.inf, compute)
    least = [known[:, member[:, h]].min(axis=1, initial=np.inf) for h in range(member.shape[1])]
    found = np.stack(least, axis=1) if least else np.zeros((len(compute), 0, compute.shape[2]))
    return np.where(np.isinf(found), np.nan, found)


def _of_batteries(facts: Facts, prices: Prices) -> dict[str, Array]:
    """Return the worth of power and energy of the batteries that are there; [centre], NaN without one."""
    found = {}
    names = ("battery_power_value", "battery_energy_value")
    for name, saved in zip(names, battery_worth(facts, prices), strict=True):
        found[name] = np.full(facts.price.shape[1], np.nan)
        found[name][facts.stored] = saved.sum(axis=0) * KCNY
    return found


def _of_latency(network: Network, facts: Facts, prices: Prices) -> Array:
    """Return what the latency bounds are worth; [workload], CNY per ms, 0 where there is none."""
    scenario = network.scenario
    items = {
        name: item
        if item.latency_bound_ms is None
        else item.model_copy(update={"latency_bound_ms": item.latency_bound_ms + _MS})
        for name, item in scenario.config.workloads.items()
    }
    looser = replace(scenario, config=scenario.config.model_copy(update={"workloads": items}))
    data = network.data.assign(
        latency_bound=network.data["latency_bound"] + _MS * 1e-3,
        feasible=(network.data["feasible"].dims, feasible(looser, network["delay"])),
    )
    carried = transport(replace(network, data=data), network.scenario.config.objective)
    wider = replace(facts, transport=carried + facts.toll[:, None, :, None])
    saved = bound(facts, prices).paid - bound(wider, prices).paid
    return np.asarray(np.maximum((facts.demand * saved).sum(axis=(0, 1)), 0.0) * KCNY / _MS)


def summary(found: xr.Dataset, most: int = 10) -> dict[str, Any]:
    """Return the prices in short, for a document.

    Parameters
    ----------
    found
        What `worth` returned.
    most
        How many links.

    Returns
    -------
    dict
        ``hub`` and ``centre``: id → pool → mean and max over the epochs, CNY per EFLOPS·h; ``link``: the
        dearest ones with a price, CNY per Gbit/s over the period and the hours in which it binds.
    """
    order = np.argsort(-found["link_value"].values, kind="stable")[:most]
    links = found.isel(link=order[found["link_value"].values[order] > 0.0])
    return {
        "unit": "CNY/(EFLOPS h)",
        "hub": _by_pool(found["hub_price"]),
        "centre": _by_pool(found["compute_price"]),
        "link": [
            {"link": str(name), "cny_per_gbps": float(value), "hours": float(hours)}
            for name, value, hours in zip(
                links["link"].values, links["link_value"].values, links["link_hours"].values, strict=True
            )
        ],
    }


def _by_pool(prices: xr.DataArray) -> dict[str, dict[str, dict[str, float]]]:
    """Return mean and maximum over the epochs; place → pool, without pools that are not there."""
    place = prices.dims[1]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for at, name in enumerate(prices[place].values):
        found[str(name)] = {
            str(pool): {"mean": float(np.nanmean(column)), "max": float(np.nanmax(column))}
            for pool, column in zip(prices["pool"].values, prices.values[:, at].T, strict=True)
            if not np.isnan(column).all()
        }
    return found
