"""A public backbone as numbers: what its demands may take, and the least cost at which they take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log2

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import ScenarioError
from sim.optimise.columns import Capacity, Routing, least_cost
from sim.optimise.routings import Demands, Listed, Routings, Trees, layered
from sim.scenario.topology import Demand, Topology

MOST_CELLS = 20_000_000
"""Sources times ways, or times places, for which memory is taken."""


def carried(topology: Topology) -> list[Demand]:
    """Return the demands that use the network."""
    return [demand for demand in topology.demands if demand.value > 0.0 and demand.source != demand.target]


class Backbone:
    """A topology as numbers: link e is way e from source to target, way E + e back."""

    def __init__(self, topology: Topology, link_model: str) -> None:
        """Give places, ways and demands their numbers.

        Parameters
        ----------
        topology
            With demands.
        link_model
            ``UNDIRECTED``, ``BIDIRECTED`` or ``DIRECTED``.
        """
        self.topology, self.count = topology, len(topology.links)
        number = {node.id: place for place, node in enumerate(topology.nodes)}
        self.source = np.array([number[link.source] for link in topology.links], dtype=np.int64)
        self.target = np.array([number[link.target] for link in topology.links], dtype=np.int64)
        self.back = link_model != "DIRECTED"
        self.copies = 2 if link_model == "BIDIRECTED" else 1
        self.row = np.arange(2 * self.count) % max(self.copies * self.count, 1)
        self.carried = carried(topology)
        sources = [number[demand.source] for demand in self.carried]
        origin, commodity = np.unique(np.array(sources, dtype=np.int64), return_inverse=True)
        value = np.array([demand.value for demand in self.carried])
        self.unit = power_of_two(float(value.max(initial=0.0)))
        target = np.array([number[demand.target] for demand in self.carried], dtype=np.int64)
        self.demands = Demands(commodity, target, value / self.unit, origin)
        self._small(len(origin) * 2 * self.count, f"{len(origin):,} sources on {self.count:,} links")

    def _small(self, cells: int, what: str) -> None:
        if cells > MOST_CELLS:
            needed, most = cells * 8 / 1e9, MOST_CELLS * 8 / 1e9
            text = f"{what} need about {needed:.1f} GB in one piece; at most {most:.2f} are taken"
            raise ScenarioError(text, self.topology.origin())

    def routings(self, usable: NDArray[np.bool_], values: Mapping[str, str]) -> Routings:
        """Return what the demands may take: paths of usable links, of a list, of limited length.

        Parameters
        ----------
        usable
            [link], whether it has or may get capacity.
        values
            Of a model; empty for any path.
        """
        demands = self.demands
        limited = values.get("HOP_LIMIT_MODEL") == "INDIVIDUAL_HOP_LIMITS"
        most = np.array([d.most_hops if limited and d.most_hops else 2**31 for d in self.carried], dtype=np.int64)
        if values.get("ADMISSIBLE_PATH_MODEL") == "EXPLICIT_LIST":
            return self._listed(most)
        way = np.flatnonzero(usable)
        way = np.concatenate([way, way + self.count]) if self.back else way
        start, end = np.concatenate([self.source, self.target]), np.concatenate([self.target, self.source])
        trees = Trees(len(self.topology.nodes), start[way], end[way], way, 2 * self.count, demands)
        self._joined(trees, "path with capacity")
        if limited:
            layers = int(np.minimum(most, trees.places).max(initial=0)) + 1
            self._small(len(demands.source) * trees.places * layers, f"limits of hops on {trees.places:,} nodes")
            trees = layered(trees, most)
            self._joined(trees, "path with capacity and within its limit of hops")
        return trees

    def _joined(self, trees: Trees, what: str) -> None:
        apart = trees.apart()
        if len(apart):
            demand = self.carried[int(apart[0])]
            text = f"no {what} leads from '{demand.source}' to '{demand.target}', which the demand '{demand.id}' needs"
            raise ScenarioError(text, self.topology.origin(demand.line))

    def _listed(self, most: IntArray) -> Listed:
        """Return the listed paths that are no longer than `most`, [demand]."""
        place = {link.id: e for e, link in enumerate(self.topology.links)}
        entries: list[tuple[int, int]] = []
        owner: list[int] = []
        for number, demand in enumerate(self.carried):
            paths = [path for path in demand.paths if len(path) <= most[number]]
            if not paths:
                text = (
                    f"the demand '{demand.id}' has no admissible path{' within its limit of hops' * bool(demand.paths)}"
                )
                raise ScenarioError(text, self.topology.origin(demand.line))
            for path in paths:
                entries += [(len(owner), way) for way in self._walked(demand, [place[link] for link in path])]
                owner.append(number)
        row, way = np.array(entries, dtype=np.int64).reshape(-1, 2).T
        shape = (len(owner), 2 * self.count)
        return Listed(sparse.csr_matrix((np.ones(len(row)), (row, way)), shape=shape), np.array(owner), self.demands)

    def _walked(self, demand: Demand, path: list[int]) -> list[int]:
        """Return the ways of a path of links, walked from the demand's source."""
        nodes, at, ways = self.topology.nodes, demand.source, []
        for e in path:
            ahead = nodes[self.source[e]].id == at
            if not ahead and not self.back:
                text = (
                    f"a path of the demand '{demand.id}' takes the link '{self.topology.links[e].id}' against its way"
                )
                raise ScenarioError(text, self.topology.origin(demand.line))
            ways.append(e if ahead else e + self.count)
            at = nodes[(self.target if ahead else self.source)[e]].id
        return ways

    def least_cost(
        self, routings: Routings, there: Array, cost: Array, gain: sparse.csc_matrix, price: Array,
        choice: sparse.csc_matrix, length: Array,
    ) -> Routing:  # fmt: skip
        """Return the least cost in the file's units; flows and costs are solved in units near 1.

        Parameters
        ----------
        there, cost, length
            [link], capacity that is there; cost of a unit of flow, and a first guess of it with capacity.
        gain, price
            [link, purchase], capacity of a purchase; [purchase], its cost.
        choice
            [choice, purchase], as in `Capacity`.
        """
        if not self.carried:
            return Routing(0.0, 0.0, np.zeros(2 * self.count), 0, 0)
        unit = self.unit
        money = power_of_two(float(max(price.max(initial=0.0), cost.max(initial=0.0) * unit)))
        offered = Capacity(
            self.row, np.tile(there / unit, self.copies), np.tile(cost * unit / money, 2),
            sparse.vstack([gain / unit] * self.copies, format="csc"), price / money, choice,
        )  # fmt: skip
        found = least_cost(routings, offered, np.tile(length * unit / money, 2))
        if found is None:
            text = "the links cannot carry the demands, not even with all the capacity that they may get"
            raise ScenarioError(text, self.topology.origin())
        return replace(found, value=found.value * money, proven=found.proven * money, load=found.load * unit)


def power_of_two(value: float) -> float:
    """Return the power of 2 nearest to a value, 1 for 0: dividing by it loses no digit."""
    return 2.0 ** round(log2(value)) if value > 0.0 else 1.0
