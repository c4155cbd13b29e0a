"""The life of a transfer: it opens, shares links, takes another path where one is cut, and ends.

At one instant ends come first; then whatever opens, is dropped, or changes a link, in any order; and last, before time
moves on, the rates are shared anew (`upcoming`). Whoever opens a flow has seen that there is room for it
(`wire.spare` ≥ 0).
"""

from __future__ import annotations

import numpy as np

from sim.engine import sharing, trees
from sim.engine.compiled import entry, inner
from sim.engine.flows import Carries
from sim.engine.state import NEVER
from sim.ground.arrays import Array, IntArray
from sim.workloads.jobs import TICK


@inner
def has_end(s: Carries, now: int) -> bool:
    """Return whether a flow is to end by now."""
    return bool(s.route[s.soonest[1]].ends <= min(now, NEVER - 1))


@inner
def upcoming(s: Carries, now: int) -> int:
    """Return when transfers want the next word, `NEVER` where none moves; all that happens now has happened."""
    wire = s.wire[0]
    if wire.dirty > 0 and wire.due <= now:
        sharing.waterfill(s, now)
    when = s.route[s.soonest[1]].ends
    if wire.dirty > 0:
        when = min(when, wire.due)
    return int(when)


@inner
def open_flow(s: Carries, k: int, bits: float, whose: int, now: int) -> int:
    """Let a flow begin on a route; return its number. Without a path it waits for one."""
    wire, route = s.wire[0], s.route[k]
    f = wire.spare
    flow = s.flow[f]
    wire.spare = flow.next
    if route.flows == 0:
        route.since = now
        _enter(s, k)
    else:
        sharing.settle(s, k, now)
    flow.target = route.served + bits * TICK
    flow.whose = whose
    flow.route = k
    flow.left = flow.right = -1
    route.targets += flow.target
    route.opened += bits * TICK
    first = route.first
    route.first = trees.merged(s.flow, first, f)
    route.flows += 1
    _ask(s, k, 1, now)
    if first < 0:
        s.route[k].rate = _first_rate(s, k)
    if route.first != first:
        sharing.foresee(s, k, now, now + 1)
    return int(f)


@inner
def close_flow(s: Carries, now: int) -> tuple[int, int]:
    """End the flow that was to end next, now; return whose it was, and its route."""
    k = s.soonest[1]
    f = s.route[k].first
    whose = s.flow[f].whose
    sharing.settle(s, k, now)
    s.route[k].ended += 1
    s.route[k].excess += s.route[k].served - s.flow[f].target
    _part(s, k, f, now)
    # What has the same target ends at the same instant.
    sharing.foresee(s, k, now, now)
    return whose, k


@inner
def drop_flow(s: Carries, f: int, now: int) -> None:
    """Give a flow up before its end."""
    k = s.flow[f].route
    sharing.settle(s, k, now)
    s.route[k].opened -= s.flow[f].target - s.route[k].served
    _part(s, k, f, now)
    sharing.foresee(s, k, now, now + 1)


@inner
def _part(s: Carries, k: int, f: int, now: int) -> None:
    """Take a flow from its route, which was settled."""
    route, flow = s.route[k], s.flow[f]
    route.targets -= flow.target
    route.flows -= 1
    flow.route = -1
    # Those dropped before stay in the heap until they come to its top.
    while route.first >= 0 and s.flow[route.first].route < 0:
        gone = route.first
        route.first = trees.merged(s.flow, s.flow[gone].left, s.flow[gone].right)
        s.flow[gone].next = s.wire[0].spare
        s.wire[0].spare = gone
    _ask(s, k, -1, now)
    if route.flows == 0:
        _quit(s, k)
        route.rate = route.served = route.targets = 0.0


@inner
def _ask(s: Carries, k: int, flows: int, now: int) -> None:
    """Ask the links of a route for room for more flows, or fewer, and list those that are tight, or were."""
    route = s.route[k]
    hops = s.hop.shape[2]
    for at in range(k * hops, k * hops + route.hops):
        number = s.via[at].link
        link = s.link[number]
        was = link.asked > link.capacity
        link.flows += flows
        link.asked += flows * route.cap
        if was or link.asked > link.capacity:
            sharing.mark(s, number, now)


