"""The closed forms against published tables, against each other, and against plain enumeration."""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest

from sim.physics.queueing import (
    erlang_b,
    erlang_c,
    jackson_arrivals,
    jackson_waits,
    mg1_wait,
    mmc_wait,
    mmck,
    priority_waits,
)


@pytest.mark.parametrize(
    ("servers", "load", "waits", "wait"),
    [
        (1, 0.8, 0.8, 4.0),
        (2, 0.8, 0.7111111, 1.7777778),
        (4, 0.9, 0.7877533, 1.9693832),
        (10, 0.9, 0.6687315, 0.6687315),
        (100, 0.95, 0.5064569, 0.1012914),
        (1000, 0.99, 0.6590804, 0.0659080),
    ],
)
def test_erlang_c_and_wait_are_those_of_the_table(servers: int, load: float, waits: float, wait: float) -> None:
    assert erlang_c(servers, servers * load) == pytest.approx(waits, abs=5e-8)
    assert mmc_wait(servers, servers * load, 1.0) == pytest.approx(wait, abs=5e-8)


@pytest.mark.parametrize(("servers", "offered", "blocked"), [(5, 3.0, 0.1100543478), (10, 10.0, 0.2145823431)])
def test_erlang_b_is_that_of_the_table(servers: int, offered: float, blocked: float) -> None:
    assert erlang_b(servers, offered) == pytest.approx(blocked, abs=5e-11)
    # By its definition: the last of a truncated Poisson law.
    law = [offered**n / factorial(n) for n in range(servers + 1)]
    assert erlang_b(servers, offered) == pytest.approx(law[-1] / sum(law), rel=1e-12)


def test_a_bounded_line_is_that_of_the_table() -> None:
    one, four = mmck(1, 5, 0.8, 1.0), mmck(4, 10, 3.6, 1.0)
    # One server, five places, by hand: weights 4ⁿ/5ⁿ. The table has 2.5630653, a unit too much in its last digit.
    assert (one.loss, one.sojourn) == pytest.approx((0.0888195, 2.5630652), abs=5e-8)
    assert (four.loss, four.wait) == pytest.approx((0.0671744, 0.5071003), abs=5e-8)


@pytest.mark.parametrize(("variation", "wait"), [(0.0, 4.5), (1.0, 9.0), (4.0, 22.5)])
def test_one_server_is_that_of_the_table(variation: float, wait: float) -> None:
    assert mg1_wait(0.9, 1.0, variation) == pytest.approx(wait, rel=1e-12)


def test_ten_lines_pooled_wait_a_thirteenth() -> None:
    assert mmc_wait(1, 0.9, 1.0) == pytest.approx(9.0, rel=1e-12)
    assert mmc_wait(10, 9.0, 1.0) == pytest.approx(0.668732, abs=5e-7)


@pytest.mark.parametrize(("servers", "offered"), [(1, 0.3), (7, 5.5), (40, 31.0)])
def test_a_line_with_as_many_places_as_servers_is_erlang_b(servers: int, offered: float) -> None:
    found = mmck(servers, servers, offered * 2.0, 2.0)
    assert found.loss == pytest.approx(erlang_b(servers, offered), rel=1e-12)
    assert found.wait == pytest.approx(0.0, abs=1e-15)
    assert found.sojourn == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize(("servers", "arrival"), [(1, 0.5), (3, 2.0), (20, 17.0)])
def test_a_line_with_many_places_is_one_without_bound(servers: int, arrival: float) -> None:
    assert mmck(servers, 4000, arrival, 1.0).wait == pytest.approx(mmc_wait(servers, arrival, 1.0), rel=1e-9)


def test_an_exponential_server_is_both_kinds_of_line() -> None:
    assert mg1_wait(0.35, 2.0, 1.0) == pytest.approx(mmc_wait(1, 0.35, 0.5), rel=1e-12)


def test_priorities_keep_the_mean_work_that_waits() -> None:
    arrival, mean = np.array([0.2, 0.1, 0.3]), np.array([0.5, 2.0, 1.5])
    second = np.array([0.5, 8.0, 2.25])
    waits = priority_waits(arrival, mean, second)
    load = float(arrival @ mean)
    # The conservation law of Kleinrock: Σ ρ_k W_k does not depend on the order.
    turned = priority_waits(arrival[::-1], mean[::-1], second[::-1])[::-1]
    whole = load * float(arrival @ second) / 2.0 / (1.0 - load)
    assert (arrival * mean) @ waits == pytest.approx(whole, rel=1e-12)
    assert (arrival * mean) @ turned == pytest.approx(whole, rel=1e-12)
    assert waits[0] < waits[1] < waits[2]


def test_one_class_of_priority_is_no_priority() -> None:
    wait = priority_waits(np.array([0.3]), np.array([2.0]), np.array([4.0 * (1.0 + 2.5)]))
    assert wait[0] == pytest.approx(mg1_wait(0.3, 2.0, 2.5), rel=1e-12)


def test_jackson_rates_balance_at_every_node() -> None:
    outside = np.array([1.0, 0.5, 0.0])
    passes = np.array([[0.0, 0.6, 0.3], [0.2, 0.0, 0.5], [0.1, 0.0, 0.3]])
    rates = jackson_arrivals(outside, passes)
    np.testing.assert_allclose(rates, outside + rates @ passes, rtol=1e-12)
    # What comes in goes out.
    assert float(rates @ (1.0 - passes.sum(axis=1))) == pytest.approx(float(outside.sum()), rel=1e-12)
    waits = jackson_waits(np.array([3, 2, 4]), outside, passes, np.array([1.0, 2.0, 1.0]))
    assert waits[0] == pytest.approx(mmc_wait(3, float(rates[0]), 1.0), rel=1e-12)


def test_the_number_at_a_line_follows_the_law_of_birth_and_death() -> None:
    # M/M/∞ is M/M/c/c with many servers: a Poisson law, so the chance of an empty line is exp(-a).
    servers, offered = 60, 4.0
    empty = 1.0 / sum(offered**n / factorial(n) for n in range(servers + 1))
    assert empty == pytest.approx(exp(-offered), rel=1e-12)
    assert mmck(servers, servers, offered, 1.0).sojourn == pytest.approx(1.0, rel=1e-12)
    # Two servers, four places, by hand: weights 1, 1, 1/2, 1/4, 1/8 at one erlang.
    two = mmck(2, 4, 1.0, 1.0)
    assert two.loss == pytest.approx(0.125 / 2.875, rel=1e-12)


@pytest.mark.parametrize("offered", [1.0, 1.5, float("nan")])
def test_an_overloaded_line_is_refused(offered: float) -> None:
    with pytest.raises(ValueError, match="without bound"):
        erlang_c(1, offered)
    with pytest.raises(ValueError, match="without bound"):
        mg1_wait(offered, 1.0, 1.0)
    with pytest.raises(ValueError, match="without bound"):
        priority_waits(np.array([offered]), np.ones(1), np.ones(1))
