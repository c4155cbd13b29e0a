"""What a public backbone costs at least, and how full it must be: linear bounds of its own data."""

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
from sim.scenario.backbones.sndlib import Model
from sim.scenario.topology import Demand, Link, Module, Topology

MOST_CELLS = 20_000_000
"""Sources times ways, or times places, for which memory is taken."""
COVERED = {
    "NODE_MODEL": ("NO_NODE_HARDWARE",),
    "ROUTING_MODEL": ("CONTINUOUS", "INTEGER", "SINGLE_PATH"),
    "SURVIVABILITY_MODEL": ("NO_SURVIVABILITY",),
}
"""Properties of which the bound covers some values only."""


def design_bound(topology: Topology, model: Model) -> Routing:
    """Return the linear bound of a network design: its least cost where modules may be bought in part.

    ::

        min  Σ_e Σ_m k_em y_em + Σ_e r_e f_e + Σ_e c_e z_e
        s.t. f carries every demand,  f_e ≤ p_e + Σ_m C_em y_em  on every link e,  y ≥ 0

    with f_e the flow of both directions (UNDIRECTED), of each (BIDIRECTED), or from source to target only
    (DIRECTED); Σ_m y_em ≤ 1 for EXPLICIT capacities, the smallest module alone for SINGLE_MODULAR ones. The
    charge c_e is the setup cost, where the model has it, and the cost of pre-installed capacity. z_e is 1
    where capacity is pre-installed, Σ_m y_em for explicit capacities, else the flow over the sum of all
    demands: the weakest tie between the two, so the bound holds, but a finer tie would lift it. INTEGER and
    SINGLE_PATH routing have the relaxation of CONTINUOUS. Lists of paths and limits of hops are kept.

    Parameters
    ----------
    topology
        A network of SNDlib.
    model
        What the design may do.

    Returns
    -------
    Routing
        Value in the file's unit of cost; load by way, all links from source to target, then all back.

    Raises
    ------
    ScenarioError
        Where the model asks for what the bound does not cover, or the demands cannot be carried.
    SolveError
        Where the solver fails.

    References
    ----------
    S. Orlowski, R. Wessäly, M. Pióro, A. Tomaszewski (2010), "SNDlib 1.0: Survivable Network Design
    Library", Networks 55(3), doi 10.1002/net.20371.
    """
    _refuse(model)
    values, links = model.values, topology.links
    explicit = values["LINK_CAPACITY_MODEL"] == "EXPLICIT_LINK_CAPACITIES"
    charged = values["FIXED_CHARGE_MODEL"] == "YES"
    there = np.array([link.capacity or 0.0 for link in links])
    charge = np.array([link.capacity_cost + (link.setup_cost if charged else 0.0) for link in links])
    sold = [(e, module) for e, link in enumerate(links) for module in _modules(link, values["LINK_CAPACITY_MODEL"])]
    of = np.array([e for e, _ in sold], dtype=np.int64)
    size = np.array([module.capacity for _, module in sold])
    price = np.array([module.cost for _, module in sold])
    total = sum(demand.value for demand in _carried(topology)) or 1.0
    unmet = np.where(there > 0.0, 0.0, charge)
    price = price + unmet[of] if explicit else price
    cost = np.array([link.routing_cost for link in links]) + (0.0 if explicit else unmet / total)
    usable = there > 0.0
    usable[of] = True
    rate = np.where(there > 0.0, 0.0, np.inf)
    np.minimum.at(rate, of, price / size)
    network = _Network(topology, values["LINK_MODEL"])
    routings = network.routings(usable, values)
    gain = sparse.csc_matrix((size, (of, np.arange(len(of)))), shape=(len(links), len(of)))
    choice = gain.sign() if explicit else sparse.csc_matrix((0, len(of)))
    found = network.least_cost(routings, there, cost, gain, price, choice, cost + np.where(usable, rate, 0.0))
    constant = float(charge[there > 0.0].sum())
    return replace(found, value=found.value + constant, proven=found.proven + constant)


