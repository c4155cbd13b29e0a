"""Routes over the backbone: the k shortest paths of every region–centre pair, and who can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

import networkx as nx
import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.units import si
from sim.network.cache import cached
from sim.physics.delay import fibre_delay
from sim.scenario.schema import Configuration

SERVICE_FACTOR = {"optical": 1.0, "ip_private": 1.5, "ip_public": 1.7}


@dataclass(frozen=True)
class Links:
    """The directed links of the backbone; link i + n is link i the other way round.

    Attributes
    ----------
    ids
        [link], such as ``beijing-tianjin`` and ``tianjin-beijing``.
    start, end
        [link], numbers of the nodes.
    delay
        [link], s, one way in optical service.
    capacity
        [link], bit/s.
    length
        [link], m of fibre.
    nodes
        [node], ids.
    """

    ids: tuple[str, ...]
    start: IntArray
    end: IntArray
    delay: Array
    capacity: Array
    length: Array
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Routes:
    """The k shortest paths of every pair.

    Attributes
    ----------
    link
        [pair, path, hop], number of the directed link from the region's side, −1 behind the last.
    delay
        [pair, path], s, sum of the links in optical service, inf where there is no such path.
    """

    link: IntArray
    delay: Array


def directed(config: Configuration) -> Links:
    """Return the directed links of a configuration.

    Parameters
    ----------
    config
        The configuration; every end of a link is a node.

    Returns
    -------
    Links
        In the order of the ids, forward before backward.
    """
    nodes = tuple(config.nodes)
    number = {node: position for position, node in enumerate(nodes)}
    items = [config.links[name] for name in config.links]
    start = np.array([number[link.from_node] for link in items], dtype=np.int64)
    end = np.array([number[link.to_node] for link in items], dtype=np.int64)
    per_km, hop = config.network.fibre_us_per_km * si("x_us_per_km"), config.network.hop_ms * si("x_ms")
    length = np.array([(link.fibre_km or 0.0) * si("x_km") for link in items])
    measured = np.array([np.nan if link.delay_ms is None else link.delay_ms * si("x_ms") for link in items])
    delay = np.where(np.isnan(measured), fibre_delay(length, 1, per_km, hop), measured)
    capacity = np.array([link.capacity_tbps * si("x_tbps") for link in items])
    backward = [f"{link.to_node}-{link.from_node}" for link in items]
    return Links(
        ids=(*config.links, *backward),
        start=np.concatenate([start, end]),
        end=np.concatenate([end, start]),
        delay=np.tile(delay, 2),
        capacity=np.tile(capacity, 2),
        length=np.tile(length, 2),
        nodes=nodes,
    )


def around(links: Links, pairs: Sequence[tuple[int, int]], paths: int, cuts: Sequence[int]) -> Routes:
    """Return the k shortest paths of every pair, and beside them the shortest around links that are cut.

    Where all k paths of a pair share a link, its loss would part places that the backbone still joins.

    Parameters
    ----------
    links
        The backbone.
    pairs
        Numbers of the two nodes of each pair.
    paths
        How many to keep of the whole backbone.
    cuts
        Numbers of forward links: a path is added around each of them, and one around all of them.

    Returns
    -------
    Routes
        Shortest first, none twice.
    """
    found = shortest(links, pairs, paths)
    ways = {(number,) for number in cuts} | ({tuple(cuts)} if cuts else set())
    for way in sorted(ways):
        found = _joined(found, shortest(links, pairs, 1, way))
    return found


def _joined(routes: Routes, more: Routes) -> Routes:
    """Return routes with one more path for every pair, where it is not among them."""
    hops = max(routes.link.shape[2], more.link.shape[2])
    both = [np.pad(r.link, ((0, 0), (0, 0), (0, hops - r.link.shape[2])), constant_values=-1) for r in (routes, more)]
    known = (both[0] == both[1]).all(axis=2).any(axis=1, keepdims=True)
    delay = np.concatenate([routes.delay, np.where(known, np.inf, more.delay)], axis=1)
    order = np.argsort(delay, axis=1, kind="stable")
    link = np.take_along_axis(np.concatenate(both, axis=1), order[:, :, None], axis=1)
    return Routes(link, np.take_along_axis(delay, order, axis=1))


def shortest(links: Links, pairs: Sequence[tuple[int, int]], paths: int, without: tuple[int, ...] = ()) -> Routes:
    """Return the k shortest loop-free paths of every pair, by Yen's algorithm, cached by topology.

    Parameters
    ----------
    links
        The backbone.
    pairs
        Numbers of the two nodes of each pair.
    paths
        How many to keep.
    without
        Numbers of forward links that no path may take.

    Returns
    -------
    Routes
        Shortest first; ties by the order of the links.

    References
    ----------
    Yen, J. Y. (1971), Management Science 17(11), doi 10.1287/mnsc.17.11.712.
    """
    unique = sorted({(min(a, b), max(a, b)) for a, b in pairs})
    inputs = [
        links.start.tolist(), links.end.tolist(), links.delay.tolist(), len(links.nodes), unique, paths,
        sorted(without),
    ]  # fmt: skip
    stored = cached("routes-2", inputs, lambda: _search(links, unique, paths, without))
    half = len(links.ids) // 2
    place = {pair: position for position, pair in enumerate(unique)}
    order = np.array([place[min(a, b), max(a, b)] for a, b in pairs], dtype=np.int64)
    link, delay = stored["link"][order], stored["delay"][order]
    for position, (a, b) in enumerate(pairs):
        if a > b:
            link[position] = _reversed(link[position], half)
    return Routes(link, delay)


def _search(
    links: Links, pairs: Sequence[tuple[int, int]], paths: int, without: tuple[int, ...]
) -> dict[str, np.ndarray]:
    half = len(links.ids) // 2
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(links.nodes)))
    for number in range(half):
        if number in without:
            continue
        a, b = int(links.start[number]), int(links.end[number])
        graph.add_edge(a, b, delay=float(links.delay[number]), number=number, start=a)
    found: list[list[list[int]]] = []
    for a, b in pairs:
        if a == b:
            found.append([[]])
        elif nx.has_path(graph, a, b):
            best = islice(nx.shortest_simple_paths(graph, a, b, weight="delay"), paths)
            found.append([_hops(graph, walk, half) for walk in best])
        else:
            found.append([])
    longest = max((len(hops) for walks in found for hops in walks), default=0)
    link = np.full((len(pairs), paths, max(longest, 1)), -1, dtype=np.int64)
    delay = np.full((len(pairs), paths), np.inf)
    for position, walks in enumerate(found):
        for number, hops in enumerate(walks):
            link[position, number, : len(hops)] = hops
            delay[position, number] = float(sum(links.delay[hop] for hop in hops))
    return {"link": link, "delay": delay}


def _hops(graph: nx.Graph[int], walk: list[int], half: int) -> list[int]:
    hops = []
    for a, b in pairwise(walk):
        edge = graph.edges[a, b]
        hops.append(edge["number"] if edge["start"] == a else edge["number"] + half)
    return hops


def _reversed(link: IntArray, half: int) -> IntArray:
    """Return paths walked from the other end; [path, hop]."""
    out = np.full_like(link, -1)
    for number, hops in enumerate(link):
        real = hops[hops >= 0][::-1]
        out[number, : len(real)] = (real + half) % (2 * half)
    return out


def opposite(links: Links) -> IntArray:
    """Return the number of each link's other direction; [link]."""
    half = len(links.ids) // 2
    return (np.arange(2 * half) + half) % (2 * half)


def gravity(links: Links, weights: Array, nodes: IntArray, total: float) -> Array:
    """Return the background load of every link under a gravity model on shortest paths.

    Traffic between two places is in proportion to the product of their weights.

    Parameters
    ----------
    links
        The backbone.
    weights
        [place], any unit.
    nodes
        [place], numbers of their nodes.
    total
        Sum of the traffic over all ordered pairs, bit/s.

    Returns
    -------
    Array
        [link], bit/s.
    """
    load = np.zeros(len(links.ids))
    pairs = [(int(a), int(b)) for a in nodes for b in nodes]
    product = np.outer(weights, weights)
    np.fill_diagonal(product, 0.0)
    if total <= 0.0 or product.sum() <= 0.0:
        return load
    share = (product / product.sum()).ravel()
    routes = shortest(links, pairs, 1)
    for position, amount in enumerate(share * total):
        hops = routes.link[position, 0]
        load[hops[hops >= 0]] += amount
    return load
