"""Every KPI, defined once: for the nation, per hub, per centre, per region, per workload."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from sim.ground.arrays import Array, BoolArray
from sim.ground.calendar import Calendar
from sim.physics.money import annuity
from sim.results.bill import bill, by_hour
from sim.results.schema import FATES, STATISTICS, Results

_TWH, _BN, _MT, _H = 3.6e15, 1e9, 1e9, 3600.0
_CNY_PER_KWH, _KG_PER_KWH = 3.6e6, 3.6e6
Values = dict[str, Any]


class Prices(Protocol):
    """The part of a configuration that measures need."""

    @property
    def grid(self) -> Any:
        """Factors and the carbon price."""

    @property
    def green(self) -> Any:
        """The emission factor of contracts."""

    @property
    def economy(self) -> Any:
        """Prices that the nation shares."""

    @property
    def report(self) -> Any:
        """Figures that are reported and not simulated."""


def measure(results: Results, config: Prices) -> Results:
    """Return the results with all their measures.

    Parameters
    ----------
    results
        The series of a run.
    config
        Prices, factors and figures that are reported and not simulated.

    Returns
    -------
    Results
        With `kpi` and `by` filled; floats, or None where a ratio has nothing below the line.
    """
    everything = np.ones(len(results.ids("centre")), dtype=bool)
    shares = _green(results)
    kpi = _centres(results, config, everything, shares)
    kpi |= _work(
        results,
        np.ones(len(results.ids("region")), dtype=bool),
        np.ones(len(results.ids("workload")), dtype=bool),
    )
    kpi |= _nation(results, config)
    _add_costs(kpi, results, config)
    member = results["member"] > 0.0
    by = {
        "hub": {hub: _centres(results, config, member[:, h], shares) for h, hub in enumerate(results.ids("hub"))},
        "centre": {
            name: _centres(results, config, np.arange(len(everything)) == c, shares)
            for c, name in enumerate(results.ids("centre"))
        },
        "region": {name: _region(results, r) for r, name in enumerate(results.ids("region"))},
        "workload": {name: _workload(results, w, config) for w, name in enumerate(results.ids("workload"))},
        "hour": by_hour(results, config.grid.carbon_price_cny_per_t, config.economy.wan_cny_per_tb_1000km),
    }
    return replace(results, kpi=_plain(kpi), by=_plain(by))


def _plain(value: Any) -> Any:
    """Return nested values as Python's own, None for what is not finite."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str) or value is None:
        return value
    number = float(value)
    return number if np.isfinite(number) else None


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole > 0.0 else float("nan")


def _energy(results: Results, name: str, at: BoolArray) -> float:
    """Return the energy of a power series over the run; J."""
    return float(results[name][:, at].sum() * results.seconds)


def _green(results: Results) -> dict[str, Array]:
    """Return the energies behind the green shares; each [centre], J.

    M = min(L, G − charge + discharge) by epoch, of green energy only; contracts and certificates of a
    centre count up to its own use and are not lent to another's.
    """
    load, seconds = results["facility_power"], results.seconds
    met = np.minimum(load, results["green_supply"] - results["charge_green"] + results["discharge_green"])
    used = load.sum(axis=0) * seconds
    supply = results["green_supply"].sum(axis=0) * seconds
    return {
        "used": used,
        "bundled": np.minimum(used, supply),
        "annual": np.minimum(used, supply + results["certificates"]),
        "hourly": met.sum(axis=0) * seconds,
        "cfe": (met + (load - met) * results["grid_carbon_free"]).sum(axis=0) * seconds,
    }


def _centres(results: Results, config: Prices, at: BoolArray, shares: dict[str, Array]) -> Values:
    """Return the measures of a set of centres."""
    capacity, racks = results["capacity"][at], results["racks"][at]
    it, total = _energy(results, "it_power", at), _energy(results, "facility_power", at)
    used = shares["used"][at].sum()
    uncovered = (shares["used"] - shares["annual"])[at].sum()
    covered = used - uncovered
    grid = results["grid_import"][:, at]
    location = float((grid * results["emission_factor"][:, at]).sum() * results.seconds)
    market = uncovered * config.grid.residual_factor_kg_per_kwh / _KG_PER_KWH
    market += covered * config.green.contract_factor_kg_per_kwh / _KG_PER_KWH
    up = results["available"][at]
    room = (capacity * up).sum()
    return {
        "capacity_eflops": capacity.sum() / 1e18,
        "racks": racks.sum(),
        "rack_utilisation": _ratio((racks * results["rack_utilisation"][at]).sum(), racks.sum()),
        "smart_share": _ratio(capacity[:, 1].sum(), capacity.sum()),
        "load": _ratio(results["served"][:, at].sum() / len(grid), room),
        "it_energy_twh": it / _TWH,
        "facility_energy_twh": total / _TWH,
        "pue": _ratio(total, it),
        "wue": _ratio(_energy(results, "water", at), it / 3.6e6),
        "green_share": {name: _ratio(shares[name][at].sum(), used) for name in ("annual", "bundled", "hourly", "cfe")},
        "emissions_mt": {"location": location / _MT, "market": market / _MT},
        "cost_bn_cny": {
            "energy": _energy_cost(results, at) / _BN,
            "carbon": location * config.grid.carbon_price_cny_per_t / 1e3 / _BN,
        },
        "demand_charge_bn_cny": _demand_charge(results, at) * config.economy.demand_charge_cny_per_kw_month / 1e3 / _BN,
        "served_eflops": results["served"][:, at].sum() / len(grid) / 1e18,
        "availability": _ratio(room, capacity.sum()),
        **bill(results, at),
    }


