"""A planner runs the optimum: the answer says what the plan costs, how good it is proven to be, and what came of it."""

from __future__ import annotations

import json
import sys
from html import unescape
from pathlib import Path

import pytest

from sim.cli import main
from sim.ground.places import scenarios

WORDS = ("run", str(scenarios() / "toy.yaml"), "--policy", "optimal", "--set", "run.horizon=48 h", "-q")


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command prints."""
    monkeypatch.setattr(sys, "argv", ["suanwang", *words])
    main()
    return capsys.readouterr().out


def test_the_document_tells_plan_replay_and_difference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(typed(monkeypatch, capsys, *WORDS, "--json"))
    plan = told.pop("plan")
    assert plan["replay"] == told["kpi"]["cost_bn_cny"]["total"]
    assert plan["bound"] <= plan["objective"] * (1.0 + 1e-9)
    assert plan["gap_physics"] == pytest.approx(1.0 - plan["cost"] / plan["replay"], abs=1e-12)
    assert set(plan["seconds"]) >= {"build", "solve"}
    # What depends on the machine stays out of the file whose bytes can be compared.
    (file,) = Path("results").glob("*/kpi.json")
    assert json.loads(file.read_text(encoding="utf-8")) == told
    typed(monkeypatch, capsys, *WORDS, "--results", "again")
    (same,) = Path("again").glob("*/kpi.json")
    assert same.read_bytes() == file.read_bytes()


def test_a_run_without_a_plan_tells_of_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.replace("optimal", "base") for word in WORDS]
    assert "plan" not in json.loads(typed(monkeypatch, capsys, *words, "--json"))
    assert "certified" not in typed(monkeypatch, capsys, *words)


@pytest.mark.parametrize(
    ("language", "proof", "execution"), [("en", "certified gap", "Executed"), ("zh", "证明", "执行")]
)
def test_summary_and_page_tell_it_in_words(
    language: str, proof: str, execution: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = typed(monkeypatch, capsys, *WORDS, "--lang", language)
    (record,) = Path("results").glob("*/run.json")
    meta = json.loads(record.read_text(encoding="utf-8"))["meta"]
    plan = meta["plan"]
    assert {"highspy", "pulp", "scipy"} <= set(meta["versions"]), "whose answers the plan is made of"
    page = unescape((record.parent / "report.html").read_text(encoding="utf-8"))
    first, second = (line for line in out.splitlines() if proof in line or execution in line)
    assert f"{plan['objective']:.6g}" in first
    assert f"{plan['bound']:.6g}" in first
    assert f"{plan['replay']:.6g}" in second
    for line in (first, second):
        assert f'<span lang="{"zh-CN" if language == "zh" else "en"}">{line}</span>' in page


def test_weights_and_limits_are_told_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--set", "objective.carbon=100 CNY/t", "--set", "limits.hub_share_at_least.coast=0.5")
    out = typed(monkeypatch, capsys, *WORDS, *asked)
    (record,) = Path("results").glob("*/run.json")
    plan = json.loads(record.read_text(encoding="utf-8"))["meta"]["plan"]
    assert plan["objective"] > plan["cost"]
    assert plan["gap_physics"] == pytest.approx(1.0 - plan["cost"] / plan["replay"], abs=1e-12)
    (line,) = (line for line in out.splitlines() if "weighted objective" in line)
    assert f"{plan['objective']:.6g}" in line
    assert f"{plan['cost']:.6g}" in line
    limit = plan["limits"]["limits.hub_share_at_least.coast"]
    assert limit["price"] > 0.0
    (line,) = (line for line in out.splitlines() if "The last unit of limits.hub_share_at_least.coast costs" in line)
    assert "".join(sign for sign in line if sign.isdigit()).startswith(str(int(limit["price"])))
    assert line.endswith("CNY/(EFLOPS h).")


def test_a_limit_that_cannot_be_kept_ends_with_code_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        typed(monkeypatch, capsys, "solve", WORDS[1], "--set", "limits.emissions_mt=0")
    assert end.value.code == 4
    said = capsys.readouterr().err
    assert "no dispatch of this run keeps it" in said
    assert " t of limits.emissions_mt are missed" in said


def test_another_solver_is_not_given_limits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        typed(monkeypatch, capsys, "solve", WORDS[1], "--solver", "highs", "--set", "limits.green_share=0.01")
    assert end.value.code == 4
    assert "leave out --solver" in capsys.readouterr().err
