"""One machine and one log, no nation: when each job starts under a discipline, and what that costs those who wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.engine.loop import CONSERVATIVE, EASY, FCFS, Loop
from sim.ground.arrays import IntArray
from sim.ground.errors import Origin, ScenarioError
from sim.workloads.jobs import TICK
from sim.workloads.jobs.trace import Trace

DISCIPLINES = {"fcfs": FCFS, "easy": EASY, "conservative": CONSERVATIVE}
"""Who may overtake: nobody; who does not delay the head of the queue; who does not delay the first hundred."""
TIE_RULE = "completions, arrivals, one pass"
"""What comes first at one instant; a log in whole seconds is full of these."""
_END_OF_TIME = 2**61  # ticks, 73,000 years: behind it there is room for the runs and requests of those who wait
_SHORT = 10.0  # s, in the bounded slowdown a shorter run counts as this
_PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Schedule:
    """When the jobs of a log ran.

    Attributes
    ----------
    trace
        The log.
    processors
        Size of the machine, in processors of the log.
    discipline
        One of `DISCIPLINES`.
    exact
        Whether the scheduler knew the runs; else it believed the requested times.
    start, end
        [job], ticks, −1 where the job left at its latest start without having begun.
    """

    trace: Trace
    processors: int
    discipline: str
    exact: bool
    start: IntArray
    end: IntArray

    def summary(self) -> dict[str, Any]:
        """Return what the schedule says of machine and discipline.

        Returns
        -------
        dict
            ``trace`` (the file), ``format``, ``processors``, ``discipline``, ``estimates`` and ``ties`` tell what
            was replayed; ``records``, ``jobs``, ``dropped`` and ``changed`` (reason → number) what the log held;
            ``missed`` how many jobs left without having begun. Over those that ran: ``wait_s``, each of ``mean``,
            ``p50``, ``p95``, ``p99`` (linear between the nearest two) and ``max``; ``bounded_slowdown``, the mean of
            max(1, (wait + run) / max(run, 10 s)); ``makespan_s`` from the first submit to the last end;
            ``utilisation`` = Σ width · run / (processors · makespan). These are None where no job ran.

        References
        ----------
        D. G. Feitelson, L. Rudolph, "Metrics and Benchmarking for Parallel Job Scheduling", JSSPP 1998, LNCS 1459,
        doi 10.1007/BFb0053978.
        """
        account, jobs, ran = self.trace.account, self.trace.jobs, self.start >= 0
        told = {
            "trace": str(self.trace.file), "format": self.trace.format, "processors": self.processors,
            "discipline": self.discipline, "estimates": "exact" if self.exact else "requested", "ties": TIE_RULE,
            "records": self.trace.records, "jobs": len(jobs),
            "dropped": {reason: remark.count for reason, remark in account.dropped.items()},
            "changed": {what: remark.count for what, remark in account.changed.items()},
            "missed": int((~ran).sum()),
        }  # fmt: skip
        if not ran.any():
            none = dict.fromkeys(("mean", *_PERCENTILES))
            return told | {"wait_s": none, "bounded_slowdown": None, "utilisation": None, "makespan_s": None}
        wait, run = (self.start - jobs.arrive)[ran] / TICK, jobs.run[ran] / TICK
        makespan = int(self.end.max() - jobs.arrive[0]) / TICK
        # To the microsecond, as all times are: what is finer comes of the arithmetic.
        waits = {name: round(float(np.quantile(wait, share)), 6) for name, share in _PERCENTILES.items()}
        units = self.processors * self.trace.per_processor
        return told | {
            "wait_s": {"mean": float(wait.mean()), **waits},
            "bounded_slowdown": float(np.maximum((wait + run) / np.maximum(run, _SHORT), 1.0).mean()),
            "utilisation": float((jobs.width[ran] * run).sum()) / (units * makespan),
            "makespan_s": makespan,
        }


def replay(
    trace: Trace, processors: int, discipline: str = "easy", *, exact: bool = False, progress: Progress | None = None
) -> Schedule:
    """Return when each job of a log starts and ends on a machine that does nothing else.

    Priorities and latest starts of the log hold; its data do not move, since there is no network.

    Parameters
    ----------
    trace
        The log, without jobs that are wider than the machine.
    processors
        Size of the machine, in processors of the log.
    discipline
        One of `DISCIPLINES`.
    exact
        Whether the scheduler knows the runs; else it believes the requested times.
    progress
        Called with how many jobs have ended, and of how many.

    Raises
    ------
    ScenarioError
        Where the jobs take more than 73,000 years.
    InvariantError
        Where work is not conserved: our bug.
    """
    jobs = replace(trace.jobs, ask=trace.jobs.run) if exact else trace.jobs
    loop = Loop(jobs, [processors * trace.per_processor], DISCIPLINES[discipline])
    if not _to_the_end(loop, progress):
        text = f"the jobs keep {processors:,} processors busy for more than 73,000 years; take a larger machine"
        raise ScenarioError(text, Origin(str(trace.file)))
    loop.audit()
    outcome = loop.outcome()
    return Schedule(trace, processors, discipline, exact, outcome.first, np.where(outcome.first < 0, -1, outcome.end))


def _to_the_end(loop: Loop, progress: Progress | None) -> bool:
    """Let time pass, about a hundredth of the jobs at a time, and return whether all have ended."""
    count, done, step = len(loop.jobs), 0, TICK
    while done < count and loop.now < _END_OF_TIME:
        loop.advance(min(loop.now + step, _END_OF_TIME))
        counts = loop.state.counts[0]
        before, done = done, int(counts["finished"] + counts["missed"] + counts["rejected"])
        if done - before < count / 200:
            step *= 2
        elif done - before > count / 50:
            step = max(step // 2, 1)
        if progress is not None:
            progress(done, count)
    return done == count
