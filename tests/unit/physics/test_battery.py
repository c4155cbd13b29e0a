"""The battery: its bounds, its balance, and every shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.battery import green_part, step

part = st.floats(0.0, 1.0)
efficiency = st.floats(0.5, 1.0)


@given(part, st.floats(-3.0, 3.0), st.floats(0.0, 4.0), efficiency, efficiency, st.sampled_from([900.0, 3600.0]))
def test_balance_and_bounds(filled: float, net: float, power: float, into: float, out: float, duration: float) -> None:
    capacity = 3600.0
    after = step(
        filled * capacity,
        max(net, 0.0),
        max(-net, 0.0),
        capacity=capacity,
        power=power,
        duration=duration,
        charge_efficiency=into,
        discharge_efficiency=out,
    )
    change = (into * after.charge - after.discharge / out) * duration
    assert float(after.content) == pytest.approx(float(filled * capacity + change), abs=1e-6)
    assert 0.0 <= float(after.content) <= capacity
    assert 0.0 <= float(after.charge) <= min(power, max(net, 0.0))
    assert 0.0 <= float(after.discharge) <= min(power, max(-net, 0.0))
    # Greedy: what is left over or missing is so because a bound is met.
    if after.charge < max(net, 0.0) - 1e-9 and after.charge < power - 1e-9:
        assert float(after.content) == pytest.approx(capacity, abs=1e-6)
    if after.discharge < max(-net, 0.0) - 1e-9 and after.discharge < power - 1e-9:
        assert float(after.content) == pytest.approx(0.0, abs=1e-6)


def test_shapes_broadcast_and_inputs_stay() -> None:
    content = np.array([0.0, 3600.0, 7200.0])
    surplus = np.array([[1.0], [0.0]])
    deficit = np.array([[0.0], [1.0]])
    kept = content.copy()
    after = step(content, surplus, deficit, capacity=7200.0, power=2.0, duration=3600.0)
    assert [part.shape for part in after] == [(2, 3)] * 3
    np.testing.assert_allclose(after.charge, [[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(after.discharge, [[0.0, 0.0, 0.0], [0.0, 0.95, 1.0]])
    np.testing.assert_array_equal(content, kept)
    after.content[:] = 0.0  # results own their memory


def test_no_battery_does_nothing() -> None:
    after = step(0.0, 5.0, 0.0, capacity=0.0, power=0.0, duration=3600.0)
    assert (float(after.content), float(after.charge), float(after.discharge)) == (0.0, 0.0, 0.0)


def test_a_cycle_loses_both_efficiencies() -> None:
    full = step(0.0, 1.0, 0.0, capacity=1e9, power=9.0, duration=3600.0)
    drained = step(full.content, 0.0, 9.0, capacity=1e9, power=9.0, duration=3600.0)
    assert float(drained.discharge) == pytest.approx(0.95 * 0.95)
    assert float(drained.content) == pytest.approx(0.0, abs=1e-9)


@given(part, part, st.floats(-3.0, 3.0), st.floats(0.0, 3.0), efficiency, efficiency)
def test_the_green_part_is_a_part(
    filled: float, share: float, net: float, surplus: float, into: float, out: float
) -> None:
    capacity, duration = 3600.0, 900.0
    content = filled * capacity
    losses = {"duration": duration, "charge_efficiency": into, "discharge_efficiency": out}
    after = step(content, max(net, 0.0), max(-net, 0.0), capacity=capacity, power=2.0, **losses)
    green = green_part(share * content, content, after, surplus, **losses)
    change = (into * green.charge - green.discharge / out) * duration
    assert float(green.content) == pytest.approx(float(share * content + change), abs=1e-6)
    assert 0.0 <= float(green.content) <= float(after.content)
    assert float(green.charge) == min(float(after.charge), surplus)
    assert float(green.discharge) == pytest.approx(share * float(after.discharge), abs=1e-12)


@given(part, st.floats(-3.0, 3.0), efficiency, efficiency)
def test_a_battery_that_was_charged_green_is_green_to_the_bit(
    filled: float, net: float, into: float, out: float
) -> None:
    content, losses = filled * 3600.0, {"duration": 900.0, "charge_efficiency": into, "discharge_efficiency": out}
    after = step(content, max(net, 0.0), max(-net, 0.0), capacity=3600.0, power=2.0, **losses)
    green = green_part(content, content, after, max(net, 0.0), **losses)
    for whole, its in zip(after, green, strict=True):
        np.testing.assert_array_equal(whole, its)
