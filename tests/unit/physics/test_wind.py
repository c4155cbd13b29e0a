"""Wind: the curve against a published turbine, the mean against drawn speeds."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics.wind import capacity_factor_of_hours, power_curve, shear, weibull_mean


def test_curve_stays_near_a_published_turbine() -> None:
    # Vestas V100-2.0 MW in air of 1.225 kg/m³, kW at 3 to 12 m/s; it stops at 20 m/s, so compare below.
    published = np.array([13, 107, 253, 454, 738, 1109, 1538, 1873, 1984, 2000]) / 2000.0
    np.testing.assert_allclose(power_curve(np.arange(3.0, 13.0)), published, atol=0.065)


def test_curve_is_bounded_and_has_no_jump() -> None:
    speed = np.linspace(0.0, 40.0, 40001)
    output = power_curve(speed)
    assert output.min() == 0.0
    assert output.max() == 1.0
    assert np.abs(np.diff(output)).max() < 1e-3
    assert np.all(np.diff(output[speed <= 12.0]) >= 0.0)
    assert np.all(output[(speed <= 3.0) | (speed >= 25.0)] == 0.0)
    assert np.all(output[(speed >= 12.0) & (speed <= 23.0)] == 1.0)


def test_weibull_mean_of_draws() -> None:
    draws = 7.0 * np.random.Generator(np.random.Philox(1)).weibull(1.8, 400_000)
    assert float(weibull_mean(7.0, 1.8)) == pytest.approx(draws.mean(), rel=5e-3)
    assert float(weibull_mean(7.0, 1.0)) == pytest.approx(7.0)


def test_shear_and_back() -> None:
    speed = np.array([2.0, 6.0])
    np.testing.assert_allclose(shear(shear(speed, 10.0, 90.0, 0.2), 90.0, 10.0, 0.2), speed)


def test_capacity_factor_of_a_leap_year() -> None:
    assert float(capacity_factor_of_hours(8784.0, 8784.0)) == 1.0
