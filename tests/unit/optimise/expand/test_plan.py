"""A plan is the least cost of what is built and of what operation then costs, however it is solved."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sim.ground.errors import SolveError
from sim.optimise.expand import whole
from sim.optimise.expand.benders import Benders
from sim.optimise.expand.compliance import compliance
from sim.optimise.expand.document import document
from sim.optimise.expand.plan import Study, solve
from tests.unit.optimise.expand.questions import question

CAPACITY = "plan.targets.capacity={measure: capacity_eflops, at_least: %g}"
GREEN = "plan.targets.green={measure: green_hourly, at_least: %g}"


def least(asked: Study) -> float:
    """Return the least cost as one program, M CNY."""
    return whole.solve(whole.whole(asked.master, asked.days)).objective


@pytest.mark.parametrize(
    "sets",
    [
        (CAPACITY % 15,),
        (CAPACITY % 14, GREEN % 0.2),
        ("plan.targets.carbon={measure: emissions_mt, at_most: 1.9}", "plan.green_supply=own"),
        ("plan.targets.near={measure: latency_share, at_least: 0.6, within: 3 ms}", "plan.retire={general: 0.2}"),
        ("plan.futures={low: {weight: 2, growth: {training: 0.9}}, high: {cost: {smart: 1.3}}}", CAPACITY % 15),
    ],
)
def test_cuts_and_one_program_find_the_same(sets: tuple[str, ...]) -> None:
    asked = question(*sets)
    exact = least(asked)
    found = Benders(asked.master, asked.oracles).settle(1e-6)
    assert found.bound <= exact * (1.0 + 1e-9)
    assert found.objective >= exact * (1.0 - 1e-9)
    assert found.gap <= 1e-6


def test_whole_modules_equal_the_best_of_all_choices() -> None:
    asked = question(
        "plan.last=2025",
        "plan.build={smart: {module: 1, most_at_centre: 1}, battery: {module: 400, most_at_centre: 400}}",
        "plan.growth={training: 1.6, inference: 1.6}", "plan.most_filled=1",
        *(f"plan.build.{kind}.allowed=false" for kind in ("general", "facility", "wind", "solar", "waves")),
    )  # fmt: skip
    found = solve(asked)
    master, best = asked.master, np.inf
    program = whole.whole(master, asked.days)
    choices = [np.arange(0.0, high + 1e-9, module) for high, module in zip(
        master.high[master.build(0)], asked.master.levers.module, strict=True)]  # fmt: skip
    at = master.build(0)
    for choice in itertools.product(*choices):
        program.low[at] = program.high[at] = choice
        best = min(best, whole.solve(program).objective)
    assert found.found.objective == pytest.approx(best, rel=1e-6)
    assert found.found.path == "whole"


def test_whole_modules_by_cuts_come_to_the_same() -> None:
    sets = ("plan.build={smart: {module: 0.25}, facility: {module: 10}}", CAPACITY % 13)
    one, other = solve(question(*sets)), solve(question(*sets), small=0)
    assert other.found.path == "benders"
    assert other.found.objective == pytest.approx(one.found.objective, rel=5e-3)
    assert other.found.bound <= one.found.objective * (1.0 + 1e-9)
    amounts = other.found.values[other.study.master.build(1)]
    size = other.study.master.levers.module
    parts = amounts[size > 0.0] / size[size > 0.0]
    assert np.abs(parts - np.round(parts)).max() < 1e-6


def test_more_budget_never_costs_more() -> None:
    costs = [least(question(CAPACITY % 14, f"plan.budget_bn_cny={budget}")) for budget in (11, 14, 20, 40)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]


@settings(max_examples=2, deadline=None)
@given(some.floats(13.0, 15.5), some.floats(0.0, 0.25))
def test_the_price_of_a_target_is_what_its_last_unit_costs(capacity: float, green: float) -> None:
    sets = (CAPACITY % capacity, GREEN % green)
    row = next(r for r in compliance(solve(question(*sets))) if r["id"] == "capacity")
    step = 1e-3
    more = least(question(CAPACITY % (capacity + step), sets[1])) - least(question(*sets))
    less = least(question(*sets)) - least(question(CAPACITY % (capacity - step), sets[1]))
    assert row["met"]
    assert less / step * (1.0 - 1e-4) - 1e-3 <= row["price_m_cny"] <= more / step * (1.0 + 1e-4) + 1e-3


def test_a_target_that_does_not_bind_has_no_price() -> None:
    found = solve(question(CAPACITY % 14, "plan.targets.ai={measure: smart_share, at_least: 0.05}"))
    rows = {row["id"]: row for row in compliance(found)}
    assert rows["ai"]["met"]
    assert rows["ai"]["price_m_cny"] == pytest.approx(0.0, abs=1e-9)
    assert rows["capacity"]["price_m_cny"] > 100.0


def test_the_terms_of_the_cost_come_to_the_objective() -> None:
    found = document(solve(question(CAPACITY % 14, GREEN % 0.2)))
    cost = found["cost_bn_cny"]
    assert sum(value for key, value in cost.items() if key != "total") == pytest.approx(cost["total"], rel=1e-9)
    assert cost["total"] == found["objective"]
    row = next(row for row in found["targets"] if row["id"] == "green")
    assert row["met"]
    assert row["reached"] == pytest.approx(0.2, abs=1e-6)


def test_what_a_priced_target_is_missed_by_is_paid_for() -> None:
    found = document(
        solve(question("plan.targets.much={measure: capacity_eflops, at_least: 20, how: priced, price_cny: 1e6}"))
    )
    row = found["targets"][0]
    assert not row["met"]
    assert row["missed_by"] > 1.0
    assert found["cost_bn_cny"]["missed"] == pytest.approx(row["missed_by"] * 1e-3 / 1.05**2, rel=1e-6)


def test_what_contradicts_itself_is_named() -> None:
    with pytest.raises(SolveError) as error:
        solve(question(CAPACITY % 30, "plan.budget_bn_cny=20", "plan.targets.ai={measure: smart_share, at_least: 0.2}"))
    said = {item["key"] for item in error.value.infeasible}
    assert said == {"plan.targets.capacity", "plan.budget_bn_cny"}


def test_a_plan_that_must_survive_builds_until_it_does() -> None:
    sets = (CAPACITY % 13, "plan.survive={hubs: true, links: true, unserved_share: 0.05}")
    plain, found = solve(question(sets[0]), small=0), solve(question(*sets))
    assert found.survival is not None
    assert found.survival["cuts"] > 0
    assert max(found.survival["unserved_share"].values()) > 0.0
    assert found.found.bound > plain.found.objective
    last = {key: share for key, share in found.survival["unserved_share"].items() if key.endswith("2026")}
    assert max(last.values()) <= 0.05 + 1e-5


def test_alternatives_cost_little_more_and_differ() -> None:
    goals = "plan.alternatives={within: 0.03, goals: [least_west, most_dispersed, fewest_sites], west: [inland]}"
    found = solve(question(CAPACITY % 15, goals))
    west, dispersed, sites = found.alternatives
    for one in found.alternatives:
        assert one["kept"]
        assert one["dearer"] <= 0.03 + 0.005
    assert west["west_eflops"] <= min(dispersed["west_eflops"], sites["west_eflops"]) + 1e-6
    assert dispersed["largest_eflops"] <= min(west["largest_eflops"], sites["largest_eflops"]) + 1e-6
    assert sites["sites"] <= dispersed["sites"]


def test_planning_for_several_futures_is_worth_something_and_knowing_is_too() -> None:
    futures = "plan.futures={low: {growth: {training: 0.8, interactive: 0.9}}, high: {growth: {training: 1.3}}}"
    # Servers are decided a year ahead, when nobody knows yet which future comes.
    found = solve(question(futures, "plan.common=2026", "plan.build.smart.most_at_centre=0.5")).futures
    assert found is not None
    assert found["value"] is None or found["value"] >= -1e-6
    assert found["value_of_knowing"] >= -1e-6
    assert found["known"] <= found["plan"] + 1e-6