def _energy_cost(results: Results, at: BoolArray) -> float:
    """Return what energy costs, CNY: the grid's at its hour's price, contracted energy as it is delivered.

    A contract is take-or-pay: what a centre cannot use is paid for too, and counts in its annual share.
    """
    grid = (results["grid_import"][:, at] * results["price"][:, at]).sum()
    green = (results["green_supply"][:, at] * results["contract_price"][at]).sum()
    return float((grid + green) * results.seconds)


def _demand_charge(results: Results, at: BoolArray) -> float:
    """Return the sum over centres and months of the month's peak grid power, W."""
    months = results.series["epoch"].values.astype("datetime64[M]").astype(np.int64)
    first = np.flatnonzero(np.diff(months, prepend=months[0] - 1))
    return float(np.maximum.reduceat(results["grid_import"][:, at], first, axis=0).sum()) if at.any() else 0.0


def _work(results: Results, regions: BoolArray, workloads: BoolArray) -> Values:
    """Return the measures of the work of some regions and workloads."""
    pick = np.ix_(regions, workloads)
    asked = results["asked"][pick] + results["asked_data"][pick]
    missed = results["missed"][pick] + results["missed_data"][pick]
    waits = results["slack"][workloads] > 0
    compute, compute_missed = results["asked"][pick], results["missed"][pick]
    late = missed[:, waits].sum()
    span = results["facility_power"].shape[0] * results.seconds
    only_data = compute.sum() == 0.0 and asked.sum() > 0.0
    # FLOP and bits do not add: the delay is weighted by the one or the other.
    alike = results["asked_data" if only_data else "asked"].sum(axis=0) > 0.0
    whole, lost = (asked, missed) if only_data else (compute, compute_missed)
    found: Values = {
        "served_share": 1.0 - min(_ratio(lost.sum(), whole.sum()), 1.0),
        "deadline_missed_share": _ratio(late if only_data else compute_missed[:, waits].sum(), whole[:, waits].sum()),
        "delay_ms": _delay(results, regions, workloads & alike & (results["slack"] == 0)),
    }
    if only_data:
        found |= {
            "demand_tbps": asked.sum() / span / 1e12,
            "served_tbps": (asked - missed).sum() / span / 1e12,
        }
    else:
        found |= {"demand_eflops": compute.sum() / span / 1e18}
        moved = results["moved"][regions][:, :, workloads].sum(axis=2)
        found["served_eflops"] = moved.sum() / span / 1e18
        found["moved_share"] = _ratio(moved[results["own"][regions] == 0.0].sum(), moved.sum())
    return found


def _delay(results: Results, regions: BoolArray, workloads: BoolArray) -> Values:
    """Return mean and 99th percentile of the one-way delay, weighted by the work served; ms."""
    work = results["path_work"][np.ix_(workloads, regions)].sum(axis=0).ravel()
    delay = results["route_delay"][regions].ravel()
    held = work > 0.0
    return {
        "mean": _ratio((delay[held] * work[held]).sum(), work[held].sum()) * 1e3,
        "p99": _quantile(delay[held], work[held], 0.99) * 1e3,
    }


def _quantile(values: Array, weights: Array, share: float) -> float:
    """Return the smallest value below or at which the share of the weight lies."""
    if not len(values):
        return float("nan")
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, share * total[-1] * (1.0 - 1e-12))])


def _region(results: Results, number: int) -> Values:
    regions = np.arange(len(results.ids("region"))) == number
    found = _work(results, regions, np.ones(len(results.ids("workload")), dtype=bool))
    names = results.ids("workload")
    found["unserved_eflops_h"] = {
        name: results["missed"][number, w] / 1e18 / _H
        for w, name in enumerate(names)
        if results["asked"][number, w] > 0.0
    }
    return found


def _workload(results: Results, number: int, config: Prices) -> Values:
    workloads = np.arange(len(results.ids("workload"))) == number
    found = _work(results, np.ones(len(results.ids("region")), dtype=bool), workloads)
    work = results["waited"][number]
    hours = np.arange(len(work)) * results.seconds / _H
    held = work > 0.0
    found["wait_h"] = {"mean": _ratio((work * hours).sum(), work.sum())}
    found["wait_h"] |= {f"p{share:02d}": _quantile(hours[held], work[held], share / 100.0) for share in (50, 95, 99)}
    if results["jobs"][number].any():
        found |= _jobs(results, number)
    found["energy_twh"] = results["energy_account"][:, number].sum() / _TWH
    location = results["emissions_account"][:, number].sum()
    found["emissions_mt"] = {"location": location / _MT}
    found["grid_bill_bn_cny"] = results["bill_account"][:, number].sum() / _BN
    carbon = location * config.grid.carbon_price_cny_per_t / 1e3 / _BN
    found["cost_bn_cny"] = {"carbon": carbon, "unserved": _unserved_cost(results, config, workloads)}
    return found


