"""Jobs a second of the compiled job loop: beside SimPy and Ciw on one queue, and under a deep one."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from benchmarks.registry import Spec, Table
from sim.engine.loop import EASY, FCFS, Loop
from sim.ground.arrays import IntArray
from sim.ground.seeds import generator
from sim.workloads.jobs import TICK, Jobs

SERVERS, LOAD, NUMBER = 8, 0.875, 200_000
UNITS, QUEUED, FURTHER = 1_000, 78_000, 100_000
_FIRST_EVENT = """
import time
begun = time.perf_counter()
import numpy as np
from sim.engine.loop import Loop
from sim.workloads.jobs import Jobs
Loop(Jobs.of(np.array([0]), np.array([1]), np.array([1])), [1]).advance(1)
print(time.perf_counter() - begun)
"""


def measure() -> Table:
    """Return jobs a second and ratios: each the median of three, contenders by turns, in one process."""
    arrive, run = _line()
    ours, theirs, others = [], [], []
    waits = [np.zeros(0, dtype=np.int64)] * 2
    _by_loop(arrive, run)
    for _ in range(3):
        seconds, waits[0] = _timed(_by_loop, arrive, run)
        ours.append(seconds)
        seconds, waits[1] = _timed(_by_simpy, arrive, run)
        theirs.append(seconds)
        if importlib.util.find_spec("ciw") is not None:
            others.append(_timed(_by_ciw, arrive, run)[0])
    differing = int((waits[0] != waits[1]).sum())
    ratio = float(np.median(theirs) / np.median(ours))
    micros, depth = _deep()
    first = float(np.median([_first_event() for _ in range(3)]))
    queue = f"M/M/{SERVERS} at {LOAD}, {NUMBER:,} jobs"
    rows = [
        (f"{queue}: the loop", _rate(ours), "1"),
        (f"{queue}: SimPy {simpy.__version__}, Resource", _rate(theirs), f"{ratio:.1f} × (at least 30)"),
        (f"{queue}: Ciw", *_beside(others, ours)),
        (f"EASY on {UNITS:,} units, {depth:,} queued", f"{1e6 / micros:,.0f}", f"{micros:.2f} µs a job (at most 15)"),
        ("import to the first event, warm cache", "-", f"{first:.2f} s (at most 1)"),
    ]
    note = f"Processor seconds; {differing} of {NUMBER:,} waits differ from SimPy's."
    good = differing == 0 and ratio >= 30.0 and micros <= 15.0 and first <= 1.0
    return Table(("case", "jobs a second", "SimPy or Ciw / ours, or time"), tuple(rows), note, good)


def _rate(seconds: list[float]) -> str:
    return f"{NUMBER / np.median(seconds):,.0f}"


def _beside(others: list[float], ours: list[float]) -> tuple[str, str]:
    if not others:
        return "-", "not installed"
    return _rate(others), f"{np.median(others) / np.median(ours):.1f} × (at least 80)"


def _timed(work: Callable[..., IntArray], *arguments: Any) -> tuple[float, IntArray]:
    begun = time.process_time()
    result = work(*arguments)
    return time.process_time() - begun, result


def _line() -> tuple[IntArray, IntArray]:
    """Return arrivals and service times of a line, [job], ticks."""
    chance = generator(1, 0, "benchmark", "queue")
    arrive = np.cumsum(chance.exponential(TICK / (SERVERS * LOAD), NUMBER)).astype(np.int64)
    return arrive, np.maximum(chance.exponential(TICK, NUMBER), 1).astype(np.int64)


def _by_loop(arrive: IntArray, run: IntArray) -> IntArray:
    """Return the waits by the loop, its tables and its results included, [job], ticks."""
    loop = Loop(Jobs.of(arrive, run, np.ones(len(arrive), dtype=np.int64)), [SERVERS], FCFS)
    loop.advance(2**61)
    return loop.outcome().first - arrive


def _by_simpy(arrive: IntArray, run: IntArray) -> IntArray:
    """Return the waits by SimPy, [job], ticks."""
    env = simpy.Environment()
    servers = simpy.Resource(env, SERVERS)
    waits = [0] * len(arrive)
    times, lengths = arrive.tolist(), run.tolist()

    def job(number: int) -> Generator[simpy.Event, Any, None]:
        with servers.request() as turn:
            yield turn
            waits[number] = int(env.now) - times[number]
            yield env.timeout(lengths[number])

    def source() -> Generator[simpy.Event, Any, None]:
        for number, when in enumerate(times):
            yield env.timeout(when - env.now)
            env.process(job(number))

    env.process(source())
    env.run()
    return np.array(waits)


def _by_ciw(arrive: IntArray, run: IntArray) -> IntArray:
    """Return the waits by Ciw, [job], ticks."""
    import ciw  # type: ignore[import-not-found]

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential(np.diff(arrive, prepend=0).tolist())],
        service_distributions=[ciw.dists.Sequential(run.tolist())],
        number_of_servers=[SERVERS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(NUMBER, method="Finish")
    records = sorted(simulation.get_all_records(), key=lambda record: int(record.id_number))
    return np.array([round(record.waiting_time) for record in records])


def _deep() -> tuple[float, int]:
    """Return µs a job that arrives while many thousands wait, and how many wait at the end."""
    chance = generator(1, 0, "benchmark", "deep")
    number = QUEUED + FURTHER
    width = np.rint(2.0 ** chance.uniform(0.0, 8.0, number)).astype(np.int64)
    run = np.maximum(chance.lognormal(6.0, 1.5, number) * TICK, TICK).astype(np.int64)
    ask = (run * chance.uniform(1.0, 4.0, number)).astype(np.int64)
    # As much arrives in a second as the pool does, so the queue stays as deep as it was.
    pause = float((width * run).mean()) / UNITS
    arrive = np.concatenate([np.zeros(QUEUED), np.cumsum(chance.exponential(pause, FURTHER))]).astype(np.int64)
    jobs = Jobs.of(arrive, run, width, ask=ask)
    seconds = []
    for _ in range(3):
        loop = Loop(jobs, [UNITS], EASY)
        loop.advance(1)
        begun = time.process_time()
        loop.advance(int(arrive[-1]))
        seconds.append(time.process_time() - begun)
    return float(np.median(seconds)) / FURTHER * 1e6, int(loop.state.pool["waiting"][0])


def _first_event() -> float:
    """Return the seconds from the first import to the first event, in a process of its own."""
    command = [sys.executable, "-c", _FIRST_EVENT]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


SPEC = Spec("engine_queue", "jobs a second of the job loop, beside SimPy and Ciw", measure)
