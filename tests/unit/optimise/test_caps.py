"""Weights and limits of the optimum: kept by the run that executes it, and never dearer than need be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.ground.errors import ScenarioError, SolveError
from sim.network.network import Network
from sim.optimise import caps
from sim.optimise.bound import bound
from sim.optimise.charges import account, charged, free
from sim.optimise.horizon import Dispatch, How
from sim.optimise.layout import Facts, facts
from sim.optimise.limits import limits
from sim.optimise.optimum import dispatched, optimum
from sim.optimise.prices import Prices
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import OutOfTime, solve
from sim.results.schema import Results
from tests.oracles.worlds import events, run, world

NONE = np.zeros(0, dtype=np.int64)
BATTERY = "centres.west_centre.battery={energy: 40 MWh, power: 10 MW}"
CONTRACTS = "centres.*.green={wind: 100 MW, solar: 80 MW}"
WEIGHTS = {
    "carbon alone": "objective={cost: 0, carbon: 1000 CNY/t}",
    "energy alone": "objective={cost: 0, energy: 1 CNY/kWh}",
    "some of each": "objective={cost: 0.5, carbon: 80 CNY/t, energy: 0.2 CNY/kWh, delay_cny_per_eflops_h_ms: 300}",
}
CASES: dict[str, list[str]] = {
    "emissions": ["limits.emissions_mt=0.0089"],
    "a hub that must": ["limits.hub_share_at_least.coast=0.35"],
    "a hub that may not": ["limits.hub_share_at_most.inland=0.7"],
    "green": [CONTRACTS, BATTERY, "limits.green_share=0.283"],
    "three at once": [
        CONTRACTS, BATTERY, "limits.hub_green_share.inland=0.31", "limits.emissions_mt=0.0075",
        "limits.hub_share_at_least.coast=0.35",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize("more", [[], [CONTRACTS, BATTERY]], ids=["plain", "metered"])
def test_the_bound_of_the_optimums_prices_is_the_weighted_optimum(tmp_path: Path, name: str, more: list[str]) -> None:
    data = facts(world(tmp_path, [WEIGHTS[name], *more], horizon="30 h"))
    program = Program(data, all_routes(data, 4), np.arange(len(data.opposite)))
    solution = solve(program.window(0, 30))
    prices = Prices.empty(program)
    prices.enter(program, 0, 30, solution.prices)
    assert bound(data, prices, program.routes).total == pytest.approx(solution.objective, rel=1e-9)
    values = solution.values.reshape(30, -1)
    assert account(data, program, values).sum() == pytest.approx(solution.objective, rel=1e-9)


COUNTED = {
    "cost": ("cost_bn_cny", "total"),
    "carbon": ("emissions_mt", "location"),
    "energy": ("facility_energy_twh",),
    "delay": ("delay_ms", "mean"),
}


@pytest.mark.parametrize("what", COUNTED)
def test_the_plan_that_weighs_one_thing_has_the_least_of_it(tmp_path: Path, what: str) -> None:
    weights = {
        "cost": "cost: 1",
        "carbon": "cost: 0, carbon: 1000 CNY/t",
        "energy": "cost: 0, energy: 1 CNY/kWh",
        "delay": "cost: 0, delay_cny_per_eflops_h_ms: 1000",
    }
    had = {}
    for name, written in weights.items():
        # Without it a unit of work would draw as much in every centre.
        damp = "centres.west_centre.cooling.mix={water_wse: 1}"
        network = world(tmp_path, [damp, f"objective={{{written}}}"])
        results = run(network, "optimal")
        assert results.kpi["served_share"] == pytest.approx(1.0)
        value: Any = results.kpi
        for key in COUNTED[what]:
            value = value[key]
        had[name] = value
    assert had[what] <= min(had.values()) * (1.0 + 1e-9)
    assert had[what] < max(had.values()) * (1.0 - 1e-4)


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_plan_tells_its_money_beside_what_it_minimised(tmp_path: Path, name: str) -> None:
    network = world(tmp_path, [WEIGHTS[name], BATTERY])
    plan = optimum(network)
    money = run(network, "optimal").kpi["cost_bn_cny"]["total"]
    assert plan.facts["cost"] == pytest.approx(money, rel=1e-6)
    assert plan.facts["objective"] != pytest.approx(money, rel=1e-2)
    assert plan.facts["bound"] == pytest.approx(plan.facts["objective"], rel=1e-9)


def test_a_carbon_weight_is_a_carbon_price_that_nobody_pays(tmp_path: Path) -> None:
    weighed = optimum(world(tmp_path, ["objective.carbon=300 CNY/t"]))
    priced = optimum(world(tmp_path, ["grid.carbon_price=300 CNY/t"]))
    assert weighed.facts["objective"] == pytest.approx(priced.facts["objective"], rel=1e-12)
    assert weighed.facts["cost"] < priced.facts["objective"]
    assert priced.facts["cost"] == pytest.approx(priced.facts["objective"], rel=1e-12)


def in_one_program(network: Network) -> float:
    """Return the optimum with every limit a row of one program, bn CNY: the oracle."""
    data = facts(network)
    program = Program(data, all_routes(data, 4), np.arange(len(data.opposite)))
    lp = program.window(0, len(data.demand))
    asked = limits(network, data)
    rows, constants = [], []
    for limit in asked:
        alone = Program(charged(free(data), limit.charge, 1.0), program.routes, program.links)
        part = alone.window(0, len(data.demand))
        rows.append(part.cost)
        constants.append(limit.most - part.constant)
    equal = lp.lower == lp.upper
    matrix = lp.matrix.tocsr()
    found = linprog(
        lp.cost, A_ub=np.vstack([matrix[~equal].toarray(), rows]), b_ub=np.concatenate([lp.upper[~equal], constants]),
        A_eq=matrix[equal], b_eq=lp.upper[equal], bounds=np.column_stack([lp.low, lp.high]), method="highs",
    )  # fmt: skip
    assert found.status == 0
    return float(found.fun + lp.constant) / 1e6


@pytest.mark.parametrize("name", CASES)
def test_the_mixture_costs_what_one_program_with_the_limits_as_rows_costs(tmp_path: Path, name: str) -> None:
    network = world(tmp_path, CASES[name])
    plan = optimum(network)
    oracle = in_one_program(network)
    assert plan.facts["objective"] == pytest.approx(oracle, rel=2e-6)
    assert plan.facts["bound"] <= oracle * (1.0 + 1e-9)
    assert plan.facts["bound"] == pytest.approx(oracle, rel=2e-6)
    assert plan.facts["objective"] > optimum(world(tmp_path, CASES[name][: -1 if len(CASES[name]) < 4 else 2])).facts[
        "objective"
    ] * (1.0 + 1e-6)


def share_of(results: Results, network: Network, hub: str) -> float:
    """Return a hub's share of the compute asked for."""
    member = network["member"][:, list(network.scenario.config.hubs).index(hub)] > 0.0
    return float(results["served"][:, member].sum() * network.calendar.seconds / results["asked"].sum())


