"""A parameter that meets published hours, curtailed once."""

from __future__ import annotations

import numpy as np
import pytest

from sim.ground.errors import ScenarioError
from sim.physics.full_load import calibrated

RAMP = np.linspace(0.0, 1.0, 1000)[:, None] * np.array([1.0, 0.8])


def output(size: np.ndarray, site: np.ndarray) -> np.ndarray:
    return np.minimum(RAMP[:, site] * size, 1.0)


def test_the_hours_are_met_net_of_curtailment() -> None:
    hours, curtailment = np.array([300.0, 320.0]), np.array([0.0, 0.2])
    got = calibrated(output, 4.0, hours, curtailment, 1800.0, "solar")
    assert np.abs(got.sum(axis=0) * 0.5 - hours).max() <= 1e-9


def test_curtailment_scales_every_epoch_once() -> None:
    free = calibrated(output, 4.0, np.array([400.0, 400.0]), np.zeros(2), 3600.0, "solar")
    cut = calibrated(output, 4.0, np.array([300.0, 360.0]), np.array([0.25, 0.1]), 3600.0, "solar")
    assert cut == pytest.approx(free * np.array([0.75, 0.9]), abs=1e-9)


def test_no_hours_is_no_output() -> None:
    assert not calibrated(output, 4.0, np.zeros(2), np.zeros(2), 3600.0, "solar").any()


def test_hours_out_of_reach_name_the_site_and_the_most_it_can_have() -> None:
    with pytest.raises(ScenarioError, match=r"wind: site 1 is to have 990 .* at most 8\d\d"):
        calibrated(output, 4.0, np.array([700.0, 891.0]), np.array([0.0, 0.1]), 3600.0, "wind")
