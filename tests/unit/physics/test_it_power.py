"""Server power: ends, middle, and the fleet."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics.it_power import fan_et_al_power, fleet_power, linear_power, power_per_flops

USE = np.linspace(0.0, 1.0, 101)


def test_both_laws_meet_at_idle_and_peak() -> None:
    for law in (linear_power, fan_et_al_power):
        power = law(USE, 120.0, 400.0)
        assert (float(power[0]), float(power[-1])) == (120.0, 400.0)
        assert np.all(np.diff(power) > 0.0)


def test_the_law_of_fan_lies_above_the_line() -> None:
    assert np.all(fan_et_al_power(USE, 120.0, 400.0)[1:-1] > linear_power(USE, 120.0, 400.0)[1:-1])
    np.testing.assert_allclose(fan_et_al_power(USE, 120.0, 400.0, 1.0), linear_power(USE, 120.0, 400.0))


def test_published_servers() -> None:
    # DGX A100: 6.5 kW for 2.5 PFLOPS dense FP16; a server of 64 idle cores costs no less than 0 W.
    assert 1e12 * float(power_per_flops(6.5e3, 2.5e15)) == pytest.approx(2.6)
    assert float(fleet_power(0.0, 1.0)) == 0.0
    np.testing.assert_allclose(fleet_power(np.array([1e18, 2e18]), 2.6e-12, 0.8, 0.1), [2.288e6, 4.576e6])
