"""The cheapest routing of every commodity at given prices of capacity: what column generation asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from sim.ground.arrays import Array, IntArray


@dataclass(frozen=True)
class Demands:
    """What has to be carried; all that comes from one source is one commodity.

    Attributes
    ----------
    commodity
        [demand], number of the commodity.
    target
        [demand], number of the place.
    value
        [demand], above 0.
    source
        [commodity], number of the place.
    """

    commodity: IntArray
    target: IntArray
    value: Array
    source: IntArray

    def gathered(self, unit: Array) -> Array:
        """Return value times something per unit, [demand], summed by commodity; [commodity]."""
        total = np.zeros(len(self.source))
        np.add.at(total, self.commodity, self.value * unit)
        return total


class Routings(Protocol):
    """The routings that there are, commodity by commodity."""

    @property
    def demands(self) -> Demands:
        """Return what has to be carried."""

    def best(self, length: Array) -> tuple[Array, Array]:
        """Return cost and use of every commodity's cheapest routing.

        Parameters
        ----------
        length
            [way], at least 0, cost of a unit of flow.

        Returns
        -------
        tuple of Array
            [commodity] cost; [commodity, way] flow.
        """


@dataclass(frozen=True)
class Trees:
    """All paths of a graph: the cheapest routing of a commodity is its tree of shortest paths.

    Attributes
    ----------
    places
        How many there are.
    start, end
        [arc], numbers of places.
    way
        [arc], number of the way that it takes; −1 for one that takes none and costs nothing.
    ways
        How many there are.
    demands
        What has to be carried.

    References
    ----------
    E. W. Dijkstra (1959), Numerische Mathematik 1, doi 10.1007/BF01386390.
    """

    places: int
    start: IntArray
    end: IntArray
    way: IntArray
    ways: int
    demands: Demands

    @property
    def pair(self) -> IntArray:
        """Return the number of the pair of places that each arc joins; [arc]."""
        return self.start * self.places + self.end

    def apart(self) -> IntArray:
        """Return the demands between places that no path joins; [demand], numbers."""
        distance, _, _ = self._search(np.zeros(self.ways))
        return np.flatnonzero(np.isinf(distance[self.demands.commodity, self.demands.target]))

    def best(self, length: Array) -> tuple[Array, Array]:
        """Return cost and use of every commodity's cheapest routing; see `Routings`."""
        demands = self.demands
        distance, before, arc = self._search(length)
        cost = demands.gathered(distance[demands.commodity, demands.target])
        use = np.zeros((len(demands.source), self.ways))
        pairs = self.pair[arc]
        row, at, value = demands.commodity, demands.target, demands.value
        while len(at):  # One step of all paths at a time, from the targets back.
            on = at != demands.source[row]
            row, at, value = row[on], at[on], value[on]
            previous = before[row, at].astype(np.int64)
            way = self.way[arc[np.searchsorted(pairs, previous * self.places + at)]]
            taken = way >= 0
            np.add.at(use, (row[taken], way[taken]), value[taken])
            at = previous
        return cost, use

    def _search(self, length: Array) -> tuple[Array, IntArray, IntArray]:
        """Return distances and predecessors, [commodity, place], and the shortest arc of every pair, sorted."""
        weight, pair = np.where(self.way >= 0, length[self.way], 0.0), self.pair
        order = np.lexsort((weight, pair))
        first = np.ones(len(order), dtype=bool)
        first[1:] = np.diff(pair[order]) > 0
        arc = order[first]
        begin = np.searchsorted(self.start[arc], np.arange(self.places + 1))
        graph = sparse.csr_matrix((weight[arc], self.end[arc], begin), shape=(self.places, self.places))
        distance, before = csgraph.dijkstra(graph, indices=self.demands.source, return_predecessors=True)
        return distance, before, arc


@dataclass(frozen=True)
class Listed:
    """The paths of a list and no others.

    Attributes
    ----------
    paths
        [path, way], how often a path takes a way; the paths of a demand beside each other.
    demand
        [path], number of the demand, rising; every demand has one.
    demands
        What has to be carried.
    """

    paths: sparse.csr_matrix
    demand: IntArray
    demands: Demands

    def best(self, length: Array) -> tuple[Array, Array]:
        """Return cost and use of every commodity's cheapest routing; see `Routings`."""
        demands = self.demands
        long = self.paths @ length
        order = np.lexsort((long, self.demand))
        chosen = order[np.searchsorted(self.demand, np.arange(len(demands.value)))]
        many = len(demands.value)
        entries = (demands.value, (demands.commodity, np.arange(many)))
        gather = sparse.csr_matrix(entries, shape=(len(demands.source), many))
        return demands.gathered(long[chosen]), (gather @ self.paths[chosen]).toarray()


def layered(graph: Trees, most: IntArray) -> Trees:
    """Return a graph in which no path of a demand has more arcs than it may.

    Every place stands in layers 0 to H; an arc leads one layer down, waiting too, and a demand ends in
    the layer of its limit.

    Parameters
    ----------
    graph
        The plain graph.
    most
        [demand], arcs that a path may have; what is above the places less one is no limit.

    Returns
    -------
    Trees
        With (H + 1) times the places, H the largest limit.
    """
    places, demands = graph.places, graph.demands
    limit = np.minimum(most, max(places - 1, 1))
    layers = int(limit.max(initial=0))
    down = np.arange(layers)[:, None] * places
    stay = np.arange(places)
    start = np.concatenate([(down + graph.start).ravel(), (down + stay).ravel()])
    end = np.concatenate([(down + places + graph.end).ravel(), (down + places + stay).ravel()])
    way = np.concatenate([np.tile(graph.way, layers), np.full(layers * places, -1)])
    ends = Demands(demands.commodity, limit * places + demands.target, demands.value, demands.source)
    return Trees(places * (layers + 1), start, end, way, graph.ways, ends)
