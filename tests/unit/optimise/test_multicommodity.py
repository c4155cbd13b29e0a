"""Bounds of public backbones: by hand, against maximum flows, and against the whole program written edge by edge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.ground.errors import ScenarioError
from sim.optimise.multicommodity import design_bound, least_utilisation
from sim.scenario.backbones.sndlib import MODEL, Model, plain_model
from sim.scenario.topology import Demand, Link, Module, Node, Topology

LETTERS = ("U-U-M-N-C-A-N-N", "U-U-E-N-C-A-N-N", "D-B-M-N-C-A-N-N", "D-B-E-N-C-A-N-N", "D-U-E-N-C-A-N-N")


def town(links: Iterable[Link], demands: Iterable[Demand], nodes: str = "ABC") -> Topology:
    """Return a network of places with one letter each."""
    places = tuple(Node(name, name, None, None, 0) for name in nodes)
    return Topology("town", "town.txt", places, tuple(links), tuple(demands))


def link(ends: str, *modules: tuple[float, float], **further: float) -> Link:
    """Return a link such as ``AB`` with modules (capacity, cost)."""
    return Link(ends, ends[0], ends[1], 0, **{"capacity": 0.0, **further}, modules=tuple(Module(*m) for m in modules))


def demand(ends: str, value: float, **further: object) -> Demand:
    return Demand(ends, ends[0], ends[1], value, 7, **further)  # type: ignore[arg-type]


def model(letters: str) -> Model:
    """Return the model of letters such as ``U-U-M-N-C-A-N-N``."""
    chosen = zip(MODEL, letters.split("-"), strict=True)
    values = {key: next(word for word, mark in MODEL[key].items() if mark == letter) for key, letter in chosen}
    return Model({**values, "NODE_MODEL": "NO_NODE_HARDWARE"}, "town--x.txt", {key: 3 for key in values})


def bound(network: Topology, letters: str) -> float:
    found = design_bound(network, model(letters))
    assert found.proven == pytest.approx(found.value, rel=1e-9, abs=1e-9)
    return found.value


TRIANGLE = (link("AB", (10, 10)), link("BC", (10, 10)), link("AC", (10, 30)))


def test_a_demand_takes_the_cheaper_way() -> None:
    assert bound(town(TRIANGLE, [demand("AC", 4)]), "U-U-M-N-C-A-N-N") == pytest.approx(4 * 2)


def test_an_explicit_capacity_is_bought_once() -> None:
    """10 of the 14 fit through B at 2 each; the rest goes straight at 3."""
    network = town(TRIANGLE, [demand("AC", 14)])
    assert bound(network, "U-U-E-N-C-A-N-N") == pytest.approx(10 * 2 + 4 * 3)
    assert bound(network, "U-U-M-N-C-A-N-N") == pytest.approx(14 * 2)


def test_a_part_of_a_large_module_is_cheaper_than_a_small_one() -> None:
    network = town([link("AB", (10, 10), (20, 12))], [demand("AB", 10)], "AB")
    assert bound(network, "U-U-E-N-C-A-N-N") == pytest.approx(6.0)
    assert bound(network, "U-U-L-N-C-A-N-N") == pytest.approx(6.0)
    assert bound(network, "U-U-S-N-C-A-N-N") == pytest.approx(10.0), "the smallest module alone"


def test_two_directions_share_a_link_or_do_not() -> None:
    network = town([link("AB", (10, 10))], [demand("AB", 4), demand("BA", 3)], "AB")
    assert bound(network, "D-B-M-N-C-A-N-N") == pytest.approx(4.0)
    assert bound(network, "D-U-M-N-C-A-N-N") == pytest.approx(7.0)
    assert bound(network, "U-U-M-N-C-A-N-N") == pytest.approx(7.0)


def test_a_directed_link_leads_one_way() -> None:
    ring = town([link("AB", (1, 1)), link("BC", (1, 1)), link("CA", (1, 1))], [demand("AC", 2), demand("CA", 5)])
    assert bound(ring, "D-D-M-N-C-A-N-N") == pytest.approx(2 * 2 + 5)


def test_what_is_there_costs_what_it_cost_and_flow_what_it_costs() -> None:
    """3 of the 4 units fit; pre-installed capacity costs 5 in any case, routing 0.5 a unit."""
    known = link("AB", (10, 10), capacity=3.0, capacity_cost=5.0, setup_cost=100.0, routing_cost=0.5)
    network = town([known], [demand("AB", 4)], "AB")
    assert bound(network, "U-U-M-N-C-A-N-N") == pytest.approx(5 + 1 + 4 * 0.5)
    assert bound(network, "U-U-M-Y-C-A-N-N") == pytest.approx(105 + 1 + 4 * 0.5), "it is in use already"


def test_a_fixed_charge_is_paid_in_part() -> None:
    """Explicit: with the part of the module. Modular: with the share of all demand that takes the link."""
    network = town([link("AB", (10, 10), setup_cost=20.0)], [demand("AB", 4), demand("AB", 1)], "AB")
    assert bound(network, "U-U-E-Y-C-A-N-N") == pytest.approx(0.5 * 30)
    assert bound(network, "U-U-M-Y-C-A-N-N") == pytest.approx(5 + 20)
    assert bound(network, "U-U-M-N-C-A-N-N") == pytest.approx(5)


def test_limits_of_hops_and_lists_of_paths_are_kept() -> None:
    short = town(TRIANGLE, [demand("AC", 4, most_hops=1), demand("AB", 1)])
    assert bound(short, "U-U-M-N-C-A-Y-N") == pytest.approx(4 * 3 + 1)
    assert bound(short, "U-U-M-N-C-A-N-N") == pytest.approx(4 * 2 + 1)
    listed = town(TRIANGLE, [demand("AC", 4, paths=(("AC",),)), demand("BA", 1, paths=(("AB",), ("BC", "AC")))])
    assert bound(listed, "U-U-M-N-C-E-N-N") == pytest.approx(4 * 3 + 1)
    assert bound(listed, "D-B-M-N-C-E-Y-N") == pytest.approx(4 * 3 + 1)


@pytest.mark.parametrize("routing", "CIS")
def test_whole_flows_have_the_same_relaxation(routing: str) -> None:
    assert bound(town(TRIANGLE, [demand("AC", 4)]), f"U-U-M-N-{routing}-A-N-N") == pytest.approx(8)


def test_a_network_without_traffic_costs_what_is_there() -> None:
    idle = town([link("AB", (10, 10), capacity=1.0, capacity_cost=5.0)], [demand("AA", 4), demand("AB", 0)], "AB")
    assert bound(idle, "U-U-M-N-C-A-N-N") == 5.0
    assert least_utilisation(idle, "UNDIRECTED").value == 0.0


REFUSED = {
    "U-U-M-N-C-A-N-P": "town--x.txt:3: SURVIVABILITY_MODEL is ONE_PLUS_ONE_PROTECTION, which this linear bound",
    "U-U-M-N-C-A-N-S": "town--x.txt:3: SURVIVABILITY_MODEL is SHARED_PATH_PROTECTION, which",
    "U-U-M-N-C-A-N-U": "town--x.txt:3: SURVIVABILITY_MODEL is UNRESTRICTED_FLOW_RECONFIGURATION, which",
    "U-U-M-N-O-A-N-N": "town--x.txt:3: ROUTING_MODEL is OSPF_SINGLE_PATH, which this linear bound does not cover; it",
    "U-B-M-N-C-A-N-N": "town--x.txt:3: LINK_MODEL is BIDIRECTED, but demands without direction need UNDIRECTED links",
}


@pytest.mark.parametrize("letters", REFUSED)
def test_what_the_bound_does_not_cover_is_refused(letters: str) -> None:
    with pytest.raises(ScenarioError) as error:
        design_bound(town(TRIANGLE, [demand("AC", 1)]), model(letters))
    assert str(error.value).startswith(REFUSED[letters])


def test_node_hardware_is_refused() -> None:
    asked = model("U-U-M-N-C-A-N-N")
    asked.values["NODE_MODEL"] = "NODE_HARDWARE"
    with pytest.raises(ScenarioError, match="NODE_MODEL is NODE_HARDWARE, which this linear bound does not cover"):
        design_bound(town(TRIANGLE, [demand("AC", 1)]), asked)


@pytest.mark.parametrize(
    ("network", "letters", "line"),
    [
        (
            town(TRIANGLE, [demand("AC", 100)]),
            "U-U-E-N-C-A-N-N",
            "town.txt: the links cannot carry the demands, not even with all the capacity that they may get",
        ),
        (
            town([link("AB", (1, 1)), link("BC")], [demand("AC", 1)]),
            "U-U-M-N-C-A-N-N",
            "town.txt:7: no path with capacity leads from 'A' to 'C', which the demand 'AC' needs",
        ),
        (
            town([link("AB", (1, 1)), link("BC", (1, 1))], [demand("AC", 1, most_hops=1)]),
            "U-U-M-N-C-A-Y-N",
            "town.txt:7: no path with capacity and within its limit of hops leads from 'A' to 'C'",
        ),
        (town(TRIANGLE, [demand("AC", 1)]), "U-U-M-N-C-E-N-N", "town.txt:7: the demand 'AC' has no admissible path"),
        (
            town(TRIANGLE, [demand("AC", 1, most_hops=1, paths=(("AB", "BC"),))]),
            "U-U-M-N-C-E-Y-N",
            "town.txt:7: the demand 'AC' has no admissible path within its limit of hops",
        ),
        (
            town(TRIANGLE, [demand("BA", 1, paths=(("AB",),))]),
            "D-D-M-N-C-E-N-N",
            "town.txt:7: a path of the demand 'BA' takes the link 'AB' against its way",
        ),
    ],
)
def test_what_cannot_be_carried_is_told(network: Topology, letters: str, line: str) -> None:
    with pytest.raises(ScenarioError) as error:
        design_bound(network, model(letters))
    assert str(error.value).startswith(line)


def test_what_would_fill_the_memory_is_refused_before() -> None:
    many = tuple(Node(str(k), str(k), None, None, 0) for k in range(4000))
    line = tuple(Link(f"l{k}", str(k), str(k + 1), 0, 1.0, modules=(Module(1.0, 1.0),)) for k in range(3999))
    demands = tuple(Demand(f"d{k}", str(k), str(k + 1), 1.0, 0, most_hops=900) for k in range(3999))
    with pytest.raises(ScenarioError, match=r"big.txt: 3,999 sources on 3,999 links need about 0\.3 GB in one piece"):
        least_utilisation(Topology("big", "big.txt", many, line, demands), "UNDIRECTED")
    with pytest.raises(ScenarioError, match=r"big.txt: limits of hops on 4,000 nodes need about 1\.4 GB"):
        design_bound(Topology("big", "big.txt", many, line, demands[:50]), model("U-U-M-N-C-A-Y-N"))


def test_three_demands_fill_a_triangle() -> None:
    """Every pair of a triangle with capacity 2 exchanges 1: straight on, half of every link."""
    sides = [link(ends, capacity=2.0) for ends in ("AB", "BC", "AC")]
    pairs = town(sides, [demand("AB", 1), demand("BC", 1), demand("AC", 1)])
    found = least_utilisation(pairs, "UNDIRECTED")
    assert found.value == pytest.approx(0.5)
    assert found.load.reshape(2, 3).sum(axis=0) == pytest.approx([1.0, 1.0, 1.0])


def test_one_demand_spreads_over_both_ways() -> None:
    sides = [link("AB", capacity=1.0), link("BC", capacity=1.0), link("AC", capacity=2.0)]
    found = least_utilisation(town(sides, [demand("AC", 6)]), "DIRECTED")
    assert found.value == pytest.approx(2.0)
    assert found.load == pytest.approx([2.0, 2.0, 4.0, 0.0, 0.0, 0.0])


@st.composite
def networks(draw: st.DrawFn, most: int = 6, whole: bool = False) -> Topology:
    """Draw a connected network with parallel links, capacities, modules and demands."""
    count = draw(st.integers(2, most))
    names = "ABCDEFGH"[:count]
    tree = [(draw(st.integers(0, k - 1)), k) for k in range(1, count)]
    place = st.integers(0, count - 1)
    more = draw(st.lists(st.tuples(place, place).filter(lambda ends: ends[0] != ends[1]), max_size=2 * count))
    amount = st.integers(1, 20).map(float)
    links = []
    for number, (a, b) in enumerate([*tree, *more]):
        modules = tuple(Module(size, cost) for size, cost in draw(st.lists(st.tuples(amount, amount), max_size=3)))
        there = draw(amount) if whole or not modules else draw(st.sampled_from([0.0, 0.0, 3.0]))
        links.append(Link(f"l{number}", names[a], names[b], 0, there, routing_cost=draw(amount) / 8, modules=modules))
    pairs = draw(st.lists(st.tuples(place, place, amount), min_size=1, max_size=8))
    demands = [Demand(f"d{k}", names[a], names[b], value, 0) for k, (a, b, value) in enumerate(pairs)]
    return town(links, demands, names)


@settings(max_examples=60)
@given(networks(whole=True))
def test_one_demand_is_carried_up_to_the_least_cut(network: Topology) -> None:
    """By the theorem of Ford and Fulkerson the least utilisation is demand over minimum cut."""
    value, (source, target) = 5.0, (network.nodes[0].id, network.nodes[-1].id)
    single = replace(network, demands=(Demand("d", source, target, value, 0),))
    graph: nx.Graph[str] = nx.Graph()
    for item in network.links:
        before = graph.get_edge_data(item.source, item.target, {"capacity": 0.0})["capacity"]
        graph.add_edge(item.source, item.target, capacity=before + (item.capacity or 0.0))
    cut, _ = nx.minimum_cut(graph, source, target)
    found = least_utilisation(single, "UNDIRECTED")
    assert found.value == pytest.approx(value / cut, rel=1e-9)
    assert found.proven == pytest.approx(found.value, rel=1e-9)


def by_edges(network: Topology, letters: str) -> float | None:
    """Return the bound of the whole program, a flow for every demand and direction of a link; None if infeasible."""
    values = model(letters).values
    number = {node.id: k for k, node in enumerate(network.nodes)}
    demands = [d for d in network.demands if d.source != d.target]
    nodes, edges = len(number), len(network.links)
    sold = [(e, module) for e, item in enumerate(network.links) for module in item.modules]
    columns = 2 * edges * len(demands) + len(sold)
    if not columns:
        return 0.0
    balance, needed = np.zeros((nodes * len(demands), columns)), np.zeros(nodes * len(demands))
    rows = edges * (2 if values["LINK_MODEL"] == "BIDIRECTED" else 1)
    used, there = np.zeros((rows + edges, columns)), np.zeros(rows + edges)
    cost = np.zeros(columns)
    for k, item in enumerate(demands):
        needed[k * nodes + number[item.source]] = item.value
        needed[k * nodes + number[item.target]] = -item.value
        for e, joined in enumerate(network.links):
            for back in range(2):
                column = (2 * k + back) * edges + e
                a, b = (joined.target, joined.source) if back else (joined.source, joined.target)
                balance[k * nodes + number[a], column] += 1.0
                balance[k * nodes + number[b], column] -= 1.0
                used[(back * edges + e) % rows, column] = 1.0
                cost[column] = joined.routing_cost
    for row in range(rows):
        there[row] = network.links[row % edges].capacity
    for k, (e, module) in enumerate(sold):
        column = 2 * edges * len(demands) + k
        cost[column] = module.cost
        used[e:rows:edges, column] = -module.capacity
        used[rows + e, column] = 1.0
    there[rows:] = 1.0 if values["LINK_CAPACITY_MODEL"] == "EXPLICIT_LINK_CAPACITIES" else np.inf
    kept = np.isfinite(there)
    done = linprog(cost, A_ub=used[kept], b_ub=there[kept], A_eq=balance, b_eq=needed, method="highs")
    return float(done.fun) if done.status == 0 else None


@settings(max_examples=80)
@given(networks(), st.sampled_from(LETTERS))
def test_columns_and_edges_agree(network: Topology, letters: str) -> None:
    expected = by_edges(network, letters)
    if expected is None:
        with pytest.raises(ScenarioError, match="the links cannot carry the demands"):
            bound(network, letters)
    else:
        assert bound(network, letters) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=40)
@given(networks(), st.integers(-20, 20), st.sampled_from(["UNDIRECTED", "BIDIRECTED"]))
def test_units_and_growth_change_what_they_should(network: Topology, power: int, link_model: str) -> None:
    full = replace(network, links=tuple(replace(item, capacity=(item.capacity or 0.0) + 1.0) for item in network.links))
    before = least_utilisation(full, link_model).value
    factor = 10.0**power
    units = replace(
        full,
        links=tuple(replace(item, capacity=(item.capacity or 0.0) * factor) for item in full.links),
        demands=tuple(replace(item, value=item.value * factor) for item in full.demands),
    )
    assert least_utilisation(units, link_model).value == pytest.approx(before, rel=1e-9)
    wider = replace(full, links=(replace(full.links[0], capacity=1e3), *full.links[1:]))
    assert least_utilisation(wider, link_model).value <= before * (1.0 + 1e-9)


@settings(max_examples=40)
@given(networks())
def test_without_anything_there_every_demand_takes_its_shortest_path(network: Topology) -> None:
    """Modules in any number: a link costs its routing and its best module, whoever else takes it."""
    bare = tuple(replace(item, capacity=0.0, modules=(*item.modules, Module(2.0, 9.0))) for item in network.links)
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_nodes_from(node.id for node in network.nodes)
    for item in bare:
        rate = min(module.cost / module.capacity for module in item.modules)
        graph.add_edge(item.source, item.target, length=item.routing_cost + rate)
    expected = sum(
        item.value * nx.shortest_path_length(graph, item.source, item.target, weight="length")
        for item in network.demands
    )
    assert bound(replace(network, links=bare), "U-U-M-N-C-A-N-N") == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(max_examples=40)
@given(networks(), st.sampled_from(["D-B-M-N-C-A", "U-U-E-N-C-A"]))
def test_a_limit_of_hops_that_binds_nobody_changes_nothing(network: Topology, letters: str) -> None:
    wide = replace(network, links=tuple(replace(item, capacity=200.0) for item in network.links))
    limited = replace(wide, demands=tuple(replace(item, most_hops=9) for item in wide.demands))
    assert bound(limited, f"{letters}-Y-N") == pytest.approx(bound(wide, f"{letters}-N-N"), rel=1e-9, abs=1e-9)
    close = replace(wide, demands=tuple(replace(item, most_hops=len(wide.nodes) - 1) for item in wide.demands))
    assert bound(close, f"{letters}-Y-N") >= bound(wide, f"{letters}-N-N") * (1.0 - 1e-9)


def test_the_plain_model_can_be_bounded() -> None:
    network = town(TRIANGLE, [demand("AC", 4), demand("CA", 4)])
    assert design_bound(network, plain_model(network)).value == pytest.approx(8.0)
