"""Sweeps: a thousand years of the nation, time against points, two processes against one, Dask's overhead."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

from benchmarks.apart import apart, missing
from benchmarks.registry import Spec, Table
from sim.study.cluster import done_there
from sim.study.fleet import done_here
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
    rows, seconds = [], {}
    good = True
    for workers, number in ((1, "one process"), (2, "two processes")):
        (seconds[workers], children), peak = apart(swept, OVER.format(n=1000), workers)
        memory = peak + (workers * children if workers > 1 else 0.0)
        rows.append(
            (f"1,000 full years of the nation, {number}", f"{seconds[workers]:.1f} s", f"{memory:.0f} MB in all")
        )
        good = good and memory <= 2000.0
    half, whole = apart(grown, (500, 1000))[0]
    said = f"{half:.1f} s and {whole:.1f} s of the processor; 2 is linear"
    rows.append(("1,000 points over 500, their dispatch done before", f"{whole / half:.2f}", said))
    good = good and min(seconds.values()) <= 15.0 and whole / half <= 2.2
    apart(swept, EVENTS, 1)  # Compiles.
    one, two = (apart(swept, EVENTS, workers)[0][0] for workers in (1, 2))
    rows.append(("8 event runs, one process over two", f"{one / two:.2f}", f"{one:.0f} s and {two:.0f} s; 1.8 asked"))
    good = good and one / two >= 1.8
    absent = missing(("distributed",))
    if absent is None:
        ideal, begun = TASKS * SLEEP / 2.0, time.perf_counter()
        list(done_there(nap, [SLEEP] * TASKS, "local", 2))
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
    note = (
        "15 s and 2,000 MB are asked for the thousand. Start of Python and of the processes, reading, tables and "
        "all writing are part of every time."
    )
    return Table(("what", "measured", "beside"), tuple(rows), note, good)


def swept(text: str, workers: int) -> tuple[float, float]:
    """Return the seconds of a sweep from nothing, and the peak memory of the largest of its processes, MB."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "asked.yaml"
        path.write_text(text, encoding="utf-8")
        begun = time.perf_counter()
        sweep(plan(path, results=Path(place)), workers=workers)
        seconds = time.perf_counter() - begun
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3


def grown(sizes: tuple[int, ...]) -> list[float]:
    """Return the seconds of the processor that sweeps take which differ in their number of points alone."""
    swept(OVER.format(n=100), 1)
    found = []
    for size in sizes:
        begun = time.process_time()
        swept(OVER.format(n=size), 1)
        found.append(time.process_time() - begun)
    return found


def nap(seconds: float) -> float:
    """Return the seconds slept."""
    time.sleep(seconds)
    return seconds


SPEC = Spec("sweep", "a thousand scenarios, and how they spread over processes", measure)
