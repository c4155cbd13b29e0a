"""Transfers alone: flows that open, share the links of a backbone max-min fairly, and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.engine import carriage
from sim.engine.compiled import entry
from sim.engine.flows import ALONE, COMING, ENDED, ENDED_FULL, FLOWS_FULL, Tables, fresh, more_flows
from sim.engine.roads import LinkBooks
from sim.engine.state import ENOUGH, NEVER, Records
from sim.ground.arrays import Array, IntArray


class Transfers:
    """Flows, links, and the time that passes over them.

    At every instant the rates are max-min fair under the flows' caps, or, with a quantum, were so when they were last
    shared. A flow of b bits ends at the whole tick that is nearest to the instant at which the integral of its rate
    is b, and later than it opened; its last bit arrives one delay of its path later.

    Parameters
    ----------
    hop
        [route, path, hop], numbers of the links of each path from its beginning, −1 behind the last; best path
        first. A route takes the first of its paths on which no link is cut, and waits where there is none. A path
        without links shares nothing.
    delay
        [route, path], s, one way; inf where there is no such path.
    capacity
        [link], bit/s, to the nearest; 0 is a cut link.
    cap
        [route] or one for all, bit/s, to the nearest: what one flow can take.
    quantum
        Ticks. 0: rates change at the instant at which a flow opens or ends. Else tight links are shared anew at
        multiples of the quantum only, and when a link changes or the books are closed; until then the rates
        stand, and a route that wakes takes what the full links on its path gave last.
    room
        Flows that there is room for at first; the tables grow.

    Notes
    -----
    A quantum is for other sizes than the nation's: on the national backbone a minute saves at most a third of 2.5 µs
    a flow (benchmarks/cases/engine_transfers.py). Single transfer times are then off by some per cent on average and
    one in a hundred by half, without much bias; a link may run over for a quantum, when routes wake on it.
    """

    def __init__(
        self, hop: IntArray, delay: Array, capacity: Array, cap: Array | float, *, quantum: int = 0, room: int = 1024
    ) -> None:
        self.state = Tables(
            **fresh(hop, delay, capacity, cap, quantum, room),
            coming=np.zeros(0, dtype=COMING), ended=np.zeros(room, dtype=ENDED), alone=np.zeros(1, dtype=ALONE),
        )  # fmt: skip
        self._books = LinkBooks(len(capacity))

    @property
    def now(self) -> int:
        """Ticks since the run began; what ends at this instant has ended."""
        return int(self.state.alone[0]["now"])

    def open(self, route: int, bits: float, whose: int = 0) -> int:
        """Let a flow begin now.

        Parameters
        ----------
        route
            Its route.
        bits
            What it has to carry, > 0.
        whose
            What the caller knows it by.

        Returns
        -------
        int
            Its number until it ends, for `drop`; numbers are used again.
        """
        _check_flows(np.array([route]), np.array([bits]), len(self.state.route))
        if self.state.wire[0]["spare"] < 0:
            self._grow(FLOWS_FULL)
        return int(open_now(self.state, route, bits, whose))

    def drop(self, flow: int) -> None:
        """Give a flow up that has not ended.

        Parameters
        ----------
        flow
            As `open` returned it.
        """
        if not 0 <= flow < len(self.state.flow) or self.state.flow[flow]["route"] < 0:
            raise ValueError(f"there is no flow {flow}, or it has ended")
        drop_now(self.state, flow)

    def expect(self, when: IntArray, route: IntArray, bits: Array, whose: IntArray) -> None:
        """Let flows open by themselves when their time comes; at one instant in the order told.

        Parameters
        ----------
        when
            [flow], ticks, not before now.
        route, bits, whose
            [flow], as in `open`.
        """
        _check_flows(route, bits, len(self.state.route))
        if len(when) and when.min() < self.now:
            raise ValueError("a flow opens now or later")
        more = np.zeros(len(when), dtype=COMING)
        more["when"], more["route"], more["bits"], more["whose"] = when, route, bits, whose
        coming = np.concatenate([self.state.coming[int(self.state.alone[0]["next"]) :], more])
        self.state.alone["next"] = 0
        self.state = self.state._replace(coming=coming[np.argsort(coming["when"], kind="stable")])

    def set_links(self, capacity: Array) -> None:
        """Give the links other capacities from now on.

        Parameters
        ----------
        capacity
            [link], bit/s, to the nearest: what the background leaves; 0 is a cut link.
        """
        self._books.set_links(self.state, capacity, self.now)

    def set_link(self, link: int, capacity: float) -> None:
        """Give a link another capacity from now on.

        Parameters
        ----------
        link
            Its number.
        capacity
            bit/s, to the nearest; 0 cuts it.
        """
        all_of_them = self.state.link["capacity"].astype(np.float64)
        all_of_them[link] = capacity
        self.set_links(all_of_them)

    def advance(self, until: int) -> None:
        """Let time pass to an instant: all before it, and what ends at it.

        Parameters
        ----------
        until
            Ticks since the run began; nothing happens where it is not later than now.
        """
        self._insist(advance, min(until, NEVER - 1))

    def next_end(self) -> int:
        """Return when the next flow ends if nothing else happens, ticks; `NEVER` where none moves."""
        upcoming_now(self.state)
        return int(self.state.route["ends"].min(initial=NEVER))

    def ends(self) -> Records:
        """Return the flows that have ended since they were last asked for, in that order.

        Returns
        -------
        Records
            [flow], ``when`` the link was done with it and when its last bit ``arrives``, ticks; ``whose``; ``route``.
        """
        ended = int(self.state.alone[0]["ended"])
        self.state.alone["ended"] = 0
        return self.state.ended[:ended].copy()

    def rates(self) -> Array:
        """Return the rate of every flow of a route as of now, 0 where there is none; [route], bit/s."""
        upcoming_now(self.state)
        return self.state.route["rate"].copy()

    def close_epoch(self) -> Array:
        """Return what the links have carried since the books were last closed; [link], bit.

        Raises
        ------
        InvariantError
            Where bits were lost or made, or a link carries more than it can.
        """
        return self._books.close(self.state, self.now)

    def _insist(self, part: Callable[..., int], *arguments: Any) -> None:
        """Call a compiled function until it says that its tables were large enough."""
        while (lack := part(self.state, *arguments)) != ENOUGH:
            self._grow(lack)

    def _grow(self, lack: int) -> None:
        if lack == FLOWS_FULL:
            self.state = self.state._replace(flow=more_flows(self.state.wire, self.state.flow))
        else:
            self.state = self.state._replace(ended=np.concatenate([self.state.ended, np.zeros_like(self.state.ended)]))


@entry
def advance(s: Tables, until: int) -> int:
    """Let time pass; return `ENOUGH` at `until`, else which table is full: give it more room and call again."""
    alone = s.alone[0]
    while True:
        while carriage.has_end(s, alone.now):
            if alone.ended >= len(s.ended):
                return ENDED_FULL
            line = s.ended[alone.ended]
            alone.ended += 1
            line.whose, line.route = carriage.close_flow(s, alone.now)
            line.when = alone.now
            line.arrives = alone.now + s.delay[line.route, s.route[line.route].path]
        if alone.now >= until:
            return ENOUGH
        while alone.next < len(s.coming) and s.coming[alone.next].when <= alone.now:
            if s.wire[0].spare < 0:
                return FLOWS_FULL
            flow = s.coming[alone.next]
            alone.next += 1
            carriage.open_flow(s, flow.route, flow.bits, flow.whose, alone.now)
        when = carriage.upcoming(s, alone.now)
        if alone.next < len(s.coming):
            when = min(when, s.coming[alone.next].when)
        if when > until:
            alone.now = until
            return ENOUGH
        alone.now = when


@entry
def open_now(s: Tables, k: int, bits: float, whose: int) -> int:
    """Let a flow begin now; return its number."""
    return carriage.open_flow(s, k, bits, whose, s.alone[0].now)


@entry
def drop_now(s: Tables, f: int) -> None:
    """Give a flow up now."""
    carriage.drop_flow(s, f, s.alone[0].now)


@entry
def upcoming_now(s: Tables) -> int:
    """Return when transfers want the next word, all that happens now having happened."""
    return carriage.upcoming(s, s.alone[0].now)


def _check_flows(route: IntArray, bits: Array, routes: int) -> None:
    if not ((bits > 0.0) & np.isfinite(bits)).all() or not ((route >= 0) & (route < routes)).all():
        raise ValueError("a flow has a known route and a finite number of bits above 0")