@pytest.mark.parametrize("name", CASES)
def test_the_run_that_executes_the_plan_keeps_the_limits(tmp_path: Path, name: str) -> None:
    network = world(tmp_path, CASES[name])
    results, asked = run(network, "optimal"), network.scenario.config.limits
    if asked.emissions_mt is not None:
        assert results.kpi["emissions_mt"]["location"] <= asked.emissions_mt * (1.0 + 1e-6)
    for kind in ("annual", "bundled", "hourly"):
        assert results.kpi["green_share"][kind] >= asked.green_share * (1.0 - 1e-6)
        for hub, share in asked.hub_green_share.items():
            assert results.by["hub"][hub]["green_share"][kind] >= share * (1.0 - 1e-6)
    for hub, share in asked.hub_share_at_least.items():
        assert share_of(results, network, hub) >= share * (1.0 - 1e-6)
    for hub, share in asked.hub_share_at_most.items():
        assert share_of(results, network, hub) <= share * (1.0 + 1e-6)


def test_limits_hold_over_days_that_are_solved_one_by_one(tmp_path: Path) -> None:
    sets = ["limits.emissions_mt=0.0196", "limits.hub_share_at_least.coast=0.33"]
    network = world(tmp_path, sets, horizon="4 d")
    plan, free_of_them = optimum(network), optimum(world(tmp_path, horizon="4 d"))
    assert plan.facts["passes"] > 2
    assert plan.facts["bound"] <= plan.facts["objective"] * (1.0 + 1e-9)
    assert plan.facts["bound"] >= free_of_them.facts["bound"]
    assert plan.facts["objective"] > free_of_them.facts["objective"] * (1.0 + 1e-4)
    results = run(network, "optimal")
    assert results.kpi["emissions_mt"]["location"] <= 0.0196 * (1.0 + 1e-6)
    assert share_of(results, network, "coast") >= 0.33 * (1.0 - 1e-6)


