"""The compiled part of what is reserved: the fluid goes first, jobs have the rest, and what fails is lost to both."""

from __future__ import annotations

import math

from sim.engine.compiled import entry
from sim.ground.arrays import Array, IntArray


@entry
def reserve(served: Array, pool: IntArray, unit: float, flow: Array, units: IntArray) -> None:
    """Count the whole units that work takes.

    Parameters
    ----------
    served
        [region, workload, centre], FLOP.
    pool
        [workload], number of the pool or -1.
    unit
        FLOP that a unit does meanwhile.
    flow, units
        [centre, pool], FLOP and units; set.
    """
    regions, workloads, centres = served.shape
    flow[:] = 0.0
    for w in range(workloads):
        if pool[w] >= 0:
            for r in range(regions):
                for c in range(centres):
                    flow[c, pool[w]] += served[r, w, c]
    for c in range(centres):
        for p in range(units.shape[1]):
            units[c, p] = math.ceil(flow[c, p] / unit - 1e-6)


@entry
def divide(
    up: IntArray, reserved: IntArray, may_start: Array, number: IntArray, kept: IntArray, share: Array, room: IntArray,
    start: IntArray,
) -> None:  # fmt: skip
    """Divide what is in service between what is reserved, which goes first, and jobs.

    Parameters
    ----------
    up, reserved
        [centre, pool], units in service, and reserved.
    may_start
        [centre, pool], share of the room of jobs in which they may still start.
    number
        [centre, pool], number of the loop's pool, −1 where there is none.
    kept, share
        [centre, pool], units of those reserved that are in service, and their share; set.
    room, start
        [number], units on which jobs may run, and start; set.
    """
    for c in range(up.shape[0]):
        for p in range(up.shape[1]):
            kept[c, p] = min(reserved[c, p], up[c, p])
            share[c, p] = kept[c, p] / reserved[c, p] if reserved[c, p] > 0 else 1.0
            n = number[c, p]
            if n >= 0:
                room[n] = up[c, p] - kept[c, p]
                start[n] = math.floor(room[n] * may_start[c, p])


@entry
def cut(served: Array, rejected: Array, kept: Array, pool: IntArray) -> None:
    """Turn away the part of what was served for which there was no room after all.

    Parameters
    ----------
    served, rejected
        [region, workload, centre] and [region, workload], FLOP; changed.
    kept
        [centre, pool], share of the room that could be kept, 0-1.
    pool
        [workload], number of the pool or -1.
    """
    for w in range(served.shape[1]):
        if pool[w] >= 0:
            for c in range(served.shape[2]):
                share = 1.0 - kept[c, pool[w]]
                if share > 0.0:
                    for r in range(served.shape[0]):
                        gone = served[r, w, c] * share
                        served[r, w, c] -= gone
                        rejected[r, w] += gone
