"""Public backbones of others: the bounds that they publish come out of our programs, to the digits printed."""

from __future__ import annotations

import csv

import pytest

from benchmarks.cases.peers_network import Instance
from sim.optimise.design import design
from sim.optimise.multicommodity import design_bound, least_utilisation
from sim.scenario.backbones.repetita import read_demands, read_graph
from sim.scenario.backbones.sndlib import plain_model, read_model, read_network
from sim.scenario.backbones.zoo import read_gml
from tests.peers.data import PEERS, reads

SNDLIB, REPETITA, ZOO = PEERS / "sndlib", PEERS / "repetita", PEERS / "zoo"
pytestmark = pytest.mark.peers


def published() -> dict[str, dict[str, str]]:
    """Return the rows of `published.csv` by the instance's name in MIPLIB."""
    with (SNDLIB / "published.csv").open(encoding="utf-8", newline="") as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


@reads(SNDLIB)
@pytest.mark.parametrize("name", ["cost266-UUE", "dfn-bwin-DBE", "germany50-UUM"])
def test_the_linear_bound_is_the_published_one(name: str) -> None:
    row = published()[name]
    network = read_network(SNDLIB / f"{row['sndlib_network']}.txt")
    model = read_model(SNDLIB / f"{row['sndlib_network']}--{row['sndlib_model']}.txt")
    assert model.letters == row["sndlib_model"]
    found = design_bound(network, model)
    assert Instance(name, model.letters, found.value, row["published_lp_bound"]).within
    assert found.proven == pytest.approx(found.value, rel=1e-12)
    assert found.value < float(row["published_best"])


@reads(REPETITA)
@pytest.mark.parametrize("number", range(5))
def test_the_best_utilisation_of_repetita_is_the_generators_constant(number: int) -> None:
    graph = read_graph(REPETITA / "Abilene.graph")
    assert (len(graph.nodes), len(graph.links)) == (11, 28)
    loaded = read_demands(REPETITA / f"Abilene.{number:04}.demands", graph)
    assert least_utilisation(loaded, "DIRECTED").value == pytest.approx(0.90, abs=3e-4)


@reads(SNDLIB)
@pytest.mark.parametrize(
    ("name", "counts", "letters", "value"),
    [
        # Nobody publishes a bound: what was found once must be found again.
        ("nobel-germany", (17, 26, 121), "U-U-M-N-C-A-N-N", 147488.0),
        ("polska", (12, 18, 66), "U-U-M-N-C-A-N-N", 22633.7508039),
        ("abilene", (12, 15, 132), "D-B-M-N-C-A-N-N", 112140.664175),
    ],
)
def test_networks_without_a_published_bound(
    name: str, counts: tuple[int, int, int], letters: str, value: float
) -> None:
    network = read_network(SNDLIB / f"{name}.txt")
    assert (len(network.nodes), len(network.links), len(network.demands)) == counts
    model = plain_model(network)
    assert model.letters == letters
    assert design_bound(network, model).value == pytest.approx(value, rel=1e-11)


@reads(SNDLIB)
def test_what_abilene_has_would_be_filled_sixty_times() -> None:
    """Its demands are scaled to 3 Tbps on links of 2.5 and 10 Gbps."""
    network = read_network(SNDLIB / "abilene.txt")
    assert network.unit == "MBITPERSEC"
    assert least_utilisation(network, "BIDIRECTED").value == pytest.approx(60.4114919355, rel=1e-11)


@reads(SNDLIB)
def test_the_lists_of_polska_cost_more_than_all_paths() -> None:
    network = read_network(SNDLIB / "polska.txt")
    free = plain_model(network)
    listed = plain_model(network)
    listed.values["ADMISSIBLE_PATH_MODEL"] = "EXPLICIT_LIST"
    assert sum(len(demand.paths) for demand in network.demands) == 462
    assert design_bound(network, listed).value > design_bound(network, free).value


@reads(ZOO)
def test_the_map_of_chinanet_is_read_with_its_gaps() -> None:
    graph = read_gml(ZOO / "Chinanet.gml")
    assert (len(graph.nodes), len(graph.links)) == (42, 66)
    nowhere = [node.name for node in graph.nodes if node.longitude is None]
    assert sorted(nowhere) == [f"International Link {number}" for number in range(1, 5)]
    assert all(link.capacity is None for link in graph.links)


@reads(SNDLIB)
@pytest.mark.parametrize(
    ("name", "best", "within"),
    [("polska", 23619.0, 2e-3), ("nobel-germany", 161990.0, 5e-3), ("abilene", 114606.0, 2e-3)],
)
def test_designs_in_whole_modules_where_nobody_publishes_a_bound(name: str, best: float, within: float) -> None:
    """What was once proven to be the best is not beaten, and found again within the gap."""
    network = read_network(SNDLIB / f"{name}.txt")
    found = design(network, plain_model(network), seconds=60.0, gap=within)
    assert found.bound <= best * (1 + 1e-9)
    assert best * (1 - 1e-9) <= found.cost <= best * (1 + within)
    assert found.gap <= within


@reads(SNDLIB)
def test_a_design_of_dfn_bwin_lies_near_the_best_published() -> None:
    row = published()["dfn-bwin-DBE"]
    network = read_network(SNDLIB / "dfn-bwin.txt")
    model = read_model(SNDLIB / "dfn-bwin--D-B-E-N-C-A-N-N.txt")
    found = design(network, model, seconds=15.0)
    best = float(row["published_best"])
    assert best * (1 - 1e-6) <= found.cost <= 1.02 * best
    assert 1.2 * float(row["published_lp_bound"]) <= found.bound <= best
