"""Jobs: what the event engine runs, whether a law drew them or a trace names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ground.arrays import Array, IntArray

TICK = 1_000_000
"""Ticks a second: times of jobs are whole microseconds, so that sums are exact and ties are ties."""
MOST_WIDTH = 1_000_000_000
"""Widest job, units, so that whole numbers of 32 bits hold it."""
MOST_LEVEL = 126
"""Last of the priorities: each has a queue of its own, and a small number in the job loop."""
NEVER = np.int64(2**62)
"""A deadline that never comes, ticks."""


@dataclass(frozen=True)
class Jobs:
    """Jobs in the order of their arrival.

    Attributes
    ----------
    number
        [job], what its source calls it; unique.
    arrive
        [job], ticks since the run began, ascending.
    run
        [job], ticks of work at full width, > 0.
    ask
        [job], ticks that were requested, ≥ `run`: all that a scheduler knows.
    width
        [job], units of its pool (processors, or what a pool's capacity is counted in), ≥ 1, all at once.
    region, workload
        [job], numbers.
    level
        [job], priority: 0 goes first.
    due
        [job], ticks since the run began, the latest start; `NEVER` where it may wait for ever.
    bits_in, bits_out
        [job], bits to move before it may start, and after it has ended.
    """

    number: IntArray
    arrive: IntArray
    run: IntArray
    ask: IntArray
    width: NDArray[np.int32]
    region: NDArray[np.int32]
    workload: NDArray[np.int32]
    level: NDArray[np.int32]
    due: IntArray
    bits_in: Array
    bits_out: Array

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.arrive)

    def only(self, kept: IntArray | NDArray[np.bool_] | slice) -> Jobs:
        """Return some of these jobs."""
        part: dict[str, Any] = {field.name: getattr(self, field.name)[kept] for field in fields(self)}
        return replace(self, **part)

    @classmethod
    def joined(cls, parts: Iterable[Jobs]) -> Jobs:
        """Return the jobs of several, each behind the one before."""
        none = np.zeros(0, dtype=np.int64)
        listed = [cls.of(none, none, none), *parts]
        return cls(**{f.name: np.concatenate([getattr(part, f.name) for part in listed]) for f in fields(cls)})

    @classmethod
    def of(cls, arrive: IntArray, run: IntArray, width: IntArray, **others: IntArray | Array) -> Jobs:
        """Return jobs of which only arrival, length and width need to be told.

        Parameters
        ----------
        arrive, run, width
            As the attributes.
        others
            Further attributes; by default jobs are numbered from 1, ask for what they run, and the rest is 0
            or `NEVER`.

        Examples
        --------
        >>> jobs = Jobs.of(np.array([0, 5]), np.array([9, 9]), np.array([1, 2]))
        >>> jobs.number.tolist(), jobs.ask.tolist(), len(jobs)
        ([1, 2], [9, 9], 2)
        """
        count = len(arrive)
        told: dict[str, Any] = {
            "number": np.arange(1, count + 1), "arrive": arrive, "run": run, "ask": run, "width": width,
            "region": 0, "workload": 0, "level": 0, "due": NEVER, "bits_in": 0.0, "bits_out": 0.0, **others,
        }  # fmt: skip
        short = {"width": np.int32, "region": np.int32, "workload": np.int32, "level": np.int32}
        kinds = {name: short.get(name, np.float64 if name.startswith("bits") else np.int64) for name in told}
        made: dict[str, Any] = {name: np.array(np.broadcast_to(told[name], count), dtype=kinds[name]) for name in told}
        return cls(**made)
