"""The year 2024 of the nation: what it was calibrated to, and what was not calibrated and comes out right."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.engine.calibrate import Calibration, calibrate
from sim.ground.names import flat
from sim.network.build import build
from sim.network.calibration import HIGH, LOW
from sim.network.network import Network
from sim.network.power import facility
from sim.results.schema import Results
from sim.results.store import as_json, document
from tests.oracles.kpis import assert_measures
from tests.oracles.worlds import run, shipped

PARTS = ("it_twh", "electrical_twh", "misc_twh", "cooling_twh")


@pytest.fixture(scope="module")
def network() -> Network:
    return build(shipped("baseline-2024"))


@pytest.fixture(scope="module")
def baseline(network: Network) -> Results:
    return run(network)


@pytest.fixture(scope="module")
def reported(network: Network) -> dict[str, float]:
    """Return the PUEs that centres are reported to have."""
    rows = network.scenario.nation.tables["centres"]
    return {row.cells["centre"]: row.number("pue_reported") for row in rows if "pue_reported" in row.cells}


@pytest.fixture(scope="module")
def fresh(network: Network, baseline: Results, reported: dict[str, float]) -> Calibration:
    target = network.scenario.config.report.pue
    assert target is not None
    return calibrate(network, baseline["it_power"], target, reported)


@pytest.fixture(scope="module")
def heatwave() -> Results:
    return run(build(shipped("heatwave")))


@pytest.fixture(scope="module")
def outage() -> Results:
    return run(build(shipped("hub-outage")))


def test_the_base_year_is_what_was_reported(baseline: Results) -> None:
    kpi = baseline.kpi
    assert len(baseline["it_power"]) == 8784
    assert kpi["capacity_eflops"] == pytest.approx(280.0, abs=1e-9)
    assert kpi["racks"] == pytest.approx(9_000_000, abs=1e-3)
    assert kpi["pue"] == pytest.approx(1.460, abs=1e-6)
    assert 104.0 <= kpi["facility_energy_twh"] <= 174.0
    assert kpi["served_share"] >= 0.999
    assert baseline.by["centre"]["qingyang"]["green_share"]["bundled"] >= 0.80
    assert len(baseline.by["hub"]) == 8
    assert kpi["availability"] == pytest.approx(0.99)


def test_every_measure_of_the_year_is_what_its_definition_says(network: Network, baseline: Results) -> None:
    assert_measures(baseline, network.scenario.config)


def test_the_document_of_the_year_holds_no_strange_number(baseline: Results) -> None:
    text = as_json(document(baseline))
    assert json.loads(text)["kpi"] == baseline.kpi
    assert not {"NaN", "Infinity"} & set(text.replace(",", " ").split())


def test_physical_limits_hold_in_every_hour(baseline: Results) -> None:
    assert (baseline["facility_power"] >= baseline["it_power"]).all()
    assert (baseline["it_power"] <= baseline["rated_power"] * (1 + 1e-12)).all()
    assert baseline["load"].min() >= 0.0
    assert baseline["load"].max() <= 1.0
    assert baseline["water"].min() >= 0.0
    use = (baseline["link_traffic"] + baseline["background"]) / baseline["link_capacity"]
    assert use.max() <= 1.0 + 1e-9
    shares = baseline.kpi["green_share"]
    assert shares["hourly"] <= shares["bundled"] <= shares["annual"] <= 1.0


def test_the_twelve_reported_pues_are_met(baseline: Results, reported: dict[str, float]) -> None:
    assert len(reported) == 12
    for centre, pue in reported.items():
        assert baseline.by["centre"][centre]["pue"] == pytest.approx(pue, abs=1e-6), centre


def test_what_is_stored_is_what_a_fresh_calibration_gives(network: Network, fresh: Calibration) -> None:
    rows = network.scenario.nation.tables["calibration"]
    centres = network.ids("centre")
    assert {row.cells["centre"] for row in rows} == set(centres)
    assert len(rows) == len(centres) * len(fresh.archetypes)
    for row in rows:
        c, a = centres.index(row.cells["centre"]), fresh.archetypes.index(row.cells["archetype"])
        assert row.number("kappa") == pytest.approx(fresh.kappa[c], rel=1e-9), row.cells["centre"]
        for part, energies in zip(PARTS, fresh.energies, strict=True):
            assert row.number(part) == pytest.approx(energies[a, c], rel=1e-9, abs=1e-12)


def test_the_factors_are_near_one_and_shared_by_centres_without_a_report(
    network: Network, fresh: Calibration, reported: dict[str, float]
) -> None:
    assert fresh.kappa.min() >= LOW
    assert fresh.kappa.max() <= HIGH
    names = network.ids("centre")
    assert [name for name, fixed in zip(names, fresh.fixed, strict=True) if fixed] == [
        name for name in names if name in reported
    ]
    assert len({float(kappa) for kappa in fresh.kappa[~fresh.fixed]}) == 1
    np.testing.assert_allclose(network["kappa"], fresh.kappa, rtol=1e-9)


@pytest.mark.parametrize(("centre", "pue"), [("qingyang", 1.15), ("rest_henan", 1.5), ("shaoguan", 1.3)])
def test_a_pue_that_a_scenario_sets_calibrates_that_centre_alone(
    network: Network, baseline: Results, centre: str, pue: float
) -> None:
    changed = build(shipped("baseline-2024", [f"centres.{centre}.pue={pue}"]))
    power = baseline["it_power"]
    before, after = (facility(net, power)[0].sum(axis=0) for net in (network, changed))
    it = power.sum(axis=0)
    at = network.ids("centre").index(centre)
    assert after[at] / it[at] == pytest.approx(pue, abs=1e-6)
    assert abs(before[at] / it[at] - pue) > 0.01
    others = np.arange(len(it)) != at
    np.testing.assert_array_equal(before[others], after[others])


def test_a_heatwave_raises_pue_and_water(baseline: Results, heatwave: Results) -> None:
    """Two months of twelve at + 6 K: some thousandths for the year, some hundredths for the summer."""
    assert baseline.kpi["pue"] + 0.004 < heatwave.kpi["pue"] < baseline.kpi["pue"] + 0.03
    assert heatwave.kpi["wue"] > baseline.kpi["wue"] * 1.005
    assert heatwave.kpi["it_energy_twh"] == pytest.approx(baseline.kpi["it_energy_twh"], rel=1e-12)
    assert heatwave.kpi["served_share"] == baseline.kpi["served_share"]
    month = baseline.series["epoch"].dt.month.values
    summer = (month == 7) | (month == 8)
    gained = heatwave["facility_power"] - baseline["facility_power"]
    assert not gained[~summer].any()
    assert gained[summer].min() >= 0.0, "nowhere does warmth save power"
    assert (gained[summer].sum(axis=0) > 0.0).all()


def test_retrofit_lowers_pue_to_about_a_quarter_above_one(network: Network, baseline: Results) -> None:
    changed = build(shipped("retrofit"))
    results = run(changed)
    assert results.kpi["pue"] == pytest.approx(1.25, abs=0.02)
    assert results.kpi["it_energy_twh"] == pytest.approx(baseline.kpi["it_energy_twh"], rel=1e-12)
    np.testing.assert_array_equal(changed["kappa"], network["kappa"])
    names = results.ids("centre")
    legacy = network["mix"][:, [network.ids("archetype").index(n) for n in ("air_chiller", "water_chiller")]]
    for c, name in enumerate(names):
        if legacy[c].sum() > 0.0:
            assert results.by["centre"][name]["pue"] < baseline.by["centre"][name]["pue"], name


def test_half_the_it_power_raises_pue_to_about_one_point_seven(network: Network, baseline: Results) -> None:
    power = 0.5 * baseline["it_power"]
    assert facility(network, power)[0].sum() / power.sum() == pytest.approx(1.70, abs=0.01)


def test_half_the_demand_raises_pue(baseline: Results) -> None:
    """Servers draw 45 % of their power when idle: half the work leaves four fifths of the energy."""
    half = run(build(shipped("baseline-2024", ["workloads.*.growth=0.5"])))
    assert half.kpi["demand_eflops"] == pytest.approx(baseline.kpi["demand_eflops"] / 2, rel=1e-12)
    assert half.kpi["pue"] == pytest.approx(1.526, abs=0.01)
    assert 0.75 < half.kpi["facility_energy_twh"] / baseline.kpi["facility_energy_twh"] < 0.85
    for centre, values in half.by["centre"].items():
        if values["load"] < baseline.by["centre"][centre]["load"]:
            assert values["pue"] > baseline.by["centre"][centre]["pue"], centre


def test_a_hub_outage_shows_where_it_hurts(network: Network, baseline: Results, outage: Results) -> None:
    hours = 72.0
    kpi, before = outage.kpi, baseline.kpi
    assert kpi["availability"] < before["availability"]
    hub = outage.by["hub"]["guizhou"]
    assert hub["availability"] == pytest.approx(0.99 * (1.0 - hours / 8784.0), rel=1e-9)
    assert kpi["served_share"] <= before["served_share"]
    region, region_before = outage.by["region"]["guizhou"], baseline.by["region"]["guizhou"]
    assert region["delay_ms"]["mean"] > region_before["delay_ms"]["mean"]
    assert region["moved_share"] > region_before["moved_share"]
    assert region["served_share"] >= 0.999, "its neighbours take the work over"
    far = [r for r in baseline.ids("region") if r not in ("guizhou",)]
    for r in far:
        share = outage.by["region"][r]["served_share"]
        assert share == pytest.approx(baseline.by["region"][r]["served_share"], abs=1e-3), r
    inside = network["member"][:, network.ids("hub").index("guizhou")] > 0.0
    moments = outage.series["epoch"].values
    down = (moments >= np.datetime64("2024-07-15T14")) & (moments < np.datetime64("2024-07-18T14"))
    assert down.sum() == hours
    assert not outage["it_power"][np.ix_(down, inside)].any()
    assert not outage["served"][np.ix_(down, inside)].any()
    assert outage["facility_power"][np.ix_(down, inside)].min() > 0.0, "the building draws power when it is dark"
    np.testing.assert_array_equal(outage["served"][: np.argmax(down)], baseline["served"][: np.argmax(down)])


def test_prices_and_shares_are_of_the_expected_size(baseline: Results) -> None:
    """Not published, but an expert would be surprised by another order of magnitude."""
    kpi = flat(baseline.kpi)
    assert 0.4 < kpi["cost_bn_cny.energy"] / kpi["facility_energy_twh"] < 0.9, "CNY/kWh"
    assert 0.35 < kpi["emissions_mt.location"] / kpi["facility_energy_twh"] < 0.65, "kg/kWh"
    assert 0.3 < kpi["wue"] < 2.0
    assert 0.10 < kpi["link_utilisation.mean"] < 0.25, "16 % are reported between the hub cities"
