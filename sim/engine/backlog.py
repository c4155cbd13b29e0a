"""The compiled part of an epoch's books: what waits, by age, and what was served, by place."""

from __future__ import annotations

import math

from sim.engine.compiled import entry
from sim.ground.arrays import Array, IntArray


@entry
def gather(backlog: Array, slack: IntArray, waiting: Array) -> None:
    """Sum what waits over its ages.

    Parameters
    ----------
    backlog
        [region, workload, age], FLOP.
    slack
        [workload], epochs; nothing is older.
    waiting
        [region, workload], FLOP; set.
    """
    for r in range(backlog.shape[0]):
        for w in range(backlog.shape[1]):
            total = 0.0
            for age in range(slack[w] + 1):
                total += backlog[r, w, age]
            waiting[r, w] = total


@entry
def reserve(served: Array, pool: IntArray, unit: float, units: IntArray) -> None:
    """Count the whole units that work takes.

    Parameters
    ----------
    served
        [region, workload, centre], FLOP.
    pool
        [workload], number of the pool or -1.
    unit
        FLOP that a unit does meanwhile.
    units
        [centre, pool]; set.
    """
    regions, workloads, centres = served.shape
    for c in range(centres):
        for p in range(units.shape[1]):
            flow = 0.0
            for w in range(workloads):
                if pool[w] == p:
                    for r in range(regions):
                        flow += served[r, w, c]
            units[c, p] = math.ceil(flow / unit - 1e-6)


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


@entry
def place(served: Array, total: Array, by_centre: Array, moved: Array, weight: Array, sent: Array) -> None:
    """Sum what an epoch has served.

    Parameters
    ----------
    served
        [region, workload, centre], FLOP.
    total, by_centre
        [region, workload] and [centre, workload], FLOP; set.
    moved
        [region, centre, workload], FLOP; added to.
    weight, sent
        [workload, 2] and [region, centre, 2]: what a unit counts for in each of two sums, which are added to.
    """
    total[:] = 0.0
    by_centre[:] = 0.0
    for r in range(served.shape[0]):
        for w in range(served.shape[1]):
            for c in range(served.shape[2]):
                amount = served[r, w, c]
                if amount != 0.0:
                    total[r, w] += amount
                    by_centre[c, w] += amount
                    moved[r, c, w] += amount
                    sent[r, c, 0] += amount * weight[w, 0]
                    sent[r, c, 1] += amount * weight[w, 1]


@entry
def release(
    backlog: Array,
    served: Array,
    rejected: Array,
    slack: IntArray,
    last: bool,
    wait: Array,
    expired: Array,
    after: Array,
) -> None:
    """Take served work from the backlog, oldest first, drop what is past its deadline, and age the rest.

    Parameters
    ----------
    backlog
        [region, workload, age], FLOP; changed.
    served, rejected
        [region, workload], FLOP of this epoch; rejected work is the newest.
    slack
        [workload], epochs.
    last
        Whether the run ends here: then every deadline is now.
    wait
        [workload, age], FLOP served by epochs waited; added to.
    expired, after
        [region, workload], FLOP past its deadline; FLOP that waits on; set.
    """
    for r in range(backlog.shape[0]):
        for w in range(backlog.shape[1]):
            oldest = slack[w]
            out = rejected[r, w]
            for age in range(oldest + 1):
                if out == 0.0:
                    break
                taken = min(out, backlog[r, w, age])
                backlog[r, w, age] -= taken
                out -= taken
            out = served[r, w]
            for age in range(oldest, -1, -1):
                taken = min(out, backlog[r, w, age])
                backlog[r, w, age] -= taken
                wait[w, age] += taken
                out -= taken
            gone, left = backlog[r, w, oldest], 0.0
            for age in range(oldest, 0, -1):
                if last:
                    gone += backlog[r, w, age - 1]
                    backlog[r, w, age - 1] = 0.0
                backlog[r, w, age] = backlog[r, w, age - 1]
                left += backlog[r, w, age]
            backlog[r, w, 0] = 0.0
            expired[r, w], after[r, w] = gone, left


@entry
def balanced(before: Array, arrived: Array, served: Array, unserved: Array, after: Array, tolerance: float) -> bool:
    """Return whether all that came is accounted for, [region, workload] each, FLOP, to a share of it and 1e-6."""
    for r in range(before.shape[0]):
        for w in range(before.shape[1]):
            came = before[r, w] + arrived[r, w]
            gap = abs(came - served[r, w] - unserved[r, w] - after[r, w])
            # Strictly below: where a number is infinite, so are both sides.
            if not gap < tolerance * came + 1e-6:
                return False
    return True
