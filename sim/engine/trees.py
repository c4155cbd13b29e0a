"""Trees of transfers: the flows of a route by their end, and the routes by their next end."""

from __future__ import annotations

from sim.engine.compiled import inner
from sim.engine.flows import Carries
from sim.engine.state import Records


@inner
def merged(flow: Records, a: int, b: int) -> int:
    """Return the root of two heaps of flows made one, −1 being an empty heap; equal targets go by whose they are.

    A skew heap (Sleator and Tarjan, SIAM J. Comput. 15, 1986, doi 10.1137/0215004): the right spines are merged from
    the top and every node on the way changes sides, which keeps both adding and taking the first O(log n) on average
    over a run. Its nodes are the flows, so a route needs no room of its own for them.
    """
    if a < 0 or b < 0:
        return max(a, b)
    root = above = -1
    while a >= 0 and b >= 0:
        if flow[b].target < flow[a].target or (flow[b].target == flow[a].target and flow[b].whose < flow[a].whose):
            a, b = b, a
        if above < 0:
            root = a
        else:
            flow[above].left = a
        above, behind = a, flow[a].right
        flow[a].right = flow[a].left
        a = behind
    flow[above].left = max(a, b)
    return root


@inner
def shift(flow: Records, root: int, base: float) -> None:
    """Take a service off the targets of all flows of a heap."""
    flow[root].next = -1
    while root >= 0:
        node = flow[root]
        node.target -= base
        behind = node.next
        if node.left >= 0:
            flow[node.left].next = behind
            behind = node.left
        if node.right >= 0:
            flow[node.right].next = behind
            behind = node.right
        root = behind


@inner
def renew(s: Carries, k: int) -> None:
    """Let a route whose next end has changed play its matches again, as far as they may come out otherwise."""
    node = (len(s.route) + k) >> 1
    while node > 0:
        a, b = s.soonest[2 * node], s.soonest[2 * node + 1]
        best = a
        if s.route[b].ends < s.route[a].ends or (s.route[b].ends == s.route[a].ends and b < a):
            best = b
        if best == s.soonest[node] and best != k:
            break
        s.soonest[node] = best
        node >>= 1
