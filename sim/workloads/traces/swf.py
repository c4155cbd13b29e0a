"""SWF, the Standard Workload Format of the Parallel Workloads Archive: 18 fields a job, -1 for unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import Origin, ScenarioError
from sim.ground.lines import blocks, numbers
from sim.workloads.jobs import MOST_WIDTH
from sim.workloads.jobs.trace import MOST_SECONDS, Account, Records, ticks
from sim.workloads.traces.base import register

_FIELDS = 18
_SIZE = re.compile(rb";\s*MaxProcs:\s*(\d{1,9})\s*$")
_SAMPLE = """\
; MaxProcs: 16
1 0 5 60 4 -1 -1 4 100 -1 1 1 1 1 1 1 -1 -1
2 7 0 9.5 2 -1 -1 -1 -1 -1 1 1 1 1 1 1 -1 -1
"""


def _size(head: list[bytes]) -> int | None:
    """Return the size of the machine where comments tell it, else None."""
    told = [int(size[1]) for line in head if (size := _SIZE.match(line.strip()))]
    return told[-1] or None if told else None


def _rows(path: Path, first: int, lines: list[bytes]) -> tuple[list[list[bytes]], IntArray]:
    """Return the fields of every record among some lines, and its line."""
    fields = [line.split() for line in lines]
    kept = [place for place, row in enumerate(fields) if row and not row[0].startswith(b";")]
    if len(kept) < len(fields):
        fields = [fields[place] for place in kept]
    if set(map(len, fields)) - {_FIELDS}:
        place, row = next((place, row) for place, row in zip(kept, fields, strict=True) if len(row) != _FIELDS)
        text = f"the record has {len(row)} fields; SWF has {_FIELDS}, -1 where one is not known"
        raise ScenarioError(text, Origin(str(path), first + place))
    return fields, first + np.array(kept, dtype=np.int64)


def _field(
    path: Path, rows: list[list[bytes]], line: IntArray, field: int, what: str, most: float, whole: bool = False
) -> Array:
    """Return a field [record], counted from 1 as the format does."""
    return numbers(path, line, f"field {field}, {what},", [row[field - 1] for row in rows], most, whole)


@register("swf", claims=lambda name, line: name.endswith(".swf"), sample=_SAMPLE)
def read(path: Path, account: Account) -> Iterator[Records]:
    """Yield the records: processors = field 8 else 5, requested time = field 9, all times in seconds.

    Comments begin with ``;``; the size of the machine is what ``MaxProcs`` says before the first record.

    References
    ----------
    D. G. Feitelson, "The Standard Workload Format", Parallel Workloads Archive; S. J. Chapin et al.,
    "Benchmarks and Standards for the Evaluation of Parallel Job Schedulers", JSSPP 1999, LNCS 1659,
    doi 10.1007/3-540-47954-6_4.
    """
    begun = False
    for first, lines in blocks(path):
        rows, line = _rows(path, first, lines)
        if not begun:
            account.processors = _size(lines[: line[0] - first] if rows else lines) or account.processors
            begun = len(rows) > 0
        number = _field(path, rows, line, 1, "the job's number", 1e15, whole=True)
        arrive, run, asked = (
            ticks(_field(path, rows, line, field, what, MOST_SECONDS))
            for field, what in ((2, "the submit time"), (4, "the run time"), (9, "the requested time"))
        )
        wanted = _field(path, rows, line, 8, "the requested processors", MOST_WIDTH)
        if (wanted > 0).all():
            width = wanted
        else:
            allocated = _field(path, rows, line, 5, "the allocated processors", MOST_WIDTH)
            width = np.where(wanted > 0, wanted, allocated)
            account.change("no requested processors: the allocated stand in", line[(wanted <= 0) & (allocated > 0)])
        yield Records(line, number.astype(np.int64), arrive, run, width, asked)
