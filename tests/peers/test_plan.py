"""The program of a capacity plan against PyPSA's, on the same data: equal optima to 1e-6."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pypsa", reason="PyPSA is not installed: make .venv/.peers")

from sim.network.build import build
from sim.optimise.expand.plan import solve, study
from sim.scenario.read import read
from tests.peers.pypsa_plan import Peer

# PyPSA itself hands its periods to linopy as an index of two levels, which the next linopy will not take.
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore::linopy.config.LinopySemanticsWarning")]

PLAN = """
extends: toy.yaml
name: peer
plan:
  first: 2025
  last: 2025
  periods: 3
  extremes: false
  paths: {paths}
  growth: {{interactive: 1.3, inference: 1.5, batch: 1.3, hpc: 1.2, training: 1.5, storage: 1.3}}
  green_supply: {supply}
  {more}
  build:
    general: {{most_at_centre: 3, most: 6}}
    smart: {{most_at_centre: 2, most: 4}}
    facility: {{}}
    wind: {{}}
    solar: {{}}
    battery: {{}}
    waves: {{}}
  budget_bn_cny: 90
  targets:
    capacity: {{measure: capacity_eflops, at_least: 15}}
    ai: {{measure: smart_share, at_least: 0.3}}
    {targets}
"""
CASES = {
    "contracts": {"paths": 1, "supply": "contract", "more": "", "targets": ""},
    "own plant": {
        "paths": 2, "supply": "own", "more": "",
        "targets": "green: {measure: green_hourly, at_least: 0.5}",
    },
    "cooling": {
        "paths": 2, "supply": "own", "more": "archetype: air_chiller",
        "targets": "green: {measure: green_hourly, at_least: 0.3}",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_plan_is_as_dear_as_pypsas(tmp_path: Path, name: str) -> None:
    path = tmp_path / "peer.yaml"
    path.write_text(PLAN.format(**CASES[name]), encoding="utf-8")
    question = study(build(read(path)))
    assert sorted({round(float(weight), 3) for weight in question.master.weights}) != [366 / 3]
    ours = solve(question).found
    peer = Peer(question)
    cost = peer.cost()
    assert cost == pytest.approx(ours.objective, rel=1e-6)
    assert ours.bound == pytest.approx(cost, rel=1e-6)
    built = ours.values[question.master.build(0)]
    assert (built > 1e-3).sum() >= 3, "a plan that builds nothing compares nothing"
