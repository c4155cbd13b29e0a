"""The ledger and the physics of a run become its results."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.accounts import IDLE, LOST, accounts
from sim.engine.ledger import Ledger
from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.network.network import Network
from sim.results.measures import measure
from sim.results.schema import FATES, STATISTICS, Results, dataset

_KEPT = (
    "price", "emission_factor", "grid_carbon_free", "green_supply",
    "route_delay", "route_link", "delay", "own", "capacity", "rated_power",
    "racks", "rack_utilisation", "member", "cluster", "kappa", "contract_price", "user_weight", "link_capacity",
    "link_length", "background", "hub_delay", "hub_floor",
)  # fmt: skip


def record(
    network: Network,
    ledger: Ledger,
    load: Array,
    power: Array,
    total: Array,
    water: Array,
    balance: dict[str, Array],
) -> Results:
    """Return the results of a run, measured.

    Parameters
    ----------
    network
        What was simulated.
    ledger
        What the engine booked, work in FLOP (bit for workloads without a pool).
    load
        [epoch, centre, pool], 0–1.
    power, total
        [epoch, centre], W: IT and facility.
    water
        [epoch, centre], kg/s.
    balance
        How facility power was met; [epoch, centre], W (J for the battery's content).

    Returns
    -------
    Results
        With every measure.
    """
    bits = network["workload_pool"] < 0
    seconds = network.calendar.seconds

    def compute(values: Array, axis: int) -> Array:
        return np.asarray(values * _along(~bits, axis, values.ndim))

    def data(values: Array, axis: int) -> Array:
        return np.asarray(values * _along(bits, axis, values.ndim))

    year = Calendar.whole_year(network.calendar.year).epochs * 3600.0
    arrays: dict[str, Any] = {name: network[name] for name in _KEPT}
    arrays |= balance
    arrays |= {
        "served": compute(ledger.served, 2) / seconds,
        "served_data": data(ledger.served, 2) / seconds,
        "demand": compute(ledger.arrived.sum(axis=1), 1) / seconds,
        "unserved": compute(ledger.unserved.sum(axis=1), 1) / seconds,
        "backlog": compute(ledger.backlog, 1),
        "backlog_data": data(ledger.backlog, 1),
        "load": load,
        "it_power": power,
        "facility_power": total,
        "water": water,
        "link_traffic": ledger.traffic / seconds,
        "moved": compute(ledger.moved, 2),
        "moved_data": data(ledger.moved, 2),
        "asked": compute(ledger.arrived.sum(axis=0), 1),
        "asked_data": data(ledger.arrived.sum(axis=0), 1),
        "missed": compute(ledger.unserved.sum(axis=0), 1),
        "missed_data": data(ledger.unserved.sum(axis=0), 1),
        "path_work": ledger.path_work,
        "waited": ledger.wait,
        "available": network["availability"].mean(axis=0),
        "certificates": network["certificates"] * (network.calendar.epochs * seconds / year),
        "slack": network.slack,
        "lost": ledger.lost,
        "jobs": ledger.jobs,
        "job_wait": ledger.job_wait,
    }
    arrays |= ledger.days.means()
    arrays |= accounts(network, ledger, power, total, balance["grid_import"])
    coords: dict[str, Any] = {
        name: network.data[name].values for name in ("epoch", "region", "hub", "centre", "pool", "workload", "link")
    }
    coords["other"] = coords["centre"]
    coords |= {"month": ledger.days.months, "hour": ledger.days.hours}
    coords |= {"account": [*coords["workload"], IDLE, LOST], "fate": list(FATES), "statistic": list(STATISTICS)}
    return measure(Results(dataset(arrays, coords), seconds), network.scenario.config)


def _along(flags: Any, axis: int, dimensions: int) -> Any:
    shape = [1] * dimensions
    shape[axis] = len(flags)
    return flags.reshape(shape)
