"""Moist air: identities that hold for any air, and psychrolib as the oracle of the wet bulb."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics.psychrometrics import air_density, humidity_ratio, pressure, saturation_pressure, wet_bulb


def test_pressure_of_the_standard_atmosphere() -> None:
    # ISO 2533: 0 m, 1000 m, 5000 m.
    np.testing.assert_allclose(pressure(np.array([0.0, 1000.0, 5000.0])), [101325.0, 89875.0, 54020.0], rtol=1e-4)


def test_saturation_pressure_at_boiling_and_freezing() -> None:
    # Triple point 611.7 Pa; 40 degC 7384.9 Pa (IAPWS): the fit promises 0.4 %.
    np.testing.assert_allclose(saturation_pressure(np.array([0.01, 40.0])), [611.66, 7384.9], rtol=4e-3)


def test_saturated_air_has_its_dry_bulb_as_wet_bulb() -> None:
    temperature = np.linspace(-40.0, 45.0, 18)
    np.testing.assert_allclose(wet_bulb(temperature, 1.0, 85e3), temperature, atol=1e-9)


def test_wet_bulb_satisfies_its_equation() -> None:
    dry = np.linspace(-40.0, 50.0, 31)[:, None, None]
    humidity = np.linspace(0.0, 1.0, 11)[:, None]
    air = np.array([55e3, 80e3, 101325.0])
    wet = wet_bulb(dry, humidity, air)
    moisture = humidity_ratio(humidity * saturation_pressure(dry), air)
    saturated = humidity_ratio(saturation_pressure(wet), air)
    expected = ((2501 - 2.326 * wet) * saturated - 1.006 * (dry - wet)) / (2501 + 1.86 * dry - 4.186 * wet)
    assert wet.shape == (31, 11, 3)
    np.testing.assert_allclose(np.broadcast_to(moisture, wet.shape), expected, atol=1e-9)


def test_wet_bulb_is_lower_at_altitude() -> None:
    wet = wet_bulb(30.0, 0.5, np.array([101325.0, 80e3, 65e3]))
    assert np.all(np.diff(wet) < -0.3)


def test_wet_bulb_agrees_with_psychrolib() -> None:
    oracle = pytest.importorskip("psychrolib")
    oracle.SetUnitSystem(oracle.SI)
    compared = 0
    for air in (60e3, 75e3, 88e3, 101325.0, 102e3):
        for dry in np.linspace(2.0, 45.0, 9):
            for humidity in (0.1, 0.35, 0.6, 0.85, 0.98):
                expected = oracle.GetTWetBulbFromRelHum(float(dry), humidity, air)
                if expected > 0.0:
                    compared += 1
                    assert float(wet_bulb(dry, humidity, air)) == pytest.approx(expected, abs=0.03)
    assert compared > 150


def test_density_falls_with_altitude_and_warmth() -> None:
    assert float(air_density(101325.0, 15.0)) == pytest.approx(1.225, rel=1e-3)
    assert air_density(pressure(2000.0), 15.0) < air_density(pressure(0.0), 15.0)
    assert air_density(101325.0, 35.0) < air_density(101325.0, 15.0)
