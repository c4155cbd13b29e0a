"""A planned year is a scenario, also where the solver keeps a bound to within its tolerance only."""

from __future__ import annotations

from typing import Any

import pytest

from sim.ground.errors import UsageError
from sim.ground.places import scenarios
from sim.once import prepare
from sim.scenario.scenario import Scenario
from sim.scenario.seeded import SEED_EFLOPS, seeded
from sim.study.planned_year import year_of

STOCK = {
    "general_eflops": 3.0, "smart_eflops": 2.0, "hall_mw": 0.0, "new_hall_mw": 400.0, "wind_mw": 10.0, "solar_mw": 5.0,
    "battery_mwh": 0.0, "racks": 160_000.0,
}  # fmt: skip


def asked() -> Scenario:
    """Return the toy's question, with a pool missing in the west and halls to come with liquid cooling."""
    sets = ("plan.archetype=liquid", "centres.west_centre.pools.smart.capacity_eflops=0")
    return seeded(prepare(scenarios() / "toy-plan.yaml", sets))


def told(scenario: Scenario, **stock: float) -> dict[str, Any]:
    """Return of a plan's document what a planned year is made of."""
    centre = {name: STOCK | stock for name in scenario.config.centres}
    growth = dict.fromkeys(scenario.config.workloads, 1.5)
    return {"stocks": {"2026": {"centre": centre, "link": {}}}, "growth": {"2026": growth}}


def test_halls_that_are_all_new_are_cooled_anew() -> None:
    scenario = asked()
    halls = {"hall_mw": -1e-13, "new_hall_mw": 400.0}
    made = year_of(scenario, told(scenario, **halls), "2026")
    for centre in made.config.centres.values():
        assert centre.cooling.mix == {"liquid": 1.0}
        assert centre.racks == pytest.approx(160_000.0)
        assert centre.battery.energy_mwh == 0.0
    assert made.config.plan is None
    assert made.config.workloads["training"].growth == pytest.approx(1.5 * scenario.config.workloads["training"].growth)


def test_a_pool_that_was_only_seeded_is_none() -> None:
    scenario = asked()
    made = year_of(scenario, told(scenario, smart_eflops=SEED_EFLOPS), "2026")
    assert made.config.centres["west_centre"].pools["smart"].capacity_eflops == 0.0
    assert made.config.centres["west_centre"].pools["general"].capacity_eflops == 3.0


def test_a_year_that_is_not_planned_is_refused() -> None:
    scenario = asked()
    with pytest.raises(UsageError, match="it has 2026"):
        year_of(scenario, told(scenario), "2031")
