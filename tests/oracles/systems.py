"""Random small systems for the oracles: a graph, its simple paths, centres, workloads and their work."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np

from sim.engine.dispatch import Counters, Facts, Room
from sim.ground.arrays import Array, IntArray

POOLS = 2


@dataclass(frozen=True)
class System:
    """What the dispatch of an epoch is handed, and the graph that it was drawn from."""

    facts: Facts
    compute: Array
    link: Array
    waiting: Array
    place: Array
    path: Array
    score: Array
    allowance: Array
    graph: nx.DiGraph[int]
    nodes_of_region: list[int]
    nodes_of_centre: list[int]

    def room(self) -> Room:
        """Return the room of the epoch, untouched."""
        scratch = np.zeros_like(self.compute), np.zeros(self.waiting.shape)
        return Room(self.compute.copy(), self.link.copy(), *scratch, self.allowance.copy())

    def counters(self) -> Counters:
        """Return counters at nought."""
        regions, workloads, centres = self.facts.feasible.shape
        paths = self.facts.route_delay.shape[2]
        return Counters(
            np.zeros((regions, workloads, centres)),
            np.zeros(len(self.link)),
            np.zeros((workloads, regions, centres, paths)),
        )


def random_system(rng: np.random.Generator) -> System:
    """Return a system in which room, links and bounds are about as often short as ample."""
    nodes = int(rng.integers(3, 7))
    regions, workloads, centres = (int(n) for n in rng.integers([1, 1, 1], [5, 5, 5]))
    ends = _links(rng, nodes)
    half = len(ends)
    delay = np.tile(rng.uniform(1e-3, 9e-3, half), 2)
    link = rng.uniform(0.0, 4.0, 2 * half) * (rng.random(2 * half) > 0.1)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(nodes))
    for number, (a, b) in enumerate([*ends, *((b, a) for a, b in ends)]):
        graph.add_edge(a, b, number=number, delay=delay[number], capacity=link[number])
    homes, sites = rng.integers(0, nodes, regions), rng.integers(0, nodes, centres)
    paths = int(rng.integers(1, 6))
    route_link, route_delay = _routes(graph, homes, sites, paths)
    facts = _facts(rng, workloads, route_link, route_delay, half)
    waiting = rng.uniform(0.0, 4.0, (regions, workloads)) * (rng.random((regions, workloads)) > 0.1)
    compute = rng.uniform(0.0, 6.0, (centres, POOLS)) * (rng.random((centres, POOLS)) > 0.1)
    score = rng.integers(0, 4, (regions, workloads, centres)).astype(float)
    score[rng.random(score.shape) < 0.15] = np.inf
    place = _place(rng, facts, centres)
    # What may leave home has added up over earlier epochs, so it is not bounded by what waits now.
    share = rng.choice([0.0, 0.2, 0.7, np.inf], (regions, workloads))
    allowance = np.where((facts.slack > 0) & (facts.pool >= 0), share * (waiting + 0.1), np.inf)
    path = _path(rng, facts)
    return System(facts, compute, link, waiting, place, path, score, allowance, graph, homes.tolist(), sites.tolist())


def _links(rng: np.random.Generator, nodes: int) -> list[tuple[int, int]]:
    """Return a spanning tree and some chords."""
    tree = {(int(rng.integers(0, node)), node) for node in range(1, nodes)}
    chords = {tuple(sorted(rng.choice(nodes, 2, replace=False).tolist())) for _ in range(nodes)}
    return sorted(tree | {(a, b) for a, b in chords})


def _routes(graph: nx.DiGraph[int], homes: IntArray, sites: IntArray, paths: int) -> tuple[IntArray, Array]:
    """Return all simple paths, the shortest kept; [region, centre, path, hop] and [region, centre, path]."""
    hops = graph.number_of_nodes()
    link = np.full((len(homes), len(sites), paths, hops), -1, dtype=np.int64)
    delay = np.full((len(homes), len(sites), paths), np.inf)
    for r, a in enumerate(homes):
        for c, b in enumerate(sites):
            walks = [[a]] if a == b else list(nx.all_simple_paths(graph, a, b))
            edges = [[graph.edges[step] for step in pairwise(walk)] for walk in walks]
            edges.sort(key=lambda walk: sum(edge["delay"] for edge in walk))
            for number, walk in enumerate(edges[:paths]):
                link[r, c, number, : len(walk)] = [edge["number"] for edge in walk]
                delay[r, c, number] = sum(edge["delay"] for edge in walk)
    return link, delay


def _facts(rng: np.random.Generator, workloads: int, route_link: IntArray, route_delay: Array, half: int) -> Facts:
    regions, centres = route_delay.shape[:2]
    pool = rng.integers(-1, POOLS, workloads)
    bits = rng.choice([0.0, 0.1, 1.0], (2, workloads))
    bits[:, pool < 0] = np.array([[1.0], [0.0]])
    facts = Facts(
        pool=pool,
        slack=rng.integers(0, 4, workloads) * rng.integers(0, 2, workloads),
        bits_in=bits[0].copy(),
        bits_out=bits[1].copy(),
        bound=rng.choice([5e-3, 15e-3, np.inf], workloads),
        feasible=rng.random((regions, workloads, centres)) > 0.15,
        home=rng.random((regions, centres)) > 0.5,
        order=np.argsort(route_delay[:, :, 0], axis=1, kind="stable"),
        route_link=route_link,
        route_delay=route_delay,
        opposite=(np.arange(2 * half) + half) % (2 * half),
    )
    # As the engine hands them over, so that one compiled version serves both.
    for array in (facts.bits_in, facts.bits_out, facts.route_delay):
        array.setflags(write=False)
    return facts


def _place(rng: np.random.Generator, facts: Facts, centres: int) -> Array:
    regions, workloads = facts.feasible.shape[:2]
    weight = rng.random((regions, workloads, centres + 2)) * (rng.random((regions, workloads, centres + 2)) > 0.3)
    weight[:, facts.slack == 0, -2] = 0.0
    weight[:, :, 0] += 1e-3
    return np.asarray(weight / weight.sum(axis=2, keepdims=True))


def _path(rng: np.random.Generator, facts: Facts) -> Array:
    """Return shares over the paths, among them some that do not exist; most add up to 1, some to less, some are 0."""
    shape = (*facts.feasible.shape, facts.route_delay.shape[2])
    weight = rng.random(shape) * (rng.random(shape) > 0.4)
    total = np.maximum(weight.sum(axis=3, keepdims=True), 1e-9)
    return np.asarray(weight / total * rng.choice([0.0, 0.6, 1.0], (*shape[:3], 1), p=[0.1, 0.2, 0.7]))
