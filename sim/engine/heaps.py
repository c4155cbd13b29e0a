"""Heaps: of instants, earliest first, and of the running jobs of a pool, by the end that their request promises."""

from __future__ import annotations

from sim.engine.compiled import inner
from sim.engine.state import Records


@inner
def push(heap: Records, count: int, when: int, job: int) -> None:
    """Add an entry to a heap of `count` entries; equal instants go by number."""
    i = count
    while i > 0:
        above = (i - 1) >> 1
        if heap[above].when < when or (heap[above].when == when and heap[above].job <= job):
            break
        heap[i] = heap[above]
        i = above
    heap[i].when = when
    heap[i].job = job


@inner
def pop(heap: Records, count: int) -> None:
    """Take the first entry from a heap of `count` entries."""
    last = count - 1
    when, job = heap[last].when, heap[last].job
    i = 0
    below = 1
    while below < last:
        other = below + 1
        if other < last and (
            heap[other].when < heap[below].when
            or (heap[other].when == heap[below].when and heap[other].job < heap[below].job)
        ):
            below = other
        if when < heap[below].when or (when == heap[below].when and job <= heap[below].job):
            break
        heap[i] = heap[below]
        i = below
        below = 2 * i + 1
    heap[i].when = when
    heap[i].job = job


@inner
def join(running: Records, table: Records, base: int, count: int, ends: int, job: int) -> None:
    """Add a job to the running of a pool, a heap of `count` entries from `base` on."""
    _rise(running, table, base, count, ends, job, table[job].width)


@inner
def part(running: Records, table: Records, base: int, count: int, place: int) -> None:
    """Take the job at a place from the running of a pool, a heap of `count` entries from `base` on."""
    last = count - 1
    if place == last:
        return
    ends, job, width = running[base + last].ends, running[base + last].job, running[base + last].width
    if place > 0 and ends < running[base + ((place - 1) >> 1)].ends:
        _rise(running, table, base, place, ends, job, width)
    else:
        _sink(running, table, base, last, place, ends, job, width)


@inner
def _rise(running: Records, table: Records, base: int, place: int, ends: int, job: int, width: int) -> None:
    """Put an entry where it belongs between a place and the root."""
    i = place
    while i > 0:
        above = (i - 1) >> 1
        if running[base + above].ends <= ends:
            break
        running[base + i] = running[base + above]
        table[running[base + i].job].slot = i
        i = above
    _put(running, table, base + i, i, ends, job, width)


@inner
def _sink(running: Records, table: Records, base: int, count: int, place: int, ends: int, job: int, width: int) -> None:
    """Put an entry where it belongs between a place and the leaves."""
    i = place
    below = 2 * i + 1
    while below < count:
        if below + 1 < count and running[base + below + 1].ends < running[base + below].ends:
            below += 1
        if ends <= running[base + below].ends:
            break
        running[base + i] = running[base + below]
        table[running[base + i].job].slot = i
        i = below
        below = 2 * i + 1
    _put(running, table, base + i, i, ends, job, width)


@inner
def _put(running: Records, table: Records, at: int, place: int, ends: int, job: int, width: int) -> None:
    running[at].ends = ends
    running[at].job = job
    running[at].width = width
    table[job].slot = place
