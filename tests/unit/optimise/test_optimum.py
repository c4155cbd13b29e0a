"""The optimum: equal to what can be found by hand or by all routes, below every policy, and replayed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from sim.network.build import build
from sim.network.network import Network
from sim.optimise.bound import bound
from sim.optimise.layout import facts
from sim.optimise.optimum import optimum
from sim.optimise.prices import Prices
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import residual, solve
from sim.policies.base import REGISTRY
from tests.oracles.worlds import run, shipped, world

NONE = np.zeros(0, dtype=np.int64)
WORLDS = {
    "plain": [],
    "batteries": ["centres.west_centre.battery={energy: 40 MWh, power: 10 MW}"],
    "residency": ["regions.*.residency.move_share=0.3"],
    "tight links": ["links.*.capacity=100 Gbps"],
    "too much work": ["workloads.*.growth=3"],
    "a carbon price": ["grid.carbon_price=500 CNY/t"],
}


def whole(network: Network) -> tuple[Program, float, Prices]:
    """Return the program over all routes and links, its optimum and its prices."""
    data = facts(network)
    program = Program(data, all_routes(data, 4), np.arange(len(data.opposite)))
    epochs = len(data.demand)
    lp = program.window(0, epochs)
    solution = solve(lp)
    assert residual(lp, solution.values) < 1e-9
    prices = Prices.empty(program)
    prices.enter(program, 0, epochs, solution.prices)
    return program, solution.objective, prices


@pytest.mark.parametrize("name", WORLDS)
def test_the_bound_of_the_optimums_prices_is_the_optimum(tmp_path: Path, name: str) -> None:
    program, objective, prices = whole(world(tmp_path, WORLDS[name], horizon="30 h"))
    found = bound(program.facts, prices, program.routes)
    assert found.total == pytest.approx(objective, rel=1e-9)
    assert not len(found.missing)


@pytest.mark.parametrize("name", WORLDS)
def test_any_prices_give_a_bound(tmp_path: Path, name: str) -> None:
    program, objective, prices = whole(world(tmp_path, WORLDS[name], horizon="12 h"))
    rng = np.random.default_rng(1)
    for _ in range(20):
        wrong = Prices.empty(program)
        for part in ("rent", "power", "energy", "content", "link", "away"):
            right = getattr(prices, part)
            setattr(wrong, part, right * rng.uniform(0.3, 2.0, right.shape))
        assert bound(program.facts, wrong).total <= objective * (1.0 + 1e-9)


@pytest.mark.parametrize("name", ["plain", "too much work", "tight links"])
def test_another_solver_finds_the_same_optimum(tmp_path: Path, name: str) -> None:
    program, objective, _ = whole(world(tmp_path, WORLDS[name], horizon="6 h"))
    lp = program.window(0, 6)
    equal = lp.lower == lp.upper
    matrix = lp.matrix.tocsr()
    other = linprog(
        lp.cost, A_ub=matrix[~equal], b_ub=lp.upper[~equal], A_eq=matrix[equal], b_eq=lp.upper[equal],
        bounds=np.column_stack([lp.low, lp.high]), method="highs-ipm",
    )  # fmt: skip
    assert other.status == 0
    assert other.fun + lp.constant == pytest.approx(objective, rel=1e-7)


@pytest.mark.parametrize("name", ["plain", "residency", "tight links", "too much work", "a carbon price"])
def test_no_policy_costs_less_than_the_bound(tmp_path: Path, name: str) -> None:
    network = world(tmp_path, WORLDS[name], horizon="4 d")
    found = optimum(network)
    assert found.facts["bound"] <= found.facts["objective"] * (1.0 + 1e-9)
    for policy in REGISTRY.names():
        cost = run(network, policy).kpi["cost_bn_cny"]["total"]
        assert cost >= found.facts["bound"] * (1.0 - 1e-9), policy


def test_a_day_of_the_nation_replayed_costs_what_was_planned() -> None:
    network = build(shipped("baseline-2024", sets=["run.horizon=48 h"]))
    plan = optimum(network)
    assert plan.facts["gap"] < 1e-3
    cost = run(network, "optimal").kpi["cost_bn_cny"]["total"]
    assert plan.facts["bound"] <= cost
    assert cost == pytest.approx(plan.facts["objective"], rel=2e-3)


def test_the_plan_does_not_depend_on_the_number_of_threads() -> None:
    network = build(shipped("toy", sets=["run.horizon=5 d"]))
    one, two = (optimum(network, certify=True, workers=workers) for workers in (1, 2))
    assert one.facts["objective"] == two.facts["objective"]
    assert one.facts["bound"] == two.facts["bound"]
    np.testing.assert_array_equal(one.served, two.served)
