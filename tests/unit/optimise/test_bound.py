"""The bound: what a loop over every route finds, and where in time a plan is dearer than it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import Array, BoolArray
from sim.network.build import build
from sim.network.network import Network
from sim.optimise.bound import bound, leak
from sim.optimise.layout import Facts, Routes, facts
from sim.optimise.prices import Prices
from sim.optimise.program import Program, all_routes
from sim.optimise.solve import solve
from tests.oracles.routes import cheapest, paid
from tests.oracles.worlds import shipped, world

BATTERY = "centres.east_centre.battery={energy: 40 MWh, power: 10 MW}"
RESIDENCY = "regions.*.residency.move_share=0.3"
PARTS = ("rent", "power", "energy", "content", "link", "away")


def some(every: Routes, share: float, rng: np.random.Generator) -> Routes:
    """Return a random share of routes."""
    at = rng.random(len(every)) < share
    return Routes(every.workload[at], every.region[at], every.centre[at], every.path[at])


def random_prices(program: Program, rng: np.random.Generator, links: float) -> Prices:
    """Return prices of about the size that optima have; a share of the link prices is not 0."""
    found = Prices.empty(program)
    found.rent = rng.exponential(5.0, found.rent.shape)
    found.power = program.facts.price * rng.uniform(1.0, 1.6, found.power.shape)
    found.energy = rng.uniform(0.0, 0.5, found.energy.shape)
    found.content = -rng.uniform(0.0, 0.5, found.content.shape)
    found.link = rng.exponential(3.0, found.link.shape) * (rng.random(found.link.shape) < links)
    found.away = rng.exponential(3.0, found.away.shape)
    return found


def waiting(data: Facts, w: int) -> BoolArray:
    """Return where work of a workload may be served, because some has come within its deadline; [epoch, region]."""
    some = data.demand[:, :, w] > 0.0
    return np.array([some[max(t - int(data.slack[w]), 0) : t + 1].any(axis=0) for t in range(len(some))])


def networks(folder: Path) -> dict[str, Network]:
    """Return a few networks, one longer than the epochs that are looked at together."""
    return {
        "long": world(folder, [BATTERY], horizon="9 d"),
        "residency": world(folder, [RESIDENCY], horizon="30 h"),
        "nation": build(shipped("baseline-2024", sets=["run.horizon=30 h"])),
    }


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("links", [0.0, 0.2, 1.0])
def test_it_is_what_a_loop_over_every_route_finds(tmp_path: Path, share: float, links: float) -> None:
    for name, network in networks(tmp_path).items():
        data = facts(network)
        rng = np.random.default_rng(7)
        routes = some(all_routes(data, 4), share, rng)
        active = rng.permutation(len(data.opposite))[:25]
        prices = random_prices(Program(data, routes, active), rng, links)
        found = bound(data, prices, routes)
        assert bound(data, prices).total == found.total
        difference, lacking = 0.0, set()
        for w in range(len(data.slack)):
            every, held = np.isfinite(data.transport[w]), np.zeros(data.transport.shape[1:], dtype=bool)
            at = routes.workload == w
            held[routes.region[at], routes.centre[at], routes.path[at]] = True
            best, choice = cheapest(data, prices, w, every)
            mine, _ = cheapest(data, prices, w, held)
            np.testing.assert_allclose(found.paid[:, :, w], paid(data, w, best), rtol=1e-12, err_msg=name)
            difference += (data.demand[:, :, w] * (paid(data, w, mine) - paid(data, w, best))).sum()
            better = (best < np.minimum(mine, data.unserved[w]) - 1e-9) & waiting(data, w)
            lacking |= {(w, *np.unravel_index(number, held.shape)) for number in np.unique(choice[better])}
        assert found.lack.sum() == pytest.approx(difference, rel=1e-9, abs=1e-9 * abs(found.total))
        missing = found.missing
        assert set(zip(missing.workload, missing.region, missing.centre, missing.path, strict=True)) == lacking
        assert len(missing) == len(lacking)
        assert bool(lacking) == (share < 1.0)


def solved(network: Network) -> tuple[Program, Array, Array, Prices]:
    """Return the program over all routes and links, what its optimum carries and costs, and its prices."""
    data = facts(network)
    program = Program(data, all_routes(data, 4), np.arange(len(data.opposite)))
    epochs, columns = len(data.demand), program.columns
    solution = solve(program.window(0, epochs))
    values = solution.values.reshape(epochs, -1)
    cost = program.cost_of(values)
    assert cost.sum() == pytest.approx(solution.objective, rel=1e-12)
    prices = Prices.empty(program)
    prices.enter(program, 0, epochs, solution.prices)
    return program, values[:, columns.backlog : columns.piece], cost, prices


def shaken(prices: Prices, rng: np.random.Generator) -> Prices:
    """Return prices that are wrong by up to a half."""
    parts = {part: getattr(prices, part) for part in PARTS}
    return replace(prices, **{part: right * rng.uniform(0.5, 1.5, right.shape) for part, right in parts.items()})


@pytest.mark.parametrize("sets", [[], [BATTERY], [RESIDENCY], ["workloads.*.growth=3"], ["links.*.capacity=100 Gbps"]])
def test_the_leak_sums_to_the_gap_and_no_epochs_is_below_nothing(tmp_path: Path, sets: list[str]) -> None:
    program, carried, cost, prices = solved(world(tmp_path, sets, horizon="4 d"))
    data: Facts = program.facts
    exact = bound(data, prices)
    np.testing.assert_allclose(leak(data, exact, carried, cost), 0.0, atol=1e-6 * cost.mean())
    rng = np.random.default_rng(3)
    for _ in range(5):
        found = bound(data, shaken(prices, rng))
        lost = leak(data, found, carried, cost)
        assert lost.sum() == pytest.approx(cost.sum() - found.total, rel=1e-9)
        assert lost.sum() > 1e-3 * cost.sum(), "wrong prices leave a gap"
        assert lost.min() >= -1e-9 * cost.mean()


def test_the_leak_is_in_the_hour_whose_price_is_wrong(tmp_path: Path) -> None:
    program, carried, cost, prices = solved(world(tmp_path, horizon="2 d"))
    prices.rent[30] += 5.0
    lost = leak(program.facts, bound(program.facts, prices), carried, cost)
    assert lost.argmax() == 30
    assert lost[30] == pytest.approx(lost.sum(), rel=1e-6)
