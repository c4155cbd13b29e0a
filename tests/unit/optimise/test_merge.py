"""A window made of its days: it is the window's own optimum, or misses it by no more than it may."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.network.build import build
from sim.optimise import rounds
from sim.optimise.horizon import How, State, between
from sim.optimise.layout import Facts, facts
from sim.optimise.merge import merged
from sim.optimise.solve import OutOfTime, Solution, residual, solve
from tests.oracles.worlds import shipped, world

LINKS = ["links.*.capacity=100 Gbps"]
STORES = ["centres.east_centre.battery={energy: 40 MWh, power: 10 MW}", "regions.*.residency.move_share=0.3"]


def planned(data: Facts) -> State:
    """Return closed days."""
    return rounds.days(data, 24, How(1)).state


def from_days(state: State, begin: int, end: int, loose: float = 0.0, seconds: float | None = None) -> Solution:
    """Return a window of a plan from its days."""
    marks = [begin, *(seam for seam in state.seams if begin < seam < end), end]
    ends = state.carried(begin), state.carried(end)
    return merged(state.program, marks, ends, state.values[begin:end], loose, seconds)


@pytest.mark.parametrize("sets", [[], LINKS, STORES], ids=["plain", "links", "stores"])
def test_a_window_from_its_days_is_its_optimum(tmp_path: Path, sets: list[str]) -> None:
    data = facts(world(tmp_path, sets, horizon="6 d"))
    state = planned(data)
    for begin, end in between(len(data.demand), [state.seams[0]]):
        lp = state.program.window(begin, end, state.carried(begin), state.carried(end))
        found, cold = from_days(state, begin, end), solve(lp)
        assert found.objective == pytest.approx(cold.objective, rel=1e-9)
        assert found.objective <= state.cost[begin:end].sum() * (1.0 + 1e-9)
        assert residual(lp, found.values) < 1e-7
        assert lp.cost @ found.values + lp.constant == pytest.approx(found.objective, rel=1e-9)


def test_a_loose_window_misses_no_more_than_it_may_and_pivots_less() -> None:
    data = facts(build(shipped("toy", sets=["run.horizon=8 d"])))
    state = planned(data)
    epochs = len(data.demand)
    best, steps = from_days(state, 0, epochs), []
    for loose in (1e-2, 1e-4, 1e-6):
        found = from_days(state, 0, epochs, loose)
        steps.append(found.iterations)
        assert -1e-9 <= (found.objective - best.objective) / abs(best.objective) <= loose
    assert steps == sorted(steps)
    assert steps[0] < best.iterations


def test_the_same_plan_comes_out_whatever_it_starts_from() -> None:
    data = facts(build(shipped("toy", sets=["run.horizon=5 d"])))
    state = planned(data)
    first = from_days(state, 0, len(data.demand))
    state.values[:] = first.values.reshape(state.values.shape)
    again = from_days(state, 0, len(data.demand))
    assert again.objective == pytest.approx(first.objective, rel=1e-10)
    assert again.iterations < first.iterations


def test_no_window_without_time() -> None:
    state = planned(facts(build(shipped("toy", sets=["run.horizon=4 d"]))))
    before = state.values.copy()
    with pytest.raises(OutOfTime, match="time was up"):
        from_days(state, 0, len(state.cost), seconds=0.0)
    np.testing.assert_array_equal(state.values, before)
