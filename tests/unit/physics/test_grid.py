"""Tariffs, shares and emission factors of the grid by the hour."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ground.calendar import Calendar
from sim.ground.errors import ScenarioError
from sim.physics.grid import grid_mix, hourly_emission_factor, tariff, within

HOURS = np.arange(24.0)


def inside(windows: str) -> list[int]:
    return np.flatnonzero(within(windows, HOURS)).tolist()


@pytest.mark.parametrize(
    ("windows", "hours"),
    [
        ("10-13;17-22", [10, 11, 12, 17, 18, 19, 20, 21]),
        ("10-13,17-22", [10, 11, 12, 17, 18, 19, 20, 21]),
        ("23-7", [0, 1, 2, 3, 4, 5, 6, 23]),
        (" 22-8 ; 11-13 ", [0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 22, 23]),
        ("16-24", list(range(16, 24))),
        ("0-24", list(range(24))),
        ("8.5-10", [9]),
        ("none", []),
        ("", []),
    ],
)
def test_windows_hold_their_first_hour_and_not_their_last(windows: str, hours: list[int]) -> None:
    assert inside(windows) == hours


@pytest.mark.parametrize("windows", ["8", "8-8", "10-25", "ten-12", "10-12;", "-3-4", "10–12"])
def test_windows_that_cannot_be_read_are_refused(windows: str) -> None:
    with pytest.raises(ScenarioError, match="a window is two different hours"):
        inside(windows)


def test_beijing_and_qinghai_pay_by_the_hour() -> None:
    price = np.array([0.72, 0.40]) / 3.6e6
    year = Calendar.whole_year(2024)
    paid = tariff(
        price,
        np.array([1.7, 1.5]),
        np.array([0.4, 0.5]),
        ["10-13;17-22", "7-9;17-23"],
        ["23-7", "9-17"],
        year.hour,
    )
    assert paid.shape == (8784, 2)
    by_hour = paid[:24] * 3.6e6
    assert by_hour[[3, 8, 11, 22, 23], 0] == pytest.approx([0.288, 0.72, 1.224, 0.72, 0.288])
    # Where the sun shines the valley is at noon.
    assert by_hour[[3, 8, 12, 17], 1] == pytest.approx([0.40, 0.60, 0.20, 0.60])
    assert np.array_equal(paid[24:48], paid[:24])


def test_an_hour_is_not_peak_and_valley_at_once() -> None:
    one = np.ones(1)
    with pytest.raises(ScenarioError, match="12 h is both"):
        tariff(one, one, one, ["10-13"], ["12-14"], HOURS)


def supply(regions: int = 4) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(2)
    hour = np.arange(8784) % 24
    sun = np.maximum(0.0, np.cos((hour - 12.0) * np.pi / 12.0))[:, None] * generator.random((8784, regions))
    return generator.beta(0.8, 2.5, (8784, regions)), 0.7 * sun


def test_shares_keep_their_published_means_and_their_ceiling() -> None:
    # Beijing, Gansu, Qinghai, Tibet: the last two meet the ceiling.
    renewable, variable = np.array([0.231, 0.53, 0.85, 0.97]), np.array([0.2, 0.215, 0.272, 0.1])
    free, share = grid_mix(renewable, variable, *supply())
    assert share.mean(axis=0) == pytest.approx(variable, abs=1e-12)
    assert free.mean(axis=0) == pytest.approx(renewable, abs=1e-12)
    assert share.min() >= 0.0
    assert np.all(free.max(axis=0) <= np.maximum(0.95, renewable) + 1e-12)
    assert free - share == pytest.approx(np.broadcast_to(renewable - variable, free.shape))


def test_a_share_below_the_ceiling_is_proportional_to_local_output() -> None:
    wind, sun = supply(1)
    _, share = grid_mix(np.array([0.2]), np.array([0.05]), wind, sun)
    ratio = share / (wind + sun)
    assert ratio.max() == pytest.approx(ratio.min())


def test_no_wind_and_sun_or_none_in_the_mix() -> None:
    still = np.zeros((24, 2))
    free, share = grid_mix(np.array([0.3, 0.3]), np.array([0.0, 0.1]), still, still)
    assert share[:, 0].max() == 0.0
    assert share[:, 1] == pytest.approx(0.1)
    assert free == pytest.approx(0.3)


def test_more_wind_and_sun_than_renewables_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"region 1: wind and solar are 0\.4"):
        grid_mix(np.array([0.3, 0.3]), np.array([0.1, 0.4]), *supply(2))


def test_the_emission_factor_keeps_its_mean_and_falls_with_wind_and_sun() -> None:
    factor = np.array([0.5306, 0.4042]) / 3.6e6
    _, share = grid_mix(np.array([0.3, 0.5]), np.array([0.2, 0.3]), *supply(2))
    hourly = hourly_emission_factor(factor, share)
    assert hourly.mean(axis=0) == pytest.approx(factor, rel=1e-12)
    assert hourly.min() >= 0.0
    for region in range(2):
        order = np.argsort(share[:, region])
        assert np.all(np.diff(hourly[order, region]) <= 1e-18)
