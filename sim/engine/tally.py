"""What became of the jobs, entered into the ledger of a run."""

from __future__ import annotations

import numpy as np

from sim.engine.ledger import TOLERANCE, Ledger
from sim.engine.loop import Loop
from sim.engine.outcome import Outcome
from sim.engine.state import FINISHED, MISSED, REJECTED, RUNNING
from sim.engine.stock import Stock
from sim.ground.arrays import Array, IntArray
from sim.ground.errors import InvariantError
from sim.network.traces import UNIT
from sim.results.schema import FATES
from sim.workloads.jobs import TICK, Jobs

_FLOP = UNIT / TICK
_SHORT = 10.0  # s, the least run that a slowdown is measured by


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
    found = loop.outcome()
    left = _left(loop, found)
    width = jobs.width.astype(np.float64) * _FLOP  # FLOP per tick
    work, undone = width * jobs.run, width * left
    done = work - undone
    _check(ledger, jobs, done)
    epochs = len(ledger.arrived)
    runs = found.state == RUNNING
    gone = np.where((found.state == REJECTED) | (found.state == MISSED), found.end, loop.now)
    over = np.asarray(np.where(runs | (found.state == FINISHED), 0.0, undone), dtype=np.float64)
    arrived = _spread(ledger.arrived.shape, jobs.arrive // ticks, jobs, work)
    missed = _spread(ledger.arrived.shape, np.minimum(gone // ticks, epochs - 1), jobs, over)
    ledger.arrived += arrived
    ledger.unserved += missed
    ledger.backlog += _backlog(ledger, jobs, arrived, missed)
    _move(ledger, jobs, found, stock, done, ticks)
    _count(ledger, jobs, loop, found)
    _wait(ledger, jobs, found, done)


def _left(loop: Loop, found: Outcome) -> IntArray:
    """Return what is left of every job; [job], ticks at full width."""
    job = loop.state.job
    begun = np.where(found.state == RUNNING, loop.now - job["start"], 0)
    return np.where(found.state == FINISHED, 0, job["left"] - begun)


def _spread(shape: tuple[int, ...], epoch: IntArray, jobs: Jobs, amount: Array) -> Array:
    """Return amounts of jobs by epoch, region and workload."""
    _, regions, workloads = shape
    place = (epoch * regions + jobs.region) * workloads + jobs.workload
    return np.asarray(np.bincount(place, amount, int(np.prod(shape))), dtype=np.float64).reshape(shape)


def _check(ledger: Ledger, jobs: Jobs, done: Array) -> None:
    """Check that jobs did what pools did and what was not lost again, workload by workload, to 1e-9."""
    whole = np.bincount(jobs.workload, done, ledger.served.shape[2])
    mine = np.isin(np.arange(len(whole)), jobs.workload)
    pools = ledger.served.sum(axis=(0, 1)) - ledger.lost.sum(axis=0)
    gap = np.where(mine, np.abs(whole - pools), 0.0)
    if (gap > TOLERANCE * (whole + 1.0)).any():
        w = int(np.argmax(gap))
        raise InvariantError(
            f"workload {w}: its jobs did {whole[w]:.6e} FLOP and the pools {pools[w]:.6e}; "
            "this is a bug of suanwang, please report it"
        )


def _backlog(ledger: Ledger, jobs: Jobs, arrived: Array, missed: Array) -> Array:
    """Return the work of jobs that is owed at the end of each epoch; [epoch, workload], FLOP."""
    mine = np.isin(np.arange(arrived.shape[2]), jobs.workload)
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
    age = np.minimum((found.first[begun] - some.arrive) // ticks, ages - 1)
    ledger.wait += np.bincount(some.workload * ages + age, amount, workloads * ages).reshape(ledger.wait.shape)


def _count(ledger: Ledger, jobs: Jobs, loop: Loop, found: Outcome) -> None:
    """Count the jobs by what became of them; each is exactly one thing."""
    workloads = len(ledger.jobs)
    fates = {"finished": FINISHED, "rejected": REJECTED, "missed": MISSED, "running": RUNNING}
    left = np.ones(len(jobs), dtype=bool)
    for name, state in fates.items():
        mine = found.state == state
        left &= ~mine
        ledger.jobs[:, FATES.index(name)] = np.bincount(jobs.workload[mine], minlength=workloads)
    ledger.jobs[:, FATES.index("waiting")] = np.bincount(jobs.workload[left], minlength=workloads)
    killed = loop.state.counts["killed"]
    ledger.jobs[: len(killed), FATES.index("killed")] = killed


def _wait(ledger: Ledger, jobs: Jobs, found: Outcome, done: Array) -> None:
    """Enter the waits for a first start, weighted by work, and the mean bounded slowdown of the finished.

    The slowdown of a job is max(1, (wait + run) / max(run, 10 s)) (Feitelson and Rudolph 1998).
    """
    for w in np.unique(jobs.workload):
        mine = np.flatnonzero((jobs.workload == w) & (found.first >= 0) & (done > 0.0))
        if not len(mine):
            continue
        wait = (found.first[mine] - jobs.arrive[mine]) / TICK
        order = np.argsort(wait, kind="stable")
        weight = np.cumsum(done[mine][order])
        at = np.searchsorted(weight, np.array([0.5, 0.95, 0.99]) * weight[-1] * (1.0 - 1e-12))
        over = mine[found.state[mine] == FINISHED]
        spent, run = (found.end[over] - jobs.arrive[over]) / TICK, jobs.run[over] / TICK
        slowdown = np.maximum(spent / np.maximum(run, _SHORT), 1.0).mean() if len(over) else 0.0
        mean = float(wait @ done[mine]) / weight[-1]
        ledger.job_wait[w] = [mean, *wait[order][at], slowdown]
