"""Tasks done by processes of this machine, told as they end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import active_children, connection, get_context, parent_process
from multiprocessing.context import BaseContext
from typing import TypeVar

from sim.ground.errors import SimError

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 2
"""Tasks in flight for every worker: one under way, one that waits for it."""
LIVES = 3
"""How often processes may be killed before a sweep gives up."""
PATIENCE = 5.0
"""Seconds that a process which was told to end is waited for."""
WARM, ASKED = "sim.study.warm", "SUANWANG_WARM"
"""What the process imports of which workers are copies, and what tells it in its environment that it is this one."""


def done_here(task: Callable[[T], R], items: Sequence[T], workers: int) -> Generator[R, None, None]:
    """Yield the results of a task as processes of this machine end it.

    A task whose process was killed is done again by another. Processes end with the one that started them.

    Parameters
    ----------
    task
        A function of a module; what it takes and returns can be pickled.
    items
        What it is done for.
    workers
        Processes; with 1, or for one item, none is started.

    Raises
    ------
    SimError
        Where processes were killed again and again; whatever the task raises.
    """
    if min(workers, len(items)) <= 1:
        yield from map(task, items)
        return
    left = dict(enumerate(items))
    for _ in range(LIVES):
        with suppress(BrokenProcessPool):
            yield from _pooled(task, left, workers)
        if not left:
            return
    raise SimError(
        f"worker processes were killed {LIVES} times, perhaps for lack of memory; run again with fewer --workers: "
        "what is complete is kept"
    )


def _pooled(task: Callable[[T], R], left: dict[int, T], workers: int) -> Generator[R, None, None]:
    """Yield results, and take what is done from what is left, until nothing is or a process was killed."""
    pool = ProcessPoolExecutor(min(workers, len(left)), mp_context=_fresh(), initializer=_begin)
    ended = False
    try:
        waiting = iter(list(left.items()))
        flying: dict[Future[R], int] = {}
        while True:
            while len(flying) < AHEAD * workers and (following := next(waiting, None)) is not None:
                flying[pool.submit(task, following[1])] = following[0]
            if not flying:
                ended = True
                return
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                number = flying.pop(future)
                result = future.result()
                del left[number]
                yield result
    finally:
        pool.shutdown(wait=ended, cancel_futures=True)
        if not ended:
            # What is under way would be thrown away: parts are written whole or not at all.
            for process in active_children():
                process.terminate()
            for process in active_children():
                process.join(PATIENCE)


def _fresh() -> BaseContext:
    """Return how processes are started: never as copies of this one, whose threads would be copied half done.

    On Linux they are copies of one that has imported all they need and has no work of its own: two seconds of the
    processor are spent once and not by every worker. The libraries of other systems do not bear being copied.
    """
    if sys.platform != "linux":
        return get_context("spawn")
    found = get_context("forkserver")
    found.set_forkserver_preload([WARM])
    # One that does nothing waits until the other is ready: whoever interrupts this leaves no half begun pool behind.
    first = found.Process()
    os.environ[ASKED] = "yes"
    try:
        first.start()
        first.join()
    except (EOFError, OSError) as error:
        raise BrokenProcessPool("the process of which workers are copies was killed") from error
    finally:
        os.environ.pop(ASKED, None)
    return found


def _begin() -> None:
    """Let the one who started this process decide when it ends, Ctrl-C and kill -9 included."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
