"""What the heat is given to: sprays, towers and the water they take."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics import heat_rejection


def test_sprays_open_over_five_kelvin_and_cool_towards_the_wet_bulb() -> None:
    opened = heat_rejection.wetting(np.array([10.0, 18.0, 20.5, 23.0, 40.0]), 18.0)
    np.testing.assert_allclose(opened, [0.0, 0.0, 0.5, 1.0, 1.0])
    np.testing.assert_allclose(heat_rejection.spray_evaporation_share(opened), [0.0, 0.0, 0.45, 0.9, 0.9])
    source = heat_rejection.evaporative_source(np.array(40.0), np.array(20.0), np.array(1.0), 0.75, 3.0)
    assert float(source) == pytest.approx(28.0)


def test_blow_down_grows_as_the_water_is_recycled_less() -> None:
    pure = heat_rejection.evaporation(np.array(1.0), 1.0, 1e12)
    assert float(pure) == pytest.approx(1.0 / 2.45e6)
    assert float(heat_rejection.evaporation(np.array(1.0), 1.0, 2.0)) == pytest.approx(2 * float(pure))
    assert float(heat_rejection.evaporation(np.array(1.0), 0.0, 5.0)) == 0.0


def test_sources_follow_the_dry_and_the_wet_bulb() -> None:
    assert float(heat_rejection.dry_source(np.array(-5.0), 7.0)) == 2.0
    assert float(heat_rejection.tower_source(np.array(-5.0), 5.5)) == 0.5
    assert float(heat_rejection.rejection_power(np.array(0.5), 0.02)) == 0.01


def test_towers_evaporate_less_in_the_cold() -> None:
    share = heat_rejection.tower_evaporation_share(np.array([-40.0, -7.5, 0.0, 30.0, 45.0]))
    np.testing.assert_allclose(share, [0.5, 0.5, 0.6, 1.0, 1.0])
