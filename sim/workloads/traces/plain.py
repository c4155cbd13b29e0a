"""The plain table of jobs: a CSV file of our own columns, for logs of which no format is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sim.ground.errors import Origin, ScenarioError
from sim.ground.lines import table
from sim.workloads.jobs import MOST_LEVEL, MOST_WIDTH, NEVER
from sim.workloads.jobs.trace import MOST_SECONDS, Account, Records, ticks
from sim.workloads.traces.base import register

NEEDED = ("arrive_s", "run_s", "width")
OPTIONAL = ("job", "ask_s", "level", "due_s", "data_in_gb", "data_out_gb", "region")
_MOST_REGIONS, _MOST_DATA = 2000, 1e12
_GIGABYTE = 8e9
_SAMPLE = """\
arrive_s,run_s,width,job,ask_s,level,due_s,data_in_gb,data_out_gb,region
0,60,4,101,100,0,3600,12.5,0.5,east
7.25,9.5,2,102,,1,,,,west
"""


@register("plain", claims=lambda name, line: set(NEEDED) <= set(line.strip().split(",")), sample=_SAMPLE)
def read(path: Path, account: Account) -> Iterator[Records]:
    """Yield the jobs of a plain table.

    `arrive_s`, `run_s` and `width` (processors) must be there.  `job` is its number (else that of the row,
    from 1), `ask_s` the time requested, `level` its priority (0 first), `due_s` the latest start,
    `data_in_gb` and `data_out_gb` what moves before and after, in 10⁹ bytes, `region` where it enters.  An
    empty or negative cell is not known; no other column is taken.
    """
    done, places = 0, dict[str, int]()
    for rows in table(path, NEEDED, (*NEEDED, *OPTIONAL)):
        number = rows.numbers("job", 1e15, whole=True) if "job" in rows.cells else done + 1.0 + np.arange(len(rows))
        done += len(rows)
        due = ticks(rows.numbers("due_s", MOST_SECONDS))
        region = np.array([places.setdefault(name, len(places)) for name in rows.words("region")])
        if len(places) > _MOST_REGIONS:
            raise ScenarioError(f"more than {_MOST_REGIONS} regions are named", Origin(str(path), int(rows.line[-1])))
        account.places = tuple(places)
        yield Records(
            rows.line,
            number.astype(np.int64),
            ticks(rows.numbers("arrive_s", MOST_SECONDS)),
            ticks(rows.numbers("run_s", MOST_SECONDS)),
            rows.numbers("width", MOST_WIDTH),
            ask=ticks(rows.numbers("ask_s", MOST_SECONDS)) if "ask_s" in rows.cells else -1,
            level=np.maximum(rows.numbers("level", MOST_LEVEL, whole=True), 0.0).astype(np.int64),
            due=np.where(due < 0, NEVER, due),
            bits_in=np.maximum(rows.numbers("data_in_gb", _MOST_DATA), 0.0) * _GIGABYTE,
            bits_out=np.maximum(rows.numbers("data_out_gb", _MOST_DATA), 0.0) * _GIGABYTE,
            region=region,
        )
