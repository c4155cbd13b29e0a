"""The job loop against other people's simulators, job by job, on a log of a real machine."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from sim.engine.loop import EASY, FCFS, Loop
from sim.ground.arrays import IntArray
from sim.workloads.jobs import TICK, Jobs
from tests.oracles import textbook

ROOT = Path(__file__).parents[2]
NAMED = os.environ.get("SUANWANG_PEERS")
REFERENCE = Path(NAMED or ROOT.parent / "shared" / "peers") / "swf_reference" / "SDSC4606_fcfs.csv.gz"
pytestmark = [
    pytest.mark.peers,
    # A folder that is named but not there is a mistake, and no reason to skip.
    pytest.mark.skipif(not NAMED and not REFERENCE.is_file(), reason=f"no {REFERENCE}; see SUANWANG_PEERS"),
]
PROCESSORS = 128


def log() -> dict[str, IntArray]:
    """Return the columns of the reference: whole seconds and processors."""
    with gzip.open(REFERENCE, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([int(row[name]) for row in rows]) for name in rows[0]}


def starts(log: dict[str, IntArray], discipline: int, ask: IntArray) -> IntArray:
    jobs = Jobs.of(log["submit"] * TICK, log["run"] * TICK, log["procs"], ask=ask * TICK)
    loop = Loop(jobs, [PROCESSORS], discipline)
    loop.advance(2**61)
    return loop.outcome().first


def test_fcfs_starts_every_job_when_two_other_simulators_do() -> None:
    columns = log()
    assert len(columns["start"]) == 4606
    np.testing.assert_array_equal(starts(columns, FCFS, columns["estimate"]), columns["start"] * TICK)


@pytest.mark.parametrize("known", ["run", "estimate"])
def test_easy_starts_every_job_when_the_textbook_does(known: str) -> None:
    columns = log()
    rows = zip(columns["submit"], columns["run"], columns[known], columns["procs"], strict=True)
    expected = textbook.starts([textbook.Job(*(int(n) for n in row)) for row in rows], PROCESSORS, easy=True)
    np.testing.assert_array_equal(starts(columns, EASY, columns[known]), np.array(expected) * TICK)
    assert (columns["start"] != expected).sum() > 500, "the log is too quiet to tell EASY from FCFS"