def test_a_limits_price_is_what_one_more_unit_saves(tmp_path: Path) -> None:
    def cap(megatonnes: float) -> dict[str, Any]:
        return optimum(world(tmp_path, [f"limits.emissions_mt={megatonnes:.8f}"])).facts

    tight, loose = cap(0.00890), cap(0.00895)
    saved = (tight["objective"] - loose["objective"]) * 1e9 / 50.0
    assert loose["limits"]["limits.emissions_mt"]["price"] <= saved * (1.0 + 1e-3)
    assert saved <= tight["limits"]["limits.emissions_mt"]["price"] * (1.0 + 1e-3)
    assert tight["limits"]["limits.emissions_mt"]["unit"] == "CNY/t"


def test_a_limit_that_does_not_bind_changes_nothing(tmp_path: Path) -> None:
    plain, wide = (optimum(world(tmp_path, sets)) for sets in ([], ["limits.emissions_mt=1"]))
    np.testing.assert_array_equal(plain.served, wide.served)
    assert wide.facts["passes"] == 1
    assert wide.facts["limits"]["limits.emissions_mt"]["price"] == 0.0
    assert wide.facts["limits"]["limits.emissions_mt"]["spare"] > 0.0


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        (["limits.emissions_mt=0.002"], r"no dispatch of this run keeps it.*least, 4283 t of limits.emissions_mt are"),
        (
            ["limits.hub_share_at_least.coast=0.6", "limits.hub_share_at_least.inland=0.4", "workloads.*.growth=3"],
            r"keeps them all.*at the least, .* EFLOPS h of limits.hub_share_at_least.* are missed",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told(tmp_path: Path, sets: list[str], said: str) -> None:
    with pytest.raises(SolveError, match=said):
        optimum(world(tmp_path, sets))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("limits.hub_share_at_least.cost=0.2", "hub_share_at_least.cost: there is no 'cost'; did you mean 'coast'"),
        ("limits.hub_green_share.cost=0.2", "limits.hub_green_share.cost: there is no 'cost'; did you mean 'coast'"),
        ("limits.hub_share_at_least={coast: 0.7, inland: 0.4}", "sums to 1.1; the hubs' shares together are at most 1"),
        ("limits.green_share=1.2", "limits.green_share is 1.2"),
        ("limits.emissions=2 t", "expected one of mass, such as Mt"),
        ("objective.carbon=2", "carbon needs a unit: write carbon_cny_per_t: 2"),
    ],
)  # fmt: skip
def test_limits_that_make_no_sense_are_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        world(tmp_path, [line])
    assert said in str(error.value)


def test_a_share_at_least_above_the_one_at_most_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"hub coast is to serve at least 0\.5 and at most 0\.3"):
        world(tmp_path, ["limits.hub_share_at_least.coast=0.5", "limits.hub_share_at_most.coast=0.3"])


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.0, 1.0), seed=st.integers(0, 2**32 - 1))
def test_measures_of_a_plan_are_linear(tmp_path_factory: pytest.TempPathFactory, share: float, seed: int) -> None:
    network = _small(tmp_path_factory)
    data = facts(network)
    program = Program(data, all_routes(data), NONE)
    rng = np.random.default_rng(seed)
    charge = replace(
        limits(network, data)[0].charge,
        load=rng.uniform(size=data.price.shape),
        serve=rng.uniform(size=(len(data.slack), data.price.shape[1])),
        unserved=rng.uniform(size=len(data.slack)),
    )
    values = rng.uniform(size=(len(data.demand), program.columns.count))
    plain, alone = account(data, program, values), account(charged(free(data), charge, 1.0), program, values)
    both = account(charged(data, charge, share), program, values)
    np.testing.assert_allclose(both, plain + share * alone, rtol=1e-9)


