"""What is in service: shares of pools and links, as causes come and go, and what that leaves for jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.engine.loop import Loop
from sim.ground.arrays import Array, BoolArray, IntArray


@dataclass(frozen=True, eq=False)
class Loss:
    """A cause for which a share of the capacity in service is lost; several multiply.

    Attributes
    ----------
    pools
        [centre, pool], which capacity it meets.
    links
        [link], which directed links it meets.
    share
        Share that is lost, 0–1.
    """

    pools: BoolArray
    links: BoolArray
    share: float


class Past(NamedTuple):
    """What an epoch was like in the mean of its time.

    Attributes
    ----------
    pools
        [centre, pool], share of the capacity that was in service.
    links
        [link], likewise.
    kept
        [centre, pool], share of what was reserved that could be kept.
    """

    pools: Array
    links: Array
    kept: Array


class World:
    """Pools and links, the causes that take them out of service, and what is reserved on them.

    Parameters
    ----------
    loop
        Where jobs run; told of every change.
    units
        [centre, pool], installed units; 0 where there is none.
    number
        [centre, pool], number of the loop's pool, −1 where there is none.
    standing
        [centre, pool], share in service where nothing takes it out.
    bandwidth
        [link], bit/s, installed.
    move
        Whether killed jobs are dispatched anew.
    roads
        Whether jobs use the links.

    Attributes
    ----------
    pools, links
        [centre, pool] and [link], share in service now.
    kept
        [centre, pool], units of those reserved that are in service now.
    """

    def __init__(
        self,
        loop: Loop,
        units: IntArray,
        number: IntArray,
        standing: Array,
        bandwidth: Array,
        *,
        move: bool,
        roads: bool,
    ) -> None:
        self._loop, self._units, self._number, self._move = loop, units, number, move
        self._roads = roads
        self._standing, self._bandwidth = standing, bandwidth
        self.pools, self.links = standing.copy(), np.ones(len(bandwidth))
        # Where the numbered pools stand in [centre, pool], and what may be hoped for there.
        self._flat = np.argsort(number, axis=None, kind="stable")[int((number < 0).sum()) :]
        self._up = np.floor(units * standing + 1e-6).astype(np.int64)
        self._size = self._up.ravel()[self._flat]
        self._losses: dict[Loss, None] = {}
        self._notices: dict[Loss, None] = {}
        self._reserved = np.zeros(units.shape, dtype=np.int64)
        self.kept = self._reserved.copy()
        self._fluid = np.zeros(len(bandwidth))
        self._since = loop.now
        self._sums = Past(np.zeros(units.shape), np.zeros(len(bandwidth)), np.zeros(units.shape))
        self._begun = loop.now

    def notice(self, loss: Loss) -> None:
        """Let nobody start any more on what will be lost; who runs there goes on."""
        self._notices[loss] = None
        self._tell()

    def lose(self, loss: Loss) -> None:
        """Take a share out of service, and kill whom chance hits among the jobs that no longer fit."""
        self._accrue()
        self._losses[loss] = None
        self._notices.pop(loss, None)
        self._renew(loss)

    def restore(self, loss: Loss) -> None:
        """Put a share back into service."""
        self._accrue()
        del self._losses[loss]
        self._renew(loss)

    def reserve(self, units: IntArray, traffic: Array) -> None:
        """Set what does not wait for jobs from now on; jobs that no longer fit are suspended and lose nothing.

        Parameters
        ----------
        units
            [centre, pool], units of pools.
        traffic
            [link], bit/s.
        """
        self._accrue()
        self._reserved[:], self._fluid[:] = units, traffic
        self._tell(links=True)

    def take(self) -> Past:
        """Return what it was like since this was last asked for."""
        if self._since == self._begun:
            # Nothing has changed in the whole time.
            self._since = self._begun = self._loop.now
            return Past(self.pools.copy(), self.links.copy(), self._kept_share())
        self._accrue()
        span = self._since - self._begun
        past = Past(*(total / span for total in self._sums))
        self._begun = self._since
        for total in self._sums:
            total[:] = 0.0
        return past

    def _accrue(self) -> None:
        span = self._loop.now - self._since
        if span > 0:
            self._since = self._loop.now
            self._sums.pools[:] += span * self.pools
            self._sums.links[:] += span * self.links
            self._sums.kept[:] += span * self._kept_share()

    def _kept_share(self) -> Array:
        return np.divide(self.kept, self._reserved, out=np.ones(self.kept.shape), where=self._reserved > 0)

    def _renew(self, loss: Loss) -> None:
        """Find the shares of what a cause meets anew, from all causes: no rounding is left behind by one that goes."""
        pools = self._standing[loss.pools]
        links = np.ones(int(loss.links.sum()))
        for other in self._losses:
            pools = pools * np.where(other.pools[loss.pools], 1.0 - other.share, 1.0)
            links = links * np.where(other.links[loss.links], 1.0 - other.share, 1.0)
        self.pools[loss.pools], self.links[loss.links] = pools, links
        self._up = np.floor(self._units * self.pools + 1e-6).astype(np.int64)
        met = self._number[loss.pools]
        self._tell(links=bool(loss.links.any()), met=met[met >= 0])

    def _tell(self, links: bool = False, met: IntArray | None = None) -> None:
        self.kept = np.minimum(self._reserved, self._up)
        room = self._up - self.kept
        start = room
        for loss in self._notices:
            start = np.where(loss.pools, np.minimum(start, np.floor(room * (1.0 - loss.share))), start).astype(np.int64)
        self._loop.set_capacities(
            start.ravel()[self._flat], room.ravel()[self._flat], self._size, failed=met, move=self._move
        )  # fmt: skip
        if links and self._roads:
            self._loop.set_links(np.maximum(self._bandwidth * self.links - self._fluid, 0.0))
