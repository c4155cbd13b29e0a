"""The books of the job loop: unit-ticks by pool and workload, in whole numbers, and the proof that nothing was lost."""

from __future__ import annotations

from sim.engine.compiled import entry, inner
from sim.engine.state import BLOCK, State
from sim.ground.arrays import IntArray

GOOD, UNITS_BROKEN, JOBS_BROKEN = range(3)
"""How far the books balance."""


@inner
def _read(s: State, work: IntArray, lost: IntArray) -> None:
    span = s.clock[0].now - s.clock[0].since
    for p in range(len(s.pool)):
        for w in range(len(s.counts)):
            work[p, w] = s.booked[p, w].work + s.booked[p, w].used * span
            lost[p, w] = s.booked[p, w].lost


@entry
def read(s: State, work: IntArray, lost: IntArray) -> None:
    """Write the books as they stand, both [pool, workload], unit-ticks."""
    _read(s, work, lost)


@entry
def close(s: State, work: IntArray, lost: IntArray) -> int:
    """Write the books, open those of the next epoch, and return how far they balance.

    `UNITS_BROKEN`: workloads do not use what is in use at their pools. `JOBS_BROKEN`: who came has neither ended nor
    runs nor waits.
    """
    _read(s, work, lost)
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
            units -= booked.used
        if units != 0:
            return UNITS_BROKEN
    for w in range(len(s.counts)):
        count = s.counts[w]
        jobs += count.finished + count.rejected + count.missed - count.arrived
    return GOOD if jobs == 0 else JOBS_BROKEN


@entry
def count_owed(s: State, owed: IntArray) -> None:
    """Count the work that is still owed to the jobs at hand, [workload], unit-ticks, from one job after the other."""
    owed[:] = 0
    now = s.clock[0].now
    for p in range(len(s.pool)):
        for place in range(s.pool[p].base, s.pool[p].base + s.pool[p].running):
            job = s.job[s.running[place].job]
            owed[job.workload] += job.width * (job.left - (now - job.start))
        for q in range(s.queue.shape[1]):
            b = s.queue[p, q].first
            while b >= 0:
                begin = b * BLOCK + s.block[b].begin
                for k in range(begin, begin + s.block[b].count):
                    job = s.job[s.slot[k].job]
                    owed[job.workload] += job.width * job.left
                b = s.block[b].next
    for k in range(s.clock[0].releases):
        job = s.job[s.releases[k].job]
        owed[job.workload] += job.width * job.left
    for flow in s.flow:
        if flow.route >= 0 and flow.whose & 1 == 0:
            job = s.job[flow.whose >> 1]
            owed[job.workload] += job.width * job.left


@entry
def count_back(s: State, back: IntArray) -> None:
    """Count the work of held jobs that come back now, [region, workload], unit-ticks."""
    back[:] = 0
    for k in range(s.clock[0].releases):
        if s.releases[k].when <= s.clock[0].now:
            j = s.releases[k].job
            back[s.region[j], s.job[j].workload] += s.job[j].width * s.job[j].left