def stopping(after: int, *, dead: bool = False) -> Callable[[Facts, Dispatch | None], Dispatch]:
    """Return a solver whose time is up after so many passes: with a plan, or without one."""
    passes = [0]

    def solve(data: Facts, near: Dispatch | None) -> Dispatch:
        passes[0] += 1
        if dead and passes[0] > after:
            raise OutOfTime("the time was up")
        return replace(dispatched(data, How(1), near), stopped=passes[0] >= after)

    return solve


@pytest.mark.parametrize("dead", [False, True])
def test_when_the_time_is_up_the_best_mixture_so_far_is_the_plan(tmp_path: Path, dead: bool) -> None:
    network = world(tmp_path, CASES["three at once"])
    data = facts(network)
    asked = limits(network, data)
    all_passes = caps.kept(data, asked, lambda data, near: dispatched(data, How(1), near))
    for after in range(2, all_passes.passes):
        try:
            cut = caps.kept(data, asked, stopping(after, dead=dead))
        except OutOfTime:
            assert after < 5  # No mixture kept the limits by then.
            continue
        assert cut.plan.stopped
        assert (cut.spare >= -1e-6 * abs(np.array([limit.most for limit in asked])) - 1e-6).all()
        assert cut.plan.bound.total <= all_passes.plan.state.objective * (1.0 + 1e-9)
        assert cut.plan.state.objective >= all_passes.plan.bound.total * (1.0 - 1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_prices_of_a_limited_plan_are_those_of_its_certificate(tmp_path: Path, name: str) -> None:
    network = world(tmp_path, CASES[name])
    data = facts(network)
    plan = caps.kept(data, limits(network, data), lambda data, near: dispatched(data, How(1), near)).plan
    assert plan.priced is not None
    charged_for = bound(plan.priced, plan.state.prices).total - plan.bound.total
    if name == "emissions":
        limit = limits(network, data)[0]
        price = float((plan.priced.price - data.price)[0, 0] / limit.charge.price[0, 0])
        assert charged_for == pytest.approx(price * limit.most, rel=1e-6)
    else:
        assert plan.priced.toll.any() or (plan.priced.load != data.load).any()
    prices = optimum(network).worth
    assert prices is not None
    assert float(prices(latency=True)["hub_price"].mean()) > 0.0


def test_what_closed_days_cannot_keep_is_not_called_impossible(tmp_path: Path) -> None:
    day_out = events("at: 2024-03-05 12:00, what: outage, hub: inland, for: 24 h")

    def asking(share: float) -> Network:
        return world(tmp_path, [f"limits.hub_share_at_least.inland={share:.6f}"], day_out, horizon="4 d")

    data = facts(asking(0.95))
    demand = float(data.demand[:, :, data.pool >= 0].sum())
    with pytest.raises(SolveError, match=r"nearest misses 99.66 EFLOPS h .* and every one at least 46.9% of that"):
        optimum(asking(0.95))
    with pytest.raises(SolveError, match=r"at the least, 61.4 EFLOPS h .* are missed"):
        optimum(asking(0.95), certify=True)
    within_reach = asking(0.95 - 62.0 / demand)
    with pytest.raises(SolveError, match=r"no plan that keeps it was found.*nor is it proved.*--certify"):
        optimum(within_reach)
    assert optimum(within_reach, certify=True).facts["limits"]["limits.hub_share_at_least.inland"]["spare"] >= -1e-6


def test_a_search_that_runs_out_of_passes_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, "PASSES", 0)
    with pytest.raises(SolveError, match="no plan that keeps them was found in 0 passes"):
        optimum(world(tmp_path, ["limits.emissions_mt=0.0089"]))


def _small(factory: pytest.TempPathFactory) -> Network:
    return world(factory.mktemp("small"), ["limits.emissions_mt=1"], horizon="4 h")
