"""What a command takes, with all that it starts: seconds, memory with shared pages counted once, cores."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 0.1


@dataclass(frozen=True)
class Taken:
    """What a command took.

    Attributes
    ----------
    seconds
        From its start to its end.
    memory
        Of all its processes together at their peak, MB: what is their own, and their share of what they have in common.
    busy
        Cores that worked for it on average.
    """

    seconds: float
    memory: float
    busy: float


def taken(words: Sequence[str]) -> Taken:
    """Return what a command takes; where there is no /proc, the memory is that of its largest process.

    Parameters
    ----------
    words
        Behind the name of Python.
    """
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    memory = worked = 0.0
    while process.poll() is None:
        family = _family(process.pid)
        memory = max(memory, sum(map(_share, family)) / 1e3)
        worked = max(worked, sum(map(_worked, family)))
        time.sleep(EVERY_S)
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = max(worked, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    largest = after.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return Taken(seconds, memory or largest, worked / seconds)


def _family(first: int) -> set[int]:
    """Return a process and all below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    mine = {first}
    while more := {child for child, parent in parents.items() if parent in mine} - mine:
        mine |= more
    return mine


def _share(process: int) -> float:
    """Return a process's own memory and its share of what it has in common with others, kB."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0


def _worked(process: int) -> float:
    """Return the seconds of the processor of a process and of those that it has waited for."""
    with suppress(OSError):
        # Behind the name, the 12th to 15th: its own, in programs and in the system, and those of its children.
        ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return 0.0
