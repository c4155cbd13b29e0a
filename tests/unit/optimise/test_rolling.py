"""Limited foresight: feasible, never better than the optimum, and equal to it where all is seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.optimise.layout import Facts, facts
from sim.optimise.program import Program, all_routes
from sim.optimise.rolling import Rolled, rolled
from sim.optimise.solve import residual, solve
from tests.oracles.worlds import world

WORLDS = {
    "plain": [],
    "batteries": ["centres.*.battery={energy: 40 MWh, power: 10 MW}"],
    "residency": ["regions.*.residency.move_share=0.3"],
}


def roll(data: Facts, length: int, look_ahead: int) -> Rolled:
    return rolled(data, all_routes(data), np.arange(len(data.opposite)), length, look_ahead)


def optimum(data: Facts) -> float:
    whole = Program(data, all_routes(data), np.arange(len(data.opposite)))
    return solve(whole.window(0, len(data.demand))).objective


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize(("length", "look_ahead"), [(24, 12), (24, 0), (10, 7)])
def test_the_windows_make_a_plan_of_the_whole(tmp_path: Path, name: str, length: int, look_ahead: int) -> None:
    data = facts(world(tmp_path, WORLDS[name], horizon="60 h"))
    found = roll(data, length, look_ahead)
    lp = found.program.window(0, 60)
    assert residual(lp, found.values.ravel()) < 1e-7
    assert found.objective == pytest.approx(float(lp.cost @ found.values.ravel()) + lp.constant, rel=1e-12)
    assert found.objective >= optimum(data) * (1.0 - 1e-9)
    assert len(found.iterations) == -(-60 // length)


@pytest.mark.parametrize("name", WORLDS)
def test_who_sees_all_finds_the_optimum(tmp_path: Path, name: str) -> None:
    data = facts(world(tmp_path, WORLDS[name], horizon="48 h"))
    assert roll(data, 24, 24).objective == pytest.approx(optimum(data), rel=1e-9)


def test_nothing_waits_at_the_end_of_a_window(tmp_path: Path) -> None:
    data = facts(world(tmp_path, [], horizon="60 h"))
    found = roll(data, 20, 0)
    columns = found.program.columns
    waiting = found.values[:, columns.backlog : columns.allowance].sum(axis=1)
    np.testing.assert_allclose(waiting[19::20], 0.0, atol=1e-9)
    assert waiting.max() > 0.0
