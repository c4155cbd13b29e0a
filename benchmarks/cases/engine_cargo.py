"""Seconds of a national year of a million jobs that move their data over the backbone, beside the same jobs at rest."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.registry import Spec, Table
from sim.engine.loop import Loop
from sim.engine.roads import Roads
from sim.engine.stock import Stock, stock
from sim.engine.ways import ways
from sim.ground.places import scenarios
from sim.ground.seeds import generator
from sim.network.build import build
from sim.network.network import Network
from sim.scenario.read import read
from sim.workloads.jobs import TICK, Jobs

NUMBER, HOURS, MOST = 1_000_000, 8784, 3.0
LOAD, MEAN_RUN = 0.64, 12 * 3600
TERABYTE = 8e12
RESULTS = 0.1  # of the data


def measure() -> Table:
    """Return seconds a year, each the median of three, for several sizes of the data and loads of the links."""
    network = build(read(scenarios() / "baseline-2024.yaml", ["run.horizon=24 h", "run.engine=events"]))
    pools = stock(network)
    rows, slowest = [], 0.0
    for terabytes, load in ((0.0, 0.0), (1.0, 0.3), (10.0, 0.3), (10.0, 0.7)):
        jobs = _jobs(network, pools, terabytes * TERABYTE)
        roads = _roads(network, pools, jobs, load) if load else None
        taken = []
        for _ in range(3):
            seconds, loop = _year(network, pools, jobs, roads)
            taken.append(seconds)
        middle = float(np.median(taken))
        slowest = max(slowest, middle)
        what = f"{terabytes:g} TB a job" if roads else "nothing moves"
        told = "-" if roads is None else f"{_slower(loop, roads):.2f} ×"
        rows.append((what, f"{load:.1f}", f"{middle:.2f}", f"{1e6 * middle / NUMBER:.2f}", told))
    columns = ("data", "load of the busiest link", "seconds", "µs a job", "slower than alone")
    note = (
        f"{NUMBER:,} jobs on the nation's pools, loaded {LOAD:.0%}, EASY, by delay and expected wait; the books are "
        f"closed every hour. Data and results ({RESULTS:.0%} of them) over the backbone, whose links are scaled alike "
        f"until the busiest has the load named if nobody waits. Processor seconds, at most {MOST:g}. Slower than "
        "alone: mean of the time of the data × cap / size."
    )
    return Table(columns, tuple(rows), note, slowest <= MOST)


def _slower(loop: Loop, roads: Roads) -> float:
    """Return how much longer data took than alone at their cap, for jobs that were sent on as they arrived."""
    jobs, came = loop.jobs, loop.outcome().came
    moved = (came > jobs.arrive) & (jobs.bits_in > 0.0)
    took = (came - jobs.arrive)[moved] / TICK
    return float((took * roads.cap / jobs.bits_in[moved]).mean())


def _jobs(network: Network, pools: Stock, mean: float) -> Jobs:
    """Return jobs of the workloads that can wait, with data of some mean, bit."""
    rng = generator(1, 0, "benchmark", "cargo")
    asked = network["demand"].sum(axis=0) * ((network.slack > 0) & (network["workload_pool"] >= 0))
    chosen = rng.choice(asked.size, NUMBER, p=asked.ravel() / asked.sum())
    region, workload = np.divmod(chosen, asked.shape[1])
    # Each kind of pool is loaded alike.
    kind = network["workload_pool"][workload]
    units = np.bincount(pools.kind, pools.capacity) * LOAD * HOURS * 3600 / MEAN_RUN
    width = rng.exponential((units / np.bincount(kind))[kind])
    size = rng.exponential(1.0, NUMBER) * mean
    return Jobs.of(
        np.sort(rng.integers(0, HOURS * 3600 * TICK, NUMBER)),
        np.maximum(rng.lognormal(np.log(MEAN_RUN) - 0.5, 1.0, NUMBER) * TICK, 1.0).astype(np.int64),
        np.clip(np.rint(width), 1, pools.capacity.max() // 8).astype(np.int64),
        region=region, workload=workload, bits_in=size, bits_out=RESULTS * size,
    )  # fmt: skip


def _year(network: Network, pools: Stock, jobs: Jobs, roads: Roads | None) -> tuple[float, Loop]:
    """Return processor seconds of a year, and the loop after it."""
    loop = Loop(jobs, pools.capacity, pool_of=pools.pool_of, near=pools.near, roads=roads)
    delay = network["route_delay"][:, None, :, 0].repeat(len(pools.pool_of), axis=1)
    loop.steer(score=np.where(network["feasible"], delay, np.inf), congestion=1e-3)
    begun = time.process_time()
    for hour in range(HOURS):
        loop.advance((hour + 1) * 3600 * TICK)
        loop.close_epoch()
    return time.process_time() - begun, loop


def _roads(network: Network, pools: Stock, jobs: Jobs, load: float) -> Roads:
    """Return the nation's roads, their links scaled alike until the jobs load the busiest so."""
    roads = ways(network, pools)
    pool = _year(network, pools, jobs, None)[1].outcome().pool
    wanted = np.zeros(len(roads.capacity) + 1)  # −1 finds the last
    for direction, bits in enumerate((jobs.bits_in, jobs.bits_out)):
        route = roads.way[jobs.region, pool, direction]
        moved = (pool >= 0) & (route >= 0)
        np.add.at(wanted, roads.hop[route[moved], 0], (bits[moved] / (HOURS * 3600))[:, None])
    share = (wanted[:-1] / roads.capacity).max()
    return roads._replace(capacity=roads.capacity * (share / load))


SPEC = Spec("engine_cargo", "a national year of a million jobs that move their data over the backbone", measure)
