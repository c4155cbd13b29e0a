"""The parts of a plan: halls below the engine's physics, a day like dispatch's, the master's rows as they were."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sim.ground.places import scenarios
from sim.network.build import build
from sim.network.power import facility
from sim.once import prepare
from sim.optimise.expand.halls import halls
from sim.optimise.expand.master import Master
from sim.optimise.expand.plan import solve
from sim.optimise.names import Names
from sim.optimise.optimum import optimum
from sim.optimise.portable import write
from sim.optimise.program import Lp
from tests.unit.optimise.expand.questions import question

GOLDEN = Path(__file__).parents[3] / "golden" / "plan"
KINDS = ("stock", "ceiling", "filled", "rate", "budget", "common", "capacity", "ai", "use", "new", "green")


def test_halls_lie_below_the_engines_physics_and_near_it() -> None:
    network = build(prepare(scenarios() / "baseline-2024.yaml", ["run.horizon=24 h", "run.start=2024-07-15"]))
    epochs = np.arange(24)
    start, slope, width = halls(network, epochs, None)
    rated = network["rated_power"]
    for load in np.linspace(0.05, 1.0, 20):
        filled = np.clip(load - np.concatenate([[0.0], np.cumsum(width)[:-1]]), 0.0, width)
        mine = start[0] + np.einsum("k,ktc->tc", filled, slope[0])
        physics = facility(network, load * np.tile(rated, (24, 1)))[0] / rated
        assert (mine <= physics * (1.0 + 1e-9)).all()
        if load > 0.3:
            assert (mine >= physics * 0.99).all()


def test_a_day_as_a_ring_costs_no_more_than_a_day_that_ends() -> None:
    sets = ("run.horizon=24 h", "plan.periods=1")
    asked = question(*sets)
    base = np.concatenate([asked.master.levers.base, np.ones(asked.setting.facts.demand.shape[2]), np.zeros(0)])
    ring = asked.oracles[0].cut(base).value
    closed = optimum(asked.network, exact=True).facts["objective"] * 1e6
    assert ring <= closed * (1.0 + 1e-9)
    assert ring >= closed * 0.97


def named(given: Master) -> Names:
    """Return readable names of the master's columns and rows."""
    columns = [f"x{number}" for number in range(len(given.cost))]
    for node, at in enumerate(given.nodes):
        when = f"{at.future}{at.year}"
        for item, column in enumerate(given.build(node)):
            columns[column] = f"build_{given.levers.kind[item]}_{given.levers.place[item]}_{when}"
        for stock, column in enumerate(given.stock(node)):
            columns[column] = f"stock_{stock}_{when}"
        for day in range(len(given.weights)):
            columns[given.theta(node, day)] = f"day_{day}_{when}"
            for measure, column in enumerate(given.allowance(node, day)):
                columns[column] = f"allowance_{measure}_{day}_{when}"
    return Names(
        columns, ["_".join(part for part in (*name, str(at)) if part) for at, name in enumerate(given.rows.names)]
    )


@pytest.fixture(scope="module")
def master() -> Master:
    """Return the master of a question with every kind of row."""
    return question(
        "plan.build.retrofit={}",
        "plan.archetype=none",
        "plan.build.smart={most: 3, lead_years: 1}",
        "plan.budget_bn_cny=30",
        "plan.targets.capacity={measure: capacity_eflops, at_least: 13}",
        "plan.targets.ai={measure: smart_share, at_least: 0.3}",
        "plan.targets.use={measure: rack_utilisation, at_least: 0.6}",
        "plan.targets.new={measure: hub_share_of_new, at_least: 0.6}",
        "plan.targets.green={measure: green_hourly, at_least: 0.1}",
        "plan.futures={low: {}, high: {growth: {training: 1.2}}}",
    ).master


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_the_master_is_what_it_was(master: Master, kind: str, tmp_path: Path) -> None:
    names = named(master)
    # Of rows that are alike, the last is enough.
    row = [at for at, name in enumerate(master.rows.names) if kind in name[:2]][-1]
    matrix = master.rows.matrix(len(master.cost))[[row]]
    used = np.flatnonzero(abs(matrix).sum(axis=0))
    lp = Lp(
        master.cost[used], master.low[used], master.high[used], matrix[:, used].tocsc(),
        np.array([master.rows.lower[row]]), np.array([master.rows.upper[row]]), 0.0, (0, 1),
    )  # fmt: skip
    given, golden = Names([names.columns[at] for at in used], [names.rows[row]]), GOLDEN / f"{kind}.lp"
    if os.environ.get("SUANWANG_GOLDEN") == "write":
        write(lp, given, golden, kind, force=True)
        pytest.skip(f"{golden.name} was written anew")
    write(lp, given, tmp_path / golden.name, kind)
    assert (tmp_path / golden.name).read_bytes() == golden.read_bytes()


def test_every_day_as_a_period_errs_by_nothing() -> None:
    error = solve(question("plan.check_days=2")).error
    assert error is not None
    assert error["days"] == 2
    assert error["error"] == pytest.approx(0.0, abs=1e-9)
