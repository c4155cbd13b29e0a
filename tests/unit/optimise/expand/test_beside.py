"""What stands beside a plan: other budgets, targets that grow, pools that are new, and nothing built in vain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.ground.errors import ScenarioError
from sim.ground.places import scenarios
from sim.network.build import build
from sim.once import prepare
from sim.optimise.expand import whole
from sim.optimise.expand.benders import Benders
from sim.optimise.expand.document import document
from sim.optimise.expand.plan import solve, study
from sim.optimise.expand.tidy import investment, tidied
from sim.scenario.planning import Target
from sim.scenario.seeded import SEED_EFLOPS, seeded
from tests.unit.optimise.expand.questions import SMALL, question

CAPACITY = "plan.targets.capacity={measure: capacity_eflops, at_least: %g}"


def test_other_budgets_are_found_from_the_same_cuts_and_more_never_costs_more() -> None:
    budgets = (20.0, 11.0, 1.0)
    found = solve(question(CAPACITY % 14, "plan.budgets_bn_cny=[20, 11, 1]", "plan.gap=1e-4"), small=0)
    rows = found.budgets
    assert [row["budget_bn_cny"] for row in rows] == sorted(budgets)
    assert rows[0]["objective"] is None
    costs = [row["objective"] for row in rows[1:]]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]
    for row in rows[1:]:
        asked = question(CAPACITY % 14, f"plan.budget_bn_cny={row['budget_bn_cny']}")
        exact = whole.solve(whole.whole(asked.master, asked.days)).objective / 1e3
        assert row["bound"] <= exact * (1.0 + 1e-9)
        assert row["objective"] == pytest.approx(exact, rel=2e-4)


def test_a_target_that_grows_holds_in_every_year() -> None:
    target = Target.model_validate(
        {"measure": "capacity_eflops", "at_first": 100.0, "at_least": 400.0, "since": 2026, "until": 2028}
    )
    assert [target.required(year, 2030) for year in (2026, 2027, 2028)] == pytest.approx([100.0, 200.0, 400.0])
    grows = "plan.targets.capacity={measure: capacity_eflops, at_first: 12.5, at_least: 15, since: 2025}"
    rows = document(solve(question(grows)))["targets"]
    assert [row["required"] for row in rows] == pytest.approx([12.5, 15.0])
    assert all(row["met"] for row in rows)
    assert rows[0]["price_m_cny"] > 0.0


def test_a_target_that_is_part_of_every_day_cannot_grow() -> None:
    with pytest.raises(ScenarioError, match="write a target for each step"):
        question("plan.targets.cool={measure: pue, at_first: 1.5, at_most: 1.3, since: 2025}")


def test_within_the_gap_the_plan_that_builds_least_is_taken() -> None:
    asked = question(CAPACITY % 14)
    benders = Benders(asked.master, asked.oracles)
    found = benders.settle(0.05)
    # Things of no use, as cheap as the gap allows.
    waves = np.concatenate([
        asked.master.build(number)[asked.master.levers.of("waves")] for number in range(len(asked.master.nodes))
    ])  # fmt: skip
    loose = found.values.copy()
    loose[waves] += 100.0
    for number in range(len(asked.master.nodes)):
        at = asked.master.stock(number)[asked.master.levers.stocks.at("waves")]
        loose[at] += 100.0 * (number + 1)
    vain = benders.look(loose)
    vain.bound, vain.prices, vain.history = found.bound, found.prices, found.history
    gap = max(vain.gap, 0.05) * (1.0 + 1e-9)
    neat = tidied(benders, vain, gap, None, math.inf)
    invested = investment(benders)
    assert neat.gap <= gap
    assert neat.bound == found.bound
    assert invested @ neat.values < invested @ vain.values
    assert neat.values[waves].sum() < 1.0


def test_a_pool_may_be_built_where_there_was_none() -> None:
    scenario = prepare(scenarios() / "toy.yaml", [
        *SMALL, "centres.west_centre.pools.smart.capacity_eflops=0", "plan.build.smart={hubs: [inland]}",
        "plan.targets.ai={measure: smart_share, at_least: 0.4}",
    ])  # fmt: skip
    made = seeded(scenario)
    assert made.config.centres["west_centre"].pools["smart"].capacity_eflops == SEED_EFLOPS
    found = document(solve(study(build(made))))
    smart = found["stocks"]["2026"]["centre"]["west_centre"]["smart_eflops"]
    assert smart > 0.1
    assert all(row["met"] for row in found["targets"])


def test_nothing_is_seeded_that_may_not_be_built() -> None:
    sets = (*SMALL, "centres.west_centre.pools.smart.capacity_eflops=0", "plan.build.smart.allowed=false")
    scenario = prepare(scenarios() / "toy.yaml", sets)
    assert seeded(scenario).config.centres == scenario.config.centres
