"""Losses of the electrical plant: what idles, and what is shared."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics.electrical import distribution_loss, ups_loss

LOAD = np.linspace(0.0, 1.0, 11)


def test_idle_units_cost_and_full_units_split_the_square() -> None:
    one = ups_loss(LOAD, 1.0, 0.012, 0.008, 0.010)
    two = ups_loss(LOAD, 2.0, 0.012, 0.008, 0.010)
    assert float(two[0]) == 2 * float(one[0]) == pytest.approx(0.024)
    assert float(one[-1]) == pytest.approx(0.030)
    assert float(two[-1]) == pytest.approx(0.037)


def test_iron_losses_stay_and_copper_losses_grow_with_the_square() -> None:
    loss = distribution_loss(LOAD, 0.005, 0.006)
    assert (float(loss[0]), float(loss[-1])) == pytest.approx((0.005, 0.011))
    np.testing.assert_allclose(np.diff(loss, 2), 2 * 0.006 * 0.1**2)
