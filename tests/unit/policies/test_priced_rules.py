"""Rules by price, carbon and load, on worlds small enough to reckon by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array
from sim.ground.seeds import generator
from sim.network.network import Network
from sim.network.view import View
from sim.policies.base import REGISTRY, Decision, Policy
from tests.oracles.worlds import run, world

EFLOP_H = 3.6e21
INTERACTIVE, INFERENCE, BATCH, STORAGE = 0, 1, 2, 5
EAST, MIDDLE, WEST = 0, 1, 2


@dataclass
class Kept:
    """The base rule; it keeps the views."""

    views: list[View] = field(default_factory=list)

    def dispatch(self, view: View) -> Decision:
        copied = {name: np.array(getattr(view, name)) for name in ("load", "allowance", "arrivals")}
        ages = np.array(view.backlog)
        self.views.append(replace(view, ages=lambda: ages, **copied))
        return REGISTRY.get("base")().dispatch(view)


def views(network: Network) -> list[View]:
    kept = Kept()
    run(network, kept)
    return kept.views


def at(folder: Path, hour: int, *sets: str) -> View:
    """Return the view of an hour of the toy nation."""
    return views(world(folder, sets, horizon=f"{hour + 1} h"))[hour]


def score(policy: Policy, view: View) -> Array:
    found = policy.dispatch(view).score
    assert found is not None
    return found


def place(policy: Policy, view: View) -> Array:
    found = policy.dispatch(view).place
    assert found is not None
    return found


def test_cheapest_adds_energy_and_way(tmp_path: Path) -> None:
    """At 03:00: 0.35, 0.5 and 0.3 CNY/kWh; an EFLOPS·h draws 27.5 MWh; 1.1e-6 bit a FLOP over 700 and 1,400 km."""
    found = score(REGISTRY.get("cheapest")(), at(tmp_path, 3))
    way = 1.1e-6 * EFLOP_H / 8e12 * 6.0
    energy = np.array([0.35, 0.5, 0.3]) * 27.5e3
    np.testing.assert_allclose(found[EAST, BATCH], energy + way * np.array([0.0, 0.7, 1.4]), rtol=1e-12)
    np.testing.assert_allclose(found[WEST, BATCH], energy + way * np.array([1.4, 0.7, 0.0]), rtol=1e-12)
    bits = EFLOP_H / 8e12 * 6.0
    np.testing.assert_allclose(found[WEST, STORAGE], [1.4 * bits, np.inf, np.inf], err_msg="bits pay the way alone")


def test_cheapest_pays_the_carbon_price(tmp_path: Path) -> None:
    view = at(tmp_path, 3, "grid.carbon_price=500 CNY/t")
    paid = np.array([0.35, 0.5, 0.3]) + 0.5 * view.carbon * 3.6e6
    np.testing.assert_allclose(score(REGISTRY.get("cheapest")(), view)[EAST, BATCH, EAST], paid[EAST] * 27.5e3)


def test_greenest_is_the_derivative_of_the_emissions_that_are_booked(tmp_path: Path) -> None:
    """One more per cent of batch work at a centre emits as much more as the score says; the air is hot there."""
    sets = ["centres.*.cooling.mix={liquid: 1.0}", "workloads.*.growth=0.5"]
    view = at(tmp_path, 5, *sets)
    added = score(REGISTRY.get("greenest")(), view)[EAST, BATCH, EAST]
    plain, more = (
        run(world(tmp_path, [*sets, f"workloads.batch.growth={growth}"], horizon="6 h"), "local")
        for growth in (0.5, 0.6)
    )
    work = (more["served"] - plain["served"])[5, EAST].sum() / 1e18
    tonnes = ((more["grid_import"] - plain["grid_import"]) * plain["emission_factor"])[5, EAST] * 3.6
    assert work > 0.05
    assert tonnes / work == pytest.approx(added / 1e3, rel=0.02)


def test_greenest_by_the_marginal_plant_looks_at_energy_and_contracts_alone(tmp_path: Path) -> None:
    view = at(tmp_path, 3, "centres.west_centre.green.wind=150 MW", "centres.middle_centre.cooling.mix={liquid: 1.0}")
    found = score(REGISTRY.get("greenest")(factor="marginal"), view)[EAST, BATCH]
    assert view.grid_share[WEST] < 1.0
    assert found[EAST] == pytest.approx(27.5e3 * 0.8, rel=1e-9)
    assert found[WEST] == pytest.approx(27.5e3 * 0.8 * view.grid_share[WEST], rel=1e-6)
    assert found[MIDDLE] > found[EAST], "there it must be cooled"


def test_greenest_prefers_the_nearer_of_equals(tmp_path: Path) -> None:
    view = at(tmp_path, 3, "regions.*.power.emission_factor=0.5 kg/kWh", "regions.*.power.variable_share=0")
    for region in (EAST, MIDDLE, WEST):
        assert score(REGISTRY.get("greenest")(), view)[region, BATCH].argmin() == region


def test_weighted_holds_the_others_as_its_corners(tmp_path: Path) -> None:
    view = at(tmp_path, 12)
    weighted = REGISTRY.get("weighted")
    money = weighted(cost=1.0, carbon_cny_per_t=0.0, delay_cny_per_eflops_h_ms=0.0)
    np.testing.assert_allclose(score(money, view), score(REGISTRY.get("cheapest")(), view), rtol=1e-12)
    carbon = score(weighted(cost=0.0, carbon_cny_per_t=1e3, delay_cny_per_eflops_h_ms=0.0), view)
    np.testing.assert_allclose(carbon, score(REGISTRY.get("greenest")(), view), rtol=1e-9, atol=1e-9)
    late = score(weighted(cost=0.0, carbon_cny_per_t=0.0, delay_cny_per_eflops_h_ms=2.0), view)
    np.testing.assert_allclose(late[:, INTERACTIVE], 2.0 * view.delay * 1e3, rtol=1e-12)
    assert not late[:, BATCH].any(), "what waits does not mind the way"


def test_least_loaded_levels_the_loads(tmp_path: Path) -> None:
    sets = ["centres.east_centre.pools.general.capacity=6 EFLOPS", "workloads.*.growth=0.8"]
    view = at(tmp_path, 9, *sets)
    loads = load_of(view, place(REGISTRY.get("least_loaded")(), view))
    np.testing.assert_allclose(loads, np.broadcast_to(loads[:1], loads.shape), rtol=1e-9)
    queued = np.zeros_like(view.capacity)
    queued[EAST, 0] = 0.3 * view.capacity[EAST, 0]
    busy = replace(view, queued=queued)
    loads = load_of(busy, place(REGISTRY.get("least_loaded")(), busy)) + queued / view.capacity
    np.testing.assert_allclose(loads, np.broadcast_to(loads[:1], loads.shape), rtol=1e-6)


def test_least_loaded_fills_others_more_only_where_a_region_cannot_go_elsewhere(tmp_path: Path) -> None:
    view = at(tmp_path, 9)
    feasible = np.array(view.feasible)
    feasible[WEST, :5] = [False, False, True]
    feasible[EAST, :5] = [True, True, False]
    feasible[MIDDLE, :5] = [True, True, False]
    bound = replace(view, feasible=feasible)
    loads = load_of(bound, place(REGISTRY.get("least_loaded")(), bound))[:, 0]
    assert loads[EAST] == pytest.approx(loads[MIDDLE], rel=1e-6)
    alone = view.waiting[WEST, [0, 2, 3]].sum() / view.capacity[WEST, 0]
    assert loads[WEST] == pytest.approx(alone, rel=1e-9)


def load_of(view: View, shares: Array) -> Array:
    """Return what shares bring to the pools per capacity; [centre, pool]."""
    taken = np.zeros_like(view.capacity)
    for w in np.flatnonzero(view.pool >= 0):
        taken[:, view.pool[w]] += view.waiting[:, w] @ shares[:, w, :-2]
    return taken / view.capacity


def test_two_choices_level_better_than_one(tmp_path: Path) -> None:
    view = at(tmp_path, 9)
    uneven = {}
    for choices in (1, 2):
        policy = REGISTRY.get("power_of_two")(choices=choices, lots=8)
        drawn = [load_of(view, place(policy, replace(view, rng=generator(seed, 0, "policy")))) for seed in range(40)]
        uneven[choices] = np.mean([loads.max(axis=0) - loads.min(axis=0) for loads in drawn])
    assert uneven[2] < 0.6 * uneven[1]


def test_power_of_two_draws_what_is_feasible_and_up(tmp_path: Path) -> None:
    view = at(tmp_path, 9)
    feasible, capacity = np.array(view.feasible), np.array(view.capacity)
    feasible[EAST, BATCH, WEST] = False
    capacity[MIDDLE] = 0.0
    found = place(REGISTRY.get("power_of_two")(), replace(view, feasible=feasible, capacity=capacity))
    assert found[EAST, BATCH].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert not found[:, :5, MIDDLE].any()
    assert found[MIDDLE, STORAGE].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0], "bits go to the nearest other hub"


def test_east_data_west_compute_fills_green_power_first_then_the_west_then_the_rest(tmp_path: Path) -> None:
    view = at(tmp_path, 9, "centres.west_centre.green.wind=150 MW", "workloads.batch.growth=0.4")
    policy = REGISTRY.get("east_data_west_compute")(west_of_deg=117.0)
    assert 0.0 < view.grid_share[WEST] < 1.0
    free = view.capacity[:, 0] - view.waiting[:, INTERACTIVE]  # own centres: region and centre have one number
    green = free[WEST] * (1.0 - view.grid_share[WEST])
    west, rest = np.array([0.0, free[MIDDLE], free[WEST] - green]), np.array([free[EAST], 0.0, 0.0])
    asked = view.waiting[:, [2, 3]].sum()
    for factor in (
        0.5 * green / asked,
        (green + 0.5 * west.sum()) / asked,
        (green + west.sum() + 0.5 * rest.sum()) / asked,
    ):
        waiting = np.array(view.waiting)
        waiting[:, [2, 3]] *= factor
        found = place(policy, replace(view, waiting=waiting))
        left, filled = factor * asked, np.zeros(3)
        for tier in (np.array([0.0, 0.0, green]), west, rest):
            part = min(left / tier.sum(), 1.0)
            filled += part * tier
            left -= part * tier.sum()
        np.testing.assert_allclose(found[:, BATCH, :3], np.broadcast_to(filled / filled.sum(), (3, 3)), rtol=1e-9)
        np.testing.assert_allclose(found[:, INTERACTIVE, :3], np.eye(3), err_msg="what must be near stays")
