"""The jobs and pools of the twin: who runs, who waits, and whom a pass over a pool starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf


@dataclass(eq=False)
class Job:
    number: int
    arrive: int
    left: int
    ask: int
    width: int
    region: int = 0
    workload: int = 0
    level: int = 0
    due: float = inf
    hours: frozenset[int] = frozenset()
    pausable: bool = False
    state: str = "coming"
    pool: int = -1
    first: int = -1
    end: int = -1
    lost: int = 0
    begun: int = 0  # of the present stretch
    promise: int = 0  # when the present stretch ends by its request
    stretch: int = 0
    queued: tuple[int, int] = (0, 0)
    reserved: int | None = None


@dataclass(eq=False)
class Pool:
    number: int
    capacity: int
    reserve: int
    most: float = inf
    size: int = 0
    running: list[Job] = field(default_factory=list)
    waiting: list[Job] = field(default_factory=list)
    looked_for: bool = False
    anew: bool = True
    compress: bool = False

    @property
    def used(self) -> int:
        return sum(job.width for job in self.running)

    @property
    def free(self) -> int:
        return self.capacity - self.used

    def look_over(self, now: int, start: Callable[[Job], None], remind: Callable[[Job, int], None]) -> None:
        """Start whom the discipline lets start now; `remind` is told who holds another reservation, and when."""
        if self.reserve > 1:
            self._conservative(now, start, remind)
        else:
            while self.waiting and self.waiting[0].width <= self.free:
                start(self.waiting[0])
            if self.waiting and self.reserve:
                self._easy(now, start)
        self.anew = self.compress = False

    def _easy(self, now: int, start: Callable[[Job], None]) -> None:
        head = self.waiting[0]
        shadow, spare = inf, 0.0
        for end in sorted({job.promise for job in self.running}):
            then = self.free + sum(job.width for job in self.running if job.promise <= end)
            if then >= head.width:
                shadow, spare = end, then - head.width
                break
        for job in self.waiting[1:]:
            if job.width <= self.free and now + job.ask <= shadow:
                start(job)
            elif job.width <= min(self.free, spare):
                spare -= job.width
                start(job)

    def _conservative(self, now: int, start: Callable[[Job], None], remind: Callable[[Job, int], None]) -> None:
        if self.anew:
            for job in self.waiting:
                job.reserved = None
        standing = 0
        # Those that start in this pass keep the whole of what they asked for until it is over.
        started: list[tuple[int, int, int]] = []
        before = [(now, job.promise, job.width) for job in self.running]

        def booked(apart: Job) -> list[tuple[int, int, int]]:
            others = [job for job in self.waiting if job.reserved is not None and job is not apart]
            return [*before, *started, *((job.reserved, job.reserved + job.ask, job.width) for job in others)]

        for job in list(self.waiting):
            bookings = booked(job)
            if standing >= self.reserve:
                when = now if self._fits(bookings, job, now) else None
            elif job.reserved is not None and not self.compress:
                when = job.reserved
            else:
                ends = sorted({now, *(end for _, end, _ in bookings)})
                when = next((t for t in ends if self._fits(bookings, job, t)), None)
            if when == now:
                started.append((now, now + job.ask, job.width))
                start(job)
                continue
            standing += standing < self.reserve
            if when is not None and when != job.reserved:
                remind(job, when)
            job.reserved = when

    def _fits(self, bookings: list[tuple[int, int, int]], job: Job, begin: int) -> bool:
        end = begin + job.ask
        instants = [begin, *(s for s, _, _ in bookings if begin < s < end)]
        return all(sum(w for s, e, w in bookings if s <= t < e) + job.width <= self.capacity for t in instants)
