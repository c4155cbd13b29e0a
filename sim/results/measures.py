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
from sim.results.totals import Estate, Totals, Work, ratio, total

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
    totals, estate = Totals.of(results), Estate.of(results)
    member = results["member"] > 0.0

    def centres(at: BoolArray) -> Values:
        return _centres(estate, totals, config, at)

    by = {
        "hub": {hub: centres(member[:, h]) for h, hub in enumerate(results.ids("hub"))},
        "centre": {name: centres(np.arange(len(member)) == c) for c, name in enumerate(results.ids("centre"))},
        "region": {name: _region(results, r) for r, name in enumerate(results.ids("region"))},
        "workload": {name: _workload(results, w, config) for w, name in enumerate(results.ids("workload"))},
        "hour": by_hour(results, config.grid.carbon_price_cny_per_t, config.economy.wan_cny_per_tb_1000km),
    }
    return replace(results, kpi=nation(estate, totals, work(results), config), by=_plain(by))


def nation(estate: Estate, totals: Totals, done: Work, config: Prices) -> Values:
    """Return the measures of the nation: floats, or None where a ratio has nothing below the line.

    Parameters
    ----------
    estate, totals, done
        What the centres are, what they drew, what became of the work.
    config
        Prices, factors and figures that are reported and not simulated.
    """
    kpi = _centres(estate, totals, config, np.ones(len(estate.racks), dtype=bool)) | done.values
    kpi |= {
        "idle_energy_twh": totals.idle.sum() / _TWH,
        "lost_energy_twh": totals.lost.sum() / _TWH,
        "storage_eb": config.report.storage_eb,
        "capital_bn_cny": _capital(estate, config) * done.years,
    }
    economy, cost = config.economy, kpi["cost_bn_cny"]
    cost["wan"] = done.distance * economy.wan_cny_per_tb_1000km / (8e12 * 1e6) / _BN
    cost["unserved"] = _unserved_cost(done.missed, done.missed_data, config)
    cost["total"] = cost["energy"] + cost["carbon"] + cost["wan"] + cost["unserved"]
    found: Values = _plain(kpi)
    return found


def work(results: Results) -> Work:
    """Return what became of the work of a run, and the state of the backbone: nothing that power or prices change.

    Parameters
    ----------
    results
        The series of a run.
    """
    everywhere, all_work = (np.ones(len(results.ids(name)), dtype=bool) for name in ("region", "workload"))
    year = Calendar.whole_year(int(results.series["epoch"].dt.year[0]))
    return Work(
        _work(results, everywhere, all_work) | _backbone(results),
        distance=float((total(results["link_traffic"]) * results["link_length"]).sum() * results.seconds),
        missed=float(results["missed"].sum()),
        missed_data=float(results["missed_data"].sum()),
        years=results["facility_power"].shape[0] * results.seconds / (year.epochs * year.seconds),
    )


