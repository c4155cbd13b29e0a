"""Sweeps: a thousand years of the nation, time against points, two processes against one, Dask's overhead."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.apart import apart, missing
from benchmarks.registry import Spec, Table
from sim.study.fleet import done_here, done_there
from sim.study.sweep import plan, sweep

OVER = """extends: baseline-2024.yaml
sweep:
  sample:
    n: {n}
    over:
      grid.carbon_price: [0 CNY/t, 300 CNY/t]
      centres.*.green.solar: ["-50%", "+200%"]
      standard.idle_smart: [0.2, 0.5]
"""
EVENTS = """extends: toy.yaml
run: {engine: events, horizon: 30 d, jobs: {count: 120000}}
sweep: {grid: {run.seed: [1, 2, 3, 4, 5, 6, 7, 8]}}
"""
TASKS, SLEEP = 400, 0.5


def measure() -> Table:
    """Return seconds, memory and ratios of this machine."""
    rows, good = [], True
    times = {}
    for points in (250, 500, 1000):
        (seconds, _), peak = apart(swept, OVER.format(n=points), 1)
        times[points] = seconds
        rows.append((f"{points:,} full years of the nation, one process", f"{seconds:.1f} s", f"{peak:.0f} MB"))
    per = (times[1000] - times[500]) / (times[500] - times[250])
    rows.append(("time of the last 500 points over that of the 250 before", f"{per:.2f}", "2 is linear"))
    seconds, _ = swept(OVER.format(n=1000), 2)
    rows.append(("1,000 full years of the nation, two processes", f"{seconds:.1f} s", "15 s asked"))
    good = good and min(seconds, times[1000]) <= 15.0
    one, two = swept(EVENTS, 1)[0], swept(EVENTS, 2)[0]
    rows.append(("8 event runs, one process over two", f"{one / two:.2f}", f"{one:.0f} s and {two:.0f} s; 1.8 asked"))
    good = good and one / two >= 1.8
    absent = missing(("distributed",))
    if absent is None:
        ideal, begun = TASKS * SLEEP / 2.0, time.perf_counter()
        list(done_there(nap, [SLEEP] * TASKS, "local"))
        over = (time.perf_counter() - begun) / ideal - 1.0
        rows.append(
            (f"Dask: {TASKS} tasks of {SLEEP} s on two workers, over the ideal", f"{100 * over:.1f} %", "10 % asked")
        )
        good = good and over <= 0.10
    else:
        rows.append(("Dask", "skipped: distributed is not installed (extra [cluster])", "-"))
    begun = time.perf_counter()
    list(done_here(nap, [SLEEP] * 40, 2))
    over = (time.perf_counter() - begun) / (20 * SLEEP) - 1.0
    rows.append(("processes: 40 such tasks on two, start included, over the ideal", f"{100 * over:.1f} %", "-"))
    note = "Start of Python and of the processes, reading, tables and all writing are part of every time."
    return Table(("what", "measured", "beside"), tuple(rows), note, good)


def swept(text: str, workers: int) -> tuple[float, int]:
    """Return the seconds of a sweep from nothing, and its points."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "asked.yaml"
        path.write_text(text, encoding="utf-8")
        begun = time.perf_counter()
        done = sweep(plan(path, results=Path(place)), workers=workers)
        return time.perf_counter() - begun, len(done.rows)


def nap(seconds: float) -> float:
    """Return the seconds slept."""
    time.sleep(seconds)
    return seconds


SPEC = Spec("sweep", "a thousand scenarios, and how they spread over processes", measure)
