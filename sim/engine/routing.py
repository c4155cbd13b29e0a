"""Where a job goes: by share, by quota or by score, and on to the next best where a pool cannot take it."""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import inner
from sim.engine.queues import coarse
from sim.engine.state import QUOTA, SCORE, SHARE, State

LATER, NOWHERE = -1, -2
"""Instead of a pool: keep it back, turn it away."""
_JOB = np.uint64(0x9E3779B97F4A7C15)
_HOUR = np.uint64(0xC2B2AE3D27D4EB4F)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11, _TWO = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11), np.uint64(2)


@inner
def scatter(seed: int, job: int, hour: int) -> int:
    """Return 64 bits that look like chance and depend on seed, job and hour alone.

    So every policy, and every way of cutting a run into pieces, meets the same numbers. The mixing is
    SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, doi 10.1145/2660193.2660195).
    """
    z = np.uint64(seed) + np.uint64(job + 1) * _JOB + np.uint64(hour) * _HOUR
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)  # type: ignore[return-value]


@inner
def uniform(seed: int, job: int, hour: int) -> float:
    """Return a number from 0 to below 1 that depends on seed, job and hour alone."""
    return float(np.uint64(scatter(seed, job, hour)) >> _11) * 2.0**-53


@inner
def chance(seed: int, job: int, when: int) -> int:
    """Return a whole number from 0 to below 2⁶² that depends on seed, job and instant alone."""
    return int(np.uint64(scatter(seed, job, when)) >> _TWO)


@inner
def takes(s: State, p: int, width: int) -> bool:
    """Return whether a pool may be given a job of a width now: wide enough, with room to start or to wait."""
    if p < 0 or s.pool[p].capacity < width:
        return False
    waiting = s.pool[p].waiting
    return bool(waiting < s.pool[p].most or (waiting == 0 and s.pool[p].capacity - s.pool[p].used >= width))


@inner
def route(s: State, j: int) -> int:
    """Return the pool that a job is sent to, or `LATER`, or `NOWHERE`."""
    job = s.job[j]
    r, w, width = s.region[j], job.workload, job.width
    centres = s.pool_of.shape[1]
    mode = s.clock[0].mode
    if mode == SHARE:
        c = _by_share(s, j, r, w)
    elif mode == QUOTA:
        c = _by_quota(s, r, w, width, job.ask)
    else:
        c = _by_score(s, r, w, width, job.ask)
    if c == centres:
        return LATER
    if c == centres + 1:
        return NOWHERE
    if c >= 0 and takes(s, s.pool_of[w, c], width):
        return int(s.pool_of[w, c])
    return _spill(s, r, w, width, mode != SCORE)


@inner
def _by_share(s: State, j: int, r: int, w: int) -> int:
    """Return the column that a draw falls into; the shares are cumulative."""
    clock = s.clock[0]
    columns = s.share.shape[2]
    if columns == 3 and s.share[r, w, 0] >= 1.0:
        return 0
    draw = uniform(clock.seed, j, clock.now // clock.epoch)
    c = 0
    while c < columns - 1 and draw >= s.share[r, w, c]:
        c += 1
    return c


@inner
def _by_quota(s: State, r: int, w: int, width: int, ask: int) -> int:
    """Return the column to which most is owed of those that can take the job, −1 where there is none, and book it."""
    columns = s.share.shape[2]
    work = float(width) * float(ask)
    best = -1
    for c in range(columns):
        share = s.share[r, w, c]
        if share <= 0.0:
            continue
        s.credit[r, w, c] += share * work
        if c < columns - 2 and not takes(s, s.pool_of[w, c], width):
            continue
        if best < 0 or s.credit[r, w, c] > s.credit[r, w, best]:
            best = c
    if best >= 0:
        s.credit[r, w, best] -= work
    return best


@inner
def _by_score(s: State, r: int, w: int, width: int, ask: int) -> int:
    """Return the centre of least score plus weighted wait of those that can take the job, −1 where there is none.

    The wait expected is 0 where the job may start at once, and else the time in which the whole pool does what
    waits, this job included.
    """
    weight = s.clock[0].congestion
    best = -1
    least = np.inf
    for c in range(s.pool_of.shape[1]):
        cost = s.score[r, w, c]
        if cost >= least:
            continue
        p = s.pool_of[w, c]
        if not takes(s, p, width):
            continue
        pool = s.pool[p]
        if pool.waiting > 0 or pool.capacity - pool.used < width:
            cost += weight * (float(pool.backlog + coarse(width, ask)) / float(pool.capacity))
        if cost < least:
            best, least = c, cost
    return best


@inner
def _spill(s: State, r: int, w: int, width: int, anywhere: bool) -> int:
    """Return the nearest pool that can take a job; `LATER` where only an outage or a score forbids it; or `NOWHERE`."""
    worth_waiting = False
    for k in range(s.near.shape[2]):
        c = s.near[r, w, k]
        if c < 0:
            break
        p = s.pool_of[w, c]
        if p < 0 or s.pool[p].size < width:
            continue
        if takes(s, p, width):
            if anywhere:
                return int(p)
            worth_waiting = True  # its score forbids it, for now
        elif s.pool[p].capacity < width:
            worth_waiting = True
    return LATER if worth_waiting else NOWHERE
