"""Queues: for every pool and list an unrolled chain of blocks, so that a scan passes over 64 jobs at a glance.

A job leaves from anywhere, the order stays. A block knows lower bounds of the requests and the widths in it: exact
after a scan, and still bounds after a job has left.
"""

from __future__ import annotations

from typing import Any

from sim.engine.compiled import inner
from sim.engine.state import BLOCK, State

_SCARCE = 32  # jobs; a block with fewer is poured into its neighbour
_FULL = 64  # jobs; as far as a block is filled by pouring


@inner
def list_of(job: Any) -> int:
    """Return the number of the list a job waits in: who had begun before goes first."""
    return int(0 if job.first >= 0 else 1 + job.level)


@inner
def coarse(width: int, ask: int) -> int:
    """Return the work of a request in units × 2²⁰ ticks, rounded up: whole, so that sums do not drift."""
    return width * ((ask >> 20) + 1)


@inner
def append(s: State, p: int, q: int, j: int) -> None:
    """Put a job at the end of a list; there is a spare block."""
    ask, width = s.job[j].ask, s.job[j].width
    b = s.queue[p, q].last
    if b < 0 or s.block[b].begin + s.block[b].count >= BLOCK:
        b = _new_block(s, p, q)
    at = s.block[b].begin + s.block[b].count
    slot = b * BLOCK + at
    s.slot[slot].ask = ask
    s.slot[slot].job = j
    s.slot[slot].width = width
    s.block[b].count += 1
    s.block[b].ask = min(s.block[b].ask, ask)
    s.block[b].width = min(s.block[b].width, width)
    if width <= s.pool[p].narrow:
        s.block[b].narrow = min(s.block[b].narrow, ask)
    s.job[j].slot = b
    s.pool[p].waiting += 1
    s.pool[p].backlog += coarse(width, ask)


@inner
def take(s: State, p: int, b: int, i: int) -> None:
    """Take the job at place `i` out of a block, which may be left empty."""
    slot = b * BLOCK + i
    s.pool[p].waiting -= 1
    s.pool[p].backlog -= coarse(s.slot[slot].width, s.slot[slot].ask)
    begin, count = s.block[b].begin, s.block[b].count
    if i == begin:
        s.block[b].begin = begin + 1
    else:
        for k in range(slot, b * BLOCK + begin + count - 1):
            s.slot[k] = s.slot[k + 1]
    s.block[b].count = count - 1


@inner
def remove(s: State, p: int, j: int) -> None:
    """Take a job out of the queue of its pool, wherever it stands."""
    b = s.job[j].slot
    i = s.block[b].begin
    while s.slot[b * BLOCK + i].job != j:
        i += 1
    take(s, p, b, i)
    tidy(s, p, list_of(s.job[j]), b)


@inner
def tidy(s: State, p: int, q: int, b: int) -> None:
    """Give an empty block back, and pour a scarce one into the block before it where that has room."""
    if s.block[b].count == 0:
        _drop(s, p, q, b)
        return
    a = s.block[b].before
    if s.block[b].count > _SCARCE or a < 0 or s.block[a].count + s.block[b].count > _FULL:
        return
    _to_front(s, a)
    target = a * BLOCK + s.block[a].count
    source = b * BLOCK + s.block[b].begin
    for k in range(s.block[b].count):
        s.slot[target + k] = s.slot[source + k]
        s.job[s.slot[target + k].job].slot = a
    s.block[a].count += s.block[b].count
    s.block[a].ask = min(s.block[a].ask, s.block[b].ask)
    s.block[a].narrow = min(s.block[a].narrow, s.block[b].narrow)
    s.block[a].width = min(s.block[a].width, s.block[b].width)
    _drop(s, p, q, b)


@inner
def _to_front(s: State, b: int) -> None:
    """Move the jobs of a block to its first places."""
    begin = s.block[b].begin
    if begin > 0:
        for k in range(b * BLOCK, b * BLOCK + s.block[b].count):
            s.slot[k] = s.slot[k + begin]
        s.block[b].begin = 0


@inner
def _new_block(s: State, p: int, q: int) -> int:
    """Return an empty block, now the last of a list."""
    s.clock[0].spare -= 1
    b: int = s.spare[s.clock[0].spare]
    last = s.queue[p, q].last
    s.block[b].ask = s.block[b].narrow = 2**62
    s.block[b].width = 2**31 - 1
    s.block[b].next = -1
    s.block[b].before = last
    s.block[b].begin = 0
    s.block[b].count = 0
    if last < 0:
        s.queue[p, q].first = b
    else:
        s.block[last].next = b
    s.queue[p, q].last = b
    return b


@inner
def _drop(s: State, p: int, q: int, b: int) -> None:
    """Take a block out of its list and put it back on the stack."""
    before, behind = s.block[b].before, s.block[b].next
    if before < 0:
        s.queue[p, q].first = behind
    else:
        s.block[before].next = behind
    if behind < 0:
        s.queue[p, q].last = before
    else:
        s.block[behind].before = before
    s.spare[s.clock[0].spare] = b
    s.clock[0].spare += 1
