"""Green shares and emissions: order of the four shares, shapes, and what must not be counted twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.battery import step
from sim.physics.carbon import green_shares, location_based, market_based, server_embodied

energies = st.lists(st.floats(0.0, 50.0), min_size=24, max_size=24).map(np.array)


@given(energies, energies, st.floats(0.0, 1.0), st.floats(0.0, 100.0))
def test_order_of_the_shares_with_a_battery(
    load: np.ndarray, green: np.ndarray, grid: float, certificates: float
) -> None:
    charge, discharge = np.zeros(24), np.zeros(24)
    content = np.array(0.0)
    for hour in range(24):
        net = green[hour] - load[hour]
        content, charge[hour], discharge[hour] = step(
            content, max(net, 0.0), max(-net, 0.0), capacity=20.0, power=5.0, duration=1.0
        )
    shares = green_shares(load, green, charge, discharge, grid, certificates)
    rounding = 1e-9
    assert 0.0 <= shares.hourly <= shares.cfe + rounding <= 1.0 + 2 * rounding
    assert shares.hourly <= shares.bundled + rounding
    assert shares.bundled <= shares.annual <= 1.0
    assert shares.hourly >= green_shares(load, green).hourly - rounding  # storage never hurts


def test_certificates_count_for_the_annual_share_only() -> None:
    load, green = np.full(4, 10.0), np.full(4, 3.0)
    shares = green_shares(load, green, certificates=16.0)
    assert (float(shares.annual), float(shares.bundled), float(shares.hourly)) == pytest.approx((0.7, 0.3, 0.3))


def test_many_sites_at_once() -> None:
    load = np.array([[1.0, 3.0], [0.0, 0.0]])
    shares = green_shares(load, np.array([[2.0, 0.0], [1.0, 1.0]]), grid_carbon_free=0.5)
    np.testing.assert_allclose(shares.annual, [0.5, 0.0])
    np.testing.assert_allclose(shares.hourly, [0.25, 0.0])
    np.testing.assert_allclose(shares.cfe, [0.625, 0.0])


def test_market_based_claims_no_more_than_is_used() -> None:
    assert market_based(np.array([10.0, 10.0]), np.array([15.0, 5.0]), 1.0) == 5.0
    assert market_based(10.0, 4.0, 1.0, contracted_factor=0.5) == 8.0
    assert market_based(10.0, 0.0, 0.7) == location_based(10.0, 0.7)


def test_embodied_emissions_of_a_share() -> None:
    assert server_embodied(100.0, 50.0, 0.5) == 1.0
