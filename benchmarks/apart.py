"""A contender runs in a process of its own: neither its memory nor its warm caches help or hurt the next one."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

from benchmarks.registry import Table

P = ParamSpec("P")
R = TypeVar("R")


def apart(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, float]:
    """Return what a function of a module returns, and the peak memory of the process it ran in, MB.

    Parameters
    ----------
    work
        A function that another process can import.
    args, kwargs
        Its arguments.
    """
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=_quiet) as pool:
        result = pool.submit(work, *args, **kwargs).result()
        return result, pool.submit(_peak).result()


def missing(packages: tuple[str, ...]) -> Table | None:
    """Return the table that says which packages are absent, None where all are there."""
    absent = [name for name in packages if importlib.util.find_spec(name) is None]
    if not absent:
        return None
    return Table(("skipped",), ((f"skipped: {', '.join(absent)} not installed; `make peers` does",),))


def _quiet() -> None:
    """Send what compiled code prints to nowhere: HiGHS greets before it can be asked not to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _peak() -> float:
    """Return the peak memory of this process, MB; macOS counts in bytes, Linux in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