def _unserved_cost(results: Results, config: Prices, workloads: BoolArray) -> float:
    """Return what work left unserved counts, at its value; bn CNY."""
    economy = config.economy
    cost = results["missed"][:, workloads].sum() / (1e18 * _H) * economy.unserved_cny_per_eflops_h
    cost += results["missed_data"][:, workloads].sum() / 8e12 * economy.unserved_cny_per_tb
    return float(cost / _BN)


def _jobs(results: Results, number: int) -> Values:
    """Return what is known of a workload's jobs: exact waits stand for those by epochs."""
    *waits, slowdown = results["job_wait"][number]
    return {
        "jobs": dict(zip(FATES, results["jobs"][number], strict=True)),
        "wait_h": {name: wait / _H for name, wait in zip(STATISTICS, waits, strict=False)},
        "bounded_slowdown": slowdown,
        "lost_share": _ratio(results["lost"][:, number].sum(), results["served"][:, :, number].sum() * results.seconds),
    }


def _nation(results: Results, config: Prices) -> Values:
    capacity = results["capacity"].sum(axis=1)
    in_hub = (results["member"] > 0.0).any(axis=1)
    to_cluster = np.where(results["cluster"] > 0.0, results["delay"], np.inf).min(axis=1)
    hub_delay, floor = results["hub_delay"], results["hub_floor"]
    pairs = hub_delay > 0.0
    apart = pairs & (floor > 0.0)
    use = np.divide(
        results["link_traffic"] + results["background"], results["link_capacity"],
        out=np.zeros_like(results["link_traffic"]), where=results["link_capacity"] > 0.0,
    )  # fmt: skip
    use = np.where(use < 1.0 + 1e-9, np.minimum(use, 1.0), use)  # A full link is full, not 1 + 7e-16.
    _, busiest = np.unravel_index(int(use.argmax()), use.shape) if use.size else (0, 0)
    return {
        "hub_share": _ratio(capacity[in_hub].sum(), capacity.sum()),
        "latency_coverage": {
            f"ms_{bound}": float(results["user_weight"][to_cluster <= bound * 1e-3].sum()) for bound in (1, 5, 20)
        },
        "hub_delay_ms": {
            "mean": hub_delay[pairs].mean() * 1e3 if pairs.any() else None,
            "max": hub_delay[pairs].max() * 1e3 if pairs.any() else None,
        },
        "path_stretch": (hub_delay[apart] / floor[apart]).mean() if apart.any() else None,
        "link_utilisation": {
            "mean": use.mean() if use.size else None,
            "max": use.max() if use.size else None,
            "name": results.ids("link")[busiest] if use.size else None,
        },
        "idle_energy_twh": results["energy_account"][:, -2].sum() / _TWH,
        "lost_energy_twh": results["energy_account"][:, -1].sum() / _TWH,
        "lost_share": _ratio(results["lost"].sum(), results["served"].sum() * results.seconds),
        "storage_eb": config.report.storage_eb,
        "capital_bn_cny": _capital(results, config),
    }


def _capital(results: Results, config: Prices) -> float:
    """Return the annuity of facilities and servers over the run's part of its calendar year; bn CNY."""
    economy = config.economy
    year = Calendar.whole_year(int(results.series["epoch"].dt.year[0]))
    years = results["facility_power"].shape[0] * results.seconds / (year.epochs * year.seconds)
    facility = results["rated_power"].sum() / 1e3 * economy.facility_capex_cny_per_kw / _BN
    general, smart = results["capacity"].sum(axis=0) / 1e18
    servers = general * economy.general_capex_bn_cny_per_eflops + smart * economy.smart_capex_bn_cny_per_eflops
    rate = economy.discount_rate_per_year
    yearly = facility * annuity(rate, economy.facility_life_years) + servers * annuity(rate, economy.it_life_years)
    return float(yearly * years)


def _add_costs(kpi: Values, results: Results, config: Prices) -> None:
    """Add network and unserved work to the nation's costs, and the total: the objective of the optimum."""
    economy, cost = config.economy, kpi["cost_bn_cny"]
    distance = (results["link_traffic"] * results["link_length"]).sum() * results.seconds
    cost["wan"] = distance * economy.wan_cny_per_tb_1000km / (8e12 * 1e6) / _BN
    cost["unserved"] = _unserved_cost(results, config, np.ones(len(results.ids("workload")), dtype=bool))
    cost["total"] = cost["energy"] + cost["carbon"] + cost["wan"] + cost["unserved"]
