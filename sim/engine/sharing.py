"""How flows share links: max-min fairly under their caps, by water filling, where a link is tight and nowhere else.

An allocation is max-min fair if no flow can be given more without taking from one that has no more than it. It is
unique, and filling finds it: all rates rise together; a flow stops at its cap, and all flows of a link stop when the
link is full (Bertsekas and Gallager, Data Networks, 2nd ed. 1992, section 6.5.2). A link on which the caps of all
flows have room stops nobody, so only tight links are filled, and only those that a change can reach over routes and
other tight links.

All flows of a route have the same rate r. So one number tells the progress of them all, the service that each has been
given, V = ∫ r dt: a flow of b bits that opens at V₀ ends when V is V₀ + b, and a change of rate costs a route one
addition, however many flows it carries.
"""

from __future__ import annotations

from math import floor

import numpy as np

from sim.engine import trees
from sim.engine.compiled import inner
from sim.engine.flows import DIRTY, QUEUE, TIGHT, Carries
from sim.engine.state import NEVER

_ERA = 2.0**64
"""Service after which a route counts anew, bit/s × ticks, so that a long life does not coarsen its times."""
_HALF = 0.5 + 2.0**-10
"""Ends are rounded to the nearest tick. Halves go up, and with them what rounding errors may put just below a half."""
_FAR = 2.0**61


@inner
def settle(s: Carries, k: int, now: int) -> None:
    """Book what a route has done since it was last looked at."""
    route = s.route[k]
    if now > route.since:
        service = route.rate * (now - route.since)
        route.served += service
        route.carried += route.flows * service
        route.since = now
        if route.served > _ERA:
            trees.shift(s.flow, route.first, route.served)
            route.targets -= route.flows * route.served
            route.served = 0.0


@inner
def foresee(s: Carries, k: int, now: int, least: int) -> None:
    """Find out when the first flow of a route that was settled now will end, if nothing happens: not before `least`."""
    route = s.route[k]
    when = NEVER
    if route.rate > 0.0:
        ticks = (s.flow[route.first].target - route.served) / route.rate
        if ticks < _FAR:
            when = max(least, now + floor(ticks + _HALF))
    if when != route.ends:
        route.ends = when
        trees.renew(s, k)


@inner
def change(s: Carries, k: int, rate: float, now: int) -> None:
    """Give the flows of a route another rate."""
    if rate != s.route[k].rate:
        settle(s, k, now)
        s.route[k].rate = rate
        foresee(s, k, now, now + 1)


@inner
def mark(s: Carries, number: int, now: int) -> None:
    """List a link that must be shared anew: at once, or at the end of the quantum."""
    wire, link = s.wire[0], s.link[number]
    if link.dirty:
        return
    link.dirty = 1
    if wire.dirty == 0:
        wire.due = now
        if wire.quantum > 0:
            wire.due = -(-now // wire.quantum) * wire.quantum
    s.line[DIRTY, wire.dirty] = number
    wire.dirty += 1


@inner
def waterfill(s: Carries, now: int) -> None:
    """Share the links that were listed anew, and whatever hangs together with them."""
    s.wire[0].round += 1
    tight, routes = _search(s)
    _fill(s, tight, routes)
    for i in range(routes):
        k = s.met[i]
        change(s, k, s.route[k].wish, now)


@inner
def _search(s: Carries) -> tuple[int, int]:
    """Find what the links that were listed can reach; return how many tight links and routes that is."""
    wire = s.wire[0]
    hops = s.hop.shape[2]
    queued = wire.dirty
    for i in range(queued):
        number = s.line[DIRTY, i]
        s.line[QUEUE, i] = number
        s.link[number].dirty = 0
        s.link[number].seen = wire.round
    wire.dirty = 0
    tight, routes, i = 0, 0, 0
    while i < queued:
        link = s.link[s.line[QUEUE, i]]
        link.level = np.inf
        link.left, link.active = float(link.capacity), link.flows
        if link.asked > link.capacity:
            s.line[TIGHT, tight] = s.line[QUEUE, i]
            tight += 1
        node = link.first
        while node >= 0:
            k = node // hops
            node = s.via[node].next
            route = s.route[k]
            if route.seen == wire.round:
                continue
            route.seen = wire.round
            route.wish = -1.0
            s.met[routes] = k
            routes += 1
            for at in range(k * hops, k * hops + route.hops):
                other = s.link[s.via[at].link]
                if other.asked > other.capacity and other.seen != wire.round:
                    other.seen = wire.round
                    s.line[QUEUE, queued] = s.via[at].link
                    queued += 1
        i += 1
    return tight, routes


@inner
def _fill(s: Carries, tight: int, routes: int) -> None:
    """Let the rates of the routes that were found rise until each is stopped, by its cap or by a full link."""
    hops = s.hop.shape[2]
    least = 0.0  # a lower bound of the caps of those who still rise
    rising = routes
    while rising > 0:
        full, level = -1, np.inf
        for i in range(tight):
            link = s.link[s.line[TIGHT, i]]
            if link.active > 0 and link.left < level * link.active:
                full, level = i, link.left / link.active
        if least <= level:
            bound, least = level, np.inf
            for i in range(routes):
                route = s.route[s.met[i]]
                if route.wish < 0.0:
                    if route.cap <= bound:
                        _stop(s, s.met[i], float(route.cap))
                        rising -= 1
                    else:
                        least = min(least, float(route.cap))
            continue
        level = max(level, 0.0)
        number = s.line[TIGHT, full]
        s.link[number].level = level
        tight -= 1
        s.line[TIGHT, full] = s.line[TIGHT, tight]
        node = s.link[number].first
        while node >= 0:
            k = node // hops
            node = s.via[node].next
            if s.route[k].wish < 0.0:
                _stop(s, k, level)
                rising -= 1


@inner
def _stop(s: Carries, k: int, rate: float) -> None:
    """Fix the rate of a route, and take it from its links."""
    route = s.route[k]
    route.wish = rate
    hops = s.hop.shape[2]
    for at in range(k * hops, k * hops + route.hops):
        link = s.link[s.via[at].link]
        link.left -= route.flows * rate
        link.active -= route.flows