@inner
def _first_rate(s: Carries, k: int) -> float:
    """Return the rate of a route until links are shared anew: its cap, or what full links on its path gave of late."""
    route = s.route[k]
    if route.path < 0:
        return 0.0
    rate = float(route.cap)
    hops = s.hop.shape[2]
    for at in range(k * hops, k * hops + route.hops):
        link = s.link[s.via[at].link]
        if link.asked > link.capacity:
            rate = min(rate, link.level if link.level < np.inf else link.capacity / link.flows)
    return rate


@inner
def _enter(s: Carries, k: int) -> None:
    """Enter a route in the lists of its links."""
    hops = s.hop.shape[2]
    for at in range(k * hops, k * hops + s.route[k].hops):
        link = s.link[s.via[at].link]
        s.via[at].next = link.first
        s.via[at].before = -1
        if link.first >= 0:
            s.via[link.first].before = at
        link.first = at


@inner
def _quit(s: Carries, k: int) -> None:
    """Strike a route from the lists of its links."""
    hops = s.hop.shape[2]
    for at in range(k * hops, k * hops + s.route[k].hops):
        via = s.via[at]
        if via.before >= 0:
            s.via[via.before].next = via.next
        else:
            s.link[via.link].first = via.next
        if via.next >= 0:
            s.via[via.next].before = via.before


@entry
def set_links(s: Carries, capacity: IntArray, carried: Array, now: int) -> None:
    """Give the links other capacities, bit/s, 0 being a cut; where the cuts are others, routes take other paths.

    What routes have carried on a path that they leave goes to `carried` ([link], bit).
    """
    wire = s.wire[0]
    cut = False
    for number in range(len(s.link)):
        link = s.link[number]
        if capacity[number] != link.capacity:
            cut = cut or (capacity[number] > 0) != (link.capacity > 0)
            was = link.asked > link.capacity
            link.capacity = capacity[number]
            if was or link.asked > link.capacity:
                sharing.mark(s, number, now)
    if cut:
        for k in range(len(s.route)):
            _reroute(s, k, carried, now)
    # A change of the links does not wait for the end of the quantum.
    wire.due = min(wire.due, now)


@inner
def _reroute(s: Carries, k: int, carried: Array, now: int) -> None:
    """Let a route take the first of its paths on which no link is cut, or wait where there is none."""
    route = s.route[k]
    path = _first_open(s, k)
    if path == route.path:
        return
    flows = route.flows
    if flows > 0:
        sharing.settle(s, k, now)
        _ask(s, k, -flows, now)
        _quit(s, k)
    hand_over(s, k, carried)
    hops = s.hop.shape[2]
    route.path, route.hops = path, 0
    while path >= 0 and route.hops < hops and s.hop[k, path, route.hops] >= 0:
        s.via[k * hops + route.hops].link = s.hop[k, path, route.hops]
        route.hops += 1
    if flows > 0:
        _enter(s, k)
        _ask(s, k, flows, now)
        sharing.change(s, k, _first_rate(s, k), now)


@inner
def _first_open(s: Carries, k: int) -> int:
    """Return the first path of a route on which no link is cut, −1 where there is none."""
    for path in range(s.hop.shape[1]):
        if s.delay[k, path] == NEVER:
            continue
        is_open = True
        for h in range(s.hop.shape[2]):
            number = s.hop[k, path, h]
            if number < 0:
                break
            is_open = is_open and s.link[number].capacity > 0
        if is_open:
            return path
    return -1


@inner
def hand_over(s: Carries, k: int, carried: Array) -> None:
    """Book what a route has carried to the links of its path: it is no longer owed."""
    route = s.route[k]
    hops = s.hop.shape[2]
    for at in range(k * hops, k * hops + route.hops):
        carried[s.via[at].link] += route.carried / TICK
    route.before -= route.carried
    route.carried = 0.0
