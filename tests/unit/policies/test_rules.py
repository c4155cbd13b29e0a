"""What the shipped rules decide, on a view small enough to reckon by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.ground.seeds import generator
from sim.network.build import build
from sim.network.outlook import Outlook
from sim.network.view import View
from sim.policies.base import REGISTRY, spread
from tests.oracles.worlds import shipped

OUTLOOK = Outlook(build(shipped("toy", ["run.horizon=1 h"])))  # not asked for by what is reckoned by hand
NOW, LATER, DATA = 0, 1, 2  # interactive on the general pool, deferrable on it, data without a pool


def no_batteries() -> Array:
    return np.zeros(3)


def no_ages() -> Array:
    return np.zeros((2, 3, 4))


def view(**changes: Any) -> View:
    """Return two regions, three centres, one pool: region 0 owns centre 0; its hub holds centre 1 too."""
    plain = View(
        epoch=0, hour=0.0, seconds=3600.0, arrivals=np.ones((2, 3)),
        waiting=np.array([[2.0, 4.0, 1.0], [1.0, 2.0, 1.0]]),
        ages=no_ages, slack=np.array([0, 3, 3]), pool=np.array([0, 0, -1]),
        capacity=np.array([[4.0], [3.0], [5.0]]), load=np.zeros((3, 1)), queued=np.zeros((3, 1)),
        delay=np.array([[1e-3, 2e-3, 8e-3], [9e-3, 4e-3, 1e-3]]),
        own=np.array([[True, False, False], [False, False, True]]),
        home=np.array([[True, True, False], [False, False, True]]),
        feasible=np.ones((2, 3, 3), dtype=bool), reach=np.empty(0), allowance=np.full((2, 3), np.inf),
        price=np.ones(3), carbon=np.ones(3), green=np.zeros(3), rng=generator(1, 0, "policy"),
        outlook=OUTLOOK, battery=no_batteries,
    )  # fmt: skip
    made = replace(plain, **changes)
    return replace(made, reach=np.where(made.feasible, made.delay[:, None, :], np.inf))


def free(bound: dict[tuple[int, int], float]) -> Array:
    """Return what may leave home: anything but what is bound."""
    allowance = np.full((2, 3), np.inf)
    for place, amount in bound.items():
        allowance[place] = amount
    return allowance


def decide(name: str, seen: View) -> Array:
    decision = REGISTRY.get(name)().dispatch(seen)
    array = decision.place if decision.place is not None else decision.score
    assert array is not None
    return array


def test_base_serves_interactive_work_at_home_and_fills_the_room_that_is_left() -> None:
    place = decide("base", view())
    assert place[0, NOW].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert place[1, NOW].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    # 2 of 4 and 1 of 5 are taken by interactive work: rooms of 2, 3 and 4 are left.
    np.testing.assert_allclose(place[:, LATER], [[2 / 9, 3 / 9, 4 / 9, 0, 0]] * 2, rtol=1e-12)


def test_base_sends_interactive_work_to_the_nearest_centre_that_is_up() -> None:
    down = np.array([[0.0], [3.0], [5.0]])
    assert decide("base", view(capacity=down))[0, NOW].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]
    dark = np.array([[0.0], [0.0], [5.0]])
    assert decide("base", view(capacity=dark))[0, NOW].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    none = decide("base", view(capacity=np.zeros((3, 1))))
    assert none[0, NOW].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0], "interactive work is rejected"
    assert none[0, LATER].tolist() == [0.0, 0.0, 0.0, 1.0, 0.0], "the rest waits"


def test_base_splits_by_capacity_between_several_own_centres() -> None:
    own = np.array([[True, True, False], [False, False, True]])
    np.testing.assert_allclose(decide("base", view(own=own))[0, NOW], [4 / 7, 3 / 7, 0, 0, 0])


def test_base_sends_data_to_the_nearest_place_allowed() -> None:
    feasible = np.ones((2, 3, 3), dtype=bool)
    feasible[0, DATA, :2] = False
    place = decide("base", view(feasible=feasible))
    assert place[0, DATA].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    assert place[1, DATA].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]


def test_base_leaves_no_room_below_zero() -> None:
    waiting = np.array([[9.0, 4.0, 1.0], [1.0, 2.0, 1.0]])
    place = decide("base", view(waiting=waiting))
    np.testing.assert_allclose(place[0, LATER], [0, 3 / 7, 4 / 7, 0, 0], rtol=1e-12)


def test_nearest_and_local_order_by_delay() -> None:
    near, own = decide("nearest", view()), decide("local", view())
    np.testing.assert_array_equal(near[:, LATER], view().delay)
    assert np.argsort(near[1, NOW]).tolist() == [2, 1, 0]
    assert np.argsort(own[0, NOW]).tolist() == [0, 1, 2]
    far = view(delay=np.array([[8e-3, 2e-3, 1e-3], [9e-3, 4e-3, 1e-3]]))
    assert np.argsort(decide("local", far)[0, NOW]).tolist() == [0, 2, 1], "own first, then by delay"
    assert np.argsort(decide("nearest", far)[0, NOW]).tolist() == [2, 1, 0]


@pytest.mark.parametrize("name", ["local", "nearest"])
def test_what_may_not_run_is_forbidden(name: str) -> None:
    feasible = np.ones((2, 3, 3), dtype=bool)
    feasible[0, NOW, 2] = False
    score = decide(name, view(feasible=feasible))
    assert np.isinf(score[0, NOW, 2])
    assert np.isfinite(score).sum() == score.size - 1


def test_proportional_spreads_over_what_is_allowed() -> None:
    feasible = np.ones((2, 3, 3), dtype=bool)
    feasible[0, NOW, 2] = False
    place = decide("proportional", view(feasible=feasible))
    np.testing.assert_allclose(place[0, NOW], [4 / 7, 3 / 7, 0, 0, 0])
    np.testing.assert_allclose(place[1, LATER], [4 / 12, 3 / 12, 5 / 12, 0, 0])
    np.testing.assert_allclose(place[1, DATA], [1 / 3, 1 / 3, 1 / 3, 0, 0])


def test_spread_keeps_at_home_what_may_not_leave() -> None:
    """Weights of 1, 1 and 2: half would leave the home of region 0, of which a fifth may."""
    weight = np.broadcast_to(np.array([1.0, 1.0, 2.0]), (2, 3, 3))
    place = spread(weight, view(allowance=free({(0, LATER): 0.8}))).place
    assert place is not None
    np.testing.assert_allclose(place[0, LATER], [0.4, 0.4, 0.2, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(place[0, NOW], [0.25, 0.25, 0.5, 0, 0], err_msg="interactive work is free")
    np.testing.assert_allclose(place[0, DATA], [0.25, 0.25, 0.5, 0, 0], err_msg="so are copies of data")
    np.testing.assert_allclose(place[1, LATER], [0.25, 0.25, 0.5, 0, 0])


def test_spread_lets_wait_what_finds_no_room_at_home() -> None:
    weight = np.broadcast_to(np.array([0.0, 0.0, 2.0]), (2, 3, 3))
    place = spread(weight, view(allowance=free({(0, LATER): 0.8, (1, LATER): 0.0}))).place
    assert place is not None
    np.testing.assert_allclose(place[0, LATER], [0, 0, 0.2, 0.8, 0], rtol=1e-12)
    np.testing.assert_allclose(place[1, LATER], [0, 0, 1, 0, 0])
    weight = np.broadcast_to(np.array([3.0, 0.0, 0.0]), (2, 3, 3))
    place = spread(weight, view(allowance=free({(0, LATER): 0.0, (1, LATER): 0.0}))).place
    assert place is not None
    np.testing.assert_allclose(place[0, LATER], [1, 0, 0, 0, 0])
    np.testing.assert_allclose(place[1, LATER], [0, 0, 0, 1, 0])


def test_spread_sums_to_one_whatever_the_weights() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        weight = rng.uniform(0.0, 10.0 ** rng.uniform(-12, 25), (2, 3, 3)) * (rng.random((2, 3, 3)) > 0.4)
        seen = view(
            feasible=rng.random((2, 3, 3)) > 0.3,
            allowance=free({(r, LATER): float(rng.choice([0.0, 0.4, np.inf])) for r in range(2)}),
            home=rng.random((2, 3)) > 0.5,
        )
        place = spread(weight, seen).place
        assert place is not None
        np.testing.assert_allclose(place.sum(axis=2), 1.0, rtol=0, atol=1e-12)
        assert place.min() >= 0.0
        away = (place[:, LATER, :3] * ~seen.home).sum(axis=1)
        assert (away * seen.waiting[:, LATER] <= seen.allowance[:, LATER] + 1e-12).all()
