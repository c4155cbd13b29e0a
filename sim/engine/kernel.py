"""The compiled job loop: from one instant at which something happens to the next, until the clock wants a word.

At one instant all completions come first, then who has waited too long leaves, then held jobs come back, then new
ones arrive, and last there is one pass over the pools that were touched. `run(until)` does everything before `until`
and only the completions at it: what the clock does at that instant comes between, and the next call does the rest.
Every phase can be left and entered again, so a table that is full stops the loop and harms nothing.
"""

from __future__ import annotations

from sim.engine import backfill, cargo, carriage, heaps, lives, profile, queues, routing, windows
from sim.engine.compiled import entry, inner
from sim.engine.flows import FLOWS_FULL
from sim.engine.state import (
    ANEW,
    BLOCK,
    BLOCKS_FULL,
    ENDS_FULL,
    ENOUGH,
    FINISHED,
    KEEP,
    LIMITS_FULL,
    LOG_FULL,
    MOVING,
    NEVER,
    RELEASES_FULL,
    RUNNING,
    RUNNING_FULL,
    STEPS_FULL,
    WAITING,
    State,
)
from sim.ground.arrays import IntArray


@entry
def run(s: State, until: int) -> int:
    """Let time pass; return `ENOUGH` at `until`, else which table is full: give it more room and call again."""
    clock = s.clock[0]
    while True:
        lack = _complete(s)
        if lack != ENOUGH or clock.now >= until:
            return lack
        lack = _release(s)
        if lack == ENOUGH:
            lack = _arrive(s)
        if lack == ENOUGH:
            lack = _pass(s)
        if lack != ENOUGH:
            return lack
        upcoming = _upcoming(s)
        if upcoming > until or upcoming == NEVER:
            clock.now = until
            return ENOUGH
        clock.now = upcoming


@inner
def _upcoming(s: State) -> int:
    """Return the next instant at which something happens, `NEVER` where nothing does any more."""
    clock = s.clock[0]
    when = NEVER
    if clock.next < len(s.arrive):
        when = s.arrive[clock.next]
    if clock.ends > 0:
        when = min(when, s.ends[0].when)
    if clock.releases > 0:
        when = min(when, s.releases[0].when)
    if clock.limits > 0:
        when = min(when, s.limits[0].when)
    if len(s.cargo) > 0:
        when = min(when, carriage.upcoming(s, clock.now))
    return when


@inner
def _complete(s: State) -> int:
    """End the stretches that end now; an entry counts only if its job still runs and ends then."""
    clock = s.clock[0]
    while len(s.cargo) > 0 and carriage.has_end(s, clock.now):
        lack = _lack(s)
        if lack != ENOUGH:
            return lack
        cargo.land(s)
    while clock.ends > 0 and s.ends[0].when <= clock.now:
        lack = _lack(s)
        if lack != ENOUGH:
            return lack
        when, j = s.ends[0].when, s.ends[0].job
        heaps.pop(s.ends, clock.ends)
        clock.ends -= 1
        if s.job[j].state == RUNNING and s.job[j].end == when:
            lives.end_stretch(s, j)
            if s.job[j].state == FINISHED:
                cargo.send(s, j)
    return ENOUGH


@inner
def _release(s: State) -> int:
    """Let go who has waited too long, and bring back who was held until now."""
    clock = s.clock[0]
    while clock.limits > 0 and s.limits[0].when <= clock.now:
        lack = _lack(s)
        if lack != ENOUGH:
            return lack
        j = s.limits[0].job
        heaps.pop(s.limits, clock.limits)
        clock.limits -= 1
        if j < 0:
            if s.pool[-1 - j].alarm == clock.now:
                lives.touch(s, -1 - j)
        elif s.job[j].state == WAITING and (lives.is_late(s, j) or windows.is_kept_back(s, j)):
            lives.withdraw(s, j)
        elif s.job[j].state == MOVING and lives.is_late(s, j):
            cargo.give_up(s, j)
    while clock.releases > 0 and s.releases[0].when <= clock.now:
        lack = _lack(s)
        if lack != ENOUGH:
            return lack
        j = s.releases[0].job
        heaps.pop(s.releases, clock.releases)
        clock.releases -= 1
        clock.held -= 1
        _admit(s, j, False)
    return ENOUGH


