"""The event engine at the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.ground.places import scenarios


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
    words = ["run", str(scenarios() / "toy.yaml"), "--engine", "events", "--set", "run.jobs.count=300",
             "--set", "run.horizon=48 h", "--results", str(tmp_path)]  # fmt: skip
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
