"""What the READMEs say is so: their commands run, their snippet runs, their figures are those of the runs."""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.ground.names import flat
from sim.once import prepare

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh.md"
BOTH = pytest.mark.parametrize("readme", [ENGLISH, CHINESE], ids=lambda path: path.name)
ROLES = {"输入": "input", "校准": "calibrated", "预测": "predicted"}
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
BASELINE = "baseline-2024"


def blocks(readme: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", readme.read_text(encoding="utf-8"), flags=re.M | re.S)


def commands(readme: Path) -> list[list[str]]:
    """Return the words behind `$ suanwang`, comments left out."""
    lines = [line for block in blocks(readme, "console") for line in block.splitlines()]
    return [shlex.split(line[2:], comments=True)[1:] for line in lines if line.startswith("$ suanwang ")]


def table(readme: Path, columns: int, mark: str) -> list[list[str]]:
    """Return the cells of the table rows of so many columns that look like the mark."""
    rows = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in re.findall(r"^\|.*\|$", readme.read_text(encoding="utf-8"), flags=re.M)
    ]
    return [row for row in rows if len(row) == columns and re.search(mark, "|".join(row))]


def figures(readme: Path) -> list[list[str]]:
    """Return the rows of the baseline's table: figure, key, published, ours, what ours is."""
    return [row for row in table(readme, 5, r"^[^`|]*\|`")]


def what_ifs(readme: Path) -> list[tuple[str, str, str, str]]:
    """Return scenario, key, the baseline's number and the scenario's, of every row of the second table."""
    found, scenario = [], ""
    for first, _, key, before, after in table(readme, 5, r"^(`[^|]*)?\|[^`|]*\|`"):
        named = re.match(r"`([\w-]+)`", first)
        scenario = named[1] if named else scenario
        found.append((scenario, key.strip("`"), before, after))
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the shipped scenarios in it, as a planner's checkout has them."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    return folder


def run(desk: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Return what a Python process says at the desk; fails where its exit code is not 0."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, *words], cwd=desk, env=environment, capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def test_every_command_of_the_tour_runs(desk: Path) -> None:
    for words in commands(ENGLISH):
        if "ID" in words:
            first = run(desk, "-m", "sim", "list", "runs").stdout.split()[0]
            words = [first if word == "ID" else word for word in words]
        run(desk, "-m", "sim", *words)
    asked = sum(words[0] == "run" for words in commands(ENGLISH))
    assert len(list((desk / "results").glob("*/report.html"))) == asked > 0


@cache
def measures(scenario: str, folder: Path) -> dict[str, Any]:
    """Return the measures of a shipped scenario by dotted key; the tour's own run is read again."""
    results = folder / "results" if scenario == BASELINE else None
    done = sim.run(folder / "scenarios" / f"{scenario}.yaml", results=results)
    return flat(done.kpi) | flat({"by": done.by})


def printed(value: float, like: str) -> str:
    """Return a value at the precision of a printed number."""
    return f"{value:,.{len(like.partition('.')[2])}f}"


@BOTH
def test_the_figures_of_the_baseline_are_those_of_the_run(readme: Path, desk: Path) -> None:
    rows = figures(readme)
    assert len(rows) >= 10
    kpi = measures(BASELINE, desk)
    found = {row[1]: row[3] for row in rows}
    assert found == {key: printed(kpi[key.strip("`")], ours) for key, ours in found.items()}


@BOTH
def test_the_published_figures_are_those_of_the_nation(readme: Path) -> None:
    path = ROOT / "models/nations/china-2024/report_2024.csv"
    with path.open(encoding="utf-8", newline="") as file:
        report = {(row["kpi"], row["scope"]): row for row in csv.DictReader(file) if row["kpi"]}
    met = 0
    for figure, key, published, _, role in figures(readme):
        parts = key.strip("`").split(".")
        place = (".".join(parts[3:]), parts[2]) if parts[0] == "by" else (".".join(parts), "nation")
        if place not in report:
            continue
        met += 1
        row = report[place]
        value, numbers = float(row["value"]), [float(n.replace(",", "")) for n in NUMBER.findall(published)]
        slack = float(row["tolerance"] or 0.0) * value
        bounds = [value] if len(numbers) == 1 else [round(value - slack), round(value + slack)]
        assert numbers == bounds, figure
        assert published.startswith(">") == row["comparison"].startswith(">"), figure
        assert row["role"] in (ROLES.get(role, role), "context"), figure
    assert met >= 8


@pytest.mark.parametrize("scenario", dict.fromkeys(row[0] for row in what_ifs(ENGLISH)))
def test_the_answers_of_a_what_if_are_those_of_its_run(scenario: str, desk: Path) -> None:
    before, after = measures(BASELINE, desk), measures(scenario, desk)
    for name, key, old, new in what_ifs(ENGLISH):
        if name == scenario:
            assert (old, new) == (printed(before[key], old), printed(after[key], new)), key


def test_every_shipped_scenario_has_its_answer() -> None:
    shipped = {path.stem for path in (ROOT / "scenarios").glob("*.yaml")} - {BASELINE, "toy"}
    asked = {name: prepare(ROOT / "scenarios" / f"{name}.yaml").config for name in shipped}
    swept = {name for name, config in asked.items() if config.sweep is not None}
    planned = {name for name, config in asked.items() if config.plan is not None}
    assert {row[0] for row in what_ifs(ENGLISH)} == shipped - swept - planned
    assert swept
    assert planned
    assert all((ROOT / "docs/background" / f"{name}.md").is_file() for name in swept)


def test_both_languages_print_the_same_numbers() -> None:
    def numbers(readme: Path) -> list[tuple[str, ...]]:
        return [(key, *NUMBER.findall(theirs), ours, ROLES.get(role, role))
                for _, key, theirs, ours, role in figures(readme)]  # fmt: skip

    assert numbers(CHINESE) == numbers(ENGLISH)
    assert what_ifs(CHINESE) == what_ifs(ENGLISH)


@BOTH
def test_the_scenario_file_is_valid(readme: Path, tmp_path: Path) -> None:
    texts = blocks(readme, "yaml")
    assert texts
    for text in texts:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        assert prepare(path).config.name == "west-60"


def test_the_python_snippet_runs(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (text,) = blocks(ENGLISH, "python")
    monkeypatch.chdir(desk)
    exec(compile(text, str(ENGLISH), "exec"), {})
    assert re.search(r"\d MW$", capsys.readouterr().out.strip())


def test_a_readme_is_short() -> None:
    assert len(ENGLISH.read_text(encoding="utf-8").splitlines()) <= 150