def _plain(value: Any) -> Any:
    """Return nested values as Python's own, None for what is not finite."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str) or value is None:
        return value
    number = float(value)
    return number if np.isfinite(number) else None


def _centres(estate: Estate, totals: Totals, config: Prices, at: BoolArray) -> Values:
    """Return the measures of a set of centres."""
    capacity, racks = estate.capacity[at], estate.racks[at]
    shares = {name: energy[at].sum() for name, energy in totals.shares(estate.certificates).items()}
    it, used, location = totals.it[at].sum(), totals.facility[at].sum(), totals.carbon[at].sum()
    covered = shares["annual"]
    market = (used - covered) * config.grid.residual_factor_kg_per_kwh / _KG_PER_KWH
    market += covered * config.green.contract_factor_kg_per_kwh / _KG_PER_KWH
    # A contract is take-or-pay: what a centre cannot use is paid for too, and counts in its annual share.
    energy = totals.grid[at].sum() + (totals.supply[at] * estate.contract_price[at]).sum()
    room = (capacity * estate.available[at]).sum()
    charge = totals.peaks[at].sum() * config.economy.demand_charge_cny_per_kw_month
    return {
        "capacity_eflops": capacity.sum() / 1e18,
        "racks": racks.sum(),
        "rack_utilisation": ratio((racks * estate.rack_utilisation[at]).sum(), racks.sum()),
        "smart_share": ratio(capacity[:, 1].sum(), capacity.sum()),
        "load": ratio(estate.served[at].sum(), room),
        "it_energy_twh": it / _TWH,
        "facility_energy_twh": used / _TWH,
        "pue": ratio(used, it),
        "wue": ratio(totals.water[at].sum(), it / 3.6e6),
        "green_share": {name: ratio(shares[name], used) for name in ("annual", "bundled", "hourly", "cfe")},
        "emissions_mt": {"location": location / _MT, "market": market / _MT},
        "cost_bn_cny": {
            "energy": energy / _BN,
            "carbon": location * config.grid.carbon_price_cny_per_t / 1e3 / _BN,
        },
        "demand_charge_bn_cny": charge / 1e3 / _BN,
        "served_eflops": estate.served[at].sum() / 1e18,
        "availability": ratio(room, capacity.sum()),
        **bill(totals, estate, at),
    }


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
        "served_share": 1.0 - min(ratio(lost.sum(), whole.sum()), 1.0),
        "deadline_missed_share": ratio(late if only_data else compute_missed[:, waits].sum(), whole[:, waits].sum()),
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
        found["moved_share"] = ratio(moved[results["own"][regions] == 0.0].sum(), moved.sum())
    return found


def _delay(results: Results, regions: BoolArray, workloads: BoolArray) -> Values:
    """Return mean and 99th percentile of the one-way delay, weighted by the work served; ms."""
    work = results["path_work"][np.ix_(workloads, regions)].sum(axis=0).ravel()
    delay = results["route_delay"][regions].ravel()
    held = work > 0.0
    return {
        "mean": ratio((delay[held] * work[held]).sum(), work[held].sum()) * 1e3,
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
    found["wait_h"] = {"mean": ratio((work * hours).sum(), work.sum())}
    found["wait_h"] |= {f"p{share:02d}": _quantile(hours[held], work[held], share / 100.0) for share in (50, 95, 99)}
    if results["jobs"][number].any():
        found |= _jobs(results, number)
    found["energy_twh"] = results["energy_account"][:, number].sum() / _TWH
    location = results["emissions_account"][:, number].sum()
    found["emissions_mt"] = {"location": location / _MT}
    found["grid_bill_bn_cny"] = results["bill_account"][:, number].sum() / _BN
    carbon = location * config.grid.carbon_price_cny_per_t / 1e3 / _BN
    missed, missed_data = (float(results[name][:, number].sum()) for name in ("missed", "missed_data"))
    found["cost_bn_cny"] = {"carbon": carbon, "unserved": _unserved_cost(missed, missed_data, config)}
    return found


def _unserved_cost(missed: float, missed_data: float, config: Prices) -> float:
    """Return what work left unserved counts, FLOP and bit at their value; bn CNY."""
    economy = config.economy
    cost = missed / (1e18 * _H) * economy.unserved_cny_per_eflops_h + missed_data / 8e12 * economy.unserved_cny_per_tb
    return float(cost / _BN)


def _jobs(results: Results, number: int) -> Values:
    """Return what is known of a workload's jobs: exact waits stand for those by epochs."""
    *waits, slowdown = results["job_wait"][number]
    return {
        "jobs": dict(zip(FATES, results["jobs"][number], strict=True)),
        "wait_h": {name: wait / _H for name, wait in zip(STATISTICS, waits, strict=False)},
        "bounded_slowdown": slowdown,
        "lost_share": ratio(results["lost"][:, number].sum(), results["served"][:, :, number].sum() * results.seconds),
    }


def _backbone(results: Results) -> Values:
    """Return the measures of places and links."""
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
        "hub_share": ratio(capacity[in_hub].sum(), capacity.sum()),
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
        "lost_share": ratio(results["lost"].sum(), results["served"].sum() * results.seconds),
    }


def _capital(estate: Estate, config: Prices) -> float:
    """Return the annuity of facilities and servers, bn CNY a year."""
    economy = config.economy
    facility = estate.rated_power.sum() / 1e3 * economy.facility_capex_cny_per_kw / _BN
    general, smart = estate.capacity.sum(axis=0) / 1e18
    servers = general * economy.general_capex_bn_cny_per_eflops + smart * economy.smart_capex_bn_cny_per_eflops
    rate = economy.discount_rate_per_year
    yearly = facility * annuity(rate, economy.facility_life_years) + servers * annuity(rate, economy.it_life_years)
    return float(yearly)
