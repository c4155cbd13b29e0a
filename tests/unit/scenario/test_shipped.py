"""What ships can be read: scenarios, nations, the alternative split of the compute."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.ground.places import models, scenarios
from sim.scenario.folder import find_nation, read_nation
from sim.scenario.read import read
from sim.scenario.yaml_file import read_document
from tests.unit.scenario.desk import BASE, TOY, Desk

SHIPPED = sorted(scenarios().glob("*.yaml"))
CHINA = models() / "nations" / "china-2024"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_has_no_problem(path: Path, tmp_path: Path) -> None:
    assert Desk(tmp_path).problems(path) == []
    config = read(path).config
    assert config.name == path.stem
    assert config.question.endswith("?")
    assert config.question_zh.endswith("？")


def test_the_issue_s_scenarios_ship() -> None:
    assert {path.stem for path in SHIPPED} >= {
        "baseline-2024", "ai-surge", "west-shift", "heatwave", "hub-outage", "retrofit", "green-2025",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["china-2024", "toy-3"])
def test_a_shipped_nation_has_no_problem(name: str, desk: Desk) -> None:
    assert desk.told(f"nation: {name}\nrun: {{start: 2024-01-01, horizon: 366 d}}\n") == []


def test_the_baseline_is_the_nation_of_2024() -> None:
    config = read(scenarios() / "baseline-2024.yaml").config
    assert [len(part) for part in (config.regions, config.hubs, config.centres, config.nodes, config.links)] == [
        31, 8, 41, 42, 88,
    ]  # fmt: skip
    assert sum(centre.racks for centre in config.centres.values()) == pytest.approx(9_000_000)
    assert compute(config.centres) == pytest.approx(280.0)
    assert config.run.horizon_h == 8784.0


def compute(centres: dict) -> float:
    return sum(pool.capacity_eflops for centre in centres.values() for pool in centre.pools.values())


def test_the_reported_hub_figure_is_a_split_that_a_scenario_selects(desk: Desk) -> None:
    config = desk.read(BASE + "set: {allocation: hub_175}\n").config
    hubs = {name: centre for name, centre in config.centres.items() if centre.hub is not None}
    assert config.allocation == "hub_175"
    assert compute(config.centres) == pytest.approx(280.0)
    assert compute(hubs) == pytest.approx(175.0)
    assert desk.read(BASE, ["allocation=hub_175"]).config == desk.read(BASE + "set: {allocation: hub_175}").config


def test_a_nation_without_a_scenario_s_run_is_told_at_the_scenario(desk: Desk) -> None:
    assert desk.told("nation: toy-3\n") == ["s.yaml:1: run is missing; give it"]


def test_a_nation_beside_the_scenario_comes_first(desk: Desk) -> None:
    desk.nation()
    scenario = desk.read(TOY.replace("toy-3", "mine"))
    assert scenario.nation.folder == desk.folder / "nations" / "mine"
    assert scenario.config.nation == "toy-3"  # its own id


def test_the_digest_follows_the_tables_and_nothing_else(desk: Desk) -> None:
    folder = desk.nation()
    first = desk.read(TOY.replace("toy-3", "mine")).digest()
    (folder / "SOURCES.md").write_text("other words", encoding="utf-8")
    (folder / "unused.csv").write_text("a\n1\n", encoding="utf-8")
    assert desk.read(TOY.replace("toy-3", "mine")).digest() == first
    table = folder / "climate.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("20,20,20,50", "21,21,21,50", 1), encoding="utf-8")
    assert desk.read(TOY.replace("toy-3", "mine")).digest() != first


def test_every_value_knows_its_place_and_its_ground(desk: Desk) -> None:
    scenario = desk.read(BASE + "set:\n  centres.gui_an.racks: 400000\n  centres.gui_an.cooling.mix: {iec: 1}\n")
    at = scenario.origin("centres", "gui_an", "racks")
    assert (Path(at.file).name, at.line, at.column) == ("s.yaml", 3, 3)
    assert scenario.provenance("centres", "gui_an", "racks") == ("scenario", "input")
    at = scenario.origin("centres", "qingyang", "racks")
    assert Path(at.file).name == "centres.csv"
    line = Path(at.file).read_text(encoding="utf-8").splitlines()[at.line - 1]
    assert line.startswith("qingyang,")
    source, confidence = scenario.provenance("centres", "qingyang", "racks")
    assert source
    assert confidence in ("official", "press", "estimate")
    gone = {path for path in scenario.origins if path[:4] == ("centres", "gui_an", "cooling", "mix")}
    assert gone == {("centres", "gui_an", "cooling", "mix"), ("centres", "gui_an", "cooling", "mix", "iec")}


def test_a_nation_s_head_is_read(desk: Desk) -> None:
    scenario = desk.read(TOY)
    nation = read_nation(find_nation("toy-3", None, scenario.origin("name")), None, scenario.origin("name"))
    head = read_document(models() / "nations" / "toy-3" / "nation.yaml").values
    assert nation.names == head["name"]
    assert (nation.id, nation.allocation, nation.values["year"]) == ("toy-3", "consistent", 2024)
    assert nation.problems == []
