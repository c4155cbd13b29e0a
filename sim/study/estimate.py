"""What a sweep will take: counted where it can be counted, measured on a short run where it cannot."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

from sim.network.build import build
from sim.once import execute, prepare
from sim.study.axes import sets
from sim.study.batch import together
from sim.study.sweep import Plan
from sim.study.tasks import Task, dispatches, packs

PROBE_H = 168.0
"""Longest run that is made to measure the time of the others, h."""
SOME = 33
"""Points that are made to measure the time of the others."""
ROW_BYTES, CSV_BYTES = 1_400.0, 700.0
"""Size of a row in its part, and in the tables."""
COPIES, POINT_BYTES = 5.0, 12_000.0
"""Bytes that a run takes for a byte of the network's series, as measured on the nation; and a point of a batch."""


def estimate(asked: Plan, workers: int) -> dict[str, Any]:
    """Return what is left to do of a sweep and about what it takes.

    Time and memory are measured on the first week of the first open task and taken to grow with the horizon. A policy
    whose cost grows faster (an optimum) takes longer than that.

    Parameters
    ----------
    asked
        The sweep.
    workers
        Processes.

    Returns
    -------
    dict
        ``points``, ``done``, ``failed``, ``runs`` (dispatches to simulate), ``seconds``, ``memory_mb`` (of all
        processes together), ``disk_mb``.
    """
    known = asked.known()
    left = [task for task in asked.tasks if any(point not in known for point, _ in task.points)]
    points = sum(len(task.points) for task in left)
    failed = sum(row.failed for row in known.values())
    busy, runs = max(min(workers, len(packs(left))), 1), dispatches(left)
    run, point, peak = _probe(left[0]) if left else (0.0, 0.0, 0.0)
    return {
        "points": asked.design.points,
        "done": len(known) - failed,
        "failed": failed,
        "runs": runs,
        "seconds": round((run * runs + point * points) / busy, 1),
        "memory_mb": round(peak * busy, 1),
        "disk_mb": round((ROW_BYTES * points + CSV_BYTES * asked.design.points) / 1e6, 3),
    }


def _probe(task: Task) -> tuple[float, float, float]:
    """Return about the seconds of a task's dispatch, those of each of its points, and its peak memory, MB."""
    first = sets(task.points[0][1])
    whole = prepare(task.path, [*task.sets, *first], task.plugins).config.run
    hours = min(whole.horizon_h, PROBE_H)
    share = hours / whole.horizon_h
    short = [*task.sets, f"run.horizon_h={hours!r}", f"run.jobs.count={max(round(whole.jobs.count * share), 1)}"]
    scenario = prepare(task.path, [*short, *first], task.plugins)
    execute(scenario, task.plugins)  # Compiles, and fills the caches.
    begun = time.perf_counter()
    execute(scenario, task.plugins)
    seconds = (time.perf_counter() - begun) / share
    point = 0.0
    if len(task.points) > 1:
        some = task.points[:SOME]
        together(task.path, short, some[:1], task.plugins, 1)
        begun = time.perf_counter()
        together(task.path, short, some, task.plugins, 1)
        point = (time.perf_counter() - begun) / len(some)
    arrays = (values for values in build(scenario).data.data_vars.values() if "epoch" in values.dims)
    longer = sum(values.nbytes for values in arrays) * (1.0 / share - 1.0)
    return seconds, point, _peak_mb() + (COPIES * longer + POINT_BYTES * len(task.points)) / 1e6


def _peak_mb() -> float:
    """Return the peak memory of this process, MB; macOS counts in bytes, Linux in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
