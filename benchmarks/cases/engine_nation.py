"""The event engine on the national year: seconds and memory of one and of ten million jobs, and SimPy beside it."""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from statistics import median
from typing import Any

import numpy as np
import simpy

from benchmarks.apart import apart
from benchmarks.registry import Spec, Table
from sim.engine import events, tally
from sim.engine.stock import Stock
from sim.ground.places import scenarios
from sim.network.build import build
from sim.network.network import Network
from sim.once import policy_of, prepare
from sim.workloads.jobs import TICK, Jobs

JOBS, MANY, SIMPY = 1_000_000, 10_000_000, 200_000
MOST = {"still": 2.0, "moving": 12.0, "many": 40.0, "memory_gb": 2.5, "ratio": 10.0}


def measure() -> Table:
    """Return processor seconds of a year, its memory and the ratio to SimPy; medians of three but for ten million."""
    rows, taken, good = [], {}, True
    for name, moves in (("still", False), ("moving", True)):
        seconds = [apart(_year, JOBS, moves)[0] for _ in range(3)]
        drawing, clock, loop, entering = (median(part) for part in zip(*seconds, strict=True))
        taken[name] = clock, loop
        good &= clock <= MOST[name]
        what = "with transfers" if moves else "without transfers"
        told = f"at most {MOST[name]:g} s for the clock"
        rows.append(
            (f"{JOBS:,} jobs, {what}", *(f"{part:.2f}" for part in (drawing, clock, loop, entering)), "-", told)
        )
    (drawing, clock, loop, entering), memory = apart(_year, MANY, False)
    whole = drawing + clock + entering
    # A year of hardly any jobs costs the loop something, too: 11,000 times it is begun, touched and ended.
    empty = apart(_year, 1_000, False)[0][2]
    slope = math.log10((loop - empty) / (taken["still"][1] - empty)) / math.log10(MANY / JOBS)
    good &= whole <= MOST["many"] and memory <= 1e3 * MOST["memory_gb"] and 0.9 <= slope <= 1.15
    told = (
        f"{whole:.1f} s in all, at most {MOST['many']:g}; {MOST['memory_gb']:g} GB; slope of the logs of the loop's "
        f"time beyond that of an empty year, {empty:.2f} s: {slope:.2f}, 0.9 to 1.15"
    )
    parts = (f"{drawing:.2f}", f"{clock:.2f}", f"{loop:.2f}", f"{entering:.2f}", f"{memory / 1e3:.2f}")
    rows.append((f"{MANY:,} jobs, without transfers", *parts, told))
    rate, ours = apart(_simpy)[0], JOBS / taken["still"][0]
    good &= ours / rate >= MOST["ratio"]
    told = f"{rate:,.0f} jobs a second, ours {ours:,.0f}: {ours / rate:.1f} ×, at least {MOST['ratio']:g} ×"
    rows.append(
        (
            f"SimPy {simpy.__version__}, the first {SIMPY:,} of the same jobs",
            "-",
            f"{SIMPY / rate:.2f}",
            "-",
            "-",
            "-",
            told,
        )
    )
    note = (
        "Baseline 2024, 8,784 h, 41 centres, `nearest` by score, EASY, failures, hourly decisions, books and audits. "
        "Processor seconds: drawing jobs and building tables; the clock, and of it the compiled job loop; entering "
        "what became of the jobs. SimPy does less: a container a pool, first come first served, to the nearest with "
        "room; no failures, decisions or books."
    )
    return Table(
        ("", "drawing, s", "clock, s", "of it the loop, s", "entering, s", "peak, GB", "result"),
        tuple(rows),
        note,
        good,
    )


def _network(count: int, moves: bool) -> Network:
    given = ["run.engine=events", f"run.jobs.count={count}", "policy.name=nearest"]
    return build(prepare(scenarios() / "baseline-2024.yaml", [*given, f"run.jobs.transfers={str(moves).lower()}"]))


def _year(count: int, moves: bool) -> tuple[float, float, float, float]:
    """Return processor seconds of drawing, of the clock, of the loop in it, and of entering the outcome."""
    network = _network(count, moves)
    # What is compiled is loaded first.
    short = build(prepare(scenarios() / "toy.yaml", ["run.engine=events", "run.jobs.count=100", "run.horizon=24 h"]))
    events.simulate(short, policy_of(short.scenario))
    begun = time.process_time()
    run = events.Nation(network, policy_of(network.scenario))
    inside, advance = [0.0], run.loop.advance

    def timed(until: int) -> None:
        at = time.process_time()
        advance(until)
        inside[0] += time.process_time() - at

    run.loop.advance = timed  # type: ignore[method-assign]
    drawn = time.process_time()
    run.clock.run(run.ticks * network.calendar.epochs)
    run.close(network.calendar.epochs - 1)
    ran = time.process_time()
    tally.enter_jobs(run.ledger, run.jobs, run.loop, run.stock, run.ticks)
    return drawn - begun, ran - drawn, inside[0], time.process_time() - ran


def _simpy() -> float:
    """Return how many of the same jobs SimPy does a second."""
    run = events.Nation(network := _network(JOBS, False), policy_of(network.scenario))
    jobs = run.jobs.only(np.arange(SIMPY))
    begun = time.process_time()
    _queues(jobs, run.stock)
    return SIMPY / (time.process_time() - begun)


def _queues(jobs: Jobs, stock: Stock) -> None:
    env = simpy.Environment()
    rooms = [simpy.Container(env, init=int(size), capacity=int(size)) for size in stock.capacity]
    ways = [[[int(stock.pool_of[w, c]) for c in near if c >= 0] for w, near in enumerate(row)] for row in stock.near]

    def job(arrive: float, run: float, width: int, pools: list[int]) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(arrive)
        fits = [p for p in pools if p >= 0 and rooms[p].capacity >= width]
        if not fits:
            return
        at = rooms[next((p for p in fits if rooms[p].level >= width), fits[0])]
        yield at.get(width)
        yield env.timeout(run)
        yield at.put(width)

    table = zip(jobs.arrive / TICK, jobs.run / TICK, jobs.width.tolist(), jobs.region, jobs.workload, strict=True)
    for arrive, run, width, region, workload in table:
        env.process(job(float(arrive), float(run), width, ways[region][workload]))
    env.run()


SPEC = Spec("engine_nation", "the event engine on the national year, one and ten million jobs", measure)