def least_utilisation(topology: Topology, link_model: str) -> Routing:
    """Return how full the fullest link must be: the least u at which the demands can be carried.

    ::

        min u   s.t.  f carries every demand,  f_e ≤ u p_e  on every link e

    1 / u is the maximum concurrent flow: the factor by which all demands can grow together.

    Parameters
    ----------
    topology
        With demands, and the capacity of every link.
    link_model
        ``UNDIRECTED`` (both directions share a link's capacity), ``BIDIRECTED`` (each has it) or
        ``DIRECTED`` (a link leads from source to target only).

    Returns
    -------
    Routing
        Value u, a share of capacity; load by way, all links from source to target, then all back.

    Raises
    ------
    ScenarioError
        Where no path with capacity joins the ends of a demand.
    SolveError
        Where the solver fails.

    References
    ----------
    F. Shahrokhi, D. W. Matula (1990), "The Maximum Concurrent Flow Problem", Journal of the ACM 37(2),
    doi 10.1145/77600.77620.
    """
    capacity = np.array([link.capacity or 0.0 for link in topology.links])
    network, usable = _Network(topology, link_model), capacity > 0.0
    routings = network.routings(usable, {})
    zero, none = np.zeros_like(capacity), sparse.csc_matrix((0, 1))
    guess = np.divide(1.0, capacity, out=np.zeros_like(capacity), where=usable)
    return network.least_cost(routings, zero, zero, sparse.csc_matrix(capacity[:, None]), np.ones(1), none, guess)


def _refuse(model: Model) -> None:
    for key, covered in COVERED.items():
        value = model.values[key]
        if value not in covered:
            text = f"{key} is {value}, which this linear bound does not cover; it covers {', '.join(covered)}"
            raise ScenarioError(text, model.origin(key))
    if model.values["DEMAND_MODEL"] == "UNDIRECTED" and model.values["LINK_MODEL"] != "UNDIRECTED":
        text = (
            f"LINK_MODEL is {model.values['LINK_MODEL']}, but demands without direction need UNDIRECTED links; "
            "or write DEMAND_MODEL = DIRECTED"
        )
        raise ScenarioError(text, model.origin("LINK_MODEL"))


def _modules(link: Link, capacity_model: str) -> list[Module]:
    """Return the modules that may be bought; one without capacity never helps."""
    modules = [module for module in link.modules if module.capacity > 0.0]
    if capacity_model == "SINGLE_MODULAR_CAPACITIES":
        return sorted(modules, key=lambda module: module.capacity)[:1]
    return modules


def _carried(topology: Topology) -> list[Demand]:
    """Return the demands that use the network."""
    return [demand for demand in topology.demands if demand.value > 0.0 and demand.source != demand.target]


class _Network:
    """A topology as numbers: link e is way e from source to target, way E + e back."""

    def __init__(self, topology: Topology, link_model: str) -> None:
        self.topology, self.count = topology, len(topology.links)
        number = {node.id: place for place, node in enumerate(topology.nodes)}
        self.source = np.array([number[link.source] for link in topology.links], dtype=np.int64)
        self.target = np.array([number[link.target] for link in topology.links], dtype=np.int64)
        self.back = link_model != "DIRECTED"
        self.copies = 2 if link_model == "BIDIRECTED" else 1
        self.row = np.arange(2 * self.count) % max(self.copies * self.count, 1)
        self.carried = _carried(topology)
        sources = [number[demand.source] for demand in self.carried]
        origin, commodity = np.unique(np.array(sources, dtype=np.int64), return_inverse=True)
        value = np.array([demand.value for demand in self.carried])
        self.unit = _power(float(value.max(initial=0.0)))
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
        money = _power(float(max(price.max(initial=0.0), cost.max(initial=0.0) * unit)))
        offered = Capacity(
            self.row, np.tile(there / unit, self.copies), np.tile(cost * unit / money, 2),
            sparse.vstack([gain / unit] * self.copies, format="csc"), price / money, choice,
        )  # fmt: skip
        found = least_cost(routings, offered, np.tile(length * unit / money, 2))
        if found is None:
            text = "the links cannot carry the demands, not even with all the capacity that they may get"
            raise ScenarioError(text, self.topology.origin())
        return replace(found, value=found.value * money, proven=found.proven * money, load=found.load * unit)


def _power(value: float) -> float:
    """Return the power of 2 nearest to a value, 1 for 0: dividing by it loses no digit."""
    return 2.0 ** round(log2(value)) if value > 0.0 else 1.0
