"""FCFS and EASY backfill on one machine as a textbook has them: lists, a loop over instants, nothing clever.

At one instant all completions come first, then all arrivals, then one pass.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple


class Job(NamedTuple):
    """A job of a trace: any unit of time."""

    submit: int
    run: int
    ask: int
    width: int


def starts(jobs: list[Job], machine: int, *, easy: bool) -> list[int]:
    """Return when each job starts on a machine of some width; jobs are in the order of their submission."""
    started = [-1] * len(jobs)
    waiting: list[int] = []
    running: list[tuple[int, int, int]] = []  # end, end by the request, width
    free, upcoming = machine, 0
    while upcoming < len(jobs) or running:
        now = min([end for end, _, _ in running] + [job.submit for job in jobs[upcoming : upcoming + 1]])
        free += sum(width for end, _, width in running if end <= now)
        running = [entry for entry in running if entry[0] > now]
        while upcoming < len(jobs) and jobs[upcoming].submit <= now:
            waiting.append(upcoming)
            upcoming += 1
        shadow, beside = inf, 0
        head = -1
        for number in list(waiting):
            job = jobs[number]
            if head < 0 and job.width > free:
                head = number
                if not easy:
                    break
                shadow, beside = reservation(running, free, job.width)
                continue
            if head >= 0:
                if job.width > free or (now + job.ask > shadow and job.width > beside):
                    continue
                if now + job.ask > shadow:
                    beside -= job.width
            waiting.remove(number)
            started[number] = now
            running.append((now + job.run, now + job.ask, job.width))
            free -= job.width
    return started


def reservation(running: list[tuple[int, int, int]], free: int, width: int) -> tuple[int, int]:
    """Return when enough units are free by the requests of those that run, and how many are left beside then."""
    promises = sorted((promise, units) for _, promise, units in running)
    for place, (promise, units) in enumerate(promises):
        free += units
        last = place + 1 == len(promises) or promises[place + 1][0] > promise
        if free >= width and last:
            return promise, free - width
    raise AssertionError("a job is wider than the machine")
