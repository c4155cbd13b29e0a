"""The worked examples of the energy laws: every row, to six significant digits."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.physics import battery, carbon, efficiency, it_power, psychrometrics, wind
from sim.physics.heat_rejection import evaporation

TABLE = Path(__file__).parents[2] / "data" / "energy_examples.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))

HOUR = 3600.0
KWH = 3.6e6
MWH = 3.6e9
TONNE = 1e3
LOAD = np.full(4, 10.0)
GREEN = np.array([0.0, 5.0, 15.0, 20.0])
GRID = np.array([0.3, 0.3, 0.5, 0.5])
SERVER = it_power.power_per_flops(10.2e3, 8 * 989e12)


def stored(content_mwh: float, surplus_mw: float = 0.0, deficit_mw: float = 0.0) -> battery.Step:
    """Return one hour of the battery of the examples: 8 MWh, 4 MW, 0.95 each way."""
    return battery.step(
        content_mwh * MWH,
        surplus_mw * 1e6,
        deficit_mw * 1e6,
        capacity=8 * MWH,
        power=4e6,
        duration=HOUR,
    )


def market(residual: float) -> float:
    """Return tonnes of 100 GWh of which 80 % is contracted."""
    return carbon.market_based(1e5 * MWH, 8e4 * MWH, residual / KWH) / TONNE


# One entry a row, in the order of the table.
COMPUTED: list[tuple[str, Callable[[], object]]] = [
    ("it_linear_kw", lambda: it_power.linear_power(0.3, 120.0, 400.0)),
    ("it_fan_kw", lambda: it_power.fan_et_al_power(0.3, 120.0, 400.0, 1.4)),
    ("dgx_mw_per_eflops", lambda: 1e12 * SERVER),
    ("fleet_mw", lambda: it_power.fleet_power(1e18, SERVER, 0.7, 0.125) / 1e6),
    ("pressure_kpa", lambda: psychrometrics.pressure(1280.0) / 1e3),
    ("e_sat_kpa", lambda: psychrometrics.saturation_pressure(25.0) / 1e3),
    ("t_wb", lambda: psychrometrics.wet_bulb(30.0, 0.5, 101325.0)),
    ("t_wb", lambda: psychrometrics.wet_bulb(30.0, 0.5, 80e3)),
    ("t_wb", lambda: psychrometrics.wet_bulb(-10.0, 0.6, 88e3)),
    ("pue_ratio_of_sums", lambda: efficiency.pue(np.array([13.0, 30.0]), np.array([10.0, 25.0]))),
    ("pue_mean_of_ratios(WRONG)", lambda: efficiency.pue(np.array([13.0, 30.0]), np.array([10.0, 25.0]))),
    ("kappa", lambda: efficiency.calibrated_kappa(1.20, 1.0, 0.05, 0.01, 0.30)),
    ("cfe_hourly", lambda: carbon.green_shares(LOAD, GREEN, grid_carbon_free=GRID).cfe),
    ("green_share_hourly", lambda: carbon.green_shares(LOAD, GREEN).cfe),
    ("green_share_annual_REF", lambda: carbon.green_shares(LOAD, GREEN).annual),
    (
        "surplus_or_curtailed_MWh",
        lambda: np.sum(GREEN) - carbon.green_shares(LOAD, GREEN).hourly * np.sum(LOAD),
    ),
    ("bat_soc'", lambda: stored(2, surplus_mw=3).content / MWH),
    ("bat_soc'", lambda: stored(7, surplus_mw=3).content / MWH),
    ("bat_charge", lambda: stored(7, surplus_mw=3).charge / 1e6),
    ("bat_dis", lambda: stored(2, deficit_mw=3).discharge / 1e6),
    ("bat_dis", lambda: stored(8, deficit_mw=6).discharge / 1e6),
    ("co2_loc_t", lambda: carbon.location_based(1e5 * MWH, 0.5306 / KWH) / TONNE),
    ("co2_mkt_t", lambda: market(0.6096)),
    ("co2_mkt_naive_t(WRONG)", lambda: market(0.6096)),
    ("cue", lambda: KWH * carbon.cue(carbon.location_based(1.25 * MWH, 0.5306 / KWH), MWH)),
    ("sci_g", lambda: 1e3 * carbon.sci(0.05 * KWH, 0.5306 / KWH, 0.030, 10.0)),
    ("server_embodied_g_per_h", lambda: 1e3 * HOUR * carbon.server_embodied(1300.0, 5 * 8760 * HOUR)),
    ("erf", lambda: efficiency.erf(20.0, 125.0)),
    (
        "wue_tower_l_per_kwh",
        lambda: KWH * efficiency.wue(evaporation(np.array(1.1), 1.0, 5.0), 1.0),
    ),
    ("weibull_mean", lambda: wind.weibull_mean(7.0, 2.0)),
    ("cf_from_flh", lambda: wind.capacity_factor_of_hours(2127.0)),
    ("wind_shear", lambda: wind.shear(4.0, 10.0, 100.0, 0.143)),
    ("air_density", lambda: psychrometrics.air_density(psychrometrics.pressure(1280.0), 10.0)),
]


def test_every_row_is_computed() -> None:
    assert [row["quantity"] for row in ROWS] == [quantity for quantity, _ in COMPUTED]


@pytest.mark.parametrize("row", range(len(ROWS)), ids=[f"{i}-{row['quantity']}" for i, row in enumerate(ROWS)])
def test_row(row: int) -> None:
    quantity, compute = COMPUTED[row]
    got = float(f"{float(np.asarray(compute())):.6g}")
    expected = float(ROWS[row]["value"])
    if "(WRONG)" in quantity:
        assert got != pytest.approx(expected, rel=1e-3), "the mistake that the row warns of"
    else:
        assert got == pytest.approx(expected, rel=1e-12)
