"""What scarce things are worth: equal to what the optimum gains by one more unit of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array, IntArray
from sim.network.network import Network
from sim.optimise.layout import Facts, facts
from sim.optimise.optimum import optimum
from sim.optimise.prices import Prices
from sim.optimise.program import Lp, Program, all_routes
from sim.optimise.solve import solve
from sim.optimise.worth import drawn, summary, worth
from sim.results.schema import PRICES
from tests.oracles.worlds import world

EPOCHS, STEP = 6, 1e-3
WORLDS = {
    "plain": [],
    "tight links": ["links.*.capacity=450 Gbps"],
    "too much work": ["workloads.*.growth=3"],
    "a contract and a battery": [
        "centres.west_centre.battery={energy: 40 MWh, power: 10 MW}",
        "centres.west_centre.green.wind=300 MW",
    ],
}


class Case:
    """A small world, its whole program, and its prices."""

    def __init__(self, network: Network) -> None:
        self.network, self.facts = network, facts(network)
        self.program = Program(self.facts, all_routes(self.facts, 4), np.arange(len(self.facts.opposite)))
        self.lp = self.program.window(0, EPOCHS)
        solution = solve(self.lp)
        self.cost = solution.objective
        self.prices = Prices.empty(self.program)
        self.prices.enter(self.program, 0, EPOCHS, solution.prices)
        power = drawn(self.program, solution.values.reshape(EPOCHS, -1))
        self.worth = worth(network, self.facts, self.prices, power)

    def row(self, name: str, epoch: int, number: int) -> int:
        """Return the number of a row."""
        first = self.program.first_row(name)
        assert first is not None
        return epoch * self.program.rows + first + number

    def with_rows(self, rows: IntArray, by: Array) -> float:
        """Return the least cost, CNY, with some right-hand sides moved."""
        lower, upper = self.lp.lower.copy(), self.lp.upper.copy()
        lower[rows] += by
        upper[rows] += by
        lp = Lp(self.lp.cost, self.lp.low, self.lp.high, self.lp.matrix, lower, upper, self.lp.constant, self.lp.epochs)
        return solve(lp).objective * 1e3

    def with_facts(self, changed: Facts) -> float:
        """Return the least cost, CNY, of other facts."""
        program = Program(changed, self.program.routes, self.program.links)
        return solve(program.window(0, EPOCHS)).objective * 1e3


@pytest.fixture(params=WORLDS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    return Case(world(tmp_path, WORLDS[request.param], horizon=f"{EPOCHS} h"))


def slopes(cost: Callable[[float], float], step: float = STEP) -> tuple[float, float]:
    """Return what the first unit less and the first unit more change the cost by, per unit."""
    here = cost(0.0)
    return (here - cost(-step)) / step, (cost(step) - here) / step


def assert_marginal(price: float, cost: Callable[[float], float], sign: float = 1.0) -> bool:
    """Assert that a price lies between the slopes of a convex cost; return whether these agree."""
    left, right = slopes(cost)
    tolerance = 1e-6 * max(abs(left), abs(right), 1.0)
    assert left - tolerance <= sign * price <= right + tolerance
    return abs(left - right) <= 2.0 * tolerance


def test_a_unit_of_work_served_costs_the_price_of_compute(case: Case) -> None:
    sharp = 0
    for epoch in (0, 3):
        for c in range(3):
            for p in range(2):
                rows = np.array([case.row("capacity", epoch, c * 2 + p), case.row("power", epoch, c)])
                unit = np.array([-1.0, case.facts.draw[c, p] / case.facts.hours])
                price = float(case.worth["compute_price"].values[epoch, c, p])
                sharp += assert_marginal(price, lambda by, rows=rows, unit=unit: case.with_rows(rows, by * unit))
    assert sharp >= 6


def test_capacity_is_worth_its_rent(case: Case) -> None:
    for epoch in (0, 3):
        for c in range(3):
            rows = np.array([case.row("capacity", epoch, c * 2)])
            rent = float(case.worth["rent"].values[epoch, c, 0])
            assert_marginal(rent, lambda by, rows=rows: case.with_rows(rows, by), -1.0)


def test_room_on_a_link_is_worth_its_price(case: Case) -> None:
    for link in range(len(case.facts.opposite)):
        rows = np.array([case.row("links", 2, link)])
        # A thousandth of a Tbit/s is a Gbit/s.
        price = float(case.worth["link_price"].values[2, link])
        assert_marginal(price, lambda by, rows=rows: case.with_rows(rows, by * 1e-3), -1.0)


def test_power_is_worth_its_prices(case: Case) -> None:
    for c in range(3):
        rows = np.array([case.row("power", 1, c)])
        per_it = float(case.worth["power_price"].values[1, c])
        assert_marginal(per_it, lambda by, rows=rows: case.with_rows(rows, by))

        def drawn(by: float, c: int = c) -> float:
            start = case.facts.power.start.copy()
            start[1, c] += by
            return case.with_facts(replace(case.facts, power=replace(case.facts.power, start=start)))

        assert_marginal(float(case.worth["energy_price"].values[1, c]), drawn)


def test_batteries_and_contracts_are_worth_what_they_save(tmp_path: Path) -> None:
    # Two hours of the valley price, then dearer ones; less wind than the centre needs.
    east = "centres.east_centre"
    sets = [f"{east}.battery={{energy: 15 MWh, power: 10 MW}}", f"{east}.green.wind=20 MW"]
    case = Case(world(tmp_path, sets, horizon=f"{EPOCHS} h", start="2024-03-04T05:00"))
    assert case.network.ids("centre")[0] == "east_centre"
    for field, name in (("battery_power", "battery_power_value"), ("battery_energy", "battery_energy_value")):

        def bigger(by: float, field: str = field) -> float:
            size = getattr(case.facts, field).copy()
            size[0] += by
            return case.with_facts(replace(case.facts, **{field: size}))

        assert_marginal(float(case.worth[name].values[0]), bigger, -1.0)
    assert case.worth["battery_energy_value"].values[0] > 0.0

    def greener(by: float) -> float:
        green = case.facts.green.copy()
        green[:, 0] += by
        contracts = by * EPOCHS * case.facts.hours * case.facts.contract[0] * 1e3
        return case.with_facts(replace(case.facts, green=green)) - contracts

    assert_marginal(float(case.worth["green_value"].values[0]), greener, -1.0)
    assert np.isnan(case.worth["battery_power_value"].values[1:]).all()


def test_units_by_hand(tmp_path: Path) -> None:
    """Without cooling and with room everywhere: half of 55 MW an EFLOPS idles, the other half is paid for."""
    case = Case(world(tmp_path, horizon=f"{EPOCHS} h"))
    price = case.network["price"] * 3.6e9
    np.testing.assert_allclose(case.worth["energy_price"].values, price, rtol=1e-9)
    np.testing.assert_allclose(case.worth["power_price"].values, price, rtol=1e-6)
    free = case.worth["rent"].values[:, :, 0] == 0.0
    assert free.any()
    np.testing.assert_allclose(case.worth["compute_price"].values[:, :, 0][free], 27.5 * price[free], rtol=1e-6)
    np.testing.assert_allclose(case.worth["green_value"].values, price.sum(axis=0), rtol=1e-9)


def test_a_link_is_worth_what_a_wider_one_saves(tmp_path: Path) -> None:
    sets = ["links.*.capacity=350 Gbps"]
    here = Case(world(tmp_path, [*sets, "links.east_city-west_city.capacity=350 Gbps"], horizon=f"{EPOCHS} h"))
    names = here.network.ids("link")
    both = [at for at, name in enumerate(names) if name in ("east_city-west_city", "west_city-east_city")]
    value = float(here.worth["link_value"].values[both].sum())
    assert value > 0.0
    costs = []
    for capacity in (349.99, 350.01):
        there = [*sets, f"links.east_city-west_city.capacity={capacity} Gbps"]
        costs.append(Case(world(tmp_path, there, horizon=f"{EPOCHS} h")).cost * 1e3)
    assert (costs[0] - costs[1]) / 0.02 == pytest.approx(value, rel=1e-5)


def test_a_hub_costs_what_its_cheapest_centre_costs(tmp_path: Path) -> None:
    found = Case(world(tmp_path, ["centres.middle_centre.pools.smart=null"], horizon=f"{EPOCHS} h")).worth
    compute, hub = found["compute_price"], found["hub_price"]
    assert np.isnan(compute.sel(centre="middle_centre", pool="smart")).all()
    np.testing.assert_array_equal(hub.sel(hub="inland", pool="smart"), compute.sel(centre="west_centre", pool="smart"))
    inland = compute.sel(centre=["middle_centre", "west_centre"], pool="general").min("centre")
    np.testing.assert_array_equal(hub.sel(hub="inland", pool="general"), inland)
    assert "smart" not in summary(found)["centre"]["middle_centre"]


def test_a_looser_latency_bound_saves_no_more_than_its_price(tmp_path: Path) -> None:
    def bounded(ms: float) -> Case:
        return Case(world(tmp_path, [f"workloads.interactive.latency_bound={ms} ms"], horizon=f"{EPOCHS} h"))

    # The middle centre is 3.85 ms away from both others.
    case = bounded(3.0)
    value = dict(zip(case.network.ids("workload"), case.worth["latency_value"].values, strict=True))
    saved = (case.cost - bounded(4.0).cost) * 1e3
    assert 0.0 < saved <= value["interactive"] * (1.0 + 1e-7)
    assert value["batch"] == 0.0
    assert bounded(20.0).worth["latency_value"].values.sum() == 0.0


def test_the_plan_carries_its_prices(tmp_path: Path) -> None:
    network = world(tmp_path, WORLDS["too much work"], horizon="30 h")
    plan = optimum(network)
    assert plan.worth is not None
    found = plan.worth()
    assert set(found.data_vars) == set(PRICES)
    for name, (dims, units, _) in PRICES.items():
        assert found[name].dims == dims
        assert found[name].attrs["units"] == units
        assert found[name].attrs["role"] == "predicted"
    assert "latency_value" not in plan.worth(latency=False)
    told = summary(found)
    price = told["hub"]["coast"]["general"]
    assert 0.0 < price["mean"] <= price["max"]
    values = [row["cny_per_gbps"] for row in told["link"]]
    assert values == sorted(values, reverse=True)
