"""Designs in whole modules: by hand, and by enumeration of every purchase."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from sim.ground.errors import ScenarioError
from sim.optimise.cuts import rounded
from sim.optimise.design import design
from sim.optimise.multicommodity import design_bound, offered
from sim.optimise.purchases import worthwhile
from sim.scenario.topology import Topology
from tests.unit.optimise.test_multicommodity import TRIANGLE, demand, link, model, town

PLAIN = "U-U-M-N-C-A-N-N"


def test_a_part_of_a_module_must_be_paid_whole() -> None:
    """4 go round through B for two modules at 10; in part they would cost 4 × 2."""
    network = town(TRIANGLE, [demand("AC", 4)])
    found = design(network, model(PLAIN))
    assert found.cost == pytest.approx(20.0)
    assert found.bound == pytest.approx(20.0)
    assert found.number.tolist() == [1, 1, 0]
    assert design_bound(network, model(PLAIN)).value == pytest.approx(8.0)


def test_demands_share_modules() -> None:
    """Three demands of 4 on a triangle: two links carry all of them within 10, one module each."""
    network = town(TRIANGLE, [demand("AB", 4), demand("BC", 4), demand("AC", 4)])
    found = design(network, model(PLAIN))
    assert found.cost == pytest.approx(20.0)
    assert found.load.sum() == pytest.approx(16.0)


def test_two_directions_need_what_the_larger_needs() -> None:
    network = town([link("AB", (10, 10))], [demand("AB", 14), demand("BA", 3)], "AB")
    assert design(network, model("D-B-M-N-C-A-N-N")).cost == pytest.approx(20.0)
    assert design(network, model("D-U-M-N-C-A-N-N")).cost == pytest.approx(20.0)
    heavier = replace(network, demands=(demand("AB", 14), demand("BA", 7)))
    assert design(heavier, model("D-B-M-N-C-A-N-N")).cost == pytest.approx(20.0)
    assert design(heavier, model("D-U-M-N-C-A-N-N")).cost == pytest.approx(30.0)


def test_the_use_of_a_link_is_charged_once() -> None:
    ways = [link("AB", (5, 3), setup_cost=10.0), link("AC", (5, 3), setup_cost=2.0), link("BC", (5, 3), setup_cost=2.0)]
    network = town(ways, [demand("AB", 8)])
    assert design(network, model("U-U-M-Y-C-A-N-N")).cost == pytest.approx(2 * 3 + 10)
    assert design(network, model(PLAIN)).cost == pytest.approx(2 * 3)
    small = replace(network, demands=(demand("AB", 5),))
    assert design(small, model("U-U-M-Y-C-A-N-N")).cost == pytest.approx(2 * (3 + 2))


def drawn(seed: int, explicit: bool) -> Topology:
    """Return four places, five links of two modules each, one with some capacity, and demands."""
    rng = np.random.default_rng(seed)
    ends = ("AB", "BC", "CD", "DA", "AC")
    links = []
    for number, pair in enumerate(ends):
        small, cost = int(rng.integers(2, 6)), int(rng.integers(3, 9))
        modules = ((small, cost), (small * 3, cost * 2))
        further = {"capacity": 2.0} if number == 0 else {}
        links.append(link(pair, *modules, routing_cost=float(rng.integers(0, 2)), **further))
    pairs = ("AB", "AC", "BD", "CD")
    most = 4 if explicit else 7
    return town(links, [demand(pair, int(rng.integers(1, most))) for pair in pairs], "ABCD")


def enumerated(network: Topology, letters: str, most: int) -> float:
    """Return the cost of the cheapest purchase that carries the demands, tried one by one."""
    offer = offered(network, model(letters))
    nodes = [node.id for node in network.nodes]
    arcs = [(nodes.index(a.source), nodes.index(a.target)) for a in network.links]
    arcs += [(b, a) for a, b in arcs]
    demands, count = network.demands, len(network.links)
    balance = np.zeros((len(demands) * len(nodes), len(demands) * len(arcs)))
    need = np.zeros(len(balance))
    for k, some in enumerate(demands):
        for a, (tail, head) in enumerate(arcs):
            balance[k * len(nodes) + tail, k * len(arcs) + a] -= 1
            balance[k * len(nodes) + head, k * len(arcs) + a] += 1
        need[k * len(nodes) + nodes.index(some.source)] -= some.value
        need[k * len(nodes) + nodes.index(some.target)] += some.value
    share = np.zeros((count, len(demands) * len(arcs)))
    for a in range(len(arcs)):
        share[a % count, a :: len(arcs)] = 1.0
    flow = np.tile(np.tile(offer.cost, 2), len(demands))
    best = np.inf
    for number in product(range(most + 1), repeat=len(offer.of)):
        bought = np.array(number)
        if offer.explicit and np.bincount(offer.of, bought).max() > 1:
            continue
        paid = float(offer.price @ bought)
        if paid >= best:
            continue
        found = linprog(flow, share, offer.there + offer.gain @ bought, balance, need)
        if found.status == 0:
            best = min(best, paid + found.fun)
    return best


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("letters", [PLAIN, "U-U-E-N-C-A-N-N"])
def test_the_design_is_the_best_of_all(seed: int, letters: str) -> None:
    explicit = letters == "U-U-E-N-C-A-N-N"
    network = drawn(seed, explicit)
    found = design(network, model(letters), gap=1e-9)
    assert found.cost == pytest.approx(enumerated(network, letters, 1), rel=1e-7)
    assert found.bound <= found.cost * (1 + 1e-9)
    assert found.gap < 1e-6
    assert found.cost <= found.first * (1 + 1e-9)
    assert design_bound(network, model(letters)).value <= found.bound * (1 + 1e-9)


def test_a_bundle_of_others_is_not_weighed() -> None:
    network = town([link("AB", (20, 3), (40, 4), (60, 7), (50, 6.5), (70, 7.5))], [demand("AB", 55)], "AB")
    assert worthwhile(offered(network, model(PLAIN))).tolist() == [True, True, False, True, True]
    assert worthwhile(offered(network, model("U-U-E-N-C-A-N-N"))).tolist() == [True, True, True, True, True]
    assert design(network, model(PLAIN)).cost == pytest.approx(7.0)
    assert design(network, model(PLAIN)).number.sum() == 2


def test_rounded_cuts_hold_for_every_whole_purchase() -> None:
    rng = np.random.default_rng(3)
    size = rng.integers(1, 30, 4).astype(float)
    of = np.array([0, 0, 1, 2])
    for needed in rng.uniform(1.0, 90.0, 20):
        row, least = rounded([(np.array([True, True, False]), float(needed))], of, size)
        for number in product(range(6), repeat=3):
            bought = np.array([*number, 0], dtype=float)
            if size @ bought >= needed:
                assert (row @ bought >= least - 1e-9).all()


def test_what_it_does_not_cover_is_refused() -> None:
    network = town(TRIANGLE, [demand("AC", 4, paths=(("AC",),))])
    with pytest.raises(ScenarioError, match="CONTINUOUS alone"):
        design(network, model("U-U-M-N-S-A-N-N"))
    with pytest.raises(ScenarioError, match="ALL_PATHS alone"):
        design(network, model("U-U-M-N-C-E-N-N"))
    with pytest.raises(ScenarioError, match="cannot carry"):
        design(town([link("AB", (5, 1))], [demand("AB", 8)], "AB"), model("U-U-E-N-C-A-N-N"))
