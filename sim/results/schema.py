"""The last noun: what a run has measured, every array with its unit; and the dictionary of its arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from sim.ground.arrays import Array
from sim.ground.errors import InvariantError
from sim.ground.names import MEASURES, flat
from sim.results.card import card

FATES = ("finished", "rejected", "missed", "running", "waiting", "killed")
"""What becomes of a job; killed counts the kills on the way to it."""
CARD = (
    "capacity_eflops", "served_share", "deadline_missed_share", "facility_energy_twh", "pue", "wue",
    "green_share.hourly", "emissions_mt.location", "cost_bn_cny.total",
)  # fmt: skip
"""Measures that a notebook shows of a run."""
STATISTICS = ("mean", "p50", "p95", "p99", "slowdown")
"""What is known of the waits of jobs; the last is the mean bounded slowdown."""

# Array → dimensions, unit (SI), description. The engines fill all of these, and nothing else is stored.
ARRAYS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "served": (("epoch", "centre", "workload"), "FLOPS", "compute served, FP32"),
    "served_data": (("epoch", "centre", "workload"), "bit/s", "data served of workloads that are bits only"),
    "demand": (("epoch", "workload"), "FLOPS", "compute asked for, FP32"),
    "unserved": (("epoch", "workload"), "FLOPS", "compute past its deadline or rejected, FP32"),
    "backlog": (("epoch", "workload"), "FLOP", "work waiting at the end of the epoch"),
    "backlog_data": (("epoch", "workload"), "bit", "data waiting at the end of the epoch"),
    "load": (("epoch", "centre", "pool"), "1", "load per capacity that is up"),
    "it_power": (("epoch", "centre"), "W", "IT power"),
    "facility_power": (("epoch", "centre"), "W", "facility power"),
    "water": (("epoch", "centre"), "kg/s", "water evaporated and blown down"),
    "green_supply": (("epoch", "centre"), "W", "contracted wind and solar delivered"),
    "green_used": (("epoch", "centre"), "W", "of it taken by load and battery"),
    "charge": (("epoch", "centre"), "W", "battery charge"),
    "discharge": (("epoch", "centre"), "W", "battery discharge"),
    "battery_content": (("epoch", "centre"), "J", "battery content at the end of the epoch"),
    "charge_green": (("epoch", "centre"), "W", "battery charge from contracted surplus"),
    "discharge_green": (("epoch", "centre"), "W", "green part of the battery discharge"),
    "battery_green": (("epoch", "centre"), "J", "green part of the battery content"),
    "grid_import": (("epoch", "centre"), "W", "grid power"),
    "price": (("epoch", "centre"), "CNY/J", "grid price"),
    "emission_factor": (("epoch", "centre"), "kg/J", "grid emission factor, average, location-based"),
    "grid_carbon_free": (("epoch", "centre"), "1", "carbon-free share of the grid"),
    "link_traffic": (("epoch", "link"), "bit/s", "traffic of the dispatch, without the background"),
    "moved": (("region", "centre", "workload"), "FLOP", "work by origin and destination"),
    "moved_data": (("region", "centre", "workload"), "bit", "data by origin and destination"),
    "flow": (("month", "hour", "region", "centre"), "FLOPS", "compute served by origin and destination, mean day"),
    "stream": (("month", "hour", "region", "centre"), "bit/s", "data between them, there and back, mean day"),
    "instances": (("month", "hour"), "1", "epochs that the mean day is made of"),
    "asked": (("region", "workload"), "FLOP", "work asked for"),
    "asked_data": (("region", "workload"), "bit", "data asked for"),
    "missed": (("region", "workload"), "FLOP", "work past its deadline or rejected"),
    "missed_data": (("region", "workload"), "bit", "data past its deadline or rejected"),
    "path_work": (("workload", "region", "centre", "path"), "FLOP", "work by route (bit for data)"),
    "waited": (("workload", "age"), "FLOP", "work served by epochs waited (bit for data)"),
    "route_delay": (("region", "centre", "path"), "s", "one-way delay of a route"),
    "route_link": (
        ("region", "centre", "path", "hop"),
        "1",
        "numbers of the links of a route, in order, −1 behind the last",
    ),
    "delay": (("region", "centre"), "s", "one-way delay of the best route"),
    "own": (("region", "centre"), "1", "whether the centre is the region's own"),
    "capacity": (("centre", "pool"), "FLOPS", "installed compute, FP32"),
    "available": (("centre", "pool"), "1", "share of the capacity-hours that was up"),
    "rated_power": (("centre",), "W", "commissioned IT power"),
    "racks": (("centre",), "1", "standard racks"),
    "rack_utilisation": (("centre",), "1", "filled share of the racks"),
    "member": (("centre", "hub"), "1", "whether the centre belongs to the hub"),
    "cluster": (("centre",), "1", "whether the centre is a national cluster"),
    "kappa": (("centre",), "1", "calibration factor of the cooling"),
    "contract_price": (("centre",), "CNY/J", "price of contracted green energy"),
    "certificates": (("centre",), "J", "unbundled certificates of the period"),
    "user_weight": (("region",), "1", "share of the internet users"),
    "slack": (("workload",), "1", "epochs that work may wait"),
    "lost": (("epoch", "workload"), "FLOP", "work undone by kills, of this epoch and before"),
    "energy_account": (("centre", "account"), "J", "facility energy by what it served"),
    "emissions_account": (("centre", "account"), "kg", "location-based emissions by what they served"),
    "bill_account": (("centre", "account"), "CNY", "bill for grid energy by what it served"),
    "jobs": (("workload", "fate"), "1", "jobs by what became of them, 0 where work is a fluid"),
    "job_wait": (
        ("workload", "statistic"),
        "s",
        "waits of jobs weighted by work; mean bounded slowdown, which has no unit",
    ),
    "link_capacity": (("link",), "bit/s", "capacity"),
    "link_length": (("link",), "m", "fibre"),
    "background": (("link",), "bit/s", "gravity traffic, always there"),
    "hub_delay": (("centre", "other"), "s", "optical one-way delay between clusters, 0 for the rest"),
    "hub_floor": (("centre", "other"), "s", "delay of straight fibre between clusters, 0 for the rest"),
}

# Price → dimensions, unit, description: what a run by a plan knows beside its arrays.
PRICES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "compute_price": (
        ("epoch", "centre", "pool"), "CNY/(EFLOPS h)", "one more unit of work served there: rent and power (FP32)"
    ),
    "hub_price": (
        ("epoch", "hub", "pool"), "CNY/(EFLOPS h)", "one more unit of work served at the hub's cheapest centre"
    ),
    "rent": (("epoch", "centre", "pool"), "CNY/(EFLOPS h)", "one more EFLOPS of capacity for an hour"),
    "capacity_value": (("centre", "pool"), "CNY/EFLOPS", "one more EFLOPS installed, over the period"),
    "power_price": (("epoch", "centre"), "CNY/(MW h)", "one more MW of IT power above idle for an hour"),
    "energy_price": (("epoch", "centre"), "CNY/(MW h)", "one more MW of power at the meter for an hour"),
    "green_value": (("centre",), "CNY/MW", "one more MW of green power in every hour of the period"),
    "battery_power_value": (("centre",), "CNY/MW", "one more MW of an existing battery, over the period"),
    "battery_energy_value": (("centre",), "CNY/(MW h)", "one more MWh of an existing battery, over the period"),
    "link_price": (("epoch", "link"), "CNY/(Gbit s-1 h)", "one more Gbit/s on a link for an hour"),
    "link_value": (("link",), "CNY/(Gbit s-1)", "one more Gbit/s of capacity, over the period"),
    "link_hours": (("link",), "h", "hours in which the link has a price"),
    "latency_value": (
        ("workload",), "CNY/ms", "saved at most, up to the gap, by a latency bound that is 1 ms higher, over the period"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Results:
    """What a run has measured.

    Attributes
    ----------
    series
        Arrays of `ARRAYS`, each with `units` and `long_name`, read only.
    seconds
        Length of an epoch, s.
    kpi
        Measures of the nation, nested by dotted key.
    by
        Measures by ``hub``, ``centre``, ``region`` and ``workload``, then id.
    meta
        Identity and provenance of the run.
    prices
        What one more unit of each scarce thing is worth, arrays of `PRICES`, some or all; None where no plan of the
        whole run was made.
    """

    series: xr.Dataset
    seconds: float
    kpi: dict[str, Any] = field(default_factory=dict)
    by: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    prices: xr.Dataset | None = None

    def __getitem__(self, name: str) -> Array:
        """Return the values of an array."""
        values: Array = self.series.variables[name].values
        return values

    def has(self, names: Iterable[str]) -> bool:
        """Return whether the run has all of these arrays and prices."""
        return set(names) <= {*self.series.data_vars, *(self.prices.data_vars if self.prices is not None else ())}

    def _repr_html_(self) -> str:
        """Return what a notebook shows of the run: who it is, and the measures of the nation by which it is judged."""
        known = flat(self.kpi)
        rows = [
            (key, known[key], "" if MEASURES[key].unit == "1" else MEASURES[key].unit, MEASURES[key].en)
            for key in CARD
            if known.get(key) is not None
        ]
        about = [str(self.meta.get(key)) for key in ("scenario", "policy", "engine") if self.meta.get(key)]
        note = " · ".join([str(self.meta.get("id", "")), f"{len(self.series.variables)} arrays in .series"])
        return card(" · ".join(about) or "run", ("key", "value", "unit", "measure"), rows, note.strip(" ·"))

    def ids(self, dimension: str) -> tuple[str, ...]:
        """Return the ids along a dimension."""
        return tuple(str(item) for item in self.series[dimension].values)


def dataset(arrays: dict[str, Any], coords: dict[str, Any]) -> xr.Dataset:
    """Return the arrays of a run as a dataset that cannot be written to.

    Parameters
    ----------
    arrays
        Values by the names of `ARRAYS`.
    coords
        Ids along each dimension.

    Returns
    -------
    xarray.Dataset
        Complete, every variable with `units` and `long_name`.

    Raises
    ------
    InvariantError
        Where an array is missing, unknown, or holds what is no number.
    """
    if set(arrays) != set(ARRAYS):
        raise InvariantError(f"results arrays differ from the schema: {sorted(set(arrays) ^ set(ARRAYS))}")
    variables = {}
    for name, (dims, units, text) in ARRAYS.items():
        values = np.asarray(arrays[name], dtype=np.float64)
        if np.isnan(values).any():
            raise InvariantError(f"results array '{name}' holds values that are no numbers")
        values.setflags(write=False)
        variables[name] = xr.Variable(dims, values, {"units": units, "long_name": text})
    return xr.Dataset(variables, coords=coords, attrs={"Conventions": "CF-1.11"})
