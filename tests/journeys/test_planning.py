"""A planner asks where to build: a document, a table, a folder, or what contradicts itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.ground.places import scenarios

TOY = str(scenarios() / "toy-plan.yaml")
QUICK = ("--set", "run.epoch=3 h", "--set", "run.horizon=72 h", "--set", "plan.periods=2", "-q")


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Return exit code, output and errors of a command."""
    monkeypatch.setattr(sys, "argv", ["suanwang", *words])
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = int(str(stop.code))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_plan_is_found_kept_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("plan", TOY, *QUICK, "--results", str(tmp_path))
    code, out, err = typed(monkeypatch, capsys, *words, "--json")
    found = json.loads(out)
    assert code == 0
    assert "assumptions of the scenario" in err
    assert {"objective", "bound", "gap", "cost_bn_cny", "builds", "targets", "replay"} <= set(found)
    assert found["bound"] <= found["objective"]
    assert json.loads((tmp_path / "plans" / found["id"] / "plan.json").read_text()) == found
    fluid = found["replay"]["years"]["2026"]["fluid"]
    assert fluid["capacity_eflops"]["difference"] == pytest.approx(0.0, abs=1e-9)
    assert fluid["facility_energy_twh"]["difference"] == pytest.approx(0.0, abs=0.05)
    # It is there: read, not found again.
    code, told, _ = typed(monkeypatch, capsys, *words, "--lang", "zh")
    assert code == 0
    assert "新建机房" in told or "智能服务器" in told


def test_contradictions_exit_with_four(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    more = (
        "--set",
        "plan.targets.capacity.at_least=40",
        "--set",
        "plan.budget_bn_cny=20",
        "--replay",
        "none",
        "--json",
    )
    code, out, err = typed(monkeypatch, capsys, "plan", TOY, *QUICK, *more)
    assert code == 4
    assert {item["key"] for item in json.loads(out)["infeasible"]} >= {"plan.targets.capacity"}
    assert "toy-plan.yaml" in err


def test_a_scenario_without_a_question_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = typed(monkeypatch, capsys, "plan", str(scenarios() / "toy.yaml"))
    assert code == 3
    assert "plan:" in err


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        ("plan.last=2023", "plan.last is 2023"),
        ("plan.growth.trainning=2", "trainning"),
        ("plan.targets.more={measure: smart_share, at_most: 1}", "needs `at_least`"),
        ("plan.targets.ai.at_least=3", "a share is at most 1"),
        ("plan.targets.late={measure: pue, at_most: 1.3, since: 2031}", "holds from 2031"),
        ("plan.build.retrofit={}", "plan.archetype"),
    ],
)
def test_what_is_wrong_with_a_question_is_told_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], difference: str, said: str
) -> None:
    code, _, err = typed(monkeypatch, capsys, "plan", TOY, "--set", difference)
    assert code == 3
    assert said in err
