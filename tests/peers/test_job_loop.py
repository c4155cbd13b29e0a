"""A log of a real machine, replayed at the command line: every job starts when other people's schedulers start it."""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
from pathlib import Path

import pytest

from sim.cli import main
from tests.oracles import textbook

ROOT = Path(__file__).parents[2]
NAMED = {name: os.environ.get(f"SUANWANG_{name.upper()}") for name in ("peers", "traces")}
PEERS, TRACES = (Path(folder or ROOT.parent / "shared" / name) for name, folder in NAMED.items())
REFERENCE = PEERS / "swf_reference" / "SDSC4606_fcfs.csv.gz"
LOG = TRACES / "hpc_sdsc_sp2" / "SDSC-SP2-1998_first4961.swf.gz"
pytestmark = [
    pytest.mark.peers,
    # A folder that is named but not there is a mistake, and no reason to skip.
    *(
        pytest.mark.skipif(not NAMED[name] and not file.is_file(), reason=f"no {file}; see SUANWANG_{name.upper()}")
        for name, file in (("peers", REFERENCE), ("traces", LOG))
    ),
]
PROCESSORS = 128


def reference() -> dict[int, dict[str, int]]:
    """Return submit, run, requested time, processors and FCFS start of every job, whole seconds, by its number."""
    with gzip.open(REFERENCE, "rt", encoding="utf-8") as file:
        rows = [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return {row["job"]: row for row in rows}


def replayed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, *words: str
) -> tuple[dict[int, dict[str, int]], dict[str, object]]:
    """Return the rows that `suanwang replay` writes, by job, and the document that it prints."""
    out = folder / "starts.csv"
    monkeypatch.setattr(sys, "argv", ["suanwang", "replay", str(LOG), *words, "--out", str(out), "--force", "--json"])
    main()
    with out.open(encoding="utf-8", newline="") as file:
        rows = [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return {row["job"]: row for row in rows}, json.loads(capsys.readouterr().out)


def test_fcfs_starts_every_job_when_two_other_simulators_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    theirs = reference()
    mine, told = replayed(monkeypatch, capsys, tmp_path, "--processors", str(PROCESSORS), "--discipline", "fcfs")
    assert len(theirs) == told["jobs"] == 4606
    assert {job: row["start"] for job, row in mine.items()} == {job: row["start"] for job, row in theirs.items()}
    assert all(row["end"] - row["start"] == theirs[job]["run"] for job, row in mine.items())
    waits = [row["start"] - row["submit"] for row in theirs.values()]
    assert told["wait_s"]["mean"] == pytest.approx(sum(waits) / 4606, rel=1e-12)  # type: ignore[index]
    assert told["dropped"] == {"the run is not above 0": 355}


@pytest.mark.parametrize(("estimates", "known"), [("exact", "run"), ("requested", "estimate")])
def test_easy_starts_every_job_when_the_textbook_does(
    estimates: str, known: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    theirs = reference()
    jobs = [textbook.Job(row["submit"], row["run"], row[known], row["procs"]) for row in theirs.values()]
    expected = dict(zip(theirs, textbook.starts(jobs, PROCESSORS, easy=True), strict=True))
    # The size of the machine is what the log says.
    mine, told = replayed(monkeypatch, capsys, tmp_path, "--discipline", "easy", "--estimates", estimates)
    assert told["processors"] == PROCESSORS
    assert {job: row["start"] for job, row in mine.items()} == expected
    later = sum(row["start"] != expected[job] for job, row in theirs.items())
    assert later > 500, "the log is too quiet to tell EASY from FCFS"
