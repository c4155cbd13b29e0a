"""The hours in which a job may run: a mask of the epochs since its arrival, bit 0 for the one it arrived in.

Behind the last hour that the mask allows, and behind the 64th, every hour is allowed: a mask puts off, it does not
forbid for good. A mask of 0 allows every hour.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import inner
from sim.engine.state import NEVER, State

_HOURS = 64
_ONE = np.uint64(1)
_NONE = np.uint64(0)


@inner
def allows(hours: int, lag: int) -> bool:
    """Return whether a mask allows the epoch `lag` behind that of the arrival."""
    if lag >= _HOURS:
        return True
    rest = np.uint64(hours) >> np.uint64(lag)
    return bool(rest == _NONE or rest & _ONE == _ONE)


@inner
def is_kept_back(s: State, j: int) -> bool:
    """Return whether its hours keep a job from running now; who is not pausable asks before its first start only."""
    job = s.job[j]
    if job.hours == _NONE or (job.first >= 0 and not job.pausable):
        return False
    clock = s.clock[0]
    return not allows(job.hours, clock.now // clock.epoch - s.arrive[j] // clock.epoch)


@inner
def opens(s: State, j: int) -> int:
    """Return when the next allowed hour of a job begins, later than now, ticks."""
    clock = s.clock[0]
    arrived = s.arrive[j] // clock.epoch
    lag = clock.now // clock.epoch - arrived + 1
    while not allows(s.job[j].hours, lag):
        lag += 1
    return int((arrived + lag) * clock.epoch)


@inner
def closes(s: State, j: int) -> int:
    """Return when the next hour begins in which a job that can be interrupted must not run, ticks, or `NEVER`."""
    job, clock = s.job[j], s.clock[0]
    if job.hours == _NONE or not job.pausable:
        return NEVER
    arrived = s.arrive[j] // clock.epoch
    for lag in range(clock.now // clock.epoch - arrived + 1, _HOURS):
        if not allows(job.hours, lag):
            return int((arrived + lag) * clock.epoch)
    return NEVER


@inner
def limit(s: State, j: int) -> int:
    """Return when a waiting job must leave its queue: late for its start, or out of its hours; ticks, or `NEVER`."""
    closing: int = closes(s, j)
    if s.job[j].first >= 0:
        return closing
    late: int = s.due[j] + 1
    return min(closing, late)
