"""What holds of the rules on random nations: no cost below the bound, and each is best at what it looks at."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network.network import Network
from sim.optimise.bound import bound, fitted
from sim.optimise.horizon import How
from sim.optimise.layout import facts
from sim.optimise.optimum import dispatched, optimum
from sim.policies.base import REGISTRY
from sim.results.schema import Results
from tests.oracles.worlds import Row, nation, run, world

LINKS = ("east_city-middle_city", "middle_city-west_city", "east_city-west_city")
PLACES = ("east", "middle", "west")
some = st.floats(0.0, 1.0)


@st.composite
def nations(draw: st.DrawFn) -> list[str]:
    """Return differences that make another nation of three regions."""
    sets = [f"workloads.*.growth={0.2 + 1.6 * draw(some)}", f"workloads.*.noise={0.3 * draw(some)}"]
    for place in PLACES:
        sets += [
            f"regions.{place}.power.price={0.1 + draw(some)} CNY/kWh",
            f"regions.{place}.power.emission_factor={draw(some)} kg/kWh",
            f"regions.{place}.residency.move_share={draw(st.sampled_from([1.0, 0.5, 0.0]))}",
            f"centres.{place}_centre.pools.general.capacity={1 + 5 * draw(some)} EFLOPS",
            f"centres.{place}_centre.green.wind={400 * draw(some)} MW",
        ]
        if draw(st.booleans()):
            sets.append(f"centres.{place}_centre.battery={{energy: 60 MWh, power: 20 MW}}")
        if draw(st.booleans()):
            sets.append(f"centres.{place}_centre.cooling.mix={{iec: 0.5, air_chiller: 0.5}}")
    sets += [f"links.{link}.capacity={10 ** (4 * draw(some))} Gbps" for link in LINKS]
    sets.append(f"grid.carbon_price={draw(st.sampled_from([0, 300]))} CNY/t")
    return [
        *sets,
        f"forecast.law={draw(st.sampled_from(['perfect', 'persistence', 'noise']))}",
        "network.background=0 Tbps",
    ]


def network_of(sets: list[str], **how: Any) -> Network:
    with tempfile.TemporaryDirectory() as folder:
        return world(Path(folder), sets, **how)


@settings(max_examples=15, deadline=None)
@given(nations())
def test_no_policy_costs_less_than_the_bound(sets: list[str]) -> None:
    network = network_of(sets, horizon="30 h")
    least = optimum(network).facts["bound"]
    for name in REGISTRY.names():
        cost = run(network, name).kpi["cost_bn_cny"]["total"]
        assert cost >= least - 1e-9 * abs(least), name


def free(draw: st.DrawFn) -> list[str]:
    """Return a nation without bounds of time, of latency or of links, without idle power and contracts."""
    sets = [
        "standard.idle_general=0", "standard.idle_smart=0", "workloads.*.latency_bound=1000 ms",
        "links.*.capacity=900 Tbps", "centres.west_centre.green.wind=0 MW", "regions.*.power.peak_factor=1",
        "regions.*.power.valley_factor=1",
    ]  # fmt: skip
    for place in PLACES:
        sets += [
            f"regions.{place}.power.price={0.1 + draw(some)} CNY/kWh",
            f"regions.{place}.power.emission_factor={0.1 + draw(some)} kg/kWh",
            f"centres.{place}_centre.pools.general.power_mw_per_eflops={40 + 20 * draw(some)}",
        ]
    return sets


@st.composite
def ample(draw: st.DrawFn) -> list[str]:
    """Return a free nation with room for all at every centre; the way costs something or nothing."""
    price = draw(st.sampled_from([0.0, 6.0, 60.0]))
    roomy = ["centres.*.pools.general.capacity=90 EFLOPS", "centres.*.pools.smart.capacity=90 EFLOPS"]
    return [*free(draw), *roomy, f"economy.wan_cny_per_tb_1000km={price}"]


@st.composite
def crowded(draw: st.DrawFn) -> list[str]:
    """Return a free nation in which the cheapest centres fill up; the way costs nothing."""
    return [*free(draw), "economy.wan_cny_per_tb_1000km=0", f"workloads.*.growth={0.3 + draw(some)}"]


def cost(results: Results) -> float:
    return float(results.kpi["cost_bn_cny"]["total"])


@settings(max_examples=10, deadline=None)
@given(ample())
def test_cheapest_is_the_optimum_where_nothing_binds(sets: list[str]) -> None:
    network = network_of(sets, horizon="12 h")
    assert cost(run(network, "cheapest")) == pytest.approx(optimum(network).facts["objective"], rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(crowded())
def test_cheapest_is_the_optimum_where_capacity_binds_and_the_way_is_free(sets: list[str]) -> None:
    """Time must not bind: every hour has room for its own work."""
    network = network_of([*sets, "workloads.*.deadline_h=0"], horizon="12 h")
    assert cost(run(network, "cheapest")) == pytest.approx(optimum(network).facts["objective"], rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(ample())
def test_greenest_emits_no_more_than_any_rule_that_does_not_wait(sets: list[str]) -> None:
    network = network_of(sets, horizon="24 h")
    least = run(network, "greenest").kpi["emissions_mt"]["location"]
    for name in ("base", "local", "nearest", "proportional", "cheapest", "least_loaded", "weighted"):
        assert least <= run(network, name).kpi["emissions_mt"]["location"] * (1.0 + 1e-9), name


@settings(max_examples=15, deadline=None)
@given(nations())
def test_the_prices_of_one_chance_bound_another(sets: list[str]) -> None:
    """Weather, wind and noise are others; energy set anew never makes the bound worse."""
    sets = [*sets, "weather.noise_k=3"]
    here, there = (facts(network_of([*sets, f"run.replication={n}"], horizon="30 h")) for n in (0, 1))
    solved, own = dispatched(here, How()), dispatched(there, How())
    prices = solved.state.prices
    plain, found = bound(there, prices).total, bound(there, fitted(there, prices)).total
    slack = 1e-9 * abs(own.state.objective)
    assert plain - slack <= found <= own.state.objective + slack
    again = bound(here, fitted(here, prices)).total
    assert solved.bound.total - slack <= again <= solved.state.objective + slack


@st.composite
def orders(draw: st.DrawFn) -> dict[str, list[int]]:
    """Return an order of the rows of each table that has three of them."""
    return {table: draw(st.permutations(range(3))) for table in ("regions", "centres", "nodes")}


@settings(max_examples=8, deadline=None)
@given(ample(), orders())
def test_the_order_of_the_rows_changes_nothing(sets: list[str], order: dict[str, list[int]]) -> None:
    def mixed(table: str, rows: list[Row]) -> list[Row]:
        return [rows[n] for n in order[table]] if table in order and len(rows) == 3 else rows

    alone = [f"renewables.{what}_correlation_km=0.001" for what in ("wind", "solar")]
    with tempfile.TemporaryDirectory() as folder:
        other = world(nation(Path(folder), mixed), [*sets, *alone], horizon="12 h")
    plain = network_of([*sets, *alone], horizon="12 h")
    for name in ("base", "local", "proportional", "least_loaded", "cheapest", "greenest", "weighted"):
        one, two = run(plain, name).kpi, run(other, name).kpi
        assert cost_and_carbon(one) == pytest.approx(cost_and_carbon(two), rel=1e-9), name


def cost_and_carbon(kpi: dict[str, Any]) -> list[float]:
    return [kpi["cost_bn_cny"]["total"], kpi["emissions_mt"]["location"], kpi["delay_ms"]["mean"], kpi["pue"]]
