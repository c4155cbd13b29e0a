"""Tasks done by processes of this machine: in any order, told in that in which they were given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from sim.ground.errors import SimError

T = TypeVar("T")
R = TypeVar("R")
Tick = Callable[[int, int], None]


def execute(task: Callable[[T], R], items: Sequence[T], workers: int, tick: Tick | None = None) -> list[R]:
    """Return the results of a task for some items, in their order, whatever the number of processes.

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
        Where a process was killed; whatever the task raises.
    """
    if workers <= 1 or len(items) <= 1:
        found = []
        for number, item in enumerate(items):
            found.append(task(item))
            if tick is not None:
                tick(number + 1, len(items))
        return found
    # Fresh processes: what is compiled or threaded here is not copied half done.
    with ProcessPoolExecutor(min(workers, len(items)), mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(task, item) for item in items]
        try:
            _wait(futures, tick)
        except BrokenProcessPool as error:
            text = "a worker process was killed, perhaps for lack of memory; run again with fewer --workers: what is "
            raise SimError(text + "complete is kept") from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _wait(futures: Sequence[Future[R]], tick: Tick | None) -> None:
    for done, future in enumerate(as_completed(futures)):
        future.result()
        if tick is not None:
            tick(done + 1, len(futures))
