"""Every measure against its definition, and the cases where a ratio has nothing below the line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.ground.errors import InvariantError
from sim.ground.names import MEASURES, flat
from sim.network.build import build
from sim.results.measures import measure
from sim.results.schema import ARRAYS, Results, dataset
from sim.results.store import as_json, document
from sim.scenario.schema import Configuration
from tests.oracles.kpis import assert_measures
from tests.oracles.worlds import events, run, scenario, world

MWH = 3.6e9
RICH = [
    "centres.west_centre.battery={energy: 200 MWh, power: 80 MW}", "centres.west_centre.green.wind=500 MW",
    "centres.east_centre.green={solar: 90 MW, gec: 30000 MWh}", "grid.carbon_price=85 CNY/t",
    "green.contract_factor_kg_per_kwh=0.01", "workloads.*.growth=1.7", "workloads.*.noise=0.05",
    "centres.*.cooling.mix={water_wse: 0.6, air_chiller: 0.4}", "weather.noise_k=3", "standard.availability=0.97",
]  # fmt: skip
TROUBLE = events(
    "at: 2024-03-28 07:30, what: outage, hub: inland, for: 11 h",
    "at: 2024-04-02 12:00, what: outage, link: east_city-west_city, for: 20 h",
)


@pytest.mark.parametrize("policy", ["base", "local", "proportional"])
@pytest.mark.parametrize("epoch", ["1 h", "30 min"])
def test_every_measure_is_what_its_definition_says(tmp_path: Path, policy: str, epoch: str) -> None:
    """Ten days over the end of a month, with work above capacity, a battery, contracts, certificates and outages."""
    network = world(tmp_path, RICH, TROUBLE, start="2024-03-25", horizon="10 d", epoch=epoch)
    results = run(network, policy)
    assert results.kpi["served_share"] < 1.0
    assert results["discharge"].sum() > 0.0
    assert_measures(results, network.scenario.config)


def test_every_measure_is_in_the_dictionary(tmp_path: Path) -> None:
    results = run(world(tmp_path, RICH, TROUBLE, start="2024-03-28", horizon="24 h"))
    keys = set(flat(results.kpi))
    for items in results.by.values():
        for values in items.values():
            keys |= set(flat(values))
    assert {key for key in keys if not key.startswith("unserved_eflops_h.")} <= set(MEASURES)


def test_the_document_is_json_that_anyone_can_read(tmp_path: Path) -> None:
    results = run(world(tmp_path, ["workloads.hpc.growth=0", "centres.west_centre.racks=0"]))
    text = as_json(document(results))

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    assert json.loads(text, parse_constant=refuse) == document(results)
    assert results.by["workload"]["hpc"]["served_share"] is None, "nothing was asked for"
    assert results.by["centre"]["west_centre"]["pue"] is None, "nothing was drawn"


SIZES = {"epoch": 4, "region": 1, "hub": 1, "centre": 1, "other": 1, "pool": 2, "workload": 2, "link": 2,
         "path": 2, "age": 3, "account": 4, "fate": 6, "statistic": 5, "month": 1, "hour": 4,
         "hop": 2}  # fmt: skip


def made(changes: dict[str, Any], hours: float = 1.0, start: str = "2024-01-01") -> Results:
    """Return the series of a run of one centre in one region: nought but for the changes."""
    arrays: dict[str, Any] = {name: np.zeros([SIZES[dim] for dim in dims]) for name, (dims, _, _) in ARRAYS.items()}
    arrays["capacity"] += 1e18
    arrays["available"] += 1.0
    arrays["facility_power"] += 10e6
    arrays["it_power"] += 8e6
    arrays |= {name: np.asarray(value, dtype=float) for name, value in changes.items()}
    epochs = len(arrays["facility_power"])
    times = np.datetime64(start, "s") + (np.arange(epochs) * hours * 3600).astype("timedelta64[s]")
    coords: dict[str, Any] = {
        "epoch": times.astype("datetime64[us]"), "region": ["r"], "hub": ["h"], "centre": ["c"], "other": ["c"],
        "pool": ["general", "smart"], "workload": ["now", "later"], "link": ["a-b", "b-a"],
    }  # fmt: skip
    return Results(dataset(arrays, coords), hours * 3600.0)


@pytest.fixture
def config(tmp_path: Path) -> Configuration:
    return scenario(tmp_path).config


def column(*values: float) -> Array:
    return np.array(values)[:, None]


def test_the_four_green_shares_of_the_worked_example(config: Configuration) -> None:
    """L = 10 four times, G = 0, 5, 15, 20, g = 0.3, 0.3, 0.5, 0.5: REF 1, hourly 0.625, CFE 0.7375."""
    results = made(
        {
            "facility_power": column(10, 10, 10, 10) * 1e6,
            "green_supply": column(0, 5, 15, 20) * 1e6,
            "grid_carbon_free": column(0.3, 0.3, 0.5, 0.5),
        }
    )
    shares = measure(results, config).kpi["green_share"]
    assert shares == pytest.approx({"annual": 1.0, "bundled": 1.0, "hourly": 0.625, "cfe": 0.7375}, rel=1e-12)


def test_storage_moves_the_match_and_certificates_only_the_annual_share(config: Configuration) -> None:
    """5 MW stored in the third hour come back in the first: hourly 30 of 40; 4 MWh of certificates of 40."""
    plain = {"facility_power": column(10, 10, 10, 10) * 1e6, "green_supply": column(0, 5, 15, 10) * 1e6}
    stored = plain | {"charge_green": column(0, 0, 5, 0) * 1e6, "discharge_green": column(5, 0, 0, 0) * 1e6}
    assert measure(made(plain), config).kpi["green_share"]["hourly"] == pytest.approx(25 / 40)
    assert measure(made(stored), config).kpi["green_share"]["hourly"] == pytest.approx(30 / 40)
    bought = measure(made(plain | {"certificates": [4 * MWH]}), config).kpi["green_share"]
    assert bought["annual"] == pytest.approx(34 / 40)
    assert bought["bundled"] == pytest.approx(30 / 40)
    assert bought["hourly"] == pytest.approx(25 / 40)


def test_pue_is_a_ratio_of_sums(config: Configuration) -> None:
    """Totals of 13 and 30 over 10 and 25: 1.22857, where the mean of the ratios would be 1.25."""
    results = made({"facility_power": column(13, 30) * 1e6, "it_power": column(10, 25) * 1e6} | epochs(2))
    assert measure(results, config).kpi["pue"] == pytest.approx(43 / 35, rel=1e-12)


def epochs(number: int) -> dict[str, Array]:
    """Return every series of a run at nought, of another length."""
    return {
        name: np.zeros([number if dim == "epoch" else SIZES[dim] for dim in dims])
        for name, (dims, _, _) in ARRAYS.items()
        if "epoch" in dims and name not in ("facility_power", "it_power")
    }


def test_the_demand_charge_is_on_each_months_own_peak(config: Configuration) -> None:
    """Two hours of January peak at 4 MW, two of February at 3 MW; 30 CNY a kW and month."""
    results = made({"grid_import": column(1, 4, 3, 2) * 1e6}, start="2024-01-31T22:00")
    assert measure(results, config).kpi["demand_charge_bn_cny"] == pytest.approx(7e3 * 30 / 1e9, rel=1e-12)
    assert measure(made({"grid_import": column(1, 4, 3, 2) * 1e6}), config).kpi[
        "demand_charge_bn_cny"
    ] == pytest.approx(4e3 * 30 / 1e9, rel=1e-12)


def test_money_of_a_worked_example(config: Configuration) -> None:
    """2 MWh from the grid at 0.5 CNY/kWh, 1 MWh of contracts at 0.4; 1 TB over 500 km; 3 EFLOPS·h and 2 TB lost."""
    results = made(
        {
            "grid_import": column(2, 0, 0, 0) * 1e6, "price": column(0.5, 9, 9, 9) / 3.6e6,
            "emission_factor": column(0.6, 9, 9, 9) / 3.6e6,
            "green_supply": column(0, 1, 0, 0) * 1e6, "contract_price": [0.4 / 3.6e6],
            "link_traffic": [[8e12 / 3600, 0], [0, 0], [0, 0], [0, 0]], "link_length": [500e3, 500e3],
            "asked": [[10 * 3600e18, 0]], "missed": [[3 * 3600e18, 0]], "missed_data": [[0, 16e12]],
        }
    )  # fmt: skip
    cost = measure(results, config.model_copy(update={
        "grid": config.grid.model_copy(update={"carbon_price_cny_per_t": 100.0})})).kpi["cost_bn_cny"]  # fmt: skip
    expected = {"energy": 1000 + 400, "carbon": 1.2 * 100, "wan": 6 * 0.5, "unserved": 3 * 5e6 + 2 * 1000}
    expected["total"] = sum(expected.values())
    assert cost == pytest.approx({key: value / 1e9 for key, value in expected.items()}, rel=1e-12)


def test_capital_is_one_annuity_a_calendar_year(config: Configuration) -> None:
    """A leap year is no dearer than another; four of 8,784 hours cost their part."""
    whole = measure(made({"rated_power": [100e6]}), config).kpi["capital_bn_cny"]
    facility, servers = 100e3 * 25000 / 1e9, 10.0 + 8.0
    expected = facility * 0.05 / (1 - 1.05**-20) + servers * 0.05 / (1 - 1.05**-5)
    assert whole == pytest.approx(expected * 4 / 8784, rel=1e-12)


def test_waits_and_delays_are_weighted_by_work(config: Configuration) -> None:
    """90, 6 and 4 parts waited 0, 1 and 2 hours: mean 0.14, median 0, p95 1, p99 2; so for 1 and 7 ms."""
    results = made(
        {
            "asked": [[100.0, 100.0]], "slack": [0, 2], "waited": [[100.0, 0, 0], [90.0, 6.0, 4.0]],
            "route_delay": [[[1e-3, 7e-3]]], "path_work": [[[[99.0, 1.0]]], [[[0.0, 100.0]]]],
        }
    )  # fmt: skip
    found = measure(results, config)
    waited = found.by["workload"]["later"]["wait_h"]
    assert waited == pytest.approx({"mean": 0.14, "p50": 0.0, "p95": 1.0, "p99": 2.0})
    assert found.kpi["delay_ms"] == pytest.approx({"mean": 1.06, "p99": 1.0}), "interactive work alone"


def test_delays_never_mix_work_with_data(config: Configuration) -> None:
    """A workload that is bits only and cannot wait has its own delay, and no part in that of compute."""
    results = made(
        {
            "asked": [[1.0, 0.0]], "asked_data": [[0.0, 1e6]],
            "route_delay": [[[1e-3, 7e-3]]], "path_work": [[[[1.0, 0.0]]], [[[0.0, 1e6]]]],
        }
    )  # fmt: skip
    found = measure(results, config)
    assert found.kpi["delay_ms"]["mean"] == pytest.approx(1.0)
    assert found.by["workload"]["later"]["delay_ms"]["mean"] == pytest.approx(7.0)
    assert found.by["workload"]["later"]["demand_tbps"] == pytest.approx(1e6 / 14400 / 1e12)


def test_hubs_at_one_place_have_a_delay_and_no_stretch(config: Configuration) -> None:
    found = measure(made({"hub_delay": [[5e-5]], "hub_floor": [[0.0]]}), config).kpi
    assert found["path_stretch"] is None
    assert found["hub_delay_ms"] == pytest.approx({"mean": 0.05, "max": 0.05})


def test_series_must_be_whole_and_finite() -> None:
    with pytest.raises(InvariantError, match="no numbers"):
        made({"water": np.full((4, 1), np.nan)})
    with pytest.raises(InvariantError, match="differ from the schema"):
        dataset({"served": np.zeros(1)}, {})
    series = made({})
    with pytest.raises(ValueError, match="read-only"):
        series["water"][0] = 1.0
    for name, variable in series.series.variables.items():
        assert name in series.series.coords or variable.attrs["units"]


def test_the_network_is_frozen(tmp_path: Path) -> None:
    network = build(scenario(tmp_path))
    for name, variable in network.data.data_vars.items():
        assert not variable.values.flags.writeable, name
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name


def test_jobs_have_exact_waits_and_what_they_cost_is_booked(config: Configuration) -> None:
    found = measure(
        made({
            "jobs": [[0] * 6, [7, 1, 2, 0, 1, 3]],
            "job_wait": [[0.0] * 5, [1800.0, 0.0, 3600.0, 7200.0, 2.5]],
            "served": np.full((4, 1, 2), 1e18),
            "lost": [[0.0, 0.0], [0.0, 3.6e21], [0.0, 0.0], [0.0, 0.0]],
            "energy_account": [[1.8e15, 3.6e15, 7.2e15, 0.36e15]],
            "emissions_account": [[0.0, 2e9, 0.0, 0.0]],
        }),
        config,
    )  # fmt: skip
    later, now = found.by["workload"]["later"], found.by["workload"]["now"]
    assert later["wait_h"] == {"mean": 0.5, "p50": 0.0, "p95": 1.0, "p99": 2.0}
    assert later["jobs"] == {"finished": 7, "rejected": 1, "missed": 2, "running": 0, "waiting": 1, "killed": 3}
    assert (later["bounded_slowdown"], later["energy_twh"], later["emissions_mt"]["location"]) == (2.5, 1.0, 2.0)
    assert later["lost_share"] == pytest.approx(0.25)
    assert "jobs" not in now
    assert (now["energy_twh"], found.kpi["idle_energy_twh"], found.kpi["lost_energy_twh"]) == (0.5, 2.0, 0.1)
    assert found.kpi["lost_share"] == pytest.approx(0.125)
