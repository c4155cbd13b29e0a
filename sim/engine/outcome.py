"""What the job loop tells: the books of an epoch, and what became of the jobs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ground.arrays import Array, IntArray


class Books(NamedTuple):
    """What an epoch has done, and leaves to the next.

    Attributes
    ----------
    work
        [pool, workload], unit-ticks in use, with what was lost later.
    lost
        [pool, workload], unit-ticks of this epoch's kills, of work of this epoch and before; modulo 2⁶⁴.
    gone
        [pool, workload], the same as floats: one wide job's work of months is more than 64 bits hold.
    waiting
        [pool], unit-ticks that wait in queues, to 2²⁰.
    back
        [region, workload], unit-ticks of held jobs that come back now.
    carried
        [link], bit that jobs moved; empty without roads.
    """

    work: IntArray
    lost: IntArray
    gone: Array
    waiting: Array
    back: Array
    carried: Array


class Outcome(NamedTuple):
    """What became of the jobs.

    Attributes
    ----------
    state
        [job], `COMING` … `MISSED` of sim.engine.state.
    first
        [job], ticks, first start, −1 where there was none.
    end
        [job], ticks, when it finished, was turned away or gave up; −1 where it has not.
    pool
        [job], where it last was, −1 where nowhere.
    lost
        [job], ticks of work at full width that kills destroyed.
    came
        [job], ticks, when its data had arrived where it last was: told as soon as the last bit has left, and when it
        was sent there if nothing had to move; −1 before, and without roads.
    went
        [job], ticks, when its results had arrived in its region: told likewise, and its end if nothing had to move;
        −1 before, and without roads.
    """

    state: NDArray[np.int8]
    first: IntArray
    end: IntArray
    pool: NDArray[np.int16]
    lost: IntArray
    came: IntArray
    went: IntArray
