"""The rounds of a long horizon: each one gains, none leaves a plan that is none, and a neighbour helps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.network.build import build
from sim.optimise import rounds
from sim.optimise.bound import bound
from sim.optimise.growth import overloaded
from sim.optimise.horizon import Dispatch, How
from sim.optimise.layout import Facts, Routes, facts
from sim.optimise.program import Program
from sim.optimise.solve import OutOfTime, residual
from tests.oracles.worlds import shipped, world

TIGHT = "links.*.capacity=100 Gbps"


def toy(horizon: str, *sets: str) -> Facts:
    """Return the facts of the shipped toy scenario."""
    return facts(build(shipped("toy", sets=[f"run.horizon={horizon}", *sets])))


def breach(found: Dispatch) -> float:
    """Return by how much a plan breaks any row at all: those of links that nobody looked at too."""
    state = found.state
    whole = Program(state.program.facts, state.program.routes, np.arange(len(state.program.facts.opposite)))
    return residual(whole.window(0, len(state.cost)), state.values.ravel())


def test_rounds_gain_and_end_at_the_optimum() -> None:
    data, how = toy("16 d"), How(2)
    days = rounds.days(data, 24, how)
    before, lower = days.state.objective, days.bound.total
    better = rounds.refined(days, days.cut, 24, how, 0.0)
    assert better.state.objective < before
    assert better.bound.total > lower
    assert better.gap < 0.5 * (before - lower) / before
    optimum_itself = rounds.exact(better, how)
    assert better.bound.total <= optimum_itself.state.objective * (1.0 + 1e-9)
    assert optimum_itself.state.objective <= better.state.objective * (1.0 + 1e-9)
    assert optimum_itself.gap < 1e-6
    assert breach(optimum_itself) < 1e-6


@pytest.mark.parametrize("whole", [True, False])
def test_a_neighbour_solved_from_a_plan_is_as_good_as_solved_cold(whole: bool) -> None:
    data, how = toy("5 d"), How(2)

    def cold(data: Facts) -> Dispatch:
        found = rounds.days(data, 24, how)
        return rounds.exact(found, how) if whole else found

    first = cold(data)
    for change in ({"price": data.price * 1.05}, {"demand": data.demand * 0.97}, {"capacity": data.capacity * 0.9}):
        other = replace(data, **change)
        warm, alone = rounds.again(other, first, how, whole=whole), cold(other)
        assert warm.state.objective == pytest.approx(alone.state.objective, rel=1e-6 if whole else 1e-4), list(change)
        assert warm.gap < 1e-6 if whole else warm.gap == pytest.approx(alone.gap, rel=0.1)
        assert breach(warm) < 1e-6


def test_a_neighbour_that_overloads_links_is_no_plan_yet() -> None:
    loose, tight = toy("48 h"), toy("48 h", TIGHT)
    near = rounds.whole(loose, How(1))
    program = Program(tight, near.state.program.routes, near.state.program.links)
    assert breach(replace(near, state=replace(near.state, program=program))) > 1e-3
    warm = rounds.again(tight, near, How(1))
    assert breach(warm) < 1e-6
    assert warm.state.objective == pytest.approx(rounds.whole(tight, How(1)).state.objective, rel=1e-7)
    with pytest.raises(OutOfTime):
        rounds.again(tight, near, How(1, deadline=0.0))


def test_a_link_that_is_overloaded_gets_its_rows_and_keeps_the_other_prices() -> None:
    data = toy("5 d", TIGHT)
    state = rounds.days(data, 24, How(2)).state
    assert not len(overloaded(state.program, state.values))
    assert len(state.program.links) > 0
    other = np.setdiff1d(np.arange(len(data.opposite)), state.program.links)[:2]
    before = bound(data, state.prices).total
    state.grow(Routes.none(), other)
    assert bound(data, state.prices).total == pytest.approx(before, rel=1e-12)


WAYS: dict[str, tuple[str, Callable[[Facts, How], Dispatch]]] = {
    "whole": ("48 h", rounds.whole),
    "days": ("5 d", lambda data, how: rounds.days(data, 24, how)),
    "rounds": ("5 d", lambda data, how: rounds.refined(*_days(data), 24, how, 0.0)),
    "exact": ("5 d", lambda data, how: rounds.exact(_days(data)[0], how)),
}


def _days(data: Facts) -> tuple[Dispatch, int]:
    found = rounds.days(data, 24, How(1))
    return found, found.cut


def lasting(windows: int) -> Callable[[How], float | None]:
    """Return a clock that lets so many windows begin."""
    begun = itertools.count()
    return lambda how: None if np.isinf(how.deadline) else 1e3 * (next(begun) < windows)


@pytest.mark.parametrize("name", WAYS)
def test_whenever_the_time_is_up_there_is_a_plan_with_its_bound_or_none_at_all(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    horizon, way = WAYS[name]
    data = toy(horizon, TIGHT)
    best = rounds.exact(rounds.days(data, 24, How(1)), How(1)) if horizon == "5 d" else rounds.whole(data, How(1))
    given = plans = 0
    for count in itertools.count(0, 1 if name in ("whole", "exact") else 3):
        monkeypatch.setattr(How, "left", lasting(count))
        try:
            found = way(data, How(1, deadline=0.0))
        except OutOfTime:
            assert name in ("whole", "days")
            assert plans == 0
            continue
        given += found.stopped
        plans += 1
        assert breach(found) < 1e-6
        assert found.bound.total <= best.state.objective * (1.0 + 1e-9)
        assert found.state.objective >= best.bound.total * (1.0 - 1e-9)
        if not found.stopped:
            break
    assert given


def test_the_first_and_the_last_day_have_their_routes_too(tmp_path: Path) -> None:
    data = facts(world(tmp_path, horizon="5 d", epoch="6 h"))
    found = rounds.days(data, 4, How(1))
    left = found.state.values[:, found.state.program.columns.unserved : found.state.program.columns.backlog]
    assert left.sum() == pytest.approx(0.0, abs=1e-9 * data.demand.sum())
    assert 0.0 <= found.gap < 0.05
