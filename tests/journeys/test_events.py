"""The event engine at the command line."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from sim.cli import main
from sim.ground.places import scenarios

TOY = ["run", str(scenarios() / "toy.yaml"), "--engine", "events", "--set", "run.jobs.count=300",
       "--set", "run.horizon=48 h"]  # fmt: skip


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    monkeypatch.setattr(sys, "argv", ["suanwang", *words])
    code: object = 0
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code or 0
    streams = capsys.readouterr()
    assert code == 0, streams.err
    return streams.out, streams.err


def test_replications_are_told_with_their_intervals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*TOY, "--results", str(tmp_path)]
    out, _ = typed(monkeypatch, capsys, *words, "--replications", "3", "--workers", "1", "--json")
    told = json.loads(out)
    low, high = told["ci95"]["kpi"]["pue"]
    assert low <= told["kpi"]["pue"] <= high
    assert len(told["replications"]) == 3
    assert told["engine"] == "events"
    assert told["by"]["workload"]["batch"]["jobs"]["finished"] > 0
    again, _ = typed(monkeypatch, capsys, *words, "--replications", "3", "--json")
    assert again == out
    page, _ = typed(monkeypatch, capsys, *words, "--lang", "zh")
    assert Path(page.strip().splitlines()[-1]).is_file()


def test_every_job_is_written_once_with_what_became_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*TOY, "--results", str(tmp_path / "runs"), "--json"]
    told = json.loads(typed(monkeypatch, capsys, *words, "--jobs", str(tmp_path / "jobs.csv"))[0])
    alike = json.loads(typed(monkeypatch, capsys, *words, "--jobs", str(tmp_path / "jobs.parquet"))[0])
    assert alike == told, "a run that is complete already gives its jobs too"
    with (tmp_path / "jobs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["job"]) for row in rows] == list(range(len(rows)))
    for workload, found in told["by"]["workload"].items():
        for state in ("finished", "rejected", "missed", "running", "waiting"):
            count = sum(row["workload"] == workload and row["state"] == state for row in rows)
            assert count == found.get("jobs", {}).get(state, 0), (workload, state)
    for row in rows:
        if row["state"] == "finished":
            begin, end = float(row["start_s"]), float(row["end_s"])
            assert float(row["submit_s"]) <= begin < end
            assert float(row["wait_s"]) == pytest.approx(begin - float(row["submit_s"]), abs=2e-6)
            assert end - begin >= float(row["run_s"]) - 2e-6
    table = parquet.read_table(tmp_path / "jobs.parquet").to_pylist()
    assert [str(row["centre"] or "") for row in table] == [row["centre"] for row in rows]
    assert [row["wait_s"] for row in table] == [float(row["wait_s"]) if row["wait_s"] else None for row in rows]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--jobs", "jobs.csv", "--engine", "fluid"], "only the event engine knows single jobs: add --engine events"),
        (["--jobs", "jobs.txt"], "jobs are written as CSV or Parquet"),
        (["--force"], "--force replaces the file that --jobs names"),
        (["--jobs", "taken.csv"], "taken.csv"),
    ],
)
def test_a_table_that_cannot_be_is_refused_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken.csv").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["suanwang", *TOY, *words])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code in (1, 2)
    assert said in capsys.readouterr().err
    assert Path("taken.csv").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken.csv"]
