"""What a sweep will take: counted where it can be counted, measured on a short run where it cannot."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any

from sim.once import execute, prepare
from sim.study.axes import sets
from sim.study.sweep import Plan
from sim.study.tasks import Task

PROBE_H = 168.0
"""Longest run that is made to measure the time of the others, h."""
ROW_BYTES, CSV_BYTES = 1_400.0, 700.0
"""Size of a row in its part, and in the tables."""


def estimate(asked: Plan, workers: int) -> dict[str, Any]:
    """Return what is left to do of a sweep and about what it takes.

    Time is measured: the first open task is run for its first week and taken to grow with the horizon. A policy whose
    cost does not (an optimum) takes longer than that.

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
    busy = max(min(workers, len(left)), 1)
    seconds, peak = _probe(left[0]) if left else (0.0, 0.0)
    return {
        "points": asked.design.points,
        "done": len(known) - failed,
        "failed": failed,
        "runs": len(left),
        "seconds": round(seconds * len(left) / busy, 1),
        "memory_mb": round(peak * busy, 1),
        "disk_mb": round((ROW_BYTES * points + CSV_BYTES * asked.design.points) / 1e6, 3),
    }


def _probe(task: Task) -> tuple[float, float]:
    """Return about how many seconds a task takes, and how many MB."""
    _, own = task.points[0]
    whole = prepare(task.path, [*task.sets, *sets(own)], task.plugins).config.run
    hours = min(whole.horizon_h, PROBE_H)
    share = hours / whole.horizon_h
    jobs = max(round(whole.jobs.count * share), 1)
    short = [*task.sets, *sets(own), f"run.horizon_h={hours!r}", f"run.jobs.count={jobs}"]
    scenario = prepare(task.path, short, task.plugins)
    execute(scenario, task.plugins)  # Compiles, and fills the caches.
    begun = time.perf_counter()
    execute(scenario, task.plugins)
    seconds = (time.perf_counter() - begun) / share
    return seconds, _peak_mb()


def _peak_mb() -> float:
    """Return the peak memory of this process, MB; macOS counts in bytes, Linux in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
