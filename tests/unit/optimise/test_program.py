"""Windows of the program: what holds at their ends, and what a plan costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.optimise.layout import facts
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import solve
from tests.oracles.worlds import world

EPOCHS = 12
CARRIED = ["centres.*.battery={energy: 40 MWh, power: 10 MW}", "regions.*.residency.move_share=0.3"]


def program(folder: Path) -> Program:
    """Return the program of a world with everything that is carried from hour to hour."""
    data = facts(world(folder, CARRIED, horizon=f"{EPOCHS} h"))
    return Program(data, all_routes(data), np.arange(len(data.opposite)))


def carried(made: Program, values: Array, epoch: int) -> Array:
    return values.reshape(-1, made.columns.count)[epoch, made.columns.backlog : made.columns.piece]


def test_nothing_need_be_kept_behind_the_last_epoch(tmp_path: Path) -> None:
    made = program(tmp_path)
    whole = made.window(0, EPOCHS)
    full = whole.high.reshape(EPOCHS, -1)[-1, made.columns.backlog : made.columns.piece]
    assert full.max() > 0.0
    again = made.window(0, EPOCHS, None, full)
    np.testing.assert_array_equal(again.low, whole.low)
    np.testing.assert_array_equal(again.high, whole.high)


def test_a_window_between_what_a_plan_carries_costs_what_the_plan_does(tmp_path: Path) -> None:
    made = program(tmp_path)
    found = solve(made.window(0, EPOCHS)).values
    before, after = carried(made, found, 3), carried(made, found, 8)
    middle = made.window(4, 9, before, after)
    planned = made.cost_of(found.reshape(EPOCHS, -1)[4:9], 4).sum()
    assert solve(middle).objective == pytest.approx(planned, rel=1e-9)


def test_the_epochs_cost_what_the_program_says(tmp_path: Path) -> None:
    made = program(tmp_path)
    solution = solve(made.window(0, EPOCHS))
    values = solution.values.reshape(EPOCHS, -1)
    cost = made.cost_of(values)
    assert cost.shape == (EPOCHS,)
    assert cost.sum() == pytest.approx(solution.objective, rel=1e-12)
    np.testing.assert_array_equal(made.cost_of(values[5:8], 5), cost[5:8])
