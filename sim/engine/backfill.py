"""A pass over one pool: whoever is first and fits starts; behind a head that does not fit, EASY fills the gaps.

EASY (Lifka, JSSPP 1995, doi 10.1007/3-540-60153-8_35): the head of the queue holds the only reservation, at the
instant from which enough units are free by the requests of those that run, its shadow. A later job starts now if it
ends by the shadow, or if it fits beside the head then.
"""

from __future__ import annotations

from sim.engine import heaps, lives, queues
from sim.engine.compiled import inner
from sim.engine.state import ALL_NEW, BLOCK, NEVER, NOBODY, State


@inner
def look_over(s: State, p: int) -> None:
    """Start what may start, first come first served within its list, and backfill where the pool does that."""
    pool = s.pool[p]
    newcomer = pool.newcomer
    if newcomer >= 0 and _head(s, p) != newcomer:
        # Whoever waited before was refused in the last pass, and would be again: only time has passed.
        pool.newcomer = NOBODY
        _look_at_last(s, p, newcomer)
        return
    pool.newcomer = ALL_NEW
    q = start_heads(s, p)
    if q < s.queue.shape[1] and pool.reserve > 0 and pool.capacity > pool.used:
        pool.newcomer = NOBODY
        _backfill(s, p, q)


@inner
def _head(s: State, p: int) -> int:
    """Return the first job of a queue that is not empty."""
    q = 0
    while s.queue[p, q].first < 0:
        q += 1
    b = s.queue[p, q].first
    return int(s.slot[b * BLOCK + s.block[b].begin].job)


@inner
def _look_at_last(s: State, p: int, j: int) -> None:
    """Start the last job of its list if it delays no head."""
    pool, job = s.pool[p], s.job[j]
    ends_before = s.clock[0].now + job.ask <= pool.shadow
    if job.width > pool.capacity - pool.used or not (ends_before or job.width <= pool.beside):
        return
    if not ends_before:
        pool.beside -= job.width
    b = job.slot
    queues.take(s, p, b, s.block[b].begin + s.block[b].count - 1)
    queues.tidy(s, p, queues.list_of(job), b)
    lives.start(s, p, j)


@inner
def start_heads(s: State, p: int) -> int:
    """Start heads as long as they fit; return the list whose head does not, or the number of lists."""
    pool = s.pool[p]
    lists: int = s.queue.shape[1]
    for q in range(lists):
        b = s.queue[p, q].first
        while b >= 0:
            i = s.block[b].begin
            slot = b * BLOCK + i
            if s.slot[slot].width > pool.capacity - pool.used:
                return q
            j = s.slot[slot].job
            queues.take(s, p, b, i)
            if s.block[b].count == 0:
                queues.tidy(s, p, q, b)
                b = s.queue[p, q].first
            lives.start(s, p, j)
    return lists


@inner
def _backfill(s: State, p: int, first: int) -> None:
    """Fill the gaps before and beside the head, which is the first of list `first`."""
    pool = s.pool[p]
    now = s.clock[0].now
    head = s.queue[p, first].first
    width = s.slot[head * BLOCK + s.block[head].begin].width
    pool.shadow, pool.beside = _shadow(s, p, width)
    skip = 1
    for q in range(first, s.queue.shape[1]):
        b = s.queue[p, q].first
        while b >= 0:
            behind = s.block[b].next
            free = pool.capacity - pool.used
            if free <= 0:
                return
            least = s.block[b].width
            ask = s.block[b].narrow if free <= pool.narrow else s.block[b].ask
            if least <= free and (now + ask <= pool.shadow or least <= pool.beside):
                _scan(s, p, b, skip)
                queues.tidy(s, p, q, b)
            skip = 0
            b = behind


@inner
def _shadow(s: State, p: int, width: int) -> tuple[int, int]:
    """Return when a head of some width can start by the requests of those that run, and what is free beside it then.

    The running set is a heap; a frontier over its places finds its k earliest in k log k.
    """
    pool, frontier = s.pool[p], s.scratch
    free = pool.capacity - pool.used
    count = 0
    if pool.running > 0:
        heaps.push(frontier, 0, s.running[pool.base].ends, 0)
        count = 1
    shadow = NEVER
    while count > 0 and (free < width or frontier[0].when == shadow):
        shadow = frontier[0].when
        place = frontier[0].job
        heaps.pop(frontier, count)
        count -= 1
        free += s.running[pool.base + place].width
        for below in range(2 * place + 1, min(2 * place + 3, pool.running)):
            heaps.push(frontier, count, s.running[pool.base + below].ends, below)
            count += 1
    if free < width:
        return NEVER, 0
    return shadow, free - width


@inner
def _scan(s: State, p: int, b: int, skip: int) -> None:
    """Start the jobs of a block that delay no head, and renew its bounds."""
    pool = s.pool[p]
    shadow, beside = pool.shadow, pool.beside
    now = s.clock[0].now
    free = pool.capacity - pool.used
    i = s.block[b].begin
    ask, narrow, width = NEVER, NEVER, 2**31 - 1
    left = s.block[b].count
    while left > 0:
        left -= 1
        slot = s.slot[b * BLOCK + i]
        ends_before = now + slot.ask <= shadow
        if skip == 0 and slot.width <= free and (ends_before or slot.width <= beside):
            j = slot.job
            free -= slot.width
            if not ends_before:
                beside -= slot.width
            at_front = i == s.block[b].begin
            queues.take(s, p, b, i)
            lives.start(s, p, j)
            i += at_front
        else:
            ask, width = min(ask, slot.ask), min(width, slot.width)
            if slot.width <= pool.narrow:
                narrow = min(narrow, slot.ask)
            i += 1
        skip = 0
    s.block[b].ask, s.block[b].narrow, s.block[b].width = ask, narrow, width
    pool.beside = beside
