"""A plan is kept with a page beside it, made of the document and of nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from sim.cli import main
from sim.ground.places import scenarios
from sim.report.plan_page import plan_page
from sim.study.planning import FILE, FOLDER


def test_a_plan_has_a_page_in_the_language_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(*more: str) -> str:
        monkeypatch.setattr(sys, "argv", ["suanwang", *words, *more])
        main()
        return capsys.readouterr().out

    words = ["plan", str(scenarios() / "toy-plan.yaml"), "--results", str(tmp_path)]
    first = typed("--lang", "zh")
    (folder,) = (tmp_path / FOLDER).iterdir()
    assert str(folder / "report.html") in first.replace("\n", "")
    found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    assert (folder / "report.html").read_text(encoding="utf-8") == plan_page(found, "zh")
    assert set(found["names"]) == {"hub", "centre", "region", "workload", "node"}
    assert {series["name"] for series in found["likeness"]} >= {"demand.interactive", "wind", "idle"}
    written = (folder / FILE).stat().st_mtime_ns
    assert json.loads(typed("--json"))["id"] == found["id"]
    assert (folder / FILE).stat().st_mtime_ns == written, "a plan that is there is not found anew"
    assert (folder / "report.html").read_text(encoding="utf-8") == plan_page(found, "en")
