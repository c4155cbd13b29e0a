"""The sun's course, and photovoltaics that meet published hours."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ground.calendar import Calendar
from sim.ground.errors import ScenarioError
from sim.physics.noise import correlated_ar1, site_draws
from sim.physics.solar import (
    capacity_factor,
    clear_sky,
    cosine_zenith,
    daily_uniform,
    declination,
    equation_of_time,
)

YEAR = Calendar.whole_year(2024)
MINUTES = Calendar.whole_year(2024, seconds=60.0)
# Beijing, Urumqi, Lhasa, Guangzhou.
LATITUDE = np.array([39.9, 43.83, 29.65, 23.13])
LONGITUDE = np.array([116.4, 87.62, 91.14, 113.26])
HOURS = np.array([1150.0, 1450.0, 1300.0, 1000.0])
CURTAILMENT = np.array([0.0, 0.07, 0.3, 0.0])


def sky(seed: int = 1) -> np.ndarray:
    draws = site_draws(["beijing", "urumqi", "lhasa", "guangzhou"], 366, seed, 0, "solar")
    gaussian = correlated_ar1(draws, 1.2, np.column_stack([LATITUDE, LONGITUDE]), 400e3)
    return daily_uniform(gaussian, LONGITUDE, YEAR)


def test_declination_at_solstices_and_equinoxes() -> None:
    # 2024: equinoxes 20 March and 22 September, solstices 21 June and 21 December.
    days = np.array([80, 173, 266, 356])
    assert np.degrees(declination(days)) == pytest.approx([0.0, 23.44, 0.0, -23.44], abs=0.45)


def test_equation_of_time_against_the_almanac() -> None:
    # Minutes on 11 February, 14 May, 26 July and 3 November.
    days = np.array([42, 134, 207, 307])
    assert 60.0 * equation_of_time(days) == pytest.approx([-14.2, 3.7, -6.5, 16.4], abs=0.3)


def test_noon_at_urumqi_is_ten_past_two_in_beijing_time() -> None:
    height = cosine_zenith(LATITUDE[:2], LONGITUDE[:2], MINUTES).reshape(366, 1440, 2)
    noon = height.argmax(axis=1) / 60.0
    mean = noon.mean(axis=0)
    assert mean == pytest.approx([12.24, 14.16], abs=0.02)
    # On 3 November the sundial is 16 minutes ahead.
    assert noon[307, 1] == pytest.approx(14.16 - 16.4 / 60.0, abs=0.03)


def test_the_height_at_midsummer_noon_is_ninety_less_latitude_plus_declination() -> None:
    highest = cosine_zenith(LATITUDE, LONGITUDE, MINUTES).reshape(366, 1440, 4).max(axis=1)
    elevation = np.degrees(np.arcsin(highest[172]))
    assert elevation == pytest.approx(90.0 - np.abs(LATITUDE - 23.44), abs=0.1)


def test_the_longest_day_at_beijing_is_fifteen_hours() -> None:
    up = cosine_zenith(LATITUDE[:1], LONGITUDE[:1], MINUTES).reshape(366, 1440) > 0.0
    # Almanac 15.0 h with refraction and the sun's radius, which add about 9 minutes.
    assert up[172].sum() / 60.0 == pytest.approx(14.85, abs=0.05)


def test_clear_sky_of_a_year_and_of_a_height() -> None:
    irradiance = clear_sky(np.array([37.5]), np.array([105.2]), YEAR)
    # An independent run of the same formula at Zhongwei gave 2,144 kWh/m².
    assert irradiance.sum() / 1000.0 == pytest.approx(2144.0, rel=0.01)
    assert irradiance.min() == 0.0
    cosine = cosine_zenith(np.array([37.5]), np.array([105.2]), YEAR)
    half = np.abs(cosine - 0.5) < 0.005
    # 1098 · 0.5 · exp(-0.118) = 487.9 W/m².
    assert irradiance[half] == pytest.approx(487.9, rel=0.015)
    assert not irradiance[cosine <= 0.0].any()


def test_the_sky_changes_at_solar_midnight() -> None:
    uniform = sky()
    assert uniform.min() > 0.0
    assert uniform.max() < 1.0
    changes = [np.unique(np.flatnonzero(np.diff(uniform[:, site])) % 24) for site in range(2)]
    # The last hour of the old day begins at 23 h at Beijing, and at Urumqi 2 h 10 min later.
    assert [list(hours) for hours in changes] == [[23], [1]]
    assert len(np.unique(uniform[:, 1])) == 366


def test_hours_are_the_published_ones_and_output_is_bounded() -> None:
    delivered = capacity_factor(clear_sky(LATITUDE, LONGITUDE, YEAR), sky(), HOURS, CURTAILMENT)
    assert np.abs(delivered.sum(axis=0) - HOURS).max() <= 1e-9
    assert delivered.min() == 0.0
    assert np.all(delivered.max(axis=0) <= 1.0 - CURTAILMENT)


def test_quarter_hours_meet_the_same_hours() -> None:
    quarters = Calendar.whole_year(2024, seconds=900.0)
    gaussian = site_draws(["a", "b", "c", "d"], 366, 1, 0, "solar")
    uniform = daily_uniform(gaussian, LONGITUDE, quarters)
    irradiance = clear_sky(LATITUDE, LONGITUDE, quarters)
    delivered = capacity_factor(irradiance, uniform, HOURS, CURTAILMENT, quarters.seconds)
    assert np.abs(delivered.sum(axis=0) / 4.0 - HOURS).max() <= 1e-9


def test_clear_days_give_more_than_dull_ones() -> None:
    uniform = sky()
    delivered = capacity_factor(clear_sky(LATITUDE, LONGITUDE, YEAR), uniform, HOURS, CURTAILMENT)
    noon = slice(12, None, 24)
    summer = slice(120, 240)
    ranks = np.corrcoef(uniform[noon, 0][summer], delivered[noon, 0][summer])[0, 1]
    assert ranks > 0.9


def test_more_hours_than_a_clear_sky_has_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"solar: site 1 is to have 4,300 .* reaches at most 2,"):
        capacity_factor(clear_sky(LATITUDE, LONGITUDE, YEAR), sky(), HOURS + 2850.0, 0.0 * HOURS)
