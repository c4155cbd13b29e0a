"""The compiled part of a view: what a policy sees of jobs and of the fluid together, when an epoch begins."""

from __future__ import annotations

from sim.engine.compiled import entry
from sim.ground.arrays import Array, IntArray


@entry
def look_at_pools(
    installed: Array,
    up: Array,
    taken: IntArray,
    kept: IntArray,
    ticks: int,
    flop: float,
    waiting: Array,
    centre: IntArray,
    kind: IntArray,
    seen: Array,
) -> None:
    """Set what a policy sees of the pools.

    Parameters
    ----------
    installed, up
        [centre, pool], FLOP that it does in an epoch where all is in service; share that is.
    taken, kept
        [centre, pool], unit-ticks of jobs in the last epoch, and units that were reserved in it.
    ticks, flop
        Ticks of an epoch, FLOP of a unit-tick.
    waiting
        [number], unit-ticks of jobs in queues.
    centre, kind
        [number], where a pool of the job loop is.
    seen
        [3, centre, pool]; set: FLOP in service, share of it that was used, FLOP that waits in queues.
    """
    seen[2] = 0.0
    for n in range(len(waiting)):
        seen[2, centre[n], kind[n]] = waiting[n] * flop
    for c in range(installed.shape[0]):
        for p in range(installed.shape[1]):
            full = installed[c, p] * up[c, p]
            used = (taken[c, p] + kept[c, p] * ticks) * flop
            seen[0, c, p] = full
            seen[1, c, p] = min(used / full, 1.0) if full > 0.0 else 0.0


@entry
def look_at_work(arrived: Array, coming: Array, fluid: Array, back: Array, flop: float, seen: Array) -> None:
    """Set what a policy sees of the work.

    Parameters
    ----------
    arrived, coming, fluid
        [region, workload], FLOP: of the fluid, new; expected as jobs; of the fluid, waiting.
    back
        [region, workload], unit-ticks of jobs that were kept back until now.
    flop
        FLOP of a unit-tick.
    seen
        [2, region, workload]; set: FLOP that arrives, and that waits.
    """
    for r in range(back.shape[0]):
        for w in range(back.shape[1]):
            seen[0, r, w] = arrived[r, w] + coming[r, w]
            seen[1, r, w] = fluid[r, w] + coming[r, w] + back[r, w] * flop
