"""What is in service: shares of pools and links, as causes come and go, and what that leaves for jobs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.engine.loop import Loop
from sim.engine.reserved import divide
from sim.ground.arrays import Array, BoolArray, IntArray

_NONE = np.zeros(0, dtype=np.int64)


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

    @cached_property
    def pools_left(self) -> Array | None:
        """Return the share that is left of every pool; [centre, pool], None where it meets none."""
        return np.where(self.pools, 1.0 - self.share, 1.0) if self.pools.any() else None

    @cached_property
    def links_left(self) -> Array | None:
        """Return the share that is left of every link; [link], None where it meets none."""
        return np.where(self.links, 1.0 - self.share, 1.0) if self.links.any() else None


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
        [centre, pool] and [link], share in service now; another array where it is another share.
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
        self._up = np.floor(units * standing + 1e-6).astype(np.int64)
        # What may be hoped for, by number.
        self._size = np.zeros(int(number.max()) + 1, dtype=np.int64)
        self._size[number[number >= 0]] = self._up[number >= 0]
        self._losses: dict[Loss, None] = {}
        self._notices: dict[Loss, None] = {}
        self._reserved = np.zeros(units.shape, dtype=np.int64)
        self.kept, self._share, self._may_start = self._reserved.copy(), np.ones(units.shape), np.ones(units.shape)
        self._room, self._start = np.zeros((2, len(self._size)), dtype=np.int64)
        self._fluid = np.zeros(len(bandwidth))
        self._since = loop.now
        self._sums = Past(np.zeros(units.shape), np.zeros(len(bandwidth)), np.zeros(units.shape))
        self._begun = loop.now

    def notice(self, loss: Loss) -> None:
        """Let nobody start any more on what will be lost; who runs there goes on."""
        self._notices[loss] = None
        self._heed()
        self._tell_pools()

    def lose(self, loss: Loss) -> None:
        """Take a share out of service, and kill whom chance hits among the jobs that no longer fit."""
        self._accrue()
        self._losses[loss] = None
        if loss in self._notices:
            del self._notices[loss]
            self._heed()
        self._renew(loss)

    def restore(self, loss: Loss) -> None:
        """Put a share back into service."""
        self._accrue()
        del self._losses[loss]
        self._renew(loss)

    def reserve(self, units: IntArray, traffic: Array | None = None) -> None:
        """Set what does not wait for jobs from now on; jobs that no longer fit are suspended and lose nothing.

        Parameters
        ----------
        units
            [centre, pool], units of pools.
        traffic
            [link], bit/s; not asked for where jobs use no links.
        """
        self._accrue()
        self._reserved[:] = units
        self._tell_pools()
        if traffic is not None:
            self._fluid[:] = traffic
            self._tell_links()

    def take(self) -> Past:
        """Return what it was like since this was last asked for."""
        if self._since == self._begun:
            # Nothing has changed in the whole time.
            self._since = self._begun = self._loop.now
            return Past(self.pools, self.links, self._share)
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
            self._since += span
            self._sums.pools[:] += span * self.pools
            self._sums.links[:] += span * self.links
            self._sums.kept[:] += span * self._share

    def _renew(self, loss: Loss) -> None:
        """Find the shares of what a cause meets anew, from all causes: no rounding is left behind by one that goes."""
        if loss.pools_left is not None:
            self.pools = self._standing.copy()
            for other in self._losses:
                if other.pools_left is not None:
                    self.pools *= other.pools_left
            self._up = np.floor(self._units * self.pools + 1e-6).astype(np.int64)
            met = self._number[loss.pools]
            self._tell_pools(met[met >= 0])
        if loss.links_left is not None:
            self.links = np.ones(len(self.links))
            for other in self._losses:
                if other.links_left is not None:
                    self.links *= other.links_left
            self._tell_links()

    def _heed(self) -> None:
        """Find in which share of the room jobs may still start."""
        self._may_start.fill(1.0)
        for loss in self._notices:
            np.minimum(self._may_start, 1.0 - loss.share, out=self._may_start, where=loss.pools)

    def _tell_pools(self, met: IntArray = _NONE) -> None:
        divide(
            self._up, self._reserved, self._may_start, self._number, self.kept, self._share, self._room, self._start
        )  # fmt: skip
        self._loop.set_capacities(self._start, self._room, self._size, failed=met, move=self._move)

    def _tell_links(self) -> None:
        if self._roads:
            self._loop.set_links(np.maximum(self._bandwidth * self.links - self._fluid, 0.0))
