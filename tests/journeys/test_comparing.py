"""What the page on comparing shows works, at a size that a test can pay for, and moves have the signs that it says."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.ground.registry import Registry
from sim.once import execute, prepare
from sim.policies.base import REGISTRY
from sim.results import store
from sim.study.attribution import attribution
from sim.study.contest import chosen
from tests.journeys.test_docs import DOCS, blocks, commands, desk, quoted, rows, run
from tests.journeys.test_sweep import LINUX, MAIN, ROOT, alive, begun, children, waited
from tests.journeys.test_sweep import told as asked

__all__ = ["desk"]
PAGE = DOCS / "background/comparing.md"
FIRST, SEVEN, YEAR, WITH_CONTRACTS, GRID_ALONE = commands(PAGE)
PAIRS = (("jing_jin_ji", "inner_mongolia"), ("yangtze_delta", "cheng_yu"))


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget after each test the policies that it loaded from private files: other tests ask for all there are."""
    REGISTRY.discover()
    for table in ("_found", "_homes"):
        monkeypatch.setattr(REGISTRY, table, dict(getattr(REGISTRY, table)))
    monkeypatch.setattr(Registry, "entered", set(Registry.entered))
    yield
    for name in [name for name in sys.modules if name.startswith("suanwang_plugin_")]:
        del sys.modules[name]


def told(place: Path, words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(place, "-m", "sim", *words, "--json"))
    return found


def test_the_first_command_runs_and_its_json_is_described(desk: Path) -> None:
    found = told(desk, FIRST)
    described = {key for row in rows(PAGE) for cell in row for key in quoted(cell)}
    assert set(found) <= described
    cell = found["policies"]["cheapest"]["cost_bn_cny.total"]
    assert set(cell) | set(found["regret"]["local"]) | set(found["bound"]) <= described
    assert set(found["bound"]["by_replication"][0]) <= described
    low, high = cell["diff_ci95"]
    assert low <= cell["diff"] <= high < 0.0


def test_the_table_of_seven_is_what_its_command_makes(desk: Path) -> None:
    named = SEVEN[SEVEN.index("--policies") + 1]
    small = [word if word != named else "local,cheapest" for word in SEVEN]
    found = told(desk, [*small, "--replications", "2", "--set", "run.horizon=6h", "--workers", "2"])
    scenarios = [Path(word).stem for word in SEVEN if word.endswith(".yaml")]
    assert list(found["scenarios"]) == scenarios
    heads = [quoted(" ".join(row)) for row in rows(PAGE) if row[0] in ("million CNY", "kt CO₂")]
    assert heads == [scenarios, scenarios]
    shown = [quoted(row[0])[0] for row in rows(PAGE) if len(row) == len(scenarios) + 1 and quoted(row[0])]
    assert shown == [*named.split(","), "local", *named.split(",")]
    assert {key for key in found if key != "id"} <= {key for row in rows(PAGE) for key in quoted(row[0])}


def test_the_table_of_the_year_is_what_its_command_makes(desk: Path) -> None:
    found = told(desk, [*YEAR, "--replications", "2", "--set", "run.horizon=6h", "--workers", "2"])
    same = [row for row in rows(PAGE) if len(row) == 5 and row[2].startswith(("−", "+", "itself"))]
    shown = [name for row in same for name in quoted(row[0])]
    assert set(shown) == set(policies(YEAR)) == set(found["policies"])


@pytest.mark.parametrize(("words", "column"), [(GRID_ALONE, 3), (WITH_CONTRACTS, 4)])
def test_the_moves_of_the_page_change_emissions_as_it_says(desk: Path, words: list[str], column: int) -> None:
    """The command's own runs; without its bound, which takes a minute."""
    (text,) = blocks(PAGE, "python")
    plugin = desk / "move.py"
    plugin.write_text(text, encoding="utf-8")
    sets = [words[at + 1] for at, word in enumerate(words) if word == "--set"]
    local, *moves = (document(desk / words[1], policy, sets, plugin) for policy in policies(words))
    shown = [row for row in rows(PAGE) if row[0] in ("Beijing", "Shanghai")]
    for (home, away), row, move in zip(PAIRS, shown, moves, strict=True):
        hubs = attribution(move, local)["emissions_mt"]["by"]["hub"]
        assert hubs[home] < 0.0 < hubs[away]
        change = 100.0 * (hubs[away] + hubs[home]) / -hubs[home]
        assert f"{change:+.1f} %".replace("-", "−") == row[column].strip("*")


def policies(words: list[str]) -> list[str]:
    return words[words.index("--policies") + 1].split(",")


def document(path: Path, policy: str, sets: list[str], plugin: Path) -> dict[str, Any]:
    return store.document(execute(prepare(path, [*sets, chosen(policy)], [plugin]), [plugin]))


def test_the_command_of_a_move_runs(desk: Path) -> None:
    (text,) = blocks(PAGE, "python")
    (desk / "move.py").write_text(text, encoding="utf-8")
    found = told(desk, [*GRID_ALONE, "--set", "run.horizon=24h"])
    assert list(found["attribution"]) == policies(GRID_ALONE)[1:]
    assert found["policies"][policies(GRID_ALONE)[2]]["emissions_mt.location"]["diff"] < 0.0


@LINUX
def test_a_comparison_is_interrupted_at_once_without_a_trace_and_goes_on(tmp_path: Path) -> None:
    words = [*MAIN, "compare", str(ROOT / "scenarios/toy.yaml"), "--policies", "local,cheapest", "--replications", "9",
             "--set", "run.horizon=96 h", "--results", str(tmp_path), "--json"]  # fmt: skip
    process = begun([*words, "--workers", "2"], start_new_session=True)
    waited(lambda: list(tmp_path.glob("*/kpi.json")))
    workers = children(process.pid)
    os.killpg(process.pid, signal.SIGINT)  # As a terminal does: to all of them.
    _, error = process.communicate(timeout=600)
    assert process.returncode == 130
    assert error.strip() == "interrupted"
    waited(lambda: not any(alive(worker) for worker in workers))
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/kpi.json")}
    assert 0 < len(kept) < 18
    found = json.loads(asked([*words, "--workers", "2"])[0])
    assert len(found["runs"]["cheapest"]) == 9
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in kept.items())
