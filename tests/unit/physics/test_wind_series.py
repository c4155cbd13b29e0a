"""Wind power that meets published hours and keeps its persistence."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from sim.ground.calendar import Calendar
from sim.ground.errors import InvariantError, ScenarioError
from sim.physics.noise import correlated_ar1, site_draws
from sim.physics.solar import capacity_factor as solar_factor
from sim.physics.solar import clear_sky, daily_uniform
from sim.physics.wind import power_curve
from sim.physics.wind_series import capacity_factor

YEAR = Calendar.whole_year(2024)
NAMES = ["zhangjiakou", "hohhot", "qingyang", "shaoguan"]
LATITUDE, LONGITUDE = np.array([40.4, 40.8, 35.7, 24.8]), np.array([115.5, 111.7, 107.6, 113.6])
POSITIONS = np.column_stack([LATITUDE, LONGITUDE])
HOURS = np.array([2200.0, 2350.0, 1850.0, 2050.0])
CURTAILMENT = np.array([0.07, 0.065, 0.065, 0.0])


def gaussian(seed: int = 1, calendar: Calendar = YEAR) -> np.ndarray:
    memory = 22.0 * 3600.0 / calendar.seconds
    return correlated_ar1(site_draws(NAMES, calendar.epochs, seed, 0, "wind"), memory, POSITIONS, 500e3)


def wind(seed: int = 1) -> np.ndarray:
    return capacity_factor(gaussian(seed), 2.0, HOURS, CURTAILMENT, YEAR, LONGITUDE)


def test_hours_are_the_published_ones_and_output_is_bounded() -> None:
    delivered = wind()
    assert delivered.shape == (8784, 4)
    assert np.abs(delivered.sum(axis=0) - HOURS).max() <= 1e-9
    assert delivered.min() == 0.0
    assert np.all(delivered.max(axis=0) <= 1.0 - CURTAILMENT)


@pytest.mark.parametrize("calendar", [Calendar.whole_year(2025), Calendar.whole_year(2025, seconds=1800.0)])
def test_other_years_and_epochs_meet_the_same_hours(calendar: Calendar) -> None:
    delivered = capacity_factor(gaussian(1, calendar), 2.0, HOURS, CURTAILMENT, calendar, LONGITUDE)
    assert np.abs(delivered.sum(axis=0) * calendar.seconds / 3600.0 - HOURS).max() <= 1e-9


def test_wind_persists_from_hour_to_hour() -> None:
    delivered = wind()
    lag = [np.corrcoef(column[1:], column[:-1])[0, 1] for column in delivered.T]
    assert lag == pytest.approx([0.945] * 4, abs=0.015)


def test_speeds_are_weibull_whatever_the_season() -> None:
    # With shape 2 the potential hours at scale c are an integral of the power curve: compare with it.
    delivered = np.concatenate([wind(seed) for seed in range(5)])
    for site in range(4):
        probability = (np.arange(200_000) + 0.5) / 200_000
        speed = np.sqrt(-np.log1p(-probability))
        target = HOURS[site] / (1.0 - CURTAILMENT[site]) / 8784.0
        scale = np.interp(target, [power_curve(c * speed).mean() for c in SCALES], SCALES)
        want = np.quantile(power_curve(scale * speed), [0.25, 0.5, 0.75])
        got = np.quantile(delivered[:, site], [0.25, 0.5, 0.75]) / (1.0 - CURTAILMENT[site])
        assert got == pytest.approx(want, abs=0.03)


SCALES = np.linspace(5.0, 10.0, 101)


def test_early_spring_and_night_are_windiest() -> None:
    delivered = np.mean([wind(seed).mean(axis=1) for seed in range(20)], axis=0)
    month = np.array([delivered[YEAR.month == m].mean() for m in range(1, 13)])
    assert month[1:4].mean() > 1.4 * month[7:10].mean()
    hour = delivered.reshape(366, 24).mean(axis=0)
    assert hour[[22, 23, 0, 1]].mean() > 1.1 * hour[[10, 11, 12, 13]].mean()


def test_an_annual_match_of_one_is_an_hourly_match_of_six_tenths() -> None:
    match = {1.0: [], 0.5: []}
    for seed in range(6):
        draws = site_draws(NAMES, 366, seed, 0, "solar")
        uniform = daily_uniform(correlated_ar1(draws, 1.2, POSITIONS, 400e3), LONGITUDE, YEAR)
        sun = solar_factor(clear_sky(LATITUDE, LONGITUDE, YEAR), uniform, np.full(4, 1250.0), np.zeros(4))
        blow = wind(seed)
        supply = 0.6 * blow / blow.mean(axis=0) + 0.4 * sun / sun.mean(axis=0)
        for annual, found in match.items():
            found.append(np.minimum(1.0, annual * supply).mean())
    # An independent prototype gave 0.611 and 0.444.
    assert np.mean(match[1.0]) == pytest.approx(0.611, abs=0.02)
    assert np.mean(match[0.5]) == pytest.approx(0.444, abs=0.02)


def test_hours_beyond_the_power_curve_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"wind: site 2 .* at most [56],\d\d\d"):
        capacity_factor(gaussian(), 2.0, np.array([2e3, 2e3, 7e3, 2e3]), 0.0 * HOURS, YEAR, LONGITUDE)


def test_a_part_of_a_year_is_refused() -> None:
    part = Calendar(2024, datetime(2024, 3, 1), 168)
    with pytest.raises(InvariantError, match="wind"):
        capacity_factor(gaussian()[:168], 2.0, HOURS, CURTAILMENT, part, LONGITUDE)
