"""Jobs that move their data, once more: the twin of the jobs on SimPy's clock drives the twin of the transfers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf
from typing import Any

from tests.oracles import job_twin, transfer_twin
from tests.oracles.job_pools import Job, Pool

LAND, SHARE = job_twin.END - 1, job_twin.PASS + 1
IN, OUT = 0, 1


@dataclass
class Cargo:
    """What a job moves, where its data are or go (−1 where they need no link), and when they and the results came."""

    bits: tuple[float, float]
    at: int | None = None
    came: int = -1
    went: int = -1


class Twin(job_twin.Twin):
    """Everything that the loop does with jobs and their data, until an instant."""

    def __init__(self, *jobs: Any, wires: transfer_twin.Twin, way: list[list[list[int]]], cargo: list[Cargo]) -> None:
        super().__init__(*jobs)
        self.wires, self.way, self.cargo = wires, way, cargo
        self.seen: Counter[str] = Counter()
        self.to_share = False

    def send(self, job: Job, pool: Pool) -> None:
        cargo, route = self.cargo[job.number], self.way[job.region][pool.number][IN]
        if cargo.at == route:
            self.wait(job, pool)
            return
        self.seen["fetched again"] += cargo.at is not None and cargo.bits[IN] > 0.0 and route >= 0
        cargo.at, cargo.came = route, self.now
        if route < 0 or cargo.bits[IN] == 0.0:
            self.wait(job, pool)
            return
        job.state, job.pool, cargo.came = "moving", pool.number, -1
        self.act("open", 2 * job.number + IN, route, cargo.bits[IN])
        if job.first < 0 and job.due < inf:
            self.at(int(job.due + 1), job_twin.EXPIRE, lambda: self.expire(job))

    def expire(self, job: Job) -> None:
        if job.state != "moving":
            super().expire(job)
        elif job.first < 0 and self.now > job.due:
            self.seen["gave up its data"] += 1
            self.act("drop", 2 * job.number + IN)
            self.leave(job, "missed")

    def leave(self, job: Job, state: str) -> None:
        super().leave(job, state)
        if state == "finished":
            cargo, route = self.cargo[job.number], self.way[job.region][job.pool][OUT]
            if route >= 0 and cargo.bits[OUT] > 0.0:
                self.act("open", 2 * job.number + OUT, route, cargo.bits[OUT])
            else:
                cargo.went = self.now

    def set_capacity(self, number: int, capacity: int, kill: bool, move: bool) -> None:
        super().set_capacity(number, capacity, kill, move)
        for job in self.jobs if move else []:
            if job.state == "moving" and job.pool == number and job.width > capacity:
                self.seen["turned back"] += 1
                self.act("drop", 2 * job.number + IN)
                self.cargo[job.number].at, job.pool = None, -1
                self.hold(job, self.now)

    # The transfers.

    def act(self, *what: Any) -> None:
        """Let something happen to the transfers; the links are shared anew when all else has happened that does now."""
        self.wires.pass_to(self.now)
        self.wires.act(what)
        self.share_soon()

    def share_soon(self) -> None:
        if not self.to_share:
            self.to_share = True
            self.at(self.now, SHARE, self.share)

    def share(self) -> None:
        self.to_share = False
        self.wires.share()
        ends = self.wires.ends()
        if ends:
            self.at(min(ends), LAND, self.land)

    def land(self) -> None:
        self.wires.pass_to(self.now)
        ended = self.wires.end()
        for number, _, arrives in ended:
            job = self.jobs[number // 2]
            cargo = self.cargo[job.number]
            if number % 2 == OUT:
                cargo.went = arrives
                self.seen["results came back"] += 1
            else:
                cargo.came = arrives
                self.seen["data came"] += 1
                self.hold(job, arrives)
        if ended:
            self.share_soon()
