"""Jobs of a trace: the rules by which a log's records become jobs, and what became of those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.ground.arrays import Array, BoolArray, IntArray
from sim.ground.errors import Origin, ScenarioError, UsageError
from sim.workloads.jobs import MOST_WIDTH, NEVER, TICK, Jobs

MOST_JOBS = 20_000_000
MOST_SECONDS = 4e9
"""Longest time a trace may tell, s: 127 years, which ticks hold without overflow."""
_SHOWN = 5


class Records(NamedTuple):
    """Some records of a log as it tells them; below 0 stands for not known.

    Times are ticks.  Fields that a format does not have keep their default.
    """

    line: IntArray  # [record], line of the file
    number: IntArray  # [record], what the log calls it
    arrive: IntArray  # [record]
    run: IntArray  # [record]
    width: Array  # [record], units
    ask: IntArray | int = -1  # [record], time that was requested
    level: IntArray | int = 0  # [record], priority, 0 first
    due: IntArray | np.int64 = NEVER  # [record], latest start
    bits_in: Array | float = 0.0  # [record], bit
    bits_out: Array | float = 0.0  # [record], bit
    region: IntArray | int = 0  # [record], number in the account's places

    def only(self, kept: BoolArray) -> Records:
        """Return some of these records."""
        parts: list[Any] = [value[kept] if isinstance(value, np.ndarray) else value for value in self]
        return Records(*parts)


@dataclass
class Remark:
    """How many records something befell, and the lines of the first few."""

    count: int = 0
    lines: tuple[int, ...] = ()


@dataclass
class Account:
    """What a reader tells beside the records.

    Attributes
    ----------
    dropped, changed
        Reason → the records that are left out, or taken in another way than they stand.
    processors
        Size of the machine as the log states it, in its processors; None where it does not.
    places
        Ids of the regions that records name, in the order of their numbers.
    since_first
        Whether the log's times are of the calendar, so that they are counted from its first arrival.
    """

    dropped: dict[str, Remark] = field(default_factory=dict)
    changed: dict[str, Remark] = field(default_factory=dict)
    processors: int | None = None
    places: tuple[str, ...] = ()
    since_first: bool = False

    def drop(self, reason: str, lines: IntArray) -> None:
        """Note records that are left out, by their lines."""
        _note(self.dropped, reason, lines)

    def change(self, what: str, lines: IntArray) -> None:
        """Note records that are taken otherwise than they stand, by their lines."""
        _note(self.changed, what, lines)


def _note(remarks: dict[str, Remark], reason: str, lines: IntArray) -> None:
    if len(lines):
        remark = remarks.setdefault(reason, Remark())
        remark.lines += tuple(lines[: _SHOWN - len(remark.lines)].tolist())
        remark.count += len(lines)


@dataclass(frozen=True)
class Trace:
    """The jobs of a log.

    Attributes
    ----------
    file, format
        Where they come from.
    jobs
        In the order of their arrival, at equal instants in that of the file.
    account
        What became of the other records, and what else the log tells.
    per_processor
        Units of width that a processor of the log has.
    """

    file: Path
    format: str
    jobs: Jobs
    account: Account
    per_processor: int = 1

    @property
    def records(self) -> int:
        """Number of records in the file: jobs and what was dropped."""
        return len(self.jobs) + sum(remark.count for remark in self.account.dropped.values())

    def remarks(self) -> list[str]:
        """Return a sentence on every kind of record that is not taken as it stands: how many, the first few lines."""
        found = []
        for remarks, verb in ((self.account.dropped, "left out"), (self.account.changed, "taken otherwise")):
            for reason, remark in remarks.items():
                lines = ", ".join(map(str, remark.lines)) + (", …" if remark.count > len(remark.lines) else "")
                found.append(f"{remark.count} of {self.records} records are {verb}: {reason} (lines {lines})")
        return found

    def summary(self, processors: int | None = None) -> dict[str, Any]:
        """Return the figures that tell what a trace is like.

        Parameters
        ----------
        processors
            Size of the machine; None takes the log's own.

        Returns
        -------
        dict
            ``records`` and ``jobs``; ``dropped`` and ``changed``, each reason → ``count`` and ``lines`` (the
            first few); ``span_h`` from the first arrival to the last; ``width`` (in processors) and ``run_s``,
            each ``mean``, ``median`` and ``max``; ``run_over_ask``, the mean; ``interarrival_cv``;
            ``processors``, and ``load`` = Σ width · run / (processors · span), both None where the size is not
            known, the load where all arrive at once as well.
        """
        jobs, size = self.jobs, processors or self.account.processors
        width, run = jobs.width / self.per_processor, jobs.run / TICK
        span = float(jobs.arrive[-1] - jobs.arrive[0]) / TICK
        gaps = np.diff(jobs.arrive)
        work = float((width * run).sum())
        return {
            "file": self.file.name, "format": self.format, "records": self.records, "jobs": len(jobs),
            "dropped": _told(self.account.dropped), "changed": _told(self.account.changed),
            "span_h": span / 3600.0, "width": _moments(width), "run_s": _moments(run),
            "run_over_ask": float((jobs.run / jobs.ask).mean()),
            "interarrival_cv": float(gaps.std() / gaps.mean()) if span else None,
            "processors": size, "load": work / (size * span) if size and span else None,
        }  # fmt: skip


def _told(remarks: Mapping[str, Remark]) -> dict[str, Any]:
    return {reason: {"count": remark.count, "lines": list(remark.lines)} for reason, remark in remarks.items()}


def _moments(values: Array) -> dict[str, float]:
    return {"mean": float(values.mean()), "median": float(np.median(values)), "max": float(values.max())}


def ticks(seconds: Array) -> IntArray:
    """Return times as whole ticks, rounded to the nearest.

    Parameters
    ----------
    seconds
        [job], s.
    """
    return np.rint(seconds * TICK).astype(np.int64)


def gather(
    path: Path,
    form: str,
    records: Iterable[Records],
    account: Account,
    per_processor: int,
    processors: int | None,
    sized: bool = False,
) -> Trace:
    """Return the trace of a log's records.

    A record is dropped where its run is not above 0, it has no time of arrival, no width, or more than the
    machine.  Else the requested time is the run where it is not known, and the run ends with the requested
    time.  What arrives out of order is sorted.

    Parameters
    ----------
    path, form
        File and name of its format.
    records
        Its records, some at a time.
    account
        What the reader tells; completed here.
    per_processor
        Units of width that a processor has.
    processors
        Size of the machine; None takes the log's own, and where it has none takes every width.
    sized
        Whether a size must be known.

    Returns
    -------
    Trace
        At least one job.

    Raises
    ------
    UsageError
        Where a size must be known and is not.
    ScenarioError
        Where a width is not whole, a job stands twice, there are too many, or none is left.
    """
    count = 0
    parts: list[tuple[Jobs, IntArray]] = []
    for some in records:
        size = processors or account.processors
        if sized and size is None:
            raise UsageError(f"{path}: the log does not say how many processors its machine has; add --processors N")
        kept = _kept(some, account, None if size is None else size * per_processor)
        parts.append(_jobs(path, some, kept, account))
        count += int(kept.sum())
        if count > MOST_JOBS:
            raise _wrong(path, some.line[-1], f"more than {MOST_JOBS:,} jobs; split the file")
    if not count:
        why = "; ".join(f"{remark.count}: {reason}" for reason, remark in account.dropped.items())
        raise ScenarioError("no record is a job" + (f" ({why})" if why else ""), Origin(str(path)))
    jobs, line = Jobs.joined(part for part, _ in parts), np.concatenate([lines for _, lines in parts])
    _unique(path, jobs.number, line)
    late = jobs.arrive < np.maximum.accumulate(jobs.arrive)
    if late.any():
        account.change("arrives before an earlier record: sorted", line[late])
        jobs = jobs.only(np.argsort(jobs.arrive, kind="stable"))
    if account.since_first:
        jobs = replace(jobs, arrive=jobs.arrive - jobs.arrive[0])
    return Trace(path, form, jobs, account, per_processor)


def _kept(some: Records, account: Account, size: int | None) -> BoolArray:
    """Return which records are jobs; [record]."""
    kept = np.ones(len(some.line), dtype=np.bool_)
    rules = {
        "the run is not above 0": some.run <= 0,
        "no time of arrival": some.arrive < 0,
        "no width": some.width <= 0,
        "wider than the machine": some.width > (np.inf if size is None else size),
    }
    for reason, met in rules.items():
        account.drop(reason, some.line[met & kept])
        kept &= ~met
    return kept


def _jobs(path: Path, some: Records, kept: BoolArray, account: Account) -> tuple[Jobs, IntArray]:
    """Return the jobs of some records, and their lines."""
    some = some.only(kept)
    odd = (some.width != np.rint(some.width)) | (some.width > MOST_WIDTH)
    if odd.any():
        place = int(np.argmax(odd))
        text = f"the width is {some.width[place]:g}; it must be a whole number of at most {MOST_WIDTH:,}"
        raise _wrong(path, some.line[place], text)
    asked = np.broadcast_to(some.ask, some.run.shape)
    silent, over = asked <= 0, (asked > 0) & (some.run > asked)
    if not isinstance(some.ask, int):
        account.change("no requested time: its run stands in", some.line[silent])
    account.change("runs longer than requested: cut", some.line[over])
    run = np.where(over, asked, some.run)
    told: dict[str, Any] = {name: getattr(some, name) for name in ("number", "level", "due", "region")}
    told |= {"ask": np.where(silent, run, asked), "bits_in": some.bits_in, "bits_out": some.bits_out}
    return Jobs.of(some.arrive, run, some.width.astype(np.int64), **told), some.line


def _unique(path: Path, number: IntArray, line: IntArray) -> None:
    order = np.argsort(number, kind="stable")
    twice = np.flatnonzero(np.diff(number[order]) == 0)
    if len(twice):
        first, second = order[twice[0]], order[twice[0] + 1]
        text = f"the job {number[first]} stands twice (first in line {line[first]}); number the jobs apart"
        raise _wrong(path, line[second], text)


def _wrong(path: Path, line: int, text: str) -> ScenarioError:
    return ScenarioError(text, Origin(str(path), int(line)))
