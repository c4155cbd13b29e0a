"""Sweeps: a thousand years of the nation, time against points, two processes against one, Dask's overhead."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.apart import apart, missing
from benchmarks.registry import Spec, Table
from benchmarks.taken import Taken, taken
from sim.study.cluster import done_there
from sim.study.fleet import done_here
from sim.study.sweep import plan, sweep

Row = tuple[bool, str, str, str]
"""Whether a figure is as asked, what it is, the figure, and what stands beside it."""
OVER = """extends: baseline-2024.yaml
sweep:
  sample:
    n: {n}
    over:
      grid.carbon_price: [0 CNY/t, 300 CNY/t]
      centres.*.green.solar: ["-50%", "+200%"]
      standard.idle_smart: [0.2, 0.5]
"""
EVENTS = """extends: {base}
run: {{engine: events, horizon: {days} d, jobs: {{count: {jobs}}}}}
sweep: {{grid: {{run.seed: {seeds}}}}}
"""
LONG = {"base": "baseline-2024.yaml", "days": 366, "jobs": 1_000_000, "seeds": list(range(1, 9))}
"""Runs that are spread: years of the nation with a million jobs each."""
TINY = {"base": "toy.yaml", "days": 30, "jobs": 120_000, "seeds": list(range(1, 9))}
"""Runs that are hardly worth it: less than a second each."""
DO = """import sys
from pathlib import Path
from sim.study.sweep import plan, sweep
if __name__ == "__main__":
    sweep(plan(sys.argv[1], results=Path(sys.argv[2])), workers=int(sys.argv[3]))
"""
TASKS, SLEEP = 400, 0.5


def measure() -> Table:
    """Return seconds, memory and ratios of this machine."""
    found = [*_years(), *_runs(), *_cluster()]
    begun = time.perf_counter()
    list(done_here(nap, [SLEEP] * 40, 2))
    over = (time.perf_counter() - begun) / (20 * SLEEP) - 1.0
    found.append((True, "processes: 40 such tasks on two, start included, over the ideal", f"{100 * over:.1f} %", "-"))
    note = (
        "15 s and 2,000 MB are asked for the thousand; its points share one dispatch, so that with two workers one "
        "process does it on two threads. Start of Python and of the workers, reading, tables and all writing are "
        "part of every time; the page, and the run of the base that it shows, are not. Memory: of all processes "
        "together at their peak, what they share counted once. Cores busy: processor seconds of all processes over "
        "seconds; on a machine that others use, compare these."
    )
    rows = tuple((what, told, beside) for _, what, told, beside in found)
    return Table(("what", "measured", "beside"), rows, note, all(good for good, *_ in found))


def _years() -> Iterator[Row]:
    """Yield a thousand years of the nation in one batch, and how the time grows with the points."""
    for workers in (1, 2):
        run = swept(OVER.format(n=1000), workers)
        good = run.seconds <= 15.0 and run.memory <= 2000.0
        what = f"1,000 full years of the nation, {workers} worker{'s' * (workers > 1)}"
        yield good, what, f"{run.seconds:.1f} s", f"{run.memory:.0f} MB, {run.busy:.2f} cores busy"
    half, whole = apart(grown, (500, 1000))[0]
    said = f"{half:.1f} s and {whole:.1f} s of the processor; 2 is linear"
    yield whole / half <= 2.2, "1,000 points over 500, their dispatch done before", f"{whole / half:.2f}", said


def _runs() -> Iterator[Row]:
    """Yield what two processes do to runs that are long, and to runs that are short."""
    for asked, least, what in ((LONG, 1.8, "8 event runs of a national year"), (TINY, 0.0, "8 event runs of the toy")):
        swept(EVENTS.format(**{**asked, "seeds": [1]}), 1)  # Compiles.
        one, two = (swept(EVENTS.format(**asked), workers) for workers in (1, 2))
        ratio = one.seconds / two.seconds
        said = f"{one.seconds:.1f} s and {two.seconds:.1f} s, {two.busy:.2f} cores busy, {two.memory:.0f} MB"
        title = f"{what}, {asked['jobs']:,} jobs each: one process over two"
        yield ratio >= least, title, f"{ratio:.2f}", said + (f"; {least} asked" if least else "")


def _cluster() -> Iterator[Row]:
    """Yield what Dask takes for itself."""
    if missing(("distributed",)) is not None:
        yield True, "Dask", "skipped: distributed is not installed (extra [cluster])", "-"
        return
    ideal, begun = TASKS * SLEEP / 2.0, time.perf_counter()
    list(done_there(nap, [SLEEP] * TASKS, "local", 2))
    over = (time.perf_counter() - begun) / ideal - 1.0
    what = f"Dask: {TASKS} tasks of {SLEEP} s on two workers, over the ideal"
    yield over <= 0.10, what, f"{100 * over:.1f} %", "10 % asked"


def swept(text: str, workers: int) -> Taken:
    """Return what a sweep from nothing takes in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "asked.yaml"
        path.write_text(text, encoding="utf-8")
        return taken(["-c", DO, str(path), place, str(workers)])


def grown(sizes: tuple[int, ...]) -> list[float]:
    """Return the seconds of the processor that sweeps take which differ in their number of points alone."""
    done_sweep(OVER.format(n=100))
    found = []
    for size in sizes:
        begun = time.process_time()
        done_sweep(OVER.format(n=size))
        found.append(time.process_time() - begun)
    return found


def done_sweep(text: str) -> None:
    """Do a sweep in this process."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "asked.yaml"
        path.write_text(text, encoding="utf-8")
        sweep(plan(path, results=Path(place)))


def nap(seconds: float) -> float:
    """Return the seconds slept."""
    time.sleep(seconds)
    return seconds


SPEC = Spec("sweep", "a thousand scenarios, and how they spread over processes", measure)
