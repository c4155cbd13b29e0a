"""Processes that do tasks: copies of one that is ready, started only where there is work for them."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from pathlib import Path

import pytest

from sim.study import warm
from sim.study.fleet import ASKED, done_here
from sim.study.tasks import MOST, PACK, Task, dispatches, packs


def who(_: int) -> tuple[int, int, bool]:
    """Return this process, the one it comes from, and whether compiled code was loaded before the first task."""
    loaded = sys.modules.get("sim.engine.dispatch")
    return os.getpid(), os.getppid(), loaded is not None and bool(loaded.by_place.overloads)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are started anew")
def test_workers_are_copies_of_one_process_that_is_ready() -> None:
    found = list(done_here(who, range(8), 2))
    again = list(done_here(who, range(2), 2))
    pids, parents, ready = (set(values) for values in zip(*found, *again, strict=True))
    assert ready == {True}
    assert os.getpid() not in pids | parents
    assert len(parents) == 1  # The second time, too: what was imported once is not imported again.


def test_whoever_else_imports_what_workers_get_ready_with_is_left_as_he_is() -> None:
    before = signal.getsignal(signal.SIGINT)
    importlib.reload(warm)
    assert signal.getsignal(signal.SIGINT) is before
    assert ASKED not in os.environ


def test_no_process_is_started_for_a_single_task() -> None:
    assert [pid for pid, *_ in done_here(who, [0], 8)] == [os.getpid()]


def task(number: int, sets: str, points: int) -> Task:
    return Task(number, Path("s.yaml"), (sets,), tuple((n, {}) for n in range(points)), (), Path(), "")


def test_tasks_of_one_dispatch_go_together_and_others_apart() -> None:
    shared = [task(n, "a", MOST) for n in range(PACK + 1)] + [task(PACK + 1, "a", 1)]
    alone = [task(n, "b", 1) for n in range(PACK + 2, PACK + 5)]
    other = [task(PACK + 5, "c", 3)]
    found = packs([*shared, *alone, *other])
    assert [len(pack) for pack in found] == [PACK, 2, 1, 1, 1, 1]
    assert [one.number for pack in found for one in pack] == list(range(PACK + 6))
    assert dispatches([*shared, *alone, *other]) == 1 + 3 + 1
