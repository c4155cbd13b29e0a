"""What a public backbone costs at least, and how full it must be: linear bounds of its own data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.errors import ScenarioError
from sim.optimise.backbone import Backbone, carried
from sim.optimise.columns import Routing
from sim.scenario.backbones.sndlib import Model
from sim.scenario.topology import Link, Module, Topology

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
    offer = offered(topology, model)
    network = Backbone(topology, model.values["LINK_MODEL"])
    routings = network.routings(offer.usable, model.values)
    total = sum(demand.value for demand in carried(topology)) or 1.0
    cost = offer.cost + (0.0 if offer.explicit else offer.charge / total)
    price = offer.price + offer.charge[offer.of] if offer.explicit else offer.price
    rate = np.where(offer.there > 0.0, 0.0, np.inf)
    np.minimum.at(rate, offer.of, price / offer.size)
    choice = offer.gain.sign() if offer.explicit else sparse.csc_matrix((0, len(offer.of)))
    guess = cost + np.where(offer.usable, rate, 0.0)
    found = network.least_cost(routings, offer.there, cost, offer.gain, price, choice, guess)
    return replace(found, value=found.value + offer.paid, proven=found.proven + offer.paid)


@dataclass(frozen=True)
class Offer:
    """What a design may buy.

    Attributes
    ----------
    of, size, price
        [purchase], its link, capacity and cost.
    there, cost
        [link], capacity that is there, cost of a unit of flow.
    charge
        [link], what the use of a link costs that has no capacity yet; 0 for one that has.
    paid
        The charges of links that have capacity: they are paid in any design.
    explicit
        Whether at most one capacity may be bought on a link.
    """

    of: IntArray
    size: Array
    price: Array
    there: Array
    cost: Array
    charge: Array
    paid: float
    explicit: bool

    @property
    def usable(self) -> BoolArray:
        """Return which links have or may get capacity; [link]."""
        usable = self.there > 0.0
        usable[self.of] = True
        return usable

    @property
    def gain(self) -> sparse.csc_matrix:
        """Return the capacity of every purchase; [link, purchase]."""
        shape = (len(self.there), len(self.of))
        return sparse.csc_matrix((self.size, (self.of, np.arange(len(self.of)))), shape=shape)


def offered(topology: Topology, model: Model) -> Offer:
    """Return what a design may buy.

    Raises
    ------
    ScenarioError
        Where the model asks for what is not covered.
    """
    _refuse(model)
    values, links = model.values, topology.links
    charged = values["FIXED_CHARGE_MODEL"] == "YES"
    there = np.array([link.capacity or 0.0 for link in links])
    charge = np.array([link.capacity_cost + (link.setup_cost if charged else 0.0) for link in links])
    sold = [(e, module) for e, link in enumerate(links) for module in _modules(link, values["LINK_CAPACITY_MODEL"])]
    return Offer(
        of=np.array([e for e, _ in sold], dtype=np.int64),
        size=np.array([module.capacity for _, module in sold]),
        price=np.array([module.cost for _, module in sold]),
        there=there,
        cost=np.array([link.routing_cost for link in links]),
        charge=np.where(there > 0.0, 0.0, charge),
        paid=float(charge[there > 0.0].sum()),
        explicit=values["LINK_CAPACITY_MODEL"] == "EXPLICIT_LINK_CAPACITIES",
    )


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
    network, usable = Backbone(topology, link_model), capacity > 0.0
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
