"""The pieces of facility power never lie above the engine's physics, and hardly below it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.network.build import build
from sim.network.network import Network
from sim.network.power import facility, it_power
from sim.optimise.pieces import convex_envelope, pieces
from tests.oracles.worlds import shipped


@pytest.fixture(scope="module")
def summer() -> Network:
    """Three days of July: economisers come and go, which bends the curves most."""
    return build(shipped("baseline-2024", sets=["run.start=2024-07-10", "run.horizon=3 d"]))


def test_pieces_stay_below_the_physics_and_close_to_it(summer: Network) -> None:
    made = pieces(summer)
    shape = (*summer["temperature"].shape, 2)
    idle, full = it_power(summer, np.zeros(shape)), it_power(summer, np.ones(shape))
    assert (np.diff(made.slope, axis=0) >= 0.0).all(), "a minimum must fill the pieces in order"
    assert (made.width >= 0.0).all()
    np.testing.assert_allclose(made.width.sum(axis=0), full - idle, rtol=1e-12)
    worst = 0.0
    for share in np.linspace(0.0, 1.0, 41):
        above = share * (full - idle)
        filled = np.clip(above - np.cumsum(made.width, axis=0) + made.width, 0.0, made.width)
        modelled = made.start + (made.slope * filled).sum(axis=0)
        physics, _ = facility(summer, idle + above)
        assert (modelled <= physics * (1.0 + 1e-9)).all()
        worst = max(worst, float((1.0 - modelled / physics).max()))
    assert worst < 0.02, "the envelope of the chiller's start is the largest loss"


def test_the_envelope_is_the_greatest_convex_function_below() -> None:
    rng = np.random.default_rng(0)
    values = rng.uniform(0.0, 1.0, (7, 200))
    envelope = convex_envelope(values)
    assert (envelope <= values + 1e-15).all()
    assert (np.diff(envelope, 2, axis=0) >= -1e-12).all()
    again = convex_envelope(envelope)
    np.testing.assert_allclose(again, envelope, atol=1e-15)
    touching = (np.abs(envelope - values) < 1e-12).sum(axis=0)
    assert (touching >= 2).all(), "both ends always touch"
