"""Ratios of sums, and the closed-form calibration."""

from __future__ import annotations

import numpy as np
import pytest

from sim.physics.efficiency import calibrated_kappa, erf, pue, wue


def test_pue_weighs_hours_by_their_energy() -> None:
    it = np.linspace(0.2, 0.8, 100)
    total = 0.2 + 1.3 * it
    assert pue(total, it) == pytest.approx(1.3 + 0.2 / 0.5)
    assert pue(total, it) < np.mean(total / it) - 0.03


def test_ratios_without_energy_are_not_a_number() -> None:
    assert np.isnan(pue(0.0, 0.0))
    assert np.isnan(wue(np.zeros(3), np.zeros(3)))
    assert np.isnan(erf(0.0, 0.0))


def test_kappa_hits_the_target_over_all_that_is_handed_in() -> None:
    rng = np.random.Generator(np.random.Philox(7))
    it, electrical, misc, cooling = rng.uniform(0.1, 1.0, (4, 3, 50)) * np.array([1, 0.1, 0.02, 0.3])[:, None, None]
    kappa = calibrated_kappa(1.46, it, electrical, misc, cooling)
    assert pue(it + electrical + misc + kappa * cooling, it) == pytest.approx(1.46, rel=1e-12)