@inner
def _arrive(s: State) -> int:
    """Bring in who arrives now."""
    clock = s.clock[0]
    while clock.next < len(s.arrive) and s.arrive[clock.next] <= clock.now:
        lack = _lack(s)
        if lack != ENOUGH:
            return lack
        j = clock.next
        clock.next += 1
        s.counts[s.job[j].workload].arrived += 1
        alone = clock.next == len(s.arrive) or s.arrive[clock.next] > clock.now
        _admit(s, j, alone)
    return ENOUGH


@inner
def _admit(s: State, j: int, alone: bool) -> None:
    """Give a job to a pool, unless it is too late, out of its hours, or wanted nowhere.

    Who arrives alone at a pool that nothing has touched, finds nobody waiting and fits is started here: a pass
    would do the same.
    """
    job = s.job[j]
    if lives.is_late(s, j):
        lives.miss(s, j)
        return
    if windows.is_kept_back(s, j):
        lives.hold(s, j, windows.opens(s, j))
        return
    p = job.pool
    if p < 0:
        p = routing.route(s, j)
    if p < 0:
        # Who has begun is not turned away any more.
        if p == routing.NOWHERE and job.first < 0:
            lives.reject(s, j)
        else:
            epoch = s.clock[0].epoch
            lives.hold(s, j, (s.clock[0].now // epoch + 1) * epoch)
        return
    if cargo.fetch(s, p, j):
        return
    pool = s.pool[p]
    free = pool.capacity - pool.used
    if alone and pool.waiting == 0 and job.width <= free and not pool.touched and pool.running < pool.room:
        lives.start(s, p, j)
    else:
        lives.queue_up(s, p, j)


@inner
def _pass(s: State) -> int:
    """Look over every pool that was touched."""
    clock = s.clock[0]
    while clock.touched > 0:
        p = s.touched[clock.touched - 1]
        pool = s.pool[p]
        if pool.waiting > 0:
            lack = _lack_of(s, p)
            if lack != ENOUGH:
                return lack
            if pool.reserve > 1:
                profile.look_over(s, p)
            elif pool.capacity > pool.used:
                backfill.look_over(s, p)
        else:
            pool.alarm = NEVER
        pool.plan = KEEP
        pool.touched = 0
        clock.touched -= 1
    return ENOUGH


@inner
def _lack(s: State) -> int:
    """Return which table may be full after one more turn of one job."""
    clock = s.clock[0]
    if clock.spare < 1:
        return BLOCKS_FULL
    if clock.ends >= len(s.ends):
        return ENDS_FULL
    if clock.releases >= len(s.releases):
        return RELEASES_FULL
    if clock.limits >= len(s.limits):
        return LIMITS_FULL
    if len(s.log) > 0 and clock.logged + 2 > len(s.log):
        return LOG_FULL
    if len(s.cargo) > 0 and s.wire[0].spare < 0:
        return FLOWS_FULL
    return ENOUGH


@inner
def _lack_of(s: State, p: int) -> int:
    """Return which table may be full after a pass over a pool: as many may start as wait, and as units are free."""
    pool, clock = s.pool[p], s.clock[0]
    most = min(pool.waiting, max(pool.capacity - pool.used, 0))
    if pool.running + most > pool.room:
        return RUNNING_FULL
    if clock.ends + most > len(s.ends):
        return ENDS_FULL
    if len(s.log) > 0 and clock.logged + most > len(s.log):
        return LOG_FULL
    if pool.reserve > 1 and clock.limits >= len(s.limits):
        return LIMITS_FULL
    if pool.reserve > 1 and pool.running + 4 * min(pool.waiting, pool.reserve + most) + 4 > len(s.step):
        return STEPS_FULL
    return ENOUGH


@entry
def set_capacity(s: State, p: int, capacity: int, size: int) -> None:
    """Give a pool another capacity, and another size that may be hoped for; whoever runs goes on."""
    _set_capacity(s, p, capacity, size)


@inner
def _set_capacity(s: State, p: int, capacity: int, size: int) -> None:
    pool = s.pool[p]
    pool.capacity = capacity
    pool.size = size
    pool.plan = ANEW
    lives.touch(s, p)


@entry
def kill_down(s: State, p: int, most: int, move: bool) -> int:
    """Kill running jobs, whom chance hits, until at most `most` units are in use; return which table is full.

    They wait at the same pool, ahead of all who never began, or are routed anew where they may move.
    """
    return _stop_down(s, p, most, move, True)


@entry
def set_capacities(s: State, capacity: IntArray, most: IntArray, size: IntArray, failed: IntArray, move: bool) -> int:
    """Give all pools [pool] other capacities and sizes that may be hoped for; stop whom there is no room for.

    Running jobs, whom chance hits, are stopped until at most `most` units are in use: killed at those pools that have
    `failed`, where they and who waits are routed anew if they may move; suspended at the others, where they wait.
    Returns which table is full: called again, it goes on.
    """
    for p in range(len(s.pool)):
        hoped = max(size[p], capacity[p])
        if s.pool[p].capacity != capacity[p] or s.pool[p].size != hoped:
            _set_capacity(s, p, capacity[p], hoped)
    for p in failed:
        lack = _stop_down(s, p, most[p], move, True)
        if lack == ENOUGH and move:
            lack = _move_waiting(s, p)
        if lack != ENOUGH:
            return lack
    for p in range(len(s.pool)):
        if s.pool[p].used > most[p]:
            lack = _stop_down(s, p, most[p], False, False)
            if lack != ENOUGH:
                return lack
    return ENOUGH


@inner
def _stop_down(s: State, p: int, most: int, move: bool, kills: bool) -> int:
    pool, clock, order = s.pool[p], s.clock[0], s.scratch
    count = 0
    if pool.used > most:
        for place in range(pool.running):
            j = s.running[pool.base + place].job
            heaps.push(order, place, routing.chance(clock.seed, j, clock.now), j)
        count = pool.running
    while pool.used > most:
        lack = _lack(s)
        if lack != ENOUGH:
            return lack
        j = order[0].job
        heaps.pop(order, count)
        count -= 1
        lives.stop(s, j, kills)
        if move:
            s.job[j].pool = -1
        _admit(s, j, False)
    return ENOUGH


@entry
def move_waiting(s: State, p: int) -> int:
    """Route anew who waits at a pool, or moves data there, and is wider than its capacity; return which table is full.

    Those that wait go at once, in the order of the queue, the others when held jobs come back.
    """
    return _move_waiting(s, p)


@inner
def _move_waiting(s: State, p: int) -> int:
    for q in range(s.queue.shape[1]):
        b = s.queue[p, q].first
        while b >= 0:
            behind = s.block[b].next
            i = s.block[b].begin
            while i < s.block[b].begin + s.block[b].count:
                slot = s.slot[b * BLOCK + i]
                if slot.width <= s.pool[p].capacity:
                    i += 1
                    continue
                lack = _lack(s)
                if lack != ENOUGH:
                    return lack
                j = slot.job
                at_front = i == s.block[b].begin
                queues.take(s, p, b, i)
                s.job[j].pool = -1
                _admit(s, j, False)
                i += at_front
            queues.tidy(s, p, q, b)
            b = behind
    if len(s.cargo) > 0:
        for f in range(len(s.flow)):
            if cargo.is_too_wide(s, f, p):
                lack = _lack(s)
                if lack != ENOUGH:
                    return lack
                cargo.turn_back(s, s.flow[f].whose >> 1)
    return ENOUGH
