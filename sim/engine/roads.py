"""Roads: what data travel on, as the drivers of the compiled functions see it, and the books of the links."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine import carriage, freight
from sim.engine.caller import Caller
from sim.engine.flows import Carries, check_links
from sim.ground.arrays import Array, IntArray
from sim.ground.errors import InvariantError
from sim.workloads.jobs import TICK


class Roads(NamedTuple):
    """Routes between regions and pools, over links that all of them share.

    Attributes
    ----------
    way
        [region, pool, 2], the route by which data come from a region to a pool, and the one by which results go
        back, numbers; −1 where nothing needs a link, and is there at once.
    hop
        [route, path, hop], numbers of the links of each path, −1 behind the last; best path first. A route takes
        the first of its paths on which no link is cut, and waits where there is none.
    delay
        [route, path], s, one way; inf where there is no such path.
    capacity
        [link], bit/s, at the beginning; 0 is a cut link.
    cap
        [route] or one for all, bit/s: what one transfer can take.
    quantum
        Ticks; 0 is exact (sim.engine.transfers).
    """

    way: IntArray
    hop: IntArray
    delay: Array
    capacity: Array
    cap: Array | float
    quantum: int = 0


class LinkBooks:
    """What links have carried, through every change of their capacities.

    Parameters
    ----------
    links
        How many there are.
    """

    def __init__(self, links: int) -> None:
        self._carried = np.zeros(links)
        self._call = Caller()

    def set_links(self, tables: Carries, capacity: Array, now: int) -> None:
        """Give the links other capacities from now on.

        Parameters
        ----------
        tables
            Of the transfers.
        capacity
            [link], bit/s, to the nearest; 0 is a cut link.
        now
            Ticks.

        Raises
        ------
        ValueError
            Where one is below 0 or not below 2⁵³, or there are not as many as links.
        """
        check_links(capacity, len(self._carried))
        self._call(carriage.set_links, tables, np.rint(capacity).astype(np.int64), self._carried, now)

    def close(self, tables: Carries, now: int) -> Array:
        """Return what the links have carried since the books were last closed; [link], bit.

        Parameters
        ----------
        tables
            Of the transfers.
        now
            Ticks.

        Raises
        ------
        InvariantError
            Where bits were lost or made, or a link carries more than it can.
        """
        what, where = self._call(freight.close_books, tables, self._carried, now)
        if what != freight.BALANCED:
            told = f"{now / TICK:.6f} s: {_WRONG[what].format(where)}"
            raise InvariantError(f"{told}; this is a bug of suanwang, please report it")
        carried, self._carried = self._carried, np.zeros_like(self._carried)
        if tables.wire[0]["quantum"] > 0:
            tables.wire["due"] = now
        return carried


_WRONG = {
    freight.BITS: "route {} has lost or made bits",
    freight.FLOWS: "link {} has lost count of its flows",
    freight.LOAD: "link {} carries more than it can",
}
