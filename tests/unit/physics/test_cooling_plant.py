"""The loops: heat is conserved, and the liquid loop takes what the air loop leaves."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ground.sheets import read
from sim.physics.cooling_plant import air_loop, liquid_loop

LOAD = np.array([0.0, 0.4, 1.0])
AIR = np.array(101325.0)


def test_all_heat_of_the_halls_reaches_the_outside() -> None:
    sheet = read("cooling", "water_wse")
    loop = air_loop(LOAD, np.array(22.0), 0.3, AIR, sheet)
    np.testing.assert_allclose(loop.rejected, LOAD + loop.electrical + loop.fan + loop.chiller, rtol=1e-14)
    np.testing.assert_allclose(loop.rejection, 0.02 * loop.rejected, rtol=1e-14)


def test_a_whole_economiser_rests_the_chiller() -> None:
    loop = air_loop(LOAD, np.array(5.0), 1.0, AIR, read("cooling", "water_wse"))
    np.testing.assert_array_equal(loop.chiller, 0.0)


def test_liquid_takes_its_share_off_the_air() -> None:
    sheet = read("cooling", "liquid")
    without = air_loop(LOAD, np.array(30.0), 0.0, AIR, sheet)
    beside = air_loop(LOAD, np.array(30.0), 0.0, AIR, sheet, 0.8)
    np.testing.assert_allclose(beside.fan, 0.2 * without.fan)
    np.testing.assert_allclose(beside.pump, 0.2 * without.pump)
    spared = (without.rejected - without.chiller) - (beside.rejected - beside.chiller)
    np.testing.assert_allclose(spared, 0.8 * (LOAD + without.fan), atol=1e-15)


def test_warm_water_needs_no_compressor_until_hot() -> None:
    sheet = read("cooling", "liquid")
    cold = liquid_loop(LOAD, np.array(25.0), sheet)
    np.testing.assert_allclose(cold, (0.012 + 0.012) * 0.8 * LOAD)
    assert float(liquid_loop(np.array(1.0), np.array(42.0), sheet)) > float(cold[-1]) + 0.05
    assert float(liquid_loop(np.array(0.0), np.array(42.0), sheet)) == pytest.approx(0.0)
