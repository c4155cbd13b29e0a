"""Random small systems of jobs and pools, run by the compiled loop and by its twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

import numpy as np

from sim.engine.loop import UNBOUNDED, Loop
from sim.engine.outcome import Books
from sim.engine.roads import Roads
from sim.ground.arrays import IntArray
from sim.workloads.jobs import NEVER, TICK, Jobs
from tests.oracles import job_twin
from tests.oracles.job_pools import Job, Pool
from tests.oracles.job_twin import Twin

STATES = ("coming", "waiting", "held", "moving", "running", "finished", "rejected", "missed")
TURNS = ("", "starts", "finished", "pauses", "killed", "rejected", "missed")
HOURS = 6  # of a system
GRAIN = 2.0**20 / TICK


@dataclass(frozen=True)
class System:
    """What a run is made of; times are ticks, most of them multiples of a unit, so that they meet."""

    jobs: Jobs
    hours: list[int]
    pausable: list[bool]
    capacity: list[int]
    discipline: list[int]
    most: list[int]
    pool_of: IntArray
    near: IntArray
    checkpoint: list[int]
    unit: int
    epoch: int
    seed: int
    actions: list[tuple[int, str, dict[str, Any]]]
    roads: Roads | None = None

    @property
    def end(self) -> int:
        """When the run ends, ticks: the last action closes the books there."""
        return self.actions[-1][0]


def random_system(rng: np.random.Generator) -> System:
    """Return a system in which everything that can happen to a job is likely."""
    unit = int(rng.choice([1, 700_001]))
    regions, workloads, centres, kinds = (int(n) for n in rng.integers(1, [3, 4, 4, 3]))
    pools = centres * kinds
    pool_of = np.arange(pools).reshape(centres, kinds).T[rng.integers(0, kinds, workloads)]
    near = np.argsort(rng.random((regions, workloads, centres)), axis=2)
    if centres > 1:
        pool_of = np.where(rng.random(pool_of.shape) < 0.1, -1, pool_of)
        near[rng.random(near.shape[:2]) < 0.2, -1] = -1
    capacity = rng.integers(2, 13, pools).tolist()
    epoch = int(rng.integers(6, 16)) * unit
    jobs = _jobs(rng, unit, epoch, regions, workloads)
    masks = [int(rng.integers(0, 2**HOURS)) if rng.random() < 0.4 else 0 for _ in range(len(jobs))]
    actions: list[tuple[int, str, dict[str, Any]]] = []
    for hour in range(HOURS):
        actions.append((hour * epoch, "books", {}))
        if hour == 0 or rng.random() < 0.5:
            actions.append((hour * epoch, "steer", _decision(rng, regions, workloads, centres)))
    for _ in range(int(rng.integers(0, 13))):
        when, p = int(rng.integers(0, HOURS * epoch // unit)) * unit, int(rng.integers(pools))
        move = bool(rng.random() < 0.4)
        if rng.random() < 0.7:
            most = int(rng.choice([0, rng.integers(0, capacity[p] + 1), capacity[p], capacity[p]]))
            what = {"pool": p, "capacity": most, "kill": bool(rng.random() < 0.5), "move": move}
            actions.append((when, "set_capacity", what))
        else:
            actions.append((when, "kill", {"pool": p, "units": int(rng.integers(1, 8)), "move": move}))
    actions.sort(key=lambda action: action[0])
    actions.append((HOURS * epoch, "books", {}))
    return System(
        jobs=jobs, hours=masks, pausable=(rng.random(len(jobs)) < 0.5).tolist(), capacity=capacity,
        discipline=rng.choice([0, 1, 1, 2, 4, 100], pools).tolist(),
        most=rng.choice([0, 2, UNBOUNDED], pools, p=[0.05, 0.1, 0.85]).tolist(), pool_of=pool_of, near=near,
        checkpoint=rng.choice([0, unit, 3 * unit], workloads).tolist(), unit=unit, epoch=epoch,
        seed=int(rng.integers(2**63)), actions=actions,
    )  # fmt: skip


def _jobs(rng: np.random.Generator, unit: int, epoch: int, regions: int, workloads: int) -> Jobs:
    number = int(rng.integers(1, 70))
    arrive = np.sort(rng.integers(0, HOURS * epoch // unit, number)) * unit
    if rng.random() < 0.2:
        arrive[:] = arrive[0]
    run = rng.integers(1, rng.choice([4, 16, 40]), number) * unit
    spare = np.where(rng.random(number) < 0.5, 0, rng.integers(0, 12, number)) * unit
    due = np.where(rng.random(number) < 0.3, arrive + rng.integers(0, 20, number) * unit, NEVER)
    return Jobs.of(
        arrive, run, rng.integers(1, rng.choice([2, 5, 14]), number), ask=run + spare,
        region=rng.integers(0, regions, number), workload=rng.integers(0, workloads, number),
        level=rng.integers(0, rng.choice([1, 2, 6]), number), due=due,
    )  # fmt: skip


def _decision(rng: np.random.Generator, regions: int, workloads: int, centres: int) -> dict[str, Any]:
    if rng.random() < 0.5:
        score = rng.integers(0, 4, (regions, workloads, centres)).astype(float)
        score[rng.random(score.shape) < 0.15] = inf
        return {"score": score, "congestion": float(rng.choice([0.0, 0.3, 2.0]))}
    place = rng.random((regions, workloads, centres + 2)) * (rng.random((regions, workloads, centres + 2)) < 0.6)
    place[:, :, -2:] *= [0.2, 0.05]
    place[:, :, 0] += 0.1
    return {"place": place / place.sum(axis=2, keepdims=True), "quota": bool(rng.random() < 0.5)}


def by_loop(system: System, stops: IntArray | None = None, room: int = 1) -> tuple[Loop, list[Books]]:
    """Return the loop after the run, its tables tiny at first, and the books of its epochs."""
    loop = Loop(
        system.jobs, system.capacity, np.array(system.discipline), pool_of=system.pool_of, near=system.near,
        most=np.array(system.most), checkpoint=np.array(system.checkpoint), epoch=system.epoch, seed=system.seed,
        log=True, room=room, roads=system.roads,
    )  # fmt: skip
    loop.defer(0, np.array(system.hours, dtype=np.uint64), np.array(system.pausable))
    books = []
    for when, what, how in system.actions:
        for stop in [] if stops is None else stops[(stops > loop.now) & (stops <= when)]:
            loop.advance(int(stop))
        loop.advance(when)
        if what == "books":
            books.append(loop.close_epoch())
        else:
            getattr(loop, what)(**how)
        loop.audit()
    return loop, books[1:]


def by_twin(system: System) -> Twin:
    """Return the twin after the run."""
    twin = Twin(*twin_tables(system))
    run_twin(twin, system)
    return twin


def run_twin(twin: Twin, system: System, **others: Callable[..., None]) -> None:
    """Let the twin do what the system says; `others` are actions that it takes beside those of jobs, by name."""
    for when, what, how in system.actions:
        act = others.get(what)
        twin.at(when, job_twin.ACTION, _action(twin, what, how) if act is None else partial(act, **how))
    twin.run(system.end)


def twin_tables(system: System) -> tuple[Any, ...]:
    """Return what the twin is made of."""
    jobs, twins = system.jobs, []
    columns = (jobs.arrive, jobs.run, jobs.ask, jobs.width, jobs.region, jobs.workload, jobs.level)
    for j in range(len(jobs)):
        due = inf if jobs.due[j] == NEVER else int(jobs.due[j])
        allowed = frozenset(lag for lag in range(64) if system.hours[j] >> lag & 1)
        twins.append(
            Job(j, *(int(column[j]) for column in columns), due=due, hours=allowed, pausable=system.pausable[j])
        )
    pools = [Pool(p, room, system.discipline[p], system.most[p], room) for p, room in enumerate(system.capacity)]
    near = [[[int(c) for c in row if c >= 0] for row in rows] for rows in system.near]
    return twins, pools, system.pool_of.tolist(), near, system.checkpoint, system.epoch, system.seed


def told_by_loop(loop: Loop, books: list[Books]) -> dict[str, Any]:
    """Return what became of all jobs, the turns by instant and job (a job's own stay in order), and the books."""
    found = loop.outcome()
    turns = [(int(t["when"]), int(t["job"]), TURNS[t["what"]], int(t["pool"])) for t in loop.turns()]
    return {
        "turns": sorted(turns, key=lambda turn: turn[:2]), "state": [STATES[state] for state in found.state],
        "first": found.first.tolist(), "end": found.end.tolist(), "lost": found.lost.tolist(),
        "books": [(book.work.tolist(), book.lost.tolist()) for book in books],
    }  # fmt: skip


def told_by_twin(twin: Twin, system: System) -> dict[str, Any]:
    """Return the same of the twin."""
    workloads, pools = range(len(system.pool_of)), range(len(system.capacity))
    books = []
    for hour in range(HOURS):
        both = twin.books(hour * system.epoch, (hour + 1) * system.epoch)
        books.append(tuple([[book.get((p, w), 0) for w in workloads] for p in pools] for book in both))
    return {
        "turns": sorted(twin.turns, key=lambda turn: turn[:2]), "state": [job.state for job in twin.jobs],
        "first": [job.first for job in twin.jobs], "end": [job.end for job in twin.jobs],
        "lost": [job.lost for job in twin.jobs], "books": books,
    }  # fmt: skip


def _action(twin: Twin, what: str, how: dict[str, Any]) -> Any:
    def steer() -> None:
        if "score" in how:
            twin.mode, twin.table, twin.congestion = "score", how["score"].tolist(), how["congestion"] * GRAIN
        else:
            twin.mode, twin.table = "quota" if how["quota"] else "share", how["place"].tolist()

    def kill() -> None:
        pool = twin.pools[how["pool"]]
        twin.kill_down(pool, max(pool.used - how["units"], 0), how["move"])

    def set_capacity() -> None:
        twin.set_capacity(how["pool"], how["capacity"], how["kill"], how["move"])

    return {"steer": steer, "kill": kill, "set_capacity": set_capacity, "books": lambda: None}[what]
