"""The books of transfers: what every link carried in an epoch, and the proof that no bit was lost or made."""

from __future__ import annotations

from sim.engine import carriage
from sim.engine.compiled import entry, inner
from sim.engine.flows import Carries
from sim.ground.arrays import Array
from sim.workloads.jobs import TICK

BALANCED, BITS, FLOWS, LOAD = range(4)
"""What may be wrong: nothing; the bits of a route; the count of flows on a link; the load of a link."""
_TOLERANCE = 1e-9
_GRAIN = 1e3 * TICK
"""What rounding may leave of a long service, bit/s × ticks: a thousand bits."""


@entry
def close_books(s: Carries, carried: Array, now: int) -> tuple[int, int]:
    """Book what was carried since the books were last closed to the links; return what is wrong, and where.

    Every route is held to: left before + opened + excess = left now + carried, where `carried` is the integral of the
    rates and the others follow the flows one by one; and the excess to a tick of the cap for every flow that ended.
    No service is settled for it, so that closing the books changes no time.
    """
    for k in range(len(s.route)):
        route = s.route[k]
        pending = route.flows * route.rate * (now - route.since)
        route.carried += pending
        left = route.targets - route.flows * (route.served + route.rate * (now - route.since))
        gap = abs(route.before + route.opened + route.excess - left - route.carried)
        grain = _GRAIN + _TOLERANCE * (route.targets + abs(route.opened) + abs(route.carried))
        if not (gap <= grain and abs(route.excess) <= route.ended * route.cap + grain):
            return BITS, k
        carriage.hand_over(s, k, carried)
        route.carried = -pending
        route.before = left
        route.opened = route.excess = 0.0
        route.ended = 0
    return _links(s)


@inner
def _links(s: Carries) -> tuple[int, int]:
    """Compare what the links believe with what the routes say."""
    hops = s.hop.shape[2]
    for number in range(len(s.link)):
        s.link[number].left, s.link[number].active = 0.0, 0
    for k in range(len(s.route)):
        route = s.route[k]
        if route.flows > 0:
            for at in range(k * hops, k * hops + route.hops):
                s.link[s.via[at].link].left += route.flows * route.rate
                s.link[s.via[at].link].active += route.flows * route.cap
    for number in range(len(s.link)):
        link = s.link[number]
        if link.active != link.asked:
            return FLOWS, number
        # What opened at this very instant has not been shared yet, and a quantum lets links run over for a while.
        shared = s.wire[0].quantum == 0 and not link.dirty
        if shared and link.left > link.capacity * (1.0 + _TOLERANCE):
            return LOAD, number
    return BALANCED, 0
