"""A log replayed on one machine, as a planner asks for it: when each job starts, and how long they wait."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.desk.terminal import Tick
from sim.engine.machine import Schedule
from sim.engine.machine import replay as replay_trace
from sim.ground.errors import UsageError, did_you_mean
from sim.ground.lines import watched
from sim.results import jobs_table
from sim.results.jobs_table import ROWS, Block, Column
from sim.workloads.traces.base import REGISTRY, read_trace

_COLUMNS = (Column("job", "whole"), Column("submit"), Column("start"), Column("end"))


def find(
    path: Path,
    *,
    processors: int | None = None,
    discipline: str = "easy",
    exact: bool = False,
    form: str | None = None,
    out: Path | None = None,
    force: bool = False,
    progress: Tick | None = None,
) -> dict[str, Any]:
    """Return what there is to say of a log on one machine; its starts are written where a file is named.

    Parameters
    ----------
    path
        The log.
    processors
        Size of the machine; None takes what the log says.
    discipline
        ``fcfs``, ``easy`` or ``conservative``.
    exact
        Whether the scheduler knows the runs; else it believes the requested times.
    form
        Format of the log; None takes the one that claims it.
    out
        File for job, submit, start and end, s: ``.csv`` or ``.parquet``.
    force
        Whether to replace it.
    progress
        Called with how many bytes are read, then jobs ended, then rows written; and of how many.

    Returns
    -------
    dict
        As `sim.engine.machine.Schedule.summary` returns it; ``warnings``, a sentence for each kind of record that is
        not taken as it stands; ``file`` where one was written.

    Raises
    ------
    UsageError
        Where there is no such format, or neither command nor log tells the machine's size.
    ScenarioError, ResultsError
        Where the log is wrong, or the file cannot be written.
    """
    if form is not None and form not in REGISTRY.names():
        raise UsageError(f"no format of traces is called '{form}'" + did_you_mean(form, REGISTRY.names()))
    if out is not None:
        jobs_table.check_place(out, force=force)
    with watched(progress):
        trace = read_trace(path, form, processors, sized=True)
    size = processors or trace.account.processors
    assert size is not None
    schedule = replay_trace(trace, size, discipline, exact=exact, progress=progress)
    found = schedule.summary() | {"warnings": [f"{path}: {text}" for text in trace.remarks()]}
    if out is not None:
        found["file"] = str(jobs_table.write(out, _COLUMNS, _blocks(schedule, progress), force=force))
    return found


def _blocks(schedule: Schedule, progress: Tick | None) -> Iterator[Block]:
    """Yield the rows of a schedule, some at a time."""
    jobs = schedule.trace.jobs
    columns = (jobs.number, jobs.arrive, schedule.start, schedule.end)
    for begin in range(0, len(jobs), ROWS):
        yield {column.name: values[begin : begin + ROWS] for column, values in zip(_COLUMNS, columns, strict=True)}
        if progress is not None:
            progress(min(begin + ROWS, len(jobs)), len(jobs))
