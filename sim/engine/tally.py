"""What became of the jobs, entered into the ledger of a run."""

from __future__ import annotations

import numpy as np

from sim.engine.ledger import TOLERANCE, Ledger
from sim.engine.loop import Loop
from sim.engine.outcome import Outcome
from sim.engine.state import FINISHED, MISSED, REJECTED, RUNNING
from sim.engine.stock import Stock
from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.errors import InvariantError
from sim.network.traces import UNIT
from sim.results.schema import FATES
from sim.workloads.jobs import TICK, Jobs

_FLOP = UNIT / TICK
_SHORT = 10.0  # s, the least run that a slowdown is measured by
_BLOCK = 2**19  # jobs that are looked at together: what is known of ten million does not fit twice


def enter_jobs(ledger: Ledger, jobs: Jobs, loop: Loop, stock: Stock, ticks: int) -> None:
    """Enter jobs at the end of a run: what came, what was done where, how long it waited, what was left undone.

    Who has not begun by then has passed its deadline, which is cut there; what is left of those who run stays a
    backlog.

    Parameters
    ----------
    ledger
        Of the run; holds what pools did, epoch by epoch.
    jobs, loop, stock
        Of the run.
    ticks
        Of an epoch.

    Raises
    ------
    InvariantError
        Where the work that jobs have done is not the work that their pools did.
    """
    arrived, missed = np.zeros(ledger.arrived.shape), np.zeros(ledger.arrived.shape)
    whole = np.zeros((2, arrived.shape[2]))
    waits = _Waits(arrived.shape[2])
    for begin in range(0, len(jobs), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        some, found, left = jobs.only(block), loop.outcome(block), _left(loop, block)
        width = some.width.astype(np.float64) * _FLOP  # FLOP per tick
        work, undone = width * some.run, width * left
        over = (found.state == REJECTED) | (found.state == MISSED)
        gone = np.where(over, found.end, loop.now)
        owed = np.where((found.state == RUNNING) | (found.state == FINISHED), 0.0, undone)
        _spread(arrived, some.arrive // ticks, some, work)
        _spread(missed, np.minimum(gone // ticks, len(arrived) - 1), some, owed)
        whole += [np.bincount(some.workload, each, whole.shape[1]) for each in (work, work - undone)]
        _move(ledger, some, found, stock, work - undone, ticks)
        _count(ledger, some, found)
        waits.add(some, found, work - undone)
    _check(ledger, *whole)
    ledger.arrived += arrived
    ledger.unserved += missed
    ledger.backlog += _backlog(ledger, whole[0] > 0.0, arrived, missed)
    ledger.jobs[: len(loop.state.counts), FATES.index("killed")] = loop.state.counts["killed"]
    waits.enter(ledger)


def _left(loop: Loop, block: slice) -> IntArray:
    """Return what is left of some jobs; [job], ticks at full width."""
    job = loop.state.job[block]
    begun = np.where(job["state"] == RUNNING, loop.now - job["start"], 0)
    return np.where(job["state"] == FINISHED, 0, job["left"] - begun)


def _spread(total: Array, epoch: IntArray, jobs: Jobs, amount: Array) -> None:
    """Add amounts of jobs by epoch, region and workload."""
    _, regions, workloads = total.shape
    place = (epoch * regions + jobs.region) * workloads + jobs.workload
    total += np.bincount(place, amount, total.size).reshape(total.shape)


def _check(ledger: Ledger, work: Array, done: Array) -> None:
    """Check that jobs did what pools did and what was not lost again, workload by workload, to 1e-9."""
    pools = ledger.served.sum(axis=(0, 1)) - ledger.lost.sum(axis=0)
    gap = np.where(work > 0.0, np.abs(done - pools), 0.0)
    if (gap > TOLERANCE * (done + 1.0)).any():
        w = int(np.argmax(gap))
        raise InvariantError(
            f"workload {w}: its jobs did {done[w]:.6e} FLOP and the pools {pools[w]:.6e}; "
            "this is a bug of suanwang, please report it"
        )


def _backlog(ledger: Ledger, mine: BoolArray, arrived: Array, missed: Array) -> Array:
    """Return the work of jobs that is owed at the end of each epoch; [epoch, workload], FLOP."""
    done = ledger.served.sum(axis=1) - ledger.lost
    owed = np.cumsum(arrived.sum(axis=1) - missed.sum(axis=1) - done, axis=0)
    return np.where(mine, np.maximum(owed, 0.0), 0.0)


def _move(ledger: Ledger, jobs: Jobs, found: Outcome, stock: Stock, done: Array, ticks: int) -> None:
    """Enter from where to where the work went, and how long it had waited for its first start."""
    regions, centres, workloads = ledger.moved.shape
    begun = np.flatnonzero(found.first >= 0)
    some, amount = jobs.only(begun), done[begun]
    centre = stock.centre[found.pool[begun]]
    place = (some.region * centres + centre) * workloads + some.workload
    moved = np.bincount(place, amount, regions * centres * workloads).reshape(ledger.moved.shape)
    ledger.moved += moved
    ledger.path_work[:, :, :, 0] += moved.transpose(2, 0, 1)
    ages = ledger.wait.shape[1]
    last = np.where(found.end[begun] >= 0, found.end[begun] - 1, len(ledger.served) * ticks - 1) // ticks
    first = np.minimum(found.first[begun] // ticks, len(ledger.served) - 1)
    weight = ledger.days.weight[some.workload] * amount[:, None]
    ledger.days.spread(
        first, np.clip(last, first, len(ledger.served) - 1), some.region.astype(np.int64), centre, weight
    )
    age = np.minimum((found.first[begun] - some.arrive) // ticks, ages - 1)
    ledger.wait += np.bincount(some.workload * ages + age, amount, workloads * ages).reshape(ledger.wait.shape)


def _count(ledger: Ledger, jobs: Jobs, found: Outcome) -> None:
    """Count the jobs by what became of them; each is exactly one thing."""
    workloads = len(ledger.jobs)
    fates = {"finished": FINISHED, "rejected": REJECTED, "missed": MISSED, "running": RUNNING}
    left = np.ones(len(jobs), dtype=bool)
    for name, state in fates.items():
        mine = found.state == state
        left &= ~mine
        ledger.jobs[:, FATES.index(name)] += np.bincount(jobs.workload[mine], minlength=workloads)
    ledger.jobs[:, FATES.index("waiting")] += np.bincount(jobs.workload[left], minlength=workloads)


class _Waits:
    """Waits for a first start, weighted by work, and the mean bounded slowdown of the finished, by workload.

    The slowdown of a job is max(1, (wait + run) / max(run, 10 s)) (Feitelson and Rudolph 1998). Of those who did not
    wait at all, most of ten million, nothing but their work is remembered.
    """

    def __init__(self, workloads: int) -> None:
        self._waits: list[list[Array]] = [[] for _ in range(workloads)]
        self._works: list[list[Array]] = [[] for _ in range(workloads)]
        self._at_once = np.zeros(workloads)  # FLOP
        self._slow = np.zeros((2, workloads))  # their sum and their number

    def add(self, jobs: Jobs, found: Outcome, done: Array) -> None:
        """Add jobs that have done some work [job], FLOP."""
        begun = (found.first >= 0) & (done > 0.0)
        for w in np.unique(jobs.workload[begun]):
            mine = np.flatnonzero(begun & (jobs.workload == w))
            wait = (found.first[mine] - jobs.arrive[mine]) / TICK
            late = wait > 0.0
            self._waits[w].append(wait[late])
            self._works[w].append(done[mine[late]])
            self._at_once[w] += done[mine[~late]].sum()
            over = mine[found.state[mine] == FINISHED]
            spent, run = (found.end[over] - jobs.arrive[over]) / TICK, jobs.run[over] / TICK
            slow = np.maximum(spent / np.maximum(run, _SHORT), 1.0)
            self._slow[:, w] += slow.sum(), len(slow)

    def enter(self, ledger: Ledger) -> None:
        """Enter means, quantiles and slowdowns."""
        for w, parts in enumerate(self._waits):
            if not parts:
                continue
            wait = np.concatenate([[0.0], *parts])
            work = np.concatenate([self._at_once[w : w + 1], *self._works[w]])
            parts.clear()
            self._works[w].clear()
            mean = float(wait @ work)
            order = np.argsort(wait, kind="stable")
            weight = work[order]
            np.cumsum(weight, out=weight)
            at = np.searchsorted(weight, np.array([0.5, 0.95, 0.99]) * weight[-1] * (1.0 - 1e-12))
            slow, number = self._slow[:, w]
            ledger.job_wait[w] = [mean / weight[-1], *wait[order[at]], slow / number if number else 0.0]
