"""Tasks done by processes of this machine: in any order, told in that in which they were given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TypeVar

from sim.study.fleet import done_here

T = TypeVar("T")
R = TypeVar("R")
Tick = Callable[[int, int], None]


def execute(task: Callable[[T], R], items: Sequence[T], workers: int, tick: Tick | None = None) -> list[R]:
    """Return the results of a task for some items, in their order, whatever the number of processes (`done_here`).

    Parameters
    ----------
    task
        A function of a module; what it takes and returns can be pickled.
    items
        What it is done for.
    workers
        Processes; with 1, or for one item, none is started.
    tick
        Called with those done and their number.

    Raises
    ------
    SimError
        Where processes were killed again and again; whatever the task raises.
    """
    found: dict[int, R] = {}
    stream = done_here(partial(_numbered, task), list(enumerate(items)), min(workers, len(items)))
    with closing(stream):
        for number, result in stream:
            found[number] = result
            if tick is not None:
                tick(len(found), len(items))
    return [found[number] for number in range(len(items))]


def _numbered(task: Callable[[T], R], item: tuple[int, T]) -> tuple[int, R]:
    return item[0], task(item[1])
