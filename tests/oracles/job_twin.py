"""The job loop once more, on SimPy's own clock: plain lists, slow, written from the rules alone.

The order of things at one instant is the rank of a SimPy event: completions, the clock's actions, those who have
waited too long, held jobs, arrivals, the pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import accumulate, count
from math import inf
from typing import Any

import simpy

from tests.oracles.job_pools import Job, Pool

END, ACTION, EXPIRE, RELEASE, ARRIVE, PASS = range(6)
Turn = tuple[int, int, str, int]
"""When, which job, what, at which pool."""


class Moment(simpy.Event):
    """An event at an instant, in the order of its rank."""

    def __init__(self, env: simpy.Environment, when: int, rank: int, act: Callable[[], None]) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        assert self.callbacks is not None
        self.callbacks.append(lambda _: act())
        env.schedule(self, rank, when - env.now)


class Twin:
    """Everything that the loop does, until an instant."""

    def __init__(
        self,
        jobs: list[Job],
        pools: list[Pool],
        pool_of: list[list[int]],
        near: list[list[list[int]]],
        checkpoint: list[int],
        epoch: int,
        seed: int,
    ) -> None:
        self.env = simpy.Environment()
        self.jobs, self.pools = jobs, pools
        self.pool_of, self.near, self.checkpoint = pool_of, near, checkpoint
        self.epoch, self.seed = epoch, seed
        self.turns: list[Turn] = []
        self.busy: list[tuple[int, int, int, int, int]] = []  # pool, workload, from, to, width
        self.losses: list[tuple[int, int, int, int]] = []  # when, pool, workload, unit-ticks
        self.mode = "share"
        self.table: Any = None
        self.congestion = 0.0
        self.credit: Counter[tuple[int, int, int]] = Counter()
        self.turn = count()
        self.back: dict[int, list[Job]] = {}
        for job in jobs:
            self.at(job.arrive, ARRIVE, lambda job=job: self.admit(job))

    @property
    def now(self) -> int:
        return int(self.env.now)

    def at(self, when: int, rank: int, act: Callable[[], None]) -> None:
        Moment(self.env, when, rank, act)

    def run(self, until: int) -> None:
        """Do everything before an instant, and what ends at it."""
        over: list[bool] = []
        self.at(until, ACTION, lambda: over.append(True))
        while not over:
            self.env.step()

    # What may happen to a job.

    def tell(self, job: Job, what: str) -> None:
        self.turns.append((self.now, job.number, what, job.pool))

    def admit(self, job: Job) -> None:
        if job.first < 0 and self.now > job.due:
            self.leave(job, "missed")
        elif self.kept_back(job):
            self.hold(job, self.next_open(job))
        elif job.pool >= 0:
            self.send(job, self.pools[job.pool])
        else:
            chosen = self.route(job)
            if isinstance(chosen, Pool):
                self.send(job, chosen)
            elif chosen == "never" and job.first < 0:
                self.leave(job, "rejected")
            else:
                self.hold(job, (self.now // self.epoch + 1) * self.epoch)

    def leave(self, job: Job, state: str) -> None:
        job.state, job.end = state, self.now
        self.tell(job, state)

    def hold(self, job: Job, until: int) -> None:
        job.state = "held"
        when = int(min(until, job.due + 1)) if job.first < 0 else until

        def release() -> None:
            # All that come back at one instant do so in the order of their numbers.
            due = sorted(self.back.pop(when, []), key=lambda job: job.number)
            for one in due:
                self.admit(one)

        self.back.setdefault(when, []).append(job)
        self.at(when, RELEASE, release)

    def send(self, job: Job, pool: Pool) -> None:
        self.wait(job, pool)

    def wait(self, job: Job, pool: Pool) -> None:
        job.state, job.pool, job.reserved = "waiting", pool.number, None
        job.queued = (0 if job.first >= 0 else 1 + job.level, next(self.turn))
        if any(other.queued[0] > job.queued[0] for other in pool.waiting):
            pool.anew = True
        pool.waiting.append(job)
        pool.waiting.sort(key=lambda job: job.queued)
        self.look(pool)
        limit = min(self.next_shut(job), job.due + 1 if job.first < 0 else inf)
        if limit < inf:
            self.at(int(limit), EXPIRE, lambda: self.expire(job))

    def expire(self, job: Job) -> None:
        late = job.first < 0 and self.now > job.due
        if job.state != "waiting" or not (late or self.kept_back(job)):
            return
        pool = self.pools[job.pool]
        pool.waiting.remove(job)
        pool.compress = pool.compress or job.reserved is not None
        self.look(pool)
        if late:
            self.leave(job, "missed")
            return
        if job.first < 0:
            job.pool = -1
        self.hold(job, self.next_open(job))

    def start(self, job: Job, pool: Pool) -> None:
        pool.waiting.remove(job)
        pool.running.append(job)
        job.state, job.pool, job.begun = "running", pool.number, self.now
        if job.first < 0:
            job.first = self.now
        job.stretch += 1
        job.promise = int(min(self.now + job.ask, self.next_shut(job)))
        self.tell(job, "starts")
        stretch = job.stretch
        self.at(int(min(self.now + job.left, self.next_shut(job))), END, lambda: self.end(job, stretch))

    def stop(self, job: Job) -> int:
        """Take a job off its pool and return how long its stretch was."""
        pool = self.pools[job.pool]
        pool.running.remove(job)
        done = self.now - job.begun
        pool.compress = pool.compress or done < job.ask
        job.stretch += 1
        self.busy.append((pool.number, job.workload, job.begun, self.now, job.width))
        self.look(pool)
        return done

    def end(self, job: Job, stretch: int) -> None:
        if job.stretch != stretch:
            return
        done = self.stop(job)
        job.left -= done
        job.ask -= done
        if job.left == 0:
            self.leave(job, "finished")
        else:
            self.tell(job, "pauses")
            self.hold(job, self.next_open(job))

    def kill_down(self, pool: Pool, most: int, move: bool) -> None:
        victims = sorted(pool.running, key=lambda job: (self.scatter(job.number, self.now) >> 2, job.number))
        while pool.used > most:
            job = victims.pop(0)
            done = self.stop(job)
            pool.anew = True
            every = self.checkpoint[job.workload]
            kept = done // every * every if every else 0
            job.left -= kept
            job.ask -= kept
            job.lost += done - kept
            self.losses.append((self.now, pool.number, job.workload, job.width * (done - kept)))
            self.tell(job, "killed")
            if move:
                job.pool = -1
            self.admit(job)

    def set_capacity(self, number: int, capacity: int, kill: bool, move: bool) -> None:
        pool = self.pools[number]
        pool.capacity, pool.anew = capacity, True
        pool.size = max(pool.size, capacity)
        self.look(pool)
        if kill:
            self.kill_down(pool, capacity, move)
        if move:
            for job in [job for job in pool.waiting if job.width > capacity]:
                pool.waiting.remove(job)
                job.pool = -1
                self.admit(job)

    # Hours.

    def open_at(self, job: Job, lag: int) -> bool:
        return not job.hours or lag > max(job.hours) or lag in job.hours

    def kept_back(self, job: Job) -> bool:
        if job.first >= 0 and not job.pausable:
            return False
        return not self.open_at(job, self.now // self.epoch - job.arrive // self.epoch)

    def next_open(self, job: Job) -> int:
        hour = self.now // self.epoch + 1
        while not self.open_at(job, hour - job.arrive // self.epoch):
            hour += 1
        return hour * self.epoch

    def next_shut(self, job: Job) -> float:
        if not job.pausable or not job.hours:
            return inf
        arrived = job.arrive // self.epoch
        for hour in range(self.now // self.epoch + 1, arrived + max(job.hours) + 1):
            if not self.open_at(job, hour - arrived):
                return hour * self.epoch
        return inf

    # Where a job goes.

    def scatter(self, job: int, hour: int) -> int:
        z = self.seed + (job + 1) * 0x9E3779B97F4A7C15 + hour * 0xC2B2AE3D27D4EB4F
        z &= 2**64 - 1
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & (2**64 - 1)
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & (2**64 - 1)
        return z ^ (z >> 31)

    def takes(self, pool: Pool, width: int) -> bool:
        room = len(pool.waiting) < pool.most or (not pool.waiting and width <= pool.free)
        return width <= pool.capacity and room

    def centre_pool(self, workload: int, centre: int) -> Pool | None:
        number = self.pool_of[workload][centre]
        return self.pools[number] if number >= 0 else None

    def route(self, job: Job) -> Pool | str:
        column = getattr(self, f"by_{self.mode}")(job)
        centres = len(self.pool_of[0])
        if column == centres:
            return "later"
        if column == centres + 1:
            return "never"
        chosen = None if column is None else self.centre_pool(job.workload, column)
        if chosen is not None and self.takes(chosen, job.width):
            return chosen
        others = [self.centre_pool(job.workload, c) for c in self.near[job.region][job.workload]]
        wide = [pool for pool in others if pool is not None and pool.size >= job.width]
        able = [pool for pool in wide if self.takes(pool, job.width)]
        if able and self.mode != "score":
            return able[0]
        return "later" if able or any(pool.capacity < job.width for pool in wide) else "never"

    def by_share(self, job: Job) -> int:
        draw = (self.scatter(job.number, self.now // self.epoch) >> 11) / 2**53
        sums = list(accumulate(self.table[job.region][job.workload]))
        return next(column for column, total in enumerate(sums) if draw < total / sums[-1])

    def by_quota(self, job: Job) -> int | None:
        work = float(job.width * job.ask)
        able: list[tuple[float, int]] = []
        key = (job.region, job.workload)
        for column, share in enumerate(self.table[job.region][job.workload]):
            if share > 0.0:
                self.credit[*key, column] += share * work
                pool = self.centre_pool(job.workload, column) if column < len(self.pool_of[0]) else None
                if column >= len(self.pool_of[0]) or (pool is not None and self.takes(pool, job.width)):
                    able.append((-self.credit[*key, column], column))
        if not able:
            return None
        best = min(able)[1]
        self.credit[*key, best] -= work
        return best

    def by_score(self, job: Job) -> int | None:
        able: list[tuple[float, int]] = []
        for centre, score in enumerate(self.table[job.region][job.workload]):
            pool = self.centre_pool(job.workload, centre)
            if score == inf or pool is None or not self.takes(pool, job.width):
                continue
            if pool.waiting or pool.free < job.width:
                queue = [*pool.waiting, job]
                work = sum(one.width * (one.ask // 2**20 + 1) for one in queue)
                score += self.congestion * (work / pool.capacity)
            able.append((score, centre))
        return min(able)[1] if able else None

    # The pass.

    def look(self, pool: Pool) -> None:
        if not pool.looked_for:
            pool.looked_for = True
            self.at(self.now, PASS, lambda: self.look_over(pool))

    def look_over(self, pool: Pool) -> None:
        pool.looked_for = False
        pool.look_over(self.now, lambda job: self.start(job, pool), lambda job, when: self.remind(pool, job, when))

    def remind(self, pool: Pool, job: Job, when: int) -> None:
        """Look at a pool when a reservation begins, if it still stands."""

        def wake() -> None:
            if job.state == "waiting" and job.reserved == when:
                self.look(pool)

        self.at(when, EXPIRE, wake)

    # The books.

    def books(self, begin: int, end: int) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
        """Return unit-ticks in use and lost of an epoch, by pool and workload; a kill at its end is the next one's."""
        running = [
            (job.pool, job.workload, job.begun, self.now, job.width) for pool in self.pools for job in pool.running
        ]
        work: Counter[tuple[int, int]] = Counter()
        for pool, workload, start, stop, width in [*self.busy, *running]:
            work[pool, workload] += width * max(min(stop, end) - max(start, begin), 0)
        lost: Counter[tuple[int, int]] = Counter()
        for when, pool, workload, amount in self.losses:
            if begin <= when < end:
                lost[pool, workload] += amount
        return dict(work), dict(lost)
