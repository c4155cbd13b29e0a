"""The books of the job loop: unit-ticks by pool and workload, in whole numbers, and the proof that nothing was lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled import entry, inner
from sim.engine.state import BLOCK, State
from sim.ground.arrays import Array, IntArray

GOOD, UNITS_BROKEN, JOBS_BROKEN, WORK_BROKEN = range(4)
"""How far the books balance."""


@entry
def close(
    s: State,
    work: IntArray,
    lost: IntArray,
    gone: Array,
    waiting: Array,
    back: Array,
    done: IntArray,
    came: IntArray,
    gap: IntArray,
) -> int:
    """Write the books, open those of the next epoch, and return how far they balance.

    `UNITS_BROKEN`: workloads do not use what is in use at their pools. `JOBS_BROKEN`: who came has neither ended nor
    runs nor waits. `WORK_BROKEN`: as `find_gap`, which costs less here than in a call of its own.

    Parameters
    ----------
    s
        The tables.
    work, lost, gone
        [pool, workload], unit-ticks; set. `lost` modulo 2⁶⁴, `gone` the same as floats.
    waiting, back
        [pool], unit-ticks that wait in queues, to 2²⁰; [region, workload], those of held jobs that come back now; set.
    done
        [workload], unit-ticks done and not lost so far; added to.
    came
        [workload], unit-ticks of all who have arrived.
    gap
        [workload], unit-ticks; set. 0 where none is missing.
    """
    span = s.clock[0].now - s.clock[0].since
    for p in range(len(s.pool)):
        waiting[p] = s.pool[p].backlog * 1048576.0
        for w in range(len(s.counts)):
            work[p, w] = s.booked[p, w].work + s.booked[p, w].used * span
            lost[p, w], gone[p, w] = s.booked[p, w].lost, s.booked[p, w].gone
            done[w] += work[p, w] - lost[p, w]
    _count_back(s, back)
    clock = s.clock[0]
    clock.since = clock.now
    jobs = clock.held + clock.moving
    for p in range(len(s.pool)):
        units = s.pool[p].used
        jobs += s.pool[p].running + s.pool[p].waiting
        for w in range(len(s.counts)):
            booked = s.booked[p, w]
            booked.work = 0
            booked.lost = 0
            booked.gone = 0.0
            units -= booked.used
        if units != 0:
            return UNITS_BROKEN
    for w in range(len(s.counts)):
        count = s.counts[w]
        jobs += count.finished + count.rejected + count.missed - count.arrived
    if jobs != 0:
        return JOBS_BROKEN
    return WORK_BROKEN if _gap(s, came, done, gap) else GOOD


@inner
def _subtract_owed(s: State, gap: IntArray) -> None:
    """Take off the work that is still owed to the jobs at hand, from one job after the other."""
    now = s.clock[0].now
    for p in range(len(s.pool)):
        for place in range(s.pool[p].base, s.pool[p].base + s.pool[p].running):
            job = s.job[s.running[place].job]
            gap[job.workload] -= job.width * (job.left - (now - job.start))
        for q in range(s.queue.shape[1]):
            b = s.queue[p, q].first
            while b >= 0:
                begin = b * BLOCK + s.block[b].begin
                for k in range(begin, begin + s.block[b].count):
                    job = s.job[s.slot[k].job]
                    gap[job.workload] -= job.width * job.left
                b = s.block[b].next
    for k in range(s.clock[0].releases):
        job = s.job[s.releases[k].job]
        gap[job.workload] -= job.width * job.left
    for flow in s.flow:
        if flow.route >= 0 and flow.whose & 1 == 0:
            job = s.job[flow.whose >> 1]
            gap[job.workload] -= job.width * job.left


@inner
def _gap(s: State, came: IntArray, done: IntArray, gap: IntArray) -> bool:
    """Find what `find_gap` finds."""
    span = s.clock[0].now - s.clock[0].since
    for w in range(len(s.counts)):
        gap[w] = came[w] - done[w] - s.counts[w].undone
        for p in range(len(s.pool)):
            booked = s.booked[p, w]
            gap[w] -= booked.work + booked.used * span - booked.lost
    _subtract_owed(s, gap)
    found = False
    for w in range(len(gap)):
        found |= gap[w] != 0
    return found


@entry
def count_came(
    workload: NDArray[np.int32], width: NDArray[np.int32], run: IntArray, first: int, behind: int, came: IntArray
) -> None:
    """Add the work of jobs, each [job], from the first on to that of their workloads; [workload], unit-ticks."""
    for j in range(first, behind):
        came[workload[j]] += np.int64(width[j]) * run[j]


@entry
def find_gap(s: State, came: IntArray, done: IntArray, gap: IntArray) -> bool:
    """Find whether work was lost or made: what came, less what is done, left undone, and still owed.

    Parameters
    ----------
    s
        The tables.
    came
        [workload], unit-ticks of all who have arrived.
    done
        [workload], unit-ticks done and not lost, in the epochs whose books are closed.
    gap
        [workload], unit-ticks; set. 0 where none is missing.
    """
    return _gap(s, came, done, gap)


@inner
def _count_back(s: State, back: Array) -> None:
    """Count the work of held jobs that come back now, [region, workload], unit-ticks."""
    back[:] = 0.0
    for k in range(s.clock[0].releases):
        if s.releases[k].when <= s.clock[0].now:
            j = s.releases[k].job
            back[s.region[j], s.job[j].workload] += float(s.job[j].width) * float(s.job[j].left)


@entry
def by_place(
    work: IntArray,
    gone: Array,
    centre: IntArray,
    kind: IntArray,
    flop: float,
    taken: IntArray,
    served: Array,
    undone: Array,
) -> None:
    """Tell what pools have done by where they are.

    Parameters
    ----------
    work, gone
        [number, workload], unit-ticks; done, and lost.
    centre, kind
        [number], where a pool is.
    flop
        FLOP of a unit-tick.
    taken
        [centre, pool], unit-ticks; set where there is a pool.
    served
        [centre, workload], FLOP; added to.
    undone
        [workload], FLOP of work that was lost; set.
    """
    undone[:] = 0.0
    for p in range(work.shape[0]):
        used = 0
        for w in range(work.shape[1]):
            used += work[p, w]
            served[centre[p], w] += work[p, w] * flop
            undone[w] += gone[p, w] * flop
        taken[centre[p], kind[p]] = used
