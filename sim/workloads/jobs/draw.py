"""Jobs drawn from laws, month by month: their work follows a demand, and another policy meets the same jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.calendar import Calendar
from sim.ground.seeds import generator
from sim.workloads.jobs import NEVER, TICK, Jobs
from sim.workloads.jobs.sizes import Sizes


@dataclass(frozen=True)
class Source:
    """What the jobs of one workload are drawn from.

    Attributes
    ----------
    name, number
        The workload's id, which names its random streams, and its number.
    sizes
        How large its jobs are.
    work
        [epoch, region], work that arrives, FLOP.
    slack
        How long a job may wait for its start, s; None for ever.
    bits_in, bits_out
        Data to move before and after, bit/FLOP.
    """

    name: str
    number: int
    sizes: Sizes
    work: Array
    slack: float | None = None
    bits_in: float = 0.0
    bits_out: float = 0.0

    @property
    def count(self) -> float:
        """Expected number of jobs."""
        return float(self.work.sum()) / self.sizes.work


@dataclass(frozen=True)
class _Streams:
    """The random streams of a run: each by workload, region and month, so that no draw shifts another."""

    seed: int
    replication: int
    regions: Sequence[str]
    months: Sequence[tuple[str, IntArray]]  # name, epochs

    def of(self, source: Source, region: int, month: str) -> np.random.Generator:
        return generator(self.seed, self.replication, "jobs", f"{source.name} {self.regions[region]} {month}")


def months(calendar: Calendar) -> list[tuple[str, IntArray]]:
    """Return the calendar months that a run meets, each with the numbers of its epochs.

    Parameters
    ----------
    calendar
        The run's epochs.
    """
    names = np.datetime_as_string(calendar.times, unit="M")
    return [(str(name), np.flatnonzero(names == name)) for name in dict.fromkeys(names)]


def draw(
    sources: Sequence[Source], regions: Sequence[str], calendar: Calendar, seed: int, replication: int = 0
) -> Iterator[Jobs]:
    """Yield the jobs of some workloads, those that arrive in a calendar month at a time.

    Arrivals are a Poisson process with the rate ``work[t, r] / mean work of a job``, constant within an epoch
    and exact: a Poisson number an epoch, each at a uniform instant.  Kinds and runs are drawn independently.
    Then all runs of a workload are multiplied by one factor, so that the sum of width · run · unit over the
    whole run is its demand to the rounding of ticks.  A single epoch or region meets its demand in
    expectation, with a variance of (1 + spread) / number relative to its square (`Sizes.spread`); the factor
    lies that close to 1.

    Parameters
    ----------
    sources
        The workloads.
    regions
        Ids of the regions, which name the random streams: another region leaves the jobs of the others as
        they are but for that factor.
    calendar
        The run's epochs.
    seed, replication
        Of the run.

    Yields
    ------
    Jobs
        In the order of their arrival, numbered from 1 throughout; a month may have none. The latest start is
        the slack behind the arrival, to be cut at the run's end by whoever runs them.

    References
    ----------
    P. A. W. Lewis and G. S. Shedler (1979), "Simulation of nonhomogeneous Poisson processes by thinning",
    Naval Research Logistics Quarterly 26, section 1 (piecewise constant rates), doi 10.1002/nav.3800260304.
    """
    streams = _Streams(seed, replication, regions, months(calendar))
    factors = [_factor(source, streams) for source in sources]
    epoch, done = round(calendar.seconds * TICK), 0
    for month in streams.months:
        parts = [
            _jobs(source, factor, streams, region, month, epoch)
            for source, factor in zip(sources, factors, strict=True)
            for region in range(len(regions))
        ]
        jobs = Jobs.joined(parts)
        jobs = jobs.only(np.argsort(jobs.arrive, kind="stable"))
        yield replace(jobs, number=np.arange(done + 1, done + len(jobs) + 1))
        done += len(jobs)


def _sizes(source: Source, rng: np.random.Generator, work: Array) -> tuple[IntArray, IntArray, Array]:
    """Return jobs by epoch [epoch] of a month's work [epoch], and the kind [job] and run [job, s] of each."""
    counts = rng.poisson(work / source.sizes.work)
    kind = source.sizes.law.kinds(rng, int(counts.sum()))
    return counts, kind, source.sizes.law.runs(rng, kind)


def _factor(source: Source, streams: _Streams) -> float:
    """Return what the runs must be multiplied by, the stretch included, to make the work the demand."""
    drawn = 0.0
    for month, epochs in streams.months:
        for region in range(len(streams.regions)):
            _, kind, run = _sizes(source, streams.of(source, region, month), source.work[epochs, region])
            drawn += float(source.sizes.width[kind] @ run)
    return float(source.work.sum()) / (drawn * source.sizes.unit) if drawn else 1.0


def _jobs(
    source: Source, factor: float, streams: _Streams, region: int, month: tuple[str, IntArray], epoch: int
) -> Jobs:
    """Return the jobs of a region that arrive in a month, in no order."""
    name, epochs = month
    rng = streams.of(source, region, name)
    counts, kind, run = _sizes(source, rng, source.work[epochs, region])
    arrive = np.repeat(epochs * epoch, counts) + rng.integers(0, epoch, len(kind))
    ask = source.sizes.law.asks(rng, run)
    width = source.sizes.width[kind]
    whole = np.maximum(np.rint(run * (factor * TICK)), 1.0).astype(np.int64)
    work = width.astype(np.float64) * whole * (source.sizes.unit / TICK)
    return Jobs.of(
        arrive, whole, width, ask=np.maximum(np.rint(ask * (factor * TICK)).astype(np.int64), whole),
        region=np.full(len(kind), region), workload=np.full(len(kind), source.number),
        due=arrive + round(source.slack * TICK) if source.slack is not None else np.full(len(kind), NEVER),
        bits_in=work * source.bits_in, bits_out=work * source.bits_out,
    )  # fmt: skip
