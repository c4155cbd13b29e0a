"""The laws of fans, economiser and chiller: their ends, their kinks and their direction."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics import cooling

LOAD = np.linspace(0.0, 1.0, 11)


def test_fans_have_a_floor_and_suffer_from_altitude() -> None:
    assert float(cooling.fan_power(np.array(0.0), 0.04, 0.45, 101325.0)) == pytest.approx(0.018)
    thin = cooling.fan_power(LOAD, 0.04, 0.45, 101325.0 / 2)
    np.testing.assert_allclose(thin, 2 * cooling.fan_power(LOAD, 0.04, 0.45, 101325.0))


def test_economiser_share_falls_from_supply_to_return() -> None:
    source = np.array([10.0, 18.0, 19.5, 21.0, 24.0, 30.0])
    np.testing.assert_allclose(cooling.economiser_share(source, 18.0, 6.0), [1.0, 1.0, 0.75, 0.5, 0.0, 0.0])


def test_cop_is_bounded_and_never_rises_with_the_source() -> None:
    source = np.linspace(-30.0, 60.0, 200)
    cop = cooling.chiller_cop(source, 18.0, 0.55, 3.0, 5.0, 12.0, 12.0)
    assert float(cop[0]) == 12.0
    assert np.all(np.diff(cop) <= 0.0)
    assert float(cop[-1]) == pytest.approx(0.55 * 288.15 / 50.0)


def test_chiller_draws_nothing_without_heat_and_one_over_cop_at_full_heat() -> None:
    curve = (0.15, 0.70, 0.15)
    assert float(cooling.chiller_power(np.array(0.0), np.array(4.0), 1.15, curve, 0.1)) == 0.0
    assert float(cooling.chiller_power(np.array(1.15), np.array(4.0), 1.15, curve, 0.1)) == pytest.approx(1.15 / 4)
    # Above the kink the fixed draw is whole: 0.15 + 0.7·0.5 + 0.15·0.25.
    half = cooling.chiller_power(np.array(0.575), np.array(4.0), 1.15, curve, 0.1)
    assert float(half) == pytest.approx(1.15 / 4 * 0.5375)
