"""A plan executed: its paths and its battery schedule are done as planned, and it costs what was planned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from sim.engine.fluid import simulate
from sim.ground.arrays import Array
from sim.network.build import build
from sim.network.decision import Decision
from sim.network.network import Network
from sim.network.plan import Plan
from sim.network.view import View
from sim.optimise.planner import Planner
from sim.policies.base import REGISTRY, Policy
from sim.results.schema import Results
from tests.oracles.worlds import shipped, world

OPTIMAL = REGISTRY.get("optimal")()
CONTENDED = [
    "links.east_city-middle_city.capacity=50 Gbps",
    "links.east_city-west_city.capacity=100 Gbps",
    "network.background=0 Tbps",
]
BATTERY = "centres.*.battery={energy: 40 MWh, power: 10 MW}"


@dataclass(frozen=True)
class Without:
    """The optimal policy with a part of its decisions left out."""

    part: str

    def dispatch(self, view: View) -> Decision:
        return replace(OPTIMAL.dispatch(view), **{self.part: None})


def planned(network: Network) -> tuple[Planner, Plan]:
    planner = Planner(network)
    return planner, planner()


def executed(network: Network, planner: Planner, policy: Policy = OPTIMAL) -> Results:
    return simulate(network, policy, None, planner)


def cost(results: Results) -> float:
    return float(results.kpi["cost_bn_cny"]["total"])


def by_path(plan: Plan, results: Results) -> Array:
    """Return what the plan sends over every path; [workload, region, centre, path], FLOP or bit."""
    work = np.zeros_like(results["path_work"])
    np.add.at(work, (plan.workload, plan.region, plan.centre, plan.path), plan.served.sum(axis=0))
    return work


def assert_as_planned(plan: Plan, results: Results) -> None:
    """Every path carries what was planned, to 1e-9 of its workload."""
    work = by_path(plan, results)
    off = np.abs(results["path_work"] - work).sum(axis=(1, 2, 3))
    assert (off <= 1e-9 * work.sum(axis=(1, 2, 3))).all()


def test_a_second_path_is_taken_where_the_first_is_full(tmp_path: Path) -> None:
    network = world(tmp_path, CONTENDED, horizon="30 h")
    planner, plan = planned(network)
    results = executed(network, planner)
    assert by_path(plan, results)[:, :, :, 1:].sum() > 0.0, "the first path is enough here"
    assert_as_planned(plan, results)
    assert results.kpi["served_share"] == pytest.approx(1.0, abs=1e-12)
    assert cost(results) == pytest.approx(plan.facts["objective"], rel=1e-9)
    shortest = executed(network, planner, Without("path"))
    assert shortest.kpi["served_share"] < 0.999, "the shortest paths would do as well"


def test_a_battery_does_as_planned_under_two_tariffs(tmp_path: Path) -> None:
    """Toy-3 has no cooling, so that the program's power is the physics and the costs must agree."""
    network = world(tmp_path, [BATTERY], horizon="48 h")
    planner, plan = planned(network)
    results = executed(network, planner)
    assert results["charge"].sum() > 10.0 * results["charge_green"].sum(), "it charges from the grid, in the valley"
    np.testing.assert_allclose(results["charge"] - results["discharge"], plan.charge, rtol=0.0, atol=1.0)
    assert cost(results) == pytest.approx(plan.facts["objective"], rel=1e-9)
    price = network["price"]
    spent = (results["charge"] * price).sum() / results["charge"].sum()
    earned = (results["discharge"] * price).sum() / results["discharge"].sum()
    assert earned > 1.5 * spent
    rule = executed(network, planner, Without("charge"))
    assert cost(rule) > cost(results) * 1.005, "the rule alone does not know the tariff"


def test_green_power_comes_before_a_battery(tmp_path: Path) -> None:
    """Where the plan gives from a battery and lets green power go, the engine keeps the battery; it costs the same."""
    network = world(tmp_path, [BATTERY, "centres.west_centre.green.wind=600 MW"], horizon="6 d")
    planner, plan = planned(network)
    results = executed(network, planner)
    assert min(results["charge_green"].sum(), (results["charge"] - results["charge_green"]).sum()) > 0.0
    assert (results["discharge"] <= np.maximum(-plan.charge, 0.0) + 1.0).all()
    assert cost(results) == pytest.approx(plan.facts["objective"], rel=1e-9)


@pytest.mark.parametrize(
    ("part", "change"),
    [("path", "links.*.capacity_tbps=-50%"), ("charge", "centres.*.battery={energy: 400 MWh, power: 100 MW}")],
)
def test_the_nation_replays_its_plan(part: str, change: str) -> None:
    network = build(shipped("baseline-2024", sets=["run.horizon=12 h", change]))
    planner, plan = planned(network)
    results = executed(network, planner)
    assert_as_planned(plan, results)
    np.testing.assert_allclose(results["charge"] - results["discharge"], plan.charge, rtol=0.0, atol=100.0)
    gap = 1.0 - plan.facts["objective"] / cost(results)
    assert 0.0 <= gap < 2e-3
    assert cost(executed(network, planner, Without(part))) > cost(results) * 1.005
