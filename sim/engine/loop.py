"""The job loop as the clock sees it: let time pass, change what is there, close the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import books, kernel, tables
from sim.engine.caller import Caller
from sim.engine.outcome import Books, Outcome
from sim.engine.roads import LinkBooks, Roads
from sim.engine.state import ENOUGH, FINISHED, QUOTA, SCORE, SHARE, Records, State
from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.errors import InvariantError
from sim.workloads.jobs import MOST_LEVEL, TICK, Jobs

FCFS, EASY, CONSERVATIVE = 0, 1, 100
"""Disciplines, as the number of jobs of a queue that hold a reservation; any other number is conservative, too."""
UNBOUNDED = 2**62
"""How many may wait where nothing bounds it."""
_NONE = np.zeros(0, dtype=np.int64)
_GRAIN = 2.0**20 / TICK  # s, of the work that waits


class Loop:
    """Jobs, pools, and the time that passes over them.

    Parameters
    ----------
    jobs
        Who will arrive, in the order of arrival.
    capacity
        [pool], units, at the beginning.
    discipline
        [pool] or one for all: `FCFS`, `EASY`, or how many of a queue hold a reservation.
    pool_of
        [workload, centre], number of the pool a workload uses there, −1 where there is none; by default all
        workloads go to pool 0.
    near
        [region, workload, centre], feasible centres, nearest first, −1 behind the last: where jobs spill to.
        By default all in the order of their numbers.
    most
        [pool] or one for all: how many may wait; whom a full queue turns away spills.
    checkpoint
        [workload] or one for all, ticks between two checkpoints, 0 = none: a kill costs all.
    epoch
        Ticks of an epoch: how long draws and refusals hold, and the unit of the hours of `defer`.
    seed
        Of the draws that choose a centre, and of whom a kill hits.
    log
        Whether every turn of every job is kept, for `turns`.
    room
        Places that tables have at first; they grow.
    roads
        What data and results travel on: a job waits at its pool once its data are there. Without roads nothing has
        to move.

    Attributes
    ----------
    jobs
        As handed over.
    state
        The tables (sim.engine.state).
    """

    def __init__(
        self,
        jobs: Jobs,
        capacity: IntArray | list[int],
        discipline: IntArray | int = EASY,
        *,
        pool_of: IntArray | None = None,
        near: IntArray | None = None,
        most: IntArray | int = UNBOUNDED,
        checkpoint: IntArray | int = 0,
        epoch: int = 3600 * TICK,
        seed: int = 0,
        log: bool = False,
        room: int = 1024,
        roads: Roads | None = None,
    ) -> None:
        self.jobs = jobs
        workloads = 1 + (int(jobs.workload.max()) if len(jobs) else 0)
        regions = 1 + (int(jobs.region.max()) if len(jobs) else 0)
        if pool_of is None:
            pool_of = np.zeros((workloads, 1), dtype=np.int64)
        if near is None:
            near = np.broadcast_to(np.arange(pool_of.shape[1]), (regions, *pool_of.shape))
        _check(jobs, np.asarray(capacity), pool_of, near)
        self.state: State = tables.fresh(
            jobs,
            np.array(capacity, dtype=np.int64),
            np.array(pool_of, dtype=np.int32),
            np.array(near, dtype=np.int32),
            np.array(np.broadcast_to(checkpoint, len(pool_of)), dtype=np.int64),
            room,
            log,
            roads,
        )
        self._call = Caller()
        self._now, self._next = self.state.clock["now"], self.state.clock["next"]
        self._links = None if roads is None else LinkBooks(len(roads.capacity))
        self.state.pool["reserve"] = discipline
        self.state.pool["most"] = most
        self.state.clock["epoch"] = epoch
        self.state.clock["seed"] = seed
        self._came = np.zeros(len(pool_of), dtype=np.int64)
        self._gap = np.empty_like(self._came)
        self._counted = 0
        self._done = np.zeros(len(pool_of), dtype=np.int64)
        first = np.zeros((*near.shape[:2], near.shape[2] + 2))
        np.put_along_axis(first, np.maximum(near[:, :, :1], 0), 1.0, axis=2)
        self.steer(place=first)

    @property
    def now(self) -> int:
        """Ticks since the run began; what ended at this instant is done, the rest of it is not."""
        return int(self._now[0])

    def advance(self, until: int) -> None:
        """Let time pass to an instant: all before it, and what ends at it.

        Parameters
        ----------
        until
            Ticks since the run began; nothing happens where it is not later than now.
        """
        self._insist(kernel.run, int(until))

    def steer(
        self, *, place: Array | None = None, score: Array | None = None, quota: bool = False, congestion: float = 0.0
    ) -> None:
        """Take a decision that holds for whoever arrives, comes back or moves from now on.

        Parameters
        ----------
        place
            [region, workload, centre + 2], shares that sum to 1; the last two columns keep a job back until the
            next epoch and turn it away. Each job draws, or goes where most is owed (`quota`).
        score
            [region, workload, centre], lower is better, inf forbids.
        quota
            Whether places are quotas of work, kept as well as whole jobs can keep them.
        congestion
            With `score`: what a second of expected wait adds to it.
        """
        clock = self.state.clock
        if score is not None:
            clock["mode"], clock["congestion"] = SCORE, congestion * _GRAIN
            self.state.score[:] = score
            return
        if place is None:
            raise ValueError("a decision has `place` or `score`")
        clock["mode"] = QUOTA if quota else SHARE
        if quota:
            self.state.share[:] = place
        else:
            np.cumsum(place, axis=2, out=self.state.share)
            # The last share that is not 0 ends at 1 exactly, so no draw falls behind it.
            np.divide(self.state.share, self.state.share[:, :, -1:], out=self.state.share)

    def defer(self, first: int, hours: NDArray[np.uint64], pausable: BoolArray) -> None:
        """Say in which hours jobs may run, before they arrive.

        Parameters
        ----------
        first
            Number of the first job that is spoken of.
        hours
            [job], a bit for every epoch since that of the arrival, 0 = all; behind the last bit and behind the
            64th epoch all are allowed.
        pausable
            [job], whether the job is interrupted where its hours end; else they tell when it may first start.

        Raises
        ------
        ValueError
            Where one of them has arrived.
        """
        if first < self.state.clock[0]["next"]:
            raise ValueError(f"job {first} has arrived: its hours are told before that")
        part = self.state.job[first : first + len(hours)]
        part["hours"], part["pausable"] = hours, pausable

    def set_capacity(
        self, pool: int, capacity: int, *, kill: bool = False, move: bool = False, size: int | None = None
    ) -> None:
        """Give a pool another capacity from now on.

        Parameters
        ----------
        pool
            Its number.
        capacity
            Units for jobs: what is in service less what interactive work reserves.
        kill
            Whether running jobs are killed until the rest fits, whom chance hits; else they run to their end and
            nobody starts before there is room.
        move
            Whether killed jobs, and those too wide now that wait or whose data are on the way, are routed anew.
        size
            Units that may be hoped for: a job wider than this does not wait for better times.
        """
        keep = int(self.state.pool["size"][pool]) if size is None else size
        kernel.set_capacity(self.state, pool, capacity, max(keep, capacity))
        if kill:
            self._insist(kernel.kill_down, int(pool), int(capacity), bool(move))
        if move:
            self._insist(kernel.move_waiting, int(pool))

    def set_capacities(
        self, capacity: IntArray, room: IntArray, size: IntArray, *, failed: IntArray = _NONE, move: bool = False
    ) -> None:
        """Give all pools other capacities from now on.

        Parameters
        ----------
        capacity
            [pool], units on which jobs may start.
        room
            [pool], units on which jobs may run, at least as many: where more are in use, those whom chance hits must
            make room.
        size
            [pool], units that may be hoped for.
        failed
            Numbers of the pools at which they are killed for it, and lose what they did since their last checkpoint;
            at the others they are suspended, and lose nothing.
        move
            Whether those who are killed, and those too wide now that wait there or whose data are on the way, are
            routed anew.
        """
        told = (np.ascontiguousarray(part, dtype=np.int64) for part in (capacity, room, size, failed))
        self._insist(kernel.set_capacities, *told, bool(move))

    def kill(self, pool: int, units: int, *, move: bool = False) -> None:
        """Kill running jobs, whom chance hits, until at least so many units are free that were not, or none runs.

        Parameters
        ----------
        pool
            Its number.
        units
            Units.
        move
            Whether they are routed anew; else they go to the head of their queue.
        """
        used = int(self.state.pool["used"][pool])
        self._insist(kernel.kill_down, int(pool), max(used - int(units), 0), bool(move))

    def set_links(self, capacity: Array) -> None:
        """Give the links other capacities from now on.

        Parameters
        ----------
        capacity
            [link], bit/s, to the nearest: what other traffic leaves. 0 is a cut link: what moves over it takes the next
            path of its route with what it has left, or waits where there is none, and comes back when it is mended.

        Raises
        ------
        ValueError
            Where there are no roads, or one is below 0 or not below 2⁵³.
        """
        if self._links is None:
            raise ValueError("without roads there are no links")
        self._links.set_links(self.state, capacity, self.now)

    def close_epoch(self) -> Books:
        """Return the books since they were last closed, and open new ones.

        Raises
        ------
        InvariantError
            Where units, jobs, work or bits are not conserved, or a link carries more than it can.
        """
        carried = np.zeros(0) if self._links is None else self._links.close(self.state, self.now)
        shape = self.state.booked.shape
        made = Books(
            np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64), np.empty(shape), np.empty(shape[0]),
            np.empty(self.state.share.shape[:2]), carried,
        )  # fmt: skip
        self._count()
        balance = self._call(books.close, self.state, *made[:5], self._done, self._came, self._gap)
        if balance == books.WORK_BROKEN:
            raise self._lacking()
        if balance != books.GOOD:
            units = "units in use are not those of the workloads"
            raise self._broken(units if balance == books.UNITS_BROKEN else "jobs are gone")
        return made

    def audit(self) -> None:
        """Check that work is conserved, exactly, job by job of those at hand: who runs, waits, is held, or moves data.

        What came = what was done and not lost + what left undone + what is still owed, in unit-ticks of each workload.
        The sums of a national year do not fit into 64 bits; since all of them wrap round alike, the balance does.
        Whoever closes an epoch has it checked.

        Raises
        ------
        InvariantError
            Where work was lost or made.
        """
        self._count()
        if books.find_gap(self.state, self._came, self._done, self._gap):
            raise self._lacking()

    def _count(self) -> None:
        """Add up the work of those who came since this was last done."""
        upcoming = self.coming()
        if upcoming > self._counted:
            jobs = self.jobs
            books.count_came(jobs.workload, jobs.width, jobs.run, self._counted, upcoming, self._came)
            self._counted = upcoming

    def _lacking(self) -> InvariantError:
        w = int(np.argmax(self._gap != 0))
        return self._broken(f"{self._gap[w]} unit-ticks of workload {w} were lost or made")

    def _broken(self, what: str) -> InvariantError:
        return InvariantError(f"{self.now / TICK:.6f} s: {what}; this is a bug of suanwang, please report it")

    def coming(self) -> int:
        """Return the number of the job that arrives next."""
        return int(self._next[0])

    def outcome(self, some: slice = slice(None)) -> Outcome:
        """Return what has become of jobs so far, of all or of some.

        Parameters
        ----------
        some
            Their numbers.
        """
        job = self.state.job[some]
        end = np.where(job["state"] >= FINISHED, job["end"], -1)
        cargo = self.state.cargo[some]
        never = np.broadcast_to(np.int64(-1), len(job))
        came, went = (never, never) if self._links is None else (cargo["came"].copy(), cargo["went"].copy())
        return Outcome(
            job["state"].copy(), job["first"].copy(), end, job["pool"].copy(), self.state.lost[some].copy(), came, went
        )

    def turns(self) -> Records:
        """Return the turns that were logged since they were last asked for: when, job, pool, what."""
        logged = int(self.state.clock[0]["logged"])
        self.state.clock["logged"] = 0
        return self.state.log[:logged].copy()

    def _insist(self, part: Callable[..., int], *arguments: Any) -> None:
        """Call a part of the kernel until it says that its tables were large enough."""
        while (lack := self._call(part, self.state, *arguments)) != ENOUGH:
            self.state = tables.grown(self.state, lack)


def _check(jobs: Jobs, capacity: NDArray[Any], pool_of: IntArray, near: IntArray) -> None:
    """Refuse what would lead the compiled loop astray, which looks nothing up twice."""
    if len(jobs) and not (
        (np.diff(jobs.arrive) >= 0).all()
        and jobs.arrive[0] >= 0
        and (jobs.run > 0).all()
        and (jobs.ask >= jobs.run).all()
        and (jobs.width > 0).all()
        and min(jobs.region.min(), jobs.workload.min(), jobs.level.min()) >= 0
        and jobs.level.max() <= MOST_LEVEL
    ):
        raise ValueError("jobs arrive in order from 0 on, run, ask for at least what they run, and have a width")
    if len(jobs) and (jobs.region.max() >= near.shape[0] or jobs.workload.max() >= near.shape[1]):
        raise ValueError("a job names a region or a workload that `near` does not know")
    if near.shape[1:] != pool_of.shape or pool_of.max() >= len(capacity) or near.max() >= pool_of.shape[1]:
        raise ValueError("`pool_of` is [workload, centre] and names pools, `near` is [region, workload, centre]")
    if (capacity < 0).any():
        raise ValueError("a capacity is at least 0")
