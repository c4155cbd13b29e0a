"""What transfers remember: flows, the routes that carry them and the links that these share, as tables of records."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import NEVER, Records
from sim.ground.arrays import Array, IntArray
from sim.workloads.jobs import TICK

DIRTY, QUEUE, TIGHT = range(3)
"""Rows of `line`: links whose sharing is out of date; work space of the search; the tight ones among those found."""
FLOWS_FULL, ENDED_FULL = 8, 9
"""Why a call came back before its time, beside the reasons of the job loop: which table is full."""

# Rates are bit/s, services and targets bit/s × ticks, so that no step divides. `route` is −1 where there is none, or
# where it was dropped but still stands in its heap; `next` leads from one unused flow to the next.
FLOW = np.dtype([
    ("target", "f8"), ("whose", "i8"), ("route", "i4"), ("left", "i4"), ("right", "i4"), ("next", "i4"),
])  # fmt: skip
# All flows of a route have one `rate`, at most `cap`; `served` is what each of them has been served in this era,
# up to `since`. `flows` counts them, `first` is the root of their heap, `ends` when it ends. `wish` and `seen` are
# work space of the filling. The rest is the ledger: what was carried in this epoch, the sum of the targets, what
# was opened less what was dropped, how many ended and what they got above their bits, for whole ticks' sake, and
# what was left to carry when the epoch began.
ROUTE = np.dtype([
    ("seen", "i8"), ("rate", "f8"), ("wish", "f8"), ("cap", "i8"), ("flows", "i4"), ("hops", "i4"), ("served", "f8"),
    ("since", "i8"), ("carried", "f8"), ("ends", "i8"), ("first", "i4"), ("path", "i4"), ("targets", "f8"),
    ("opened", "f8"), ("ended", "i8"), ("excess", "f8"), ("before", "f8"), ("", "i8"),
])  # fmt: skip
# One for every hop of a route's present path: the link, and the neighbours in the list of the routes on that link.
VIA = np.dtype([("link", "i4"), ("next", "i4"), ("before", "i4"), ("", "i4")])
# A link is tight where the caps of its flows sum to more than its capacity (`asked`, exact in whole bit/s).
# `left`, `active` and `seen` are work space of the filling, `level` the rate at which it was last full.
LINK = np.dtype([
    ("left", "f8"), ("active", "i8"), ("seen", "i8"), ("capacity", "i8"), ("asked", "i8"), ("flows", "i4"),
    ("first", "i4"), ("level", "f8"), ("dirty", "i8"),
])  # fmt: skip
# `spare` is the first unused flow, −1 where there is none; `due` when the rates are shared anew, if `dirty` links
# wait for it; `quantum` how many ticks they may wait.
WIRE = np.dtype([("spare", "i8"), ("dirty", "i8"), ("due", "i8"), ("quantum", "i8"), ("round", "i8")])
COMING = np.dtype([("when", "i8"), ("bits", "f8"), ("whose", "i8"), ("route", "i8")])
ENDED = np.dtype([("when", "i8"), ("arrives", "i8"), ("whose", "i8"), ("route", "i8")])
ALONE = np.dtype([("now", "i8"), ("next", "i8"), ("ended", "i8")])


class Carries(Protocol):
    """The tables that the functions of transfers work on, whatever other tables lie beside them in the tuple."""

    @property
    def wire(self) -> Records:
        """[1], a record `WIRE`: what there is one of."""

    @property
    def flow(self) -> Records:
        """[flow], records `FLOW`."""

    @property
    def route(self) -> Records:
        """[route], records `ROUTE`."""

    @property
    def via(self) -> Records:
        """[route × hop], records `VIA`."""

    @property
    def link(self) -> Records:
        """[link], records `LINK`."""

    @property
    def hop(self) -> NDArray[np.int32]:
        """[route, path, hop], numbers of links, −1 behind the last."""

    @property
    def delay(self) -> IntArray:
        """[route, path], ticks on the way, `NEVER` where there is no such path."""

    @property
    def soonest(self) -> NDArray[np.int32]:
        """[2 × route], a tournament: number of the route whose next end comes first."""

    @property
    def met(self) -> NDArray[np.int32]:
        """[route], work space: routes that are shared anew."""

    @property
    def line(self) -> NDArray[np.int32]:
        """[3, link], lists of links."""


class Tables(NamedTuple):
    """The tables of transfers alone: those of `Carries`, and what else their driver needs.

    Attributes
    ----------
    wire, flow, route, via, link, hop, delay, soonest, met, line
        As in `Carries`.
    coming
        [place], records `COMING`: flows that will open.
    ended
        [place], records `ENDED`: flows that have ended since they were asked for.
    alone
        [1], a record `ALONE`.
    """

    wire: Records
    flow: Records
    route: Records
    via: Records
    link: Records
    hop: NDArray[np.int32]
    delay: IntArray
    soonest: NDArray[np.int32]
    met: NDArray[np.int32]
    line: NDArray[np.int32]
    coming: Records
    ended: Records
    alone: Records


def fresh(
    hop: IntArray, delay: Array, capacity: Array, cap: Array | float, quantum: int, room: int
) -> dict[str, NDArray[Any]]:
    """Return the tables of `Carries` before the first flow, by name.

    Parameters
    ----------
    hop
        [route, path, hop], numbers of links, −1 behind the last; best path first.
    delay
        [route, path], s, inf where there is no such path.
    capacity
        [link], bit/s; 0 is a cut link.
    cap
        [route] or one for all, bit/s, what a single flow can take.
    quantum
        Ticks that sharing may wait, 0 = exact.
    room
        Flows that there is room for at first.

    Raises
    ------
    ValueError
        Where the compiled functions, which look nothing up twice, would be led astray.
    """
    caps = np.array(np.broadcast_to(cap, len(hop)), dtype=np.float64)
    _check(hop, delay, capacity, caps)
    routes, _, hops = hop.shape
    known = np.isfinite(delay)
    is_open = np.append(np.rint(capacity) > 0.0, True)[hop].all(axis=2) & known  # −1 finds the last: always open
    path = np.where(is_open.any(axis=1), is_open.argmax(axis=1), -1)
    taken = np.where(path[:, None] >= 0, hop[np.arange(routes), path], -1)
    route = np.zeros(routes, dtype=ROUTE)
    route["cap"] = np.rint(caps)
    route["path"], route["hops"] = path, (taken >= 0).sum(axis=1)
    route["first"], route["ends"] = -1, NEVER
    via = np.zeros(routes * hops, dtype=VIA)
    via["link"] = taken.ravel()
    link = np.zeros(len(capacity), dtype=LINK)
    link["capacity"] = np.rint(capacity)
    link["first"], link["level"] = -1, np.inf
    wire = np.zeros(1, dtype=WIRE)
    wire["quantum"] = quantum
    flow = np.zeros(room, dtype=FLOW)
    flow["route"] = -1
    flow["next"] = np.append(np.arange(1, room), -1)
    soonest = np.concatenate([np.zeros(routes), np.arange(routes)]).astype(np.int32)
    for place in range(routes - 1, 0, -1):
        soonest[place] = soonest[2 * place : 2 * place + 2].min()
    return {
        "wire": wire, "flow": flow, "route": route, "via": via, "link": link,
        "hop": np.array(hop, dtype=np.int32, order="C"),
        "delay": np.rint(np.where(known, delay * TICK, NEVER)).astype(np.int64),
        "soonest": soonest, "met": np.zeros(routes, dtype=np.int32),
        "line": np.zeros((3, len(capacity)), dtype=np.int32),
    }  # fmt: skip


def more_flows(wire: Records, flow: Records) -> Records:
    """Return the table of flows with twice the room; the new ones are the next to be used.

    Parameters
    ----------
    wire
        [1], a record `WIRE`; is told of them.
    flow
        [flow], records `FLOW`.
    """
    old = len(flow)
    more = np.zeros(2 * old, dtype=FLOW)
    more[:old] = flow
    more["route"][old:] = -1
    more["next"][old:] = np.arange(old + 1, 2 * old + 1)
    more["next"][-1] = wire[0]["spare"]
    wire["spare"] = old
    return more


def check_links(capacity: Array, links: int) -> None:
    """Refuse capacities of links that cannot be.

    Parameters
    ----------
    capacity
        [link], bit/s.
    links
        How many there should be.

    Raises
    ------
    ValueError
        Where one is below 0 or not below 2⁵³, or there are more or fewer.
    """
    if np.shape(capacity) != (links,) or not ((capacity >= 0.0) & (capacity < 2.0**53)).all():
        raise ValueError(f"a capacity is at least 0 and below 2⁵³ bit/s, one for each of {links} links")


def _check(hop: IntArray, delay: Array, capacity: Array, cap: Array) -> None:
    if hop.ndim != 3 or delay.shape != hop.shape[:2] or not len(hop):
        raise ValueError("`hop` is [route, path, hop], `delay` is [route, path], and there is a route at least")
    if hop.min(initial=-1) < -1 or hop.max(initial=-1) >= len(capacity):
        raise ValueError("`hop` names a link that has no capacity")
    behind = np.minimum.accumulate(hop >= 0, axis=2) != (hop >= 0)
    ordered = np.sort(hop, axis=2)
    twice = (np.diff(ordered, axis=2) == 0) & (ordered[:, :, 1:] >= 0)
    if behind.any() or twice.any():
        raise ValueError("a path takes a link twice, or has one behind a −1")
    if not (delay >= 0.0).all():
        raise ValueError("a delay is at least 0 s")
    if not ((cap >= 1.0) & np.isfinite(cap)).all():
        raise ValueError("a cap is finite and at least 1 bit/s")
    check_links(capacity, len(capacity))
