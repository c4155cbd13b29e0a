"""What a design may buy, as numbers, and a first design by slope scaling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from sim.ground.arrays import Array, BoolArray
from sim.ground.errors import SolveError
from sim.optimise.backbone import Backbone
from sim.optimise.multicommodity import Offer, offered
from sim.optimise.routings import Trees
from sim.scenario.backbones.sndlib import Model
from sim.scenario.topology import Topology

_ROUNDS = 40
"""Rounds in which a first design is sought."""
_OPEN = 1e-7
"""Flow, in units of the largest demand, that needs no capacity."""


def worthwhile(offer: Offer) -> BoolArray:
    """Return the purchases that some design of least cost may need; [purchase].

    Not needed is one for which another of the link, or where modules may be combined two smaller ones, give as much
    for no more. (What stands in its place is smaller or cheaper, so that nothing is dropped in a circle.)

    Parameters
    ----------
    offer
        What may be bought.
    """
    keep = np.ones(len(offer.of), dtype=bool)
    for link in np.unique(offer.of):
        some = np.flatnonzero(offer.of == link)
        some = some[np.lexsort((-offer.size[some], offer.price[some]))]
        size, price = offer.size[some], offer.price[some]
        best = np.maximum.accumulate(np.append(0.0, size[:-1]))
        useless = size <= best
        if not offer.explicit:
            for place in range(len(some)):
                smaller = np.flatnonzero(size < size[place] * (1.0 - 1e-9))
                pair_size = size[smaller][:, None] + size[smaller]
                pair_price = price[smaller][:, None] + price[smaller]
                enough = (pair_size >= size[place] * (1.0 - 1e-12)) & (pair_price <= price[place] * (1.0 + 1e-12))
                useless[place] |= bool(enough.any())
        keep[some] = ~useless
    return keep


class Purchases:
    """What may be bought on the links of a backbone; flow and capacity in units of the largest demand.

    Attributes
    ----------
    offer, kept, count
        What is worth buying; [purchase], its numbers among all that may be bought, and how many those are.
    network, trees
        Ways and demands; the arcs that they may take.
    whole
        Whether purchases come in whole numbers.
    size, price
        [purchase], scaled capacity; cost, with the charge of the link where one capacity is chosen.
    there
        [link], scaled capacity that is there.
    charged
        Links whose use is charged apart from what is bought, numbers.
    total
        All demands together, scaled.
    """

    def __init__(self, topology: Topology, model: Model) -> None:
        """Read what may be bought.

        Parameters
        ----------
        topology
            A network of SNDlib.
        model
            What the design may do.
        """
        everything = offered(topology, model)
        self.count = len(everything.of)
        self.kept = np.flatnonzero(worthwhile(everything))
        self.offer: Offer = replace(
            everything,
            of=everything.of[self.kept],
            size=everything.size[self.kept],
            price=everything.price[self.kept],
        )
        self.network = Backbone(topology, model.values["LINK_MODEL"])
        routings = self.network.routings(self.offer.usable, model.values)
        assert isinstance(routings, Trees)
        self.trees = routings
        self.whole = model.values["LINK_CAPACITY_MODEL"] != "LINEAR_LINK_CAPACITIES"
        self.size, self.there = self.offer.size / self.network.unit, self.offer.there / self.network.unit
        self.price = self.offer.price + (self.offer.charge[self.offer.of] if self.offer.explicit else 0.0)
        self.charged = np.flatnonzero(self.offer.charge > 0.0) if not self.offer.explicit else np.zeros(0, np.int64)
        self.total = float(self.network.demands.value.sum())

    def first(self) -> tuple[float, Array]:
        """Return cost and purchases, [purchase], of the cheapest design of slope scaling."""
        offer, network = self.offer, self.network
        largest = np.zeros(len(offer.there))
        np.maximum.at(largest, offer.of, offer.size)
        room = offer.there + np.where(largest > 0.0, largest if offer.explicit else network.unit * self.total, 0.0)
        none, nothing = sparse.csc_matrix((0, 1)), sparse.csc_matrix((len(room), 1))
        slope = self._slope(np.full(len(room), self.total / max(len(room), 1)))
        best: tuple[float, Array] | None = None
        for _ in range(_ROUNDS):
            found = network.least_cost(self.trees, room, slope, nothing, np.zeros(1), none, slope)
            used = self.used(found.load / network.unit)
            number = self._cheapest(used)
            cost = self._cost(number, found.load)
            if best is None or cost < best[0] * (1.0 - 1e-12):
                best = cost, number
            again = self._slope(used)
            if np.allclose(again, slope, rtol=1e-9):
                break
            slope = again
        assert best is not None
        return best[0] + offer.paid, best[1]

    def used(self, load: Array) -> Array:
        """Return the flow that every link needs capacity for; [link], scaled."""
        rows = np.bincount(self.network.row, load, minlength=self.network.copies * self.network.count)
        return np.asarray(rows.reshape(self.network.copies, -1).max(axis=0))

    def _cheapest(self, used: Array) -> Array:
        """Return the purchases of least cost that carry a flow on every link; [purchase]."""
        short = np.maximum(used - self.there, 0.0)
        short[short < _OPEN] = 0.0
        gain = self.offer.gain / self.network.unit
        limits = [LinearConstraint(gain, short * (1.0 - 1e-12), np.inf)]
        if self.offer.explicit:
            limits.append(LinearConstraint(gain.sign(), -np.inf, 1.0))
        found = milp(
            self.price, constraints=limits, integrality=np.full(len(self.price), self.whole), bounds=Bounds(0, np.inf)
        )
        if found.x is None:
            raise SolveError(f"network design: no purchase carries a flow that its links may get: {found.message}")
        return np.asarray(np.round(found.x) if self.whole else found.x)

    def _cost(self, number: Array, load: Array) -> float:
        """Return the cost of purchases and of a flow, [way]."""
        opened = self.used(load / self.network.unit)[self.charged] > _OPEN
        carried = float(np.tile(self.offer.cost, 2) @ load)
        return float(self.price @ number + self.offer.charge[self.charged] @ opened) + carried

    def _slope(self, used: Array) -> Array:
        """Return what a unit of flow costs on every link in the design that carries a flow; [link].

        A link that is not used keeps the price of the least that it could be used for.
        """
        least = np.maximum(used, self.total / (20.0 * max(len(used), 1)))
        number = self._cheapest(np.minimum(least, self._most()))
        paid = np.zeros(len(used))
        np.add.at(paid, self.offer.of, self.price * number)
        paid[self.charged] += self.offer.charge[self.charged]
        return np.asarray(self.offer.cost + paid / (least * self.network.unit))

    def _most(self) -> Array:
        """Return the most capacity that every link may get; [link], scaled."""
        most = np.zeros(len(self.there))
        if self.offer.explicit:
            np.maximum.at(most, self.offer.of, self.size)
        else:
            most[self.offer.of] = np.inf
        return most + self.there
