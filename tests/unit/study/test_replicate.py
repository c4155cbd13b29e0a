"""Replications: the same on any number of processes, taken up where they stopped, with intervals that mean it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim.ground.places import scenarios
from sim.results import store
from sim.study.intervals import summary
from sim.study.replicate import run

SETS = ("run.engine=events", "run.horizon_h=48", "run.jobs.count=500")


def three(folder: Path | None, workers: int = 1) -> str:
    done = run(scenarios() / "toy.yaml", sets=SETS, replications=3, results=folder, workers=workers)
    return store.as_json(store.document(done)["kpi"]) + store.as_json(done.meta["ci95"])


def test_the_results_are_those_of_the_runs_whatever_the_number_of_processes(tmp_path: Path) -> None:
    assert three(tmp_path / "one") == three(tmp_path / "two", workers=2)
    single = [
        run(scenarios() / "toy.yaml", sets=[*SETS, f"run.replication={number}"]).kpi["it_energy_twh"]
        for number in range(3)
    ]
    kept = json.loads(three(None).split("\n}\n")[0] + "}")
    assert kept["it_energy_twh"] == pytest.approx(np.mean(single), rel=1e-12)
    assert len(set(single)) == 3


def test_what_is_complete_is_not_run_again(tmp_path: Path) -> None:
    first = three(tmp_path)
    runs = {entry.parent.name: entry.stat().st_mtime_ns for entry in tmp_path.glob("*/kpi.json")}
    whole = next(entry for entry in tmp_path.iterdir() if "ci95" in (entry / "kpi.json").read_text())
    (whole / "kpi.json").write_text("{}")
    assert three(tmp_path) == first
    for entry in tmp_path.glob("*/kpi.json"):
        assert entry.parent == whole or entry.stat().st_mtime_ns == runs.get(
            entry.parent.name, entry.stat().st_mtime_ns
        )


def test_ninety_five_intervals_of_a_hundred_hold_the_mean() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(2000):
        _, interval = summary([{"x": float(value)} for value in rng.normal(7.0, 2.0, 6)])
        held += interval["x"][0] <= 7.0 <= interval["x"][1]
    assert abs(held / 2000 - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 2000)


def test_words_and_what_is_no_number_have_no_interval() -> None:
    mean, interval = summary(
        [{"name": "a", "none": None, "in": {"x": 1.0}}, {"name": "b", "none": 2.0, "in": {"x": 1.0}}]
    )
    assert mean == {"name": "a", "none": None, "in": {"x": 1.0}}
    assert interval == {"name": None, "none": None, "in": {"x": [1.0, 1.0]}}
