"""The life of a job: a function for every turn it may take, with its entries in the ledger, the counts and the log."""

from __future__ import annotations

from sim.engine import heaps, queues, windows
from sim.engine.compiled import inner
from sim.engine.state import (
    ALL_NEW,
    ANEW,
    COMPRESS,
    FINISHED,
    FINISHES,
    HELD,
    IS_KILLED,
    IS_REJECTED,
    MISSED,
    MISSES,
    NEVER,
    NOBODY,
    PAUSES,
    REJECTED,
    RUNNING,
    STARTS,
    WAITING,
    State,
)


@inner
def touch(s: State, p: int) -> None:
    """List a pool for the pass: so much has changed that all who wait there must be looked at."""
    s.pool[p].newcomer = ALL_NEW
    _list(s, p)


@inner
def _list(s: State, p: int) -> None:
    """List a pool for the pass."""
    if not s.pool[p].touched:
        s.pool[p].touched = 1
        s.touched[s.clock[0].touched] = p
        s.clock[0].touched += 1


@inner
def queue_up(s: State, p: int, j: int) -> None:
    """Let a job wait at a pool."""
    job = s.job[j]
    job.state = WAITING
    job.pool = p
    job.end = -1
    q = queues.list_of(job)
    if s.pool[p].reserve > 1:
        for later in range(q + 1, s.queue.shape[1]):
            if s.queue[p, later].first >= 0:
                s.pool[p].plan = ANEW
    queues.append(s, p, q, j)
    s.pool[p].newcomer = j if s.pool[p].newcomer == NOBODY else ALL_NEW
    _list(s, p)
    limit = windows.limit(s, j)
    if limit < NEVER:
        heaps.push(s.limits, s.clock[0].limits, limit, j)
        s.clock[0].limits += 1


@inner
def start(s: State, p: int, j: int) -> None:
    """Start a job that stands in no queue, for as long as its work or its hours last."""
    job, pool, clock = s.job[j], s.pool[p], s.clock[0]
    now, width = clock.now, job.width
    work, request = job.left, job.ask
    if job.pausable:
        hours = windows.closes(s, j) - now
        work, request = min(work, hours), min(request, hours)
        if now + request <= pool.shadow < now + job.ask:
            # It takes units beside the head that it gives back before: who was refused for them may start now.
            pool.newcomer = ALL_NEW
    job.state = RUNNING
    job.pool = p
    job.start = now
    job.end = now + work
    if job.first < 0:
        job.first = now
    heaps.join(s.running, s.job, pool.base, pool.running, now + request, j)
    pool.running += 1
    pool.used += width
    heaps.push(s.ends, clock.ends, now + work, j)
    clock.ends += 1
    booked = s.booked[p, job.workload]
    booked.used += width
    booked.work -= width * (now - clock.since)
    note(s, j, STARTS)


@inner
def _leave(s: State, j: int) -> None:
    """Take a running job from its pool."""
    job = s.job[j]
    p = job.pool
    pool, clock = s.pool[p], s.clock[0]
    if pool.reserve > 1 and clock.now < job.start + job.ask:
        pool.plan = max(pool.plan, COMPRESS)
    heaps.part(s.running, s.job, pool.base, pool.running, job.slot)
    pool.running -= 1
    pool.used -= job.width
    booked = s.booked[p, job.workload]
    booked.used -= job.width
    booked.work += job.width * (clock.now - clock.since)
    touch(s, p)


@inner
def end_stretch(s: State, j: int) -> None:
    """Finish a running job, or pause it where its hours end before its work."""
    job = s.job[j]
    _leave(s, j)
    done = job.end - job.start
    job.left -= done
    job.ask -= done
    if job.left > 0:
        note(s, j, PAUSES)
        hold(s, j, windows.opens(s, j))
    else:
        job.state = FINISHED
        s.counts[job.workload].finished += 1
        note(s, j, FINISHES)


@inner
def stop(s: State, j: int, kills: bool) -> None:
    """Stop a running job before its end: who is killed loses what it did since its last checkpoint."""
    job = s.job[j]
    _leave(s, j)
    s.pool[job.pool].plan = ANEW
    done = s.clock[0].now - job.start
    kept = done
    if kills:
        interval = s.checkpoint[job.workload]
        kept = done - done % interval if interval > 0 else 0
        s.counts[job.workload].killed += 1
    job.left -= kept
    job.ask -= kept
    s.lost[j] += done - kept
    booked = s.booked[job.pool, job.workload]
    booked.lost += job.width * (done - kept)
    booked.gone += float(job.width) * float(done - kept)
    note(s, j, IS_KILLED if kills else PAUSES)


@inner
def withdraw(s: State, j: int) -> None:
    """Take a waiting job from its queue: it is too late, or its hours are over; who never began is routed anew."""
    job = s.job[j]
    pool = s.pool[job.pool]
    if pool.reserve > 1 and job.end >= 0:
        pool.plan = max(pool.plan, COMPRESS)
    queues.remove(s, job.pool, j)
    touch(s, job.pool)
    if is_late(s, j):
        miss(s, j)
        return
    if job.first < 0:
        job.pool = -1
    hold(s, j, windows.opens(s, j))


@inner
def hold(s: State, j: int, until: int) -> None:
    """Keep a job back until an instant, or until it is too late for its start."""
    job = s.job[j]
    job.state = HELD
    if job.first < 0:
        until = min(until, s.due[j] + 1)
    heaps.push(s.releases, s.clock[0].releases, until, j)
    s.clock[0].releases += 1
    s.clock[0].held += 1


@inner
def is_late(s: State, j: int) -> bool:
    """Return whether a job that never began has passed its latest start."""
    return bool(s.job[j].first < 0 and s.clock[0].now > s.due[j])


@inner
def miss(s: State, j: int) -> None:
    """Let a job go that did not start in time."""
    job = s.job[j]
    job.state = MISSED
    job.end = s.clock[0].now
    s.counts[job.workload].missed += 1
    s.counts[job.workload].undone += job.width * job.left
    note(s, j, MISSES)


@inner
def reject(s: State, j: int) -> None:
    """Turn a job away."""
    job = s.job[j]
    job.state = REJECTED
    job.pool = -1
    job.end = s.clock[0].now
    s.counts[job.workload].rejected += 1
    s.counts[job.workload].undone += job.width * job.left
    note(s, j, IS_REJECTED)


@inner
def note(s: State, j: int, what: int) -> None:
    """Enter a turn into the log, where there is one."""
    if len(s.log) > 0:
        line = s.log[s.clock[0].logged]
        line.when = s.clock[0].now
        line.job = j
        line.pool = s.job[j].pool
        line.what = what
        s.clock[0].logged += 1
