"""The jobs of a run, a calendar month at a time: those that laws draw and those that traces tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sim.network.network import Network
from sim.network.traces import UNIT
from sim.workloads.base import read_sheet
from sim.workloads.jobs import TICK, Jobs
from sim.workloads.jobs.draw import Source, draw, months
from sim.workloads.jobs.law import job_law
from sim.workloads.jobs.sizes import sized

WIDEST_SHARE = 0.1
"""Widest drawn job over the smallest pool used. 0.01 makes fluid and events comparable, and takes many jobs."""
_USED = 0.9


def jobs(network: Network, count: float, widest_share: float = WIDEST_SHARE) -> Iterator[Jobs]:
    """Yield the jobs that arrive in each month of the run.

    Deferrable workloads that compute have jobs: those of their trace, else drawn from the law of their class with
    the network's demand (`sim.workloads.jobs.draw`).  All others stay fluid, as does a class without a law.

    Parameters
    ----------
    network
        Of the run; seed and replication are its scenario's.
    count
        Expected number of drawn jobs.  All workloads' jobs have one mean work, that of all of them over the
        count.
    widest_share
        Widest drawn job as a share of the smallest pool used, as in `widest`.

    Yields
    ------
    Jobs
        In the order of their arrival, numbered from 1 throughout, widths in units of `UNIT`; a month may have
        none.
    """
    run, calendar = network.scenario.config.run, network.calendar
    drawn = draw(sources(network, count, widest_share), network.ids("region"), calendar, run.seed, run.replication)
    told = [network.jobs[name] for name, slack in zip(network.ids("workload"), network["deadline"], strict=True)
            if name in network.jobs and slack > 0.0]  # fmt: skip
    epoch, done = round(calendar.seconds * TICK), 0
    for (_, epochs), some in zip(months(calendar), drawn, strict=True):
        ends = np.array([epochs[0], epochs[-1] + 1]) * epoch
        parts = [mine.only(np.arange(*np.searchsorted(mine.arrive, ends))) for mine in told]
        if parts:
            some = Jobs.joined([some, *parts])
            some = some.only(np.argsort(some.arrive, kind="stable"))
            some = replace(some, number=np.arange(done + 1, done + len(some) + 1))
        yield some
        done += len(some)


def sources(network: Network, count: float, widest_share: float = WIDEST_SHARE) -> list[Source]:
    """Return what the drawn jobs of a run come from; their sizes tell bundle, stretch and spread.

    Parameters
    ----------
    network, count, widest_share
        As in `jobs`.
    """
    drawn = []
    names = network.ids("workload")
    for w, (name, workload) in enumerate(network.scenario.config.workloads.items()):
        law = job_law(read_sheet(workload.kind))
        asked = bool(network["demand"][:, :, w].any())
        if law is not None and asked and name not in network.jobs and network["deadline"][w] > 0.0:
            drawn.append((w, law))
    work = {w: network["demand"][:, :, w] * network.calendar.seconds for w, _ in drawn}
    mean = sum(float(part.sum()) for part in work.values()) / count
    return [
        Source(
            names[w], w, sized(law, mean, widest(network, w, widest_share), UNIT), work[w],
            float(network["deadline"][w]), float(network["bits_in"][w]), float(network["bits_out"][w]),
        )
        for w, law in drawn
    ]  # fmt: skip


def widest(network: Network, workload: int, share: float) -> float:
    """Return the widest job of a workload, FLOPS: a share of the smallest pool used.

    The pools used are the largest ones which together hold nine tenths of the compute that the workload may reach:
    the smallest of all would forbid every job of a national year.

    Parameters
    ----------
    network
        Has the pools.
    workload
        Its number.
    share
        0–1.
    """
    pool = int(network["workload_pool"][workload])
    reached = network["feasible"][:, workload].any(axis=0)
    sizes = np.sort(network["capacity"][:, pool] * reached)[::-1]
    used = int(np.searchsorted(np.cumsum(sizes), _USED * sizes.sum() * (1.0 - 1e-9)))
    return share * float(sizes[used])
