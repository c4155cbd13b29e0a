"""Conservative backfilling: the first jobs of a queue hold reservations in a profile of free units, the rest fill gaps.

Every reserved job keeps its place or gets an earlier one: when a job ends before its request, the reserved ones in
order give theirs back and take the earliest that is free (Mu'alem and Feitelson, IEEE TPDS 12, 2001,
doi 10.1109/71.932708). That is done once, and may leave gaps in which nothing ends: the earliest reservation sets an
alarm, for the pass that keeps it. Where the order or the room itself changes (a kill, another capacity, a job of a
higher level or a restart), all reservations are made anew in order. A pass costs reserved jobs × steps of the
profile, which is why the number of reservations is bounded.
"""

from __future__ import annotations

from sim.engine import heaps, lives, queues
from sim.engine.compiled import inner
from sim.engine.state import ANEW, BLOCK, KEEP, NEVER, Records, State


@inner
def look_over(s: State, p: int) -> None:
    """Start what may start: reserved jobs whose time has come, and later ones that delay none of them."""
    pool = s.pool[p]
    plan = pool.plan
    pool.plan = KEEP
    steps = _of_running(s, p)
    if plan == ANEW:
        _forget(s, p)
    else:
        steps = _gather(s, p, steps)
    alarm = pool.alarm
    pool.alarm = NEVER
    standing = 0
    for q in range(s.queue.shape[1]):
        b = s.queue[p, q].first
        while b >= 0:
            behind = s.block[b].next
            if standing < pool.reserve or s.block[b].width <= pool.capacity - pool.used:
                standing, steps = _scan(s, p, b, standing, steps, plan)
                queues.tidy(s, p, q, b)
            b = behind
    if pool.alarm != NEVER and pool.alarm != alarm:
        heaps.push(s.limits, s.clock[0].limits, pool.alarm, -1 - p)
        s.clock[0].limits += 1


@inner
def _scan(s: State, p: int, b: int, standing: int, steps: int, plan: int) -> tuple[int, int]:
    """Start or reserve the jobs of a block; return how many reservations stand, and the number of steps."""
    i = s.block[b].begin
    ask, width = NEVER, 2**31 - 1
    left = s.block[b].count
    while left > 0:
        left -= 1
        slot = s.slot[b * BLOCK + i]
        j = slot.job
        reserved = standing < s.pool[p].reserve
        when, steps = _find(s, steps, j, slot.ask, slot.width, reserved, plan)
        if when == s.clock[0].now:
            at_front = i == s.block[b].begin
            queues.take(s, p, b, i)
            lives.start(s, p, j)
            i += at_front
        else:
            standing += reserved
            s.job[j].end = when
            if when >= 0:
                s.pool[p].alarm = min(s.pool[p].alarm, when)
            ask, width = min(ask, slot.ask), min(width, slot.width)
            i += 1
    s.block[b].ask, s.block[b].width = ask, width
    return standing, steps


@inner
def _of_running(s: State, p: int) -> int:
    """Write the profile of those that run; return the number of its steps."""
    pool, sorted_ends = s.pool[p], s.scratch
    for place in range(pool.running):
        run = s.running[pool.base + place]
        heaps.push(sorted_ends, place, run.ends, run.width)
    s.step[0].when = s.clock[0].now
    s.step[0].free = pool.capacity - pool.used
    n = 1
    for left in range(pool.running, 0, -1):
        when, width = sorted_ends[0].when, sorted_ends[0].job
        heaps.pop(sorted_ends, left)
        if when > s.step[n - 1].when:
            s.step[n].when = when
            s.step[n].free = s.step[n - 1].free
            n += 1
        s.step[n - 1].free += width
    return n


@inner
def _forget(s: State, p: int) -> None:
    """Drop all reservations."""
    for q in range(s.queue.shape[1]):
        b = s.queue[p, q].first
        while b >= 0:
            begin = b * BLOCK + s.block[b].begin
            for k in range(begin, begin + s.block[b].count):
                s.job[s.slot[k].job].end = -1
            b = s.block[b].next


@inner
def _gather(s: State, p: int, steps: int) -> int:
    """Enter the reservations that stand, which are among the first of the queue; return the number of steps."""
    seen = 0
    for q in range(s.queue.shape[1]):
        b = s.queue[p, q].first
        while b >= 0:
            begin = b * BLOCK + s.block[b].begin
            for k in range(begin, begin + s.block[b].count):
                if seen == s.pool[p].reserve:
                    return steps
                seen += 1
                slot = s.slot[k]
                if s.job[slot.job].end >= 0:
                    steps = _book(s.step, steps, s.job[slot.job].end, slot.ask, slot.width)
            b = s.block[b].next
    return steps


@inner
def _find(s: State, steps: int, j: int, ask: int, width: int, reserved: bool, plan: int) -> tuple[int, int]:
    """Return when a job starts by the profile, −1 where nothing is promised, and the number of steps; it is booked."""
    now, held = s.clock[0].now, s.job[j].end
    if not reserved:
        if not _fits(s.step, steps, 0, ask, width):
            return -1, steps
        return now, _book(s.step, steps, now, ask, width)
    if held >= 0 and plan == KEEP:
        return held, steps
    if held >= 0:
        steps = _book(s.step, steps, held, ask, -width)
    when = _earliest(s.step, steps, ask, width)
    if when < 0:
        return -1, steps
    return when, _book(s.step, steps, when, ask, width)


@inner
def _fits(step: Records, steps: int, first: int, ask: int, width: int) -> bool:
    """Return whether a job can run from a step of the profile on."""
    until = step[first].when + ask
    i = first
    while i < steps and step[i].when < until:
        if step[i].free < width:
            return False
        i += 1
    return True


@inner
def _earliest(step: Records, steps: int, ask: int, width: int) -> int:
    """Return the earliest instant from which a job can run for as long as it asked, −1 where there is none."""
    first = -1
    for i in range(steps):
        if step[i].free < width:
            first = -1
            continue
        if first < 0:
            first = i
        if i + 1 == steps or step[first].when + ask <= step[i + 1].when:
            return int(step[first].when)
    return -1


@inner
def _book(step: Records, steps: int, when: int, ask: int, width: int) -> int:
    """Take units out of the profile for a while; return the number of its steps."""
    first, steps = _cut(step, steps, when)
    last, steps = _cut(step, steps, when + ask)
    for i in range(first, last):
        step[i].free -= width
    return steps


@inner
def _cut(step: Records, steps: int, when: int) -> tuple[int, int]:
    """Return the number of the step that begins at an instant, made where there is none, and the number of steps."""
    low, high = 0, steps
    while low < high:
        middle = (low + high) >> 1
        if step[middle].when < when:
            low = middle + 1
        else:
            high = middle
    if low < steps and step[low].when == when:
        return low, steps
    for i in range(steps, low, -1):
        step[i] = step[i - 1]
    step[low].when = when
    step[low].free = step[low - 1].free
    return low, steps + 1
