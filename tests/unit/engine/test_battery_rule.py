"""A battery behind the meter of a centre: what it holds, what it shifts, and that nothing comes from nowhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.results.schema import Results
from tests.oracles.worlds import run, world

_MWH = 3.6e9
BATTERY = ["centres.west_centre.battery.energy=800 MWh", "centres.west_centre.battery.power=200 MW"]
GREEN = ["centres.west_centre.green.wind=400 MW"]


def results_of(folder: Path, sets: list[str]) -> Results:
    return run(world(folder, GREEN + sets, horizon="30 d"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("battery")


@pytest.fixture(scope="module")
def without(folder: Path) -> Results:
    return results_of(folder, [])


@pytest.fixture(scope="module")
def with_battery(folder: Path) -> Results:
    return results_of(folder, BATTERY)


def test_it_raises_the_hourly_share_of_its_centre_alone(without: Results, with_battery: Results) -> None:
    before, after = (r.by["centre"]["west_centre"]["green_share"] for r in (without, with_battery))
    assert after["hourly"] > before["hourly"] + 0.01
    assert after["cfe"] > before["cfe"]
    assert after["bundled"] == before["bundled"], "contracts count by the year, not by the hour"
    for centre in ("east_centre", "middle_centre"):
        assert with_battery.by["centre"][centre] == without.by["centre"][centre]
    assert with_battery.by["centre"]["west_centre"]["pue"] == without.by["centre"]["west_centre"]["pue"]
    assert with_battery.kpi["emissions_mt"]["location"] < without.kpi["emissions_mt"]["location"]


def test_its_content_keeps_between_nothing_and_its_size(with_battery: Results) -> None:
    content = with_battery["battery_content"]
    assert content.min() >= 0.0
    assert content.max() == pytest.approx(800 * _MWH, rel=1e-9), "the case never fills it"
    assert content[-1, 2] >= 0.0, "it began empty"
    assert not content[:, :2].any()


def test_what_goes_in_comes_out_less_the_losses(with_battery: Results) -> None:
    """e' = e + 0.95 c − d / 0.95, hour by hour, from an empty start."""
    hour = with_battery.seconds
    charge, discharge = with_battery["charge"][:, 2], with_battery["discharge"][:, 2]
    steps = (0.95 * charge - discharge / 0.95) * hour
    np.testing.assert_allclose(with_battery["battery_content"][:, 2], steps.cumsum(), rtol=0, atol=1e-6 * _MWH)
    assert max(charge.max(), discharge.max()) <= 200e6 * (1 + 1e-12)
    assert not (charge * discharge).any(), "charged and discharged at once"
    assert discharge.sum() > 0.0


def test_the_power_of_every_hour_is_met(with_battery: Results) -> None:
    r = with_battery
    met = r["grid_import"] + r["green_used"] + r["discharge"]
    np.testing.assert_allclose(r["facility_power"] + r["charge"], met, rtol=1e-9, atol=1e-3)
    assert (r["green_used"] <= r["green_supply"] * (1 + 1e-12)).all()
    assert r["grid_import"].min() >= 0.0
    spare = np.maximum(r["green_supply"] - r["facility_power"], 0.0)
    assert (r["charge"] <= spare * (1 + 1e-12)).all(), "only green surplus is stored, so all it gives back is green"


def test_no_power_or_no_energy_is_no_battery(folder: Path, without: Results) -> None:
    for only in BATTERY:
        assert results_of(folder, [only]).kpi == without.kpi
