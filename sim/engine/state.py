"""What the job loop remembers: a few tables of records, handed to every compiled function as one flat tuple."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ground.arrays import Array, IntArray

Records = NDArray[Any]

COMING, WAITING, HELD, MOVING, RUNNING, FINISHED, REJECTED, MISSED = range(8)
"""States of a job: not yet arrived, in a queue, kept back until an instant, and so on; the last three are final."""
STARTS, FINISHES, PAUSES, IS_KILLED, IS_REJECTED, MISSES = range(1, 7)
"""What the log tells of a job."""
SHARE, QUOTA, SCORE = range(3)
"""How the decision at hand chooses a centre."""
KEEP, COMPRESS, ANEW = range(3)
"""What a pass does with the reservations it finds."""
NOBODY, ALL_NEW = -1, -2
"""Who has joined a queue since its last pass: nobody, or so much has changed that all must be looked at."""
BLOCK = 64
"""Places in a block of a queue."""
NOWHERE = -2
"""Where data are that have gone to no pool yet."""
NEVER = 2**62
"""An instant that never comes, ticks."""
ENOUGH, RUNNING_FULL, BLOCKS_FULL, ENDS_FULL, RELEASES_FULL, LIMITS_FULL, STEPS_FULL, LOG_FULL = range(8)
"""Why the loop came back before its time: which table is full."""

# A job takes 64 bytes, a line of the cache. `left` and `ask` are ticks of work and of request that remain;
# `start` and `end` are those of the present stretch (`end` of a waiting job: where it is reserved); `hours` has a
# bit for every epoch since its arrival in which it may run, 0 = all; `slot` is its place among the running of its
# pool, or its block in a queue.
JOB = np.dtype([
    ("left", "i8"), ("ask", "i8"), ("start", "i8"), ("end", "i8"), ("first", "i8"), ("hours", "u8"),
    ("width", "i4"), ("slot", "i4"), ("pool", "i2"), ("workload", "i2"),
    ("level", "i1"), ("state", "i1"), ("pausable", "i1"), ("", "i1"),
])  # fmt: skip
# What there is one of. `next` is the job that arrives next, `since` the beginning of the epoch of the ledger, `epoch`
# its length; `ends` to `held` and `logged` count entries of tables.
CLOCK = np.dtype([
    ("now", "i8"), ("next", "i8"), ("since", "i8"), ("epoch", "i8"), ("seed", "u8"), ("mode", "i8"),
    ("congestion", "f8"), ("ends", "i8"), ("releases", "i8"), ("limits", "i8"), ("spare", "i8"), ("touched", "i8"),
    ("held", "i8"), ("moving", "i8"), ("logged", "i8"),
])  # fmt: skip
# `size` is the capacity that may be hoped for, `capacity` that of now; `backlog` is units × 2²⁰ ticks that wait;
# `most` is how many may wait; `reserve` is how many jobs of the queue hold a reservation (0 FCFS, 1 EASY, more:
# conservative), `alarm` the earliest of several; `shadow` and `beside` are what EASY found last, good as long as
# nothing but one `newcomer` has joined the queue; `base` and `room` say where in `running` its part lies.
POOL = np.dtype([
    ("size", "i8"), ("capacity", "i8"), ("used", "i8"), ("waiting", "i8"), ("backlog", "i8"), ("most", "i8"),
    ("running", "i8"), ("base", "i8"), ("room", "i8"), ("reserve", "i8"), ("alarm", "i8"), ("shadow", "i8"),
    ("beside", "i8"), ("newcomer", "i8"), ("narrow", "i8"), ("plan", "i1"), ("touched", "i1"),
])  # fmt: skip
ENDS_OF_QUEUE = np.dtype([("first", "i4"), ("last", "i4")])
# A block is skipped without a look at its jobs: `ask` and `width` are lower bounds of theirs, `narrow` is one of the
# requests of those that are no wider than `narrow` of the pool.
BLOCKS = np.dtype([
    ("ask", "i8"), ("narrow", "i8"), ("width", "i4"), ("next", "i4"), ("before", "i4"),
    ("begin", "i2"), ("count", "i2"),
])  # fmt: skip
SLOT = np.dtype([("ask", "i8"), ("job", "i4"), ("width", "i4")])
RUN = np.dtype([("ends", "i8"), ("job", "i4"), ("width", "i4")])
AT = np.dtype([("when", "i8"), ("job", "i8")])
STEP = np.dtype([("when", "i8"), ("free", "i8")])
# `lost` wraps round, as all sums of unit-ticks that only have to balance; `gone` is the same to the digits of a float.
BOOKED = np.dtype([("used", "i8"), ("work", "i8"), ("lost", "i8"), ("gone", "f8")])
# `undone` is unit-ticks of work that left with those who were turned away or gave up.
COUNT = np.dtype([
    ("arrived", "i8"), ("finished", "i8"), ("rejected", "i8"), ("missed", "i8"), ("killed", "i8"), ("undone", "i8"),
])  # fmt: skip
# `at` is the route by which its data come or came, −1 where they need no link, `NOWHERE` before; `came` and `went` are
# when they and the results had arrived, −1 before.
CARGO = np.dtype([("bits_in", "f8"), ("bits_out", "f8"), ("came", "i8"), ("went", "i8"), ("at", "i8")])
LOG = np.dtype([("when", "i8"), ("job", "i4"), ("pool", "i2"), ("what", "i2")])


class State(NamedTuple):
    """Every table of the job loop.

    Attributes
    ----------
    job
        [job], records `JOB`.
    arrive, due, region, lost
        [job]: ticks, ticks, number, ticks of work at full width that kills destroyed.
    clock
        [1], a record `CLOCK`: what there is one of.
    pool
        [pool], records `POOL`.
    queue
        [pool, list], records `ENDS_OF_QUEUE`: first and last block. List 0 holds jobs that had begun before, list
        1 + level the others.
    block, slot, spare
        [block], records `BLOCKS`; [block × 64], records `SLOT`; [block], a stack of those not in use.
    running
        [place], records `RUN`: for every pool a heap by the end that the request promises.
    ends, releases, limits
        [place], records `AT`: heaps of instants at which stretches end, held jobs come back, and waiting jobs
        lose the right to wait; among the last also, as −1 − pool, those for which a pool has promised a start.
    touched
        [pool], a list of pools that the next pass looks at.
    scratch
        [place], records `AT`: work space as long as the fullest pool.
    step
        [place], records `STEP`: work space of a profile of free units.
    booked
        [pool, workload], records `BOOKED`: units in use; unit-ticks of work, and of work lost, in this epoch.
    counts
        [workload], records `COUNT`: jobs so far.
    pool_of
        [workload, centre], number of the pool, −1 where there is none.
    near
        [region, workload, centre], feasible centres, nearest first, −1 behind the last.
    share
        [region, workload, centre + 2], shares of a decision (cumulative for `SHARE`); the last two columns are
        "later" and "never".
    credit
        [region, workload, centre + 2], unit-ticks that quotas still owe.
    score
        [region, workload, centre], lower is better, inf forbids.
    checkpoint
        [workload], ticks between two checkpoints, 0 = none.
    log
        [place], records `LOG`; of length 0 where nobody wants to know.
    cargo
        [job], records `CARGO`; of length 0 where there are no roads.
    way
        [region, pool, 2], number of the route by which data come and by which results go, −1 where none is needed.
    wire, flow, route, via, link, hop, delay, soonest, met, line
        Transfers, as in `Carries` of sim.engine.flows. A flow is ``whose`` 2 × job, for its data, or 2 × job + 1, for
        its results.
    """

    job: Records
    arrive: IntArray
    due: IntArray
    region: NDArray[np.int32]
    lost: IntArray
    clock: Records
    pool: Records
    queue: Records
    block: Records
    slot: Records
    spare: NDArray[np.int32]
    running: Records
    ends: Records
    releases: Records
    limits: Records
    touched: IntArray
    scratch: Records
    step: Records
    booked: Records
    counts: Records
    pool_of: NDArray[np.int32]
    near: NDArray[np.int32]
    share: Array
    credit: Array
    score: Array
    checkpoint: IntArray
    log: Records
    cargo: Records
    way: NDArray[np.int32]
    wire: Records
    flow: Records
    route: Records
    via: Records
    link: Records
    hop: NDArray[np.int32]
    delay: IntArray
    soonest: NDArray[np.int32]
    met: NDArray[np.int32]
    line: NDArray[np.int32]
