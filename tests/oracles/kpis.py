"""The measures once more, straight from the series and their definitions, with loops where these are plainest."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from math import isfinite
from typing import Any

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.ground.names import flat
from sim.results.schema import Results
from sim.scenario.schema import Configuration

KWH, TWH, BN = 3.6e6, 3.6e15, 1e9


def annuity(rate: float, years: float) -> float:
    """Return the yearly payment that repays 1 with interest: what brings the present value to 1."""
    return 1.0 / sum((1.0 + rate) ** -year for year in range(1, round(years) + 1))


def of_centres(r: Results, config: Configuration, at: list[int]) -> dict[str, float]:
    """Return the measures of some centres by dotted key."""
    hour = r.seconds
    it, total = (float(r[name][:, at].sum()) * hour for name in ("it_power", "facility_power"))
    found = {
        "it_energy_twh": it / TWH,
        "facility_energy_twh": total / TWH,
        "pue": total / it,
        "wue": float(r["water"][:, at].sum()) * hour / (it / KWH),
        "capacity_eflops": float(r["capacity"][at].sum()) / 1e18,
        "smart_share": float(r["capacity"][at, 1].sum() / r["capacity"][at].sum()),
        "racks": float(r["racks"][at].sum()),
        "rack_utilisation": float(np.average(r["rack_utilisation"][at], weights=r["racks"][at])),
        "served_eflops": float(r["served"][:, at].sum(axis=(1, 2)).mean()) / 1e18,
    }
    room = r["capacity"][at] * r["available"][at]
    found["availability"] = float(room.sum() / r["capacity"][at].sum())
    found["load"] = found["served_eflops"] * 1e18 / float(room.sum())
    return found | green(r, at) | accounts(r, config, at)


def green(r: Results, at: list[int]) -> dict[str, float]:
    """Return the four green shares, hour by hour and centre by centre."""
    used = bundled = annual = hourly = cfe = 0.0
    for c in at:
        load = r["facility_power"][:, c]
        supply = r["green_supply"][:, c]
        own = supply - r["charge_green"][:, c] + r["discharge_green"][:, c]
        met = np.where(own < load, own, load)
        use, contracts = load.sum() * r.seconds, supply.sum() * r.seconds
        used += use
        bundled += min(use, contracts)
        annual += min(use, contracts + r["certificates"][c])
        hourly += met.sum() * r.seconds
        cfe += float(met @ np.ones_like(met) + (load - met) @ r["grid_carbon_free"][:, c]) * r.seconds
    shares = {"bundled": bundled, "annual": annual, "hourly": hourly, "cfe": cfe}
    return {f"green_share.{name}": float(share / used) for name, share in shares.items()}


def accounts(r: Results, config: Configuration, at: list[int]) -> dict[str, float]:
    """Return carbon and money of some centres."""
    location = energy = market = charge = 0.0
    months: list[tuple[int, int]] = [
        (moment.year, moment.month) for moment in r.series["epoch"].values.astype("datetime64[s]").astype(datetime)
    ]
    for c in at:
        grid = r["grid_import"][:, c] * r.seconds
        location += float(grid @ r["emission_factor"][:, c])
        energy += float(grid @ r["price"][:, c])
        energy += float(r["green_supply"][:, c].sum() * r.seconds * r["contract_price"][c])
        use = float(r["facility_power"][:, c].sum()) * r.seconds
        covered = min(use, float(r["green_supply"][:, c].sum()) * r.seconds + float(r["certificates"][c]))
        market += (use - covered) / KWH * config.grid.residual_factor_kg_per_kwh
        market += covered / KWH * config.green.contract_factor_kg_per_kwh
        peak: dict[tuple[int, int], float] = defaultdict(float)
        for month, power in zip(months, r["grid_import"][:, c], strict=True):
            peak[month] = max(peak[month], float(power))
        charge += sum(peak.values()) / 1e3 * config.economy.demand_charge_cny_per_kw_month
    return {
        "emissions_mt.location": location / 1e9,
        "emissions_mt.market": market / 1e9,
        "cost_bn_cny.energy": energy / BN,
        "cost_bn_cny.carbon": location / 1e3 * config.grid.carbon_price_cny_per_t / BN,
        "demand_charge_bn_cny": charge / BN,
    }


def of_nation(r: Results, config: Configuration, days_of_the_year: int) -> dict[str, Any]:
    """Return the measures that only the nation has."""
    economy = config.economy
    span = len(r["it_power"]) * r.seconds
    bits = r["link_traffic"].sum(axis=0) * r.seconds
    wan = sum(b / 8e12 * length / 1e6 for b, length in zip(bits, r["link_length"], strict=True))
    unserved = r["missed"].sum() / 3600e18 * economy.unserved_cny_per_eflops_h
    unserved += r["missed_data"].sum() / 8e12 * economy.unserved_cny_per_tb
    use = (r["link_traffic"] + r["background"]) / r["link_capacity"]
    hot = np.unravel_index(int(use.argmax()), use.shape)
    general, smart = r["capacity"].sum(axis=0) / 1e18
    capital = r["rated_power"].sum() / 1e3 * economy.facility_capex_cny_per_kw / BN
    capital *= annuity(economy.discount_rate_per_year, economy.facility_life_years)
    servers = general * economy.general_capex_bn_cny_per_eflops + smart * economy.smart_capex_bn_cny_per_eflops
    capital += servers * annuity(economy.discount_rate_per_year, economy.it_life_years)
    asked, missed = r["asked"], r["missed"]
    waits = r["slack"] > 0
    return {
        "cost_bn_cny.wan": wan * economy.wan_cny_per_tb_1000km / BN,
        "cost_bn_cny.unserved": unserved / BN,
        "capital_bn_cny": capital * span / (days_of_the_year * 86400.0),
        "link_utilisation.mean": use.mean(),
        "link_utilisation.max": use.max(),
        "link_utilisation.name": r.ids("link")[hot[1]],
        "served_share": 1.0 - missed.sum() / asked.sum(),
        "deadline_missed_share": missed[:, waits].sum() / asked[:, waits].sum(),
        "demand_eflops": asked.sum() / span / 1e18,
        "moved_share": 1.0 - (r["moved"] * r["own"][:, :, None]).sum() / r["moved"].sum(),
        **delays(r, [w for w in range(len(r["slack"])) if not waits[w] and asked[:, w].sum() > 0.0]),
    }


def delays(r: Results, workloads: list[int]) -> dict[str, float]:
    """Return mean and 99th percentile of the delay of some workloads, weighted by work."""
    pieces = []
    for w in workloads:
        for place in np.ndindex(*r["route_delay"].shape):
            work = float(r["path_work"][(w, *place)])
            if work > 0.0:
                pieces.append((float(r["route_delay"][place]) * 1e3, work))
    return {
        "delay_ms.mean": sum(d * w for d, w in pieces) / sum(w for _, w in pieces),
        "delay_ms.p99": quantile(pieces, 0.99),
    }


def quantile(pieces: list[tuple[float, float]], share: float) -> float:
    """Return the smallest value that the share of the weight does not exceed."""
    total, sofar = sum(weight for _, weight in pieces), 0.0
    for value, weight in sorted(pieces):
        sofar += weight
        if sofar >= share * total * (1.0 - 1e-12):
            return value
    return pieces[-1][0]


def waits(r: Results, w: int) -> dict[str, float]:
    """Return the waits of a workload, h."""
    pieces = [(age * r.seconds / 3600.0, float(work)) for age, work in enumerate(r["waited"][w]) if work > 0.0]
    found = {"wait_h.mean": sum(h * work for h, work in pieces) / sum(work for _, work in pieces)}
    return found | {f"wait_h.p{n}": quantile(pieces, n / 100.0) for n in (50, 95, 99)}


def assert_measures(r: Results, config: Configuration, days_of_the_year: int = 366) -> None:
    """Compare every measure of a run with its definition."""
    centres = list(range(len(r.ids("centre"))))
    expected = of_centres(r, config, centres) | of_nation(r, config, days_of_the_year)
    expected["cost_bn_cny.total"] = sum(
        expected[f"cost_bn_cny.{part}"] for part in ("energy", "carbon", "wan", "unserved")
    )
    compare(r.kpi, expected, "nation")
    for c, name in enumerate(r.ids("centre")):
        compare(r.by["centre"][name], of_centres(r, config, [c]), name)
    for h, name in enumerate(r.ids("hub")):
        members = [c for c in centres if r["member"][c, h] > 0.0]
        if members:
            compare(r.by["hub"][name], of_centres(r, config, members), name)
    for w, name in enumerate(r.ids("workload")):
        if r["waited"][w].sum() > 0.0:
            compare(r.by["workload"][name], waits(r, w), name)
    add_up(r)


def compare(ours: dict[str, Any], expected: dict[str, Any], where: str) -> None:
    """Compare the measures that are expected, to 1e-9."""
    values = flat(ours)
    for key, value in expected.items():
        if isinstance(value, str):
            assert values[key] == value, (where, key)
        elif not isfinite(value):
            assert values[key] is None, (where, key)
        else:
            assert values[key] == pytest.approx(value, rel=1e-9, abs=1e-12), (where, key)


def add_up(r: Results) -> None:
    """Check that parts make the whole: centres the nation, a hub's centres the hub, regions and workloads the work."""
    sums = (
        "it_energy_twh", "facility_energy_twh", "capacity_eflops", "racks", "served_eflops", "emissions_mt.location",
        "emissions_mt.market", "cost_bn_cny.energy", "cost_bn_cny.carbon", "demand_charge_bn_cny",
    )  # fmt: skip
    nation = flat(r.kpi)
    of_centre = {name: flat(values) for name, values in r.by["centre"].items()}
    hub_of: Array = r["member"]
    for key in sums:
        total = sum(values[key] for values in of_centre.values())
        assert nation[key] == pytest.approx(total, rel=1e-9, abs=1e-15), key
        for h, hub in enumerate(r.ids("hub")):
            inside = sum(of_centre[name][key] for c, name in enumerate(r.ids("centre")) if hub_of[c, h] > 0.0)
            assert flat(r.by["hub"][hub])[key] == pytest.approx(inside, rel=1e-9, abs=1e-15), (hub, key)
    for kind in ("region", "workload"):
        for key in ("demand_eflops", "served_eflops"):
            total = sum(values.get(key, 0.0) for values in r.by[kind].values())
            assert nation[key] == pytest.approx(total, rel=1e-9), (kind, key)
    for kind in ("hub", "centre", "region", "workload"):
        assert set(r.by[kind]) == set(r.ids(kind)), kind
    for name, values in of_centre.items():
        bundled, hourly = values["green_share.bundled"], values["green_share.hourly"]
        if bundled is None:
            continue
        assert hourly <= bundled * (1.0 + 1e-12), name
        assert hourly <= values["green_share.cfe"] * (1.0 + 1e-12), name
        assert bundled <= values["green_share.annual"] * (1.0 + 1e-12) <= 1.0 + 1e-9, name
