"""Jobs of the traces that a scenario names: scaled in time, size and count, and the demand that they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.ground.arrays import Array, IntArray
from sim.ground.calendar import Calendar
from sim.ground.errors import Origin, Problem, ScenarioError
from sim.ground.seeds import generator
from sim.ground.units import si
from sim.network.demand import weights
from sim.scenario.entities import TraceSource
from sim.scenario.scenario import Scenario
from sim.workloads.jobs import MOST_WIDTH, NEVER, TICK, Jobs
from sim.workloads.jobs.trace import MOST_JOBS, Trace
from sim.workloads.traces.base import read_trace

UNIT = 1e12
"""Compute of a unit of width, FLOPS: small beside a pool, and units · ticks of a pool and a day fit 63 bits."""
_DAY = 86_400 * TICK
_HALF_HOUR = 1800 * TICK
_MOST_ROUNDING = 0.01


@lru_cache(maxsize=4)
def _read(path: Path, form: str | None, digest: str) -> Trace:
    """Return the trace of a file; the digest tells whether it is still the same file."""
    return read_trace(path, form)


def trace_of(scenario: Scenario, name: str) -> Trace:
    """Return the trace that a workload names, as its file tells it.

    Raises
    ------
    ScenarioError
        Where the file is not of its format.
    """
    file, spec = scenario.traces[name], _spec(scenario, name)
    return _read(file.path, spec.format, file.digest)


def _spec(scenario: Scenario, name: str) -> TraceSource:
    spec = scenario.config.workloads[name].trace
    assert spec is not None
    return spec


def trace_jobs(scenario: Scenario, calendar: Calendar, name: str) -> Jobs:
    """Return the jobs of a workload's trace that arrive within the run.

    Arrivals count from `begin_h` of the trace and are multiplied by `arrival_factor`; with `repeat` what lies
    before follows behind, and the trace begins anew after whole days.  `count_factor` 2.5 stands for the
    trace, a copy of it, and half the jobs of another, each copy turned by whole days and up to half an hour, so
    that the hours of the day stay.  Runs and requested times are multiplied by `run_factor`, widths by
    `processor_tflops`, rounded to whole units.  A job enters where the scenario says, else where the trace
    says, else in a region drawn by the workload's weight.  It moves the data that the trace tells, else
    its work times the workload's bits per FLOP, and may wait for its start as the trace tells, else as long as
    the workload's deadline.

    Parameters
    ----------
    scenario
        Names the trace and how it is scaled; its seed draws copies and regions.
    calendar
        The run's epochs.
    name
        Id of the workload.

    Returns
    -------
    Jobs
        In the order of their arrival, numbered from 1; widths in units of `UNIT`.

    Raises
    ------
    ScenarioError
        Where the file is not of its format, names a region that there is not, has too many or too wide jobs, or
        its widths are too small for whole units.
    """
    trace, spec, config = trace_of(scenario, name), _spec(scenario, name), scenario.config
    rng = generator(config.run.seed, config.run.replication, "trace", name)
    origin = scenario.origin("workloads", name, "trace", "processor_tflops")
    width = _widths(trace, spec, origin)
    copies = _copies(trace, spec, rng, calendar, scenario.origin("workloads", name, "trace", "count_factor"))
    jobs = replace(trace.jobs, width=width).only(copies.job)
    run, ask = (np.maximum(np.rint(times * spec.run_factor), 1.0).astype(np.int64) for times in (jobs.run, jobs.ask))
    wait = np.where(jobs.due == NEVER, round(config.workloads[name].deadline_h * 3600 * TICK), jobs.due - jobs.arrive)
    work = jobs.width.astype(np.float64) * run * (UNIT / TICK)
    moved = trace.jobs.bits_in.any() or trace.jobs.bits_out.any()
    bits = {"bits_in": config.workloads[name].bits_per_flop_in, "bits_out": config.workloads[name].bits_per_flop_out}
    return replace(
        jobs,
        number=np.arange(1, len(jobs) + 1),
        arrive=copies.arrive,
        run=run,
        ask=np.maximum(ask, run),
        due=copies.arrive + wait,
        region=_regions(scenario, name, trace, jobs, rng).astype(np.int32),
        workload=np.full(len(jobs), list(config.workloads).index(name), dtype=np.int32),
        **({} if moved else {key: work * factor for key, factor in bits.items()}),
    )


def _widths(trace: Trace, spec: TraceSource, origin: Origin) -> NDArray[np.int32]:
    """Return the widths in whole units; [job]."""
    exact = trace.jobs.width * (spec.processor_tflops * si("processor_tflops") / UNIT / trace.per_processor)
    width = np.maximum(np.rint(exact), 1.0)
    if width.max() > MOST_WIDTH:
        raise ScenarioError(f"the widest job would take {width.max() * UNIT / 1e18:g} EFLOPS", origin)
    change = float((width * trace.jobs.run).sum() / (exact * trace.jobs.run).sum()) - 1.0
    if abs(change) > _MOST_ROUNDING:
        text = (
            f"widths are whole TFLOPS in a run, which would change the work of this trace by {change:+.1%}; "
            "give its processors more compute"
        )
        raise ScenarioError(text, origin)
    return np.asarray(width, dtype=np.int32)


@dataclass(frozen=True)
class _Arrivals:
    """Which jobs of a trace arrive in the run, and when."""

    job: IntArray  # [arrival], number of the job in the trace
    arrive: IntArray  # [arrival], ticks since the run began, ascending


def _copies(trace: Trace, spec: TraceSource, rng: np.random.Generator, calendar: Calendar, origin: Origin) -> _Arrivals:
    horizon = round(calendar.epochs * calendar.seconds * TICK)
    begin = spec.begin_h * 3600.0 * TICK
    arrive = np.rint((trace.jobs.arrive - begin) * spec.arrival_factor).astype(np.int64)
    period = int((arrive[-1] - min(int(arrive[0]), 0)) // _DAY + 1) * _DAY
    whole, part = divmod(spec.count_factor, 1.0)
    rounds = -(-horizon // period) if spec.repeat else 1
    if (needed := len(arrive) * spec.count_factor * rounds) > MOST_JOBS:
        raise ScenarioError(f"the trace would become {needed:,.0f} jobs; at most {MOST_JOBS:,} are taken", origin)
    jobs, times = [], []
    for copy in range(int(whole) + (part > 0.0)):
        kept = np.arange(len(arrive)) if copy < whole else np.flatnonzero(rng.random(len(arrive)) < part)
        turned = arrive[kept]
        if copy:
            shift = int(rng.integers(0, period // _DAY)) * _DAY
            turned = (turned + shift + rng.integers(-_HALF_HOUR, _HALF_HOUR, len(kept))) % period
        elif spec.repeat:
            turned = turned % period
        for number in range(rounds):
            within = (turned + number * period >= 0) & (turned + number * period < horizon)
            jobs.append(kept[within])
            times.append(turned[within] + number * period)
    job, time = np.concatenate(jobs), np.concatenate(times)
    order = np.argsort(time, kind="stable")
    return _Arrivals(job[order], time[order])


def _regions(scenario: Scenario, name: str, trace: Trace, jobs: Jobs, rng: np.random.Generator) -> IntArray:
    """Return the number of the region that each job enters in; [job]."""
    config, spec = scenario.config, _spec(scenario, name)
    ids = {region: number for number, region in enumerate(config.regions)}
    if spec.region is not None:
        return np.full(len(jobs), ids[spec.region], dtype=np.int64)
    drawn = rng.choice(len(ids), size=len(jobs), p=weights(scenario, config.workloads[name].weight))
    strange = [place for place in trace.account.places if place and place not in ids]
    if strange:
        text = f"the trace names the region '{strange[0][:60]}', which the scenario does not have"
        raise ScenarioError(text, Origin(str(trace.file)))
    said = np.array([ids.get(place, -1) for place in trace.account.places or ("",)])[jobs.region]
    return np.where(said < 0, drawn, said)


def trace_demand(scenario: Scenario, calendar: Calendar, jobs: Jobs) -> Array:
    """Return the mean rate at which the work of jobs arrives; [epoch, region], FLOPS.

    Parameters
    ----------
    scenario
        Has the regions.
    calendar
        The run's epochs.
    jobs
        Of one workload, within the run.
    """
    regions = len(scenario.config.regions)
    cell = jobs.arrive // round(calendar.seconds * TICK) * regions + jobs.region
    work = np.bincount(cell, jobs.width * (jobs.run / TICK), calendar.epochs * regions)
    return np.asarray(work.reshape(calendar.epochs, regions) * (UNIT / calendar.seconds))


def problems(scenario: Scenario, calendar: Calendar) -> list[Problem]:
    """Return what is wrong with the traces that a scenario names.

    Parameters
    ----------
    scenario
        Without other problems.
    calendar
        The run's epochs.
    """
    found: list[Problem] = []
    for name in scenario.traces:
        try:
            trace_jobs(scenario, calendar, name)
        except ScenarioError as error:
            found += error.problems
    return found


def warnings(scenario: Scenario) -> list[Problem]:
    """Return what a trace holds that is not taken as it stands: the number of records by reason, and their first lines.

    Parameters
    ----------
    scenario
        That can be built.
    """
    return [
        Problem(scenario.origin("workloads", name, "trace", "file"), f"{trace.file.name}: {text}")
        for name in scenario.traces
        for trace in [trace_of(scenario, name)]
        for text in trace.remarks()
    ]
