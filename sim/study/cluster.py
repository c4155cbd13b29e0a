"""Tasks done by the workers of a Dask cluster, told as they end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sim.ground.errors import SimError, UsageError
from sim.once import code_version

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 2
"""Tasks in flight for every thread of the cluster: one under way, one that waits for it."""
LOOK_S = 5.0
"""After so long somebody looks whether workers have joined, s."""


def done_there(task: Callable[[T], R], items: Sequence[T], address: str, workers: int = 1) -> Generator[R, None, None]:
    """Yield the results of a task as the workers of a Dask cluster end it.

    A task whose worker was lost is done again by another; workers may join and leave at any time. They need this
    version of suanwang and the scenario's files under the same paths.

    Parameters
    ----------
    task
        A function of a module; what it takes and returns can be pickled.
    items
        What it is done for.
    address
        Of the scheduler, such as ``tcp://host:8786``; ``local`` starts a cluster on this machine.
    workers
        Processes of a local cluster.

    Raises
    ------
    UsageError
        Where Dask is not installed, the cluster cannot be reached, or its workers have another version or none.
    SimError
        Where the scheduler is lost, or workers die of a task again and again; whatever the task raises.
    """
    with _client(address, workers) as client:
        _check_versions(client)
        waiting, ended = iter(items), SimpleQueue[Any]()
        flying: set[Any] = set()
        while True:
            for item in _more(waiting, client, len(flying)):
                future = client.submit(task, item, pure=False)
                flying.add(future)
                future.add_done_callback(ended.put)
            if not flying:
                return
            try:
                future = ended.get(timeout=LOOK_S)
            except Empty:
                continue
            flying.discard(future)
            yield _result(future, address)
            future.release()


def _more(waiting: Iterator[T], client: Any, flying: int) -> Iterator[T]:
    """Yield what may be sent now: the cluster's threads are asked for anew, since workers come and go."""
    most = AHEAD * max(sum(client.nthreads().values()), 1)
    while flying < most:
        try:
            yield next(waiting)
        except StopIteration:
            return
        flying += 1


@contextmanager
def _client(address: str, workers: int) -> Iterator[Any]:
    """Return a client of the cluster, closed in the end together with what was started for it."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise UsageError(
            "--dask needs Dask, which is not installed; install suanwang with its extra [cluster]"
        ) from error
    local = None
    if address == "local":
        quiet = logging.ERROR  # That a worker was lost and another begun is what a cluster is for.
        local = LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=quiet
        )
    try:
        try:
            client = Client(local if local is not None else address, timeout="10s")
        except (OSError, ValueError) as error:
            raise UsageError(f"--dask {address}: no scheduler answers there ({error}); give its address") from error
        try:
            yield client
        finally:
            client.close()
    finally:
        if local is not None:
            local.close()


def _check_versions(client: Any) -> None:
    """Raise where a worker runs other code than this process; those that join later are told by their first task."""
    here = code_version()
    try:
        others = {worker: there for worker, there in client.run(code_version).items() if there != here}
    except ImportError as error:
        raise UsageError(_lacking(error)) from error
    if others:
        worker, there = next(iter(others.items()))
        text = (
            f"workers of the cluster run another version of suanwang ({len(others)} of them, such as {worker}: {there}"
        )
        raise UsageError(f"{text}; here: {here}); install the same one everywhere")


def _result(future: Any, address: str) -> Any:
    from distributed import CancelledError, KilledWorker
    from distributed.comm import CommClosedError

    try:
        return future.result()
    except ImportError as error:
        raise UsageError(_lacking(error)) from error
    except KilledWorker as error:
        text = "workers of the cluster were lost again and again under one task, perhaps for lack of memory; give them "
        raise SimError(text + "more and run again: what is complete is kept") from error
    except (CancelledError, CommClosedError) as error:
        text = f"--dask {address}: the scheduler was lost ({error}); run again: what is complete is kept"
        raise SimError(text) from error


def _lacking(error: ImportError) -> str:
    return f"workers of the cluster cannot import what a sweep needs ({error}); install the same suanwang everywhere"
