"""Hourly weather keeps the monthly normals it is made from."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from sim.ground.calendar import Calendar
from sim.ground.errors import InvariantError, ScenarioError
from sim.physics.noise import correlated_ar1, site_draws
from sim.physics.weather import hourly_humidity, hourly_temperature

# Beijing and Guangzhou by month, normals rounded; the third is Beijing's climate at Urumqi's longitude.
MEAN = np.array(
    [
        [-2.7, 0.6, 7.5, 15.1, 21.3, 25.3, 27.2, 26.1, 21.2, 13.8, 5.2, -0.9],
        [13.9, 15.5, 18.3, 22.5, 26.0, 28.2, 29.0, 28.8, 27.5, 24.7, 20.4, 15.5],
        [-2.7, 0.6, 7.5, 15.1, 21.3, 25.3, 27.2, 26.1, 21.2, 13.8, 5.2, -0.9],
    ]
).T
HALF_RANGE = np.array([5.0, 3.8, 5.0]) + 0.5 * np.sin(np.arange(12) / 2.0)[:, None]
HUMIDITY = (
    np.array(
        [
            [43, 42, 40, 43, 49, 58, 69, 71, 64, 58, 54, 46],
            [72, 77, 82, 84, 82, 84, 81, 81, 78, 71, 69, 66],
            [25, 30, 40, 43, 49, 58, 69, 71, 64, 58, 54, 86],
        ]
    ).T
    * 0.01
)
LONGITUDE = np.array([116.4, 113.3, 87.6])
YEAR = Calendar.whole_year(2024)


def months(series: np.ndarray, calendar: Calendar = YEAR) -> np.ndarray:
    return np.array([series[calendar.month == month].mean(axis=0) for month in range(1, 13)])


def noise(calendar: Calendar = YEAR, size: float = 3.0, seed: int = 1) -> np.ndarray:
    positions = np.column_stack([[39.9, 23.1, 43.8], LONGITUDE])
    draws = site_draws(["beijing", "guangzhou", "urumqi"], calendar.epochs, seed, 0, "weather")
    return size * correlated_ar1(draws, 36.0, positions, 500e3)


def temperature(calendar: Calendar = YEAR, size: float = 3.0, seed: int = 1) -> np.ndarray:
    departure = noise(calendar, size, seed)
    return hourly_temperature(MEAN, MEAN + HALF_RANGE, MEAN - HALF_RANGE, departure, calendar, LONGITUDE)


@pytest.mark.parametrize("calendar", [YEAR, Calendar.whole_year(2025), Calendar.whole_year(2025, 900.0)])
def test_every_month_has_its_published_mean(calendar: Calendar) -> None:
    series = temperature(calendar)
    assert series.shape == (calendar.epochs, 3)
    assert np.abs(months(series, calendar) - MEAN).max() < 1e-9


def test_replications_differ_in_their_days_only() -> None:
    one, two = temperature(seed=1), temperature(seed=2)
    assert np.abs(one - two).max() > 5.0
    assert months(one) == pytest.approx(months(two), abs=1e-9)


def test_without_noise_the_day_spans_the_published_range() -> None:
    days = temperature(size=0.0).reshape(366, 24, 3)
    spans = days.max(axis=1) - days.min(axis=1)
    # Hourly means cut the cosine's tips by 1 %, and the season adds its slope of a day.
    assert spans.mean(axis=0) == pytest.approx(2.0 * HALF_RANGE.mean(axis=0), rel=0.02)


def test_the_warmest_hour_is_three_in_the_afternoon_by_the_sun() -> None:
    days = temperature(size=0.0).reshape(366, 24, 3)
    # 15 h solar is 15:14 Beijing time at Beijing and 17:10 at Urumqi.
    assert np.median(days.argmax(axis=1), axis=0).tolist() == [15.0, 15.0, 17.0]


def test_the_year_closes_without_a_jump() -> None:
    series = temperature(size=0.0)
    daily = series.reshape(366, 24, 3).mean(axis=1)
    assert np.abs(daily[0] - daily[-1]).max() < 0.3


def test_a_part_of_a_year_is_refused() -> None:
    part = Calendar(2024, datetime(2024, 1, 1), 8760)
    with pytest.raises(InvariantError, match="temperature"):
        temperature(part)
    with pytest.raises(InvariantError, match="humidity"):
        hourly_humidity(HUMIDITY, temperature()[:8760], part)


@pytest.mark.parametrize("slow", [0.0, 0.1])
def test_every_month_has_its_published_humidity(slow: float) -> None:
    departure = slow * noise(size=1.0, seed=9)
    humidity = hourly_humidity(HUMIDITY, temperature(), YEAR, departure)
    assert np.abs(months(humidity) - HUMIDITY).max() <= 1e-4
    assert humidity.min() >= 0.05
    assert humidity.max() <= 1.0


def test_the_air_dries_as_the_day_warms_and_keeps_its_vapour() -> None:
    warm = temperature()
    humidity = hourly_humidity(HUMIDITY, warm, YEAR)
    assert np.corrcoef(np.diff(warm[:, 0]), np.diff(humidity[:, 0]))[0, 1] < -0.8
    vapour = (humidity * np.exp(17.625 * warm / (warm + 243.04))).reshape(366, 24, 3)
    free = humidity.reshape(366, 24, 3).max(axis=1) < 1.0
    within_day = (vapour.std(axis=1) / vapour.mean(axis=1))[free]
    # Over a day of ±5 K saturation moves by 30 %, the vapour by a few.
    assert within_day.mean() < 0.08


def test_humidity_that_no_year_can_have_is_refused() -> None:
    with pytest.raises(ScenarioError, match="found 2 %"):
        hourly_humidity(np.full((12, 3), 0.02), temperature(), YEAR)
