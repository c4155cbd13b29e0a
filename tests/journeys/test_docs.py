"""What the documentation shows works: links, scenarios, the policy, a nation's files, the measures."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.cli import group as cli
from sim.ground.names import MEASURES, flat
from sim.network.build import build
from sim.network.view import View
from sim.once import prepare
from sim.policies.base import REGISTRY
from sim.results.schema import ARRAYS
from sim.scenario.entities import TraceSource
from sim.study.batch import LATE
from sim.study.sweep import plan
from sim.workloads.traces.base import REGISTRY as FORMATS
from sim.workloads.traces.plain import NEEDED, OPTIONAL

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted(DOCS.rglob("*.md"))]
SCENARIOS, RESULTS = DOCS / "how-to/scenarios.md", DOCS / "how-to/results.md"
SWEEPS = DOCS / "how-to/sweeps.md"
TRACES, REPLAY = DOCS / "how-to/traces.md", DOCS / "how-to/replay.md"
TUTORIAL, PLANNER = DOCS / "tutorial/first-policy.md", DOCS / "tutorial/planner.md"
POLICIES, NATIONS, BACKBONES, MEASURES_PAGE = (
    DOCS / "how-to/policies.md",
    DOCS / "how-to/nations.md",
    DOCS / "how-to/backbones.md",
    DOCS / "background/measures.md",
)


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def commands(page: Path) -> list[list[str]]:
    """Return the words behind `$ suanwang`, comments left out."""
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    return [shlex.split(line[2:], comments=True)[1:] for line in lines if line.startswith("$ suanwang ")]


def rows(page: Path) -> list[list[str]]:
    """Return the cells of all table rows of a page."""
    text = page.read_text(encoding="utf-8")
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in re.findall(r"^\|.*\|$", text, re.M)]


def quoted(text: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def run(place: Path, *words: str) -> str:
    """Return what a Python process prints; fails where its exit code is not 0."""
    done = subprocess.run(
        [sys.executable, *words], cwd=place, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the shipped scenarios and two runs of the toy nation in it."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    for seed in ("1", "2"):
        run(folder, "-m", "sim", "run", "scenarios/toy.yaml", "--seed", seed, "--quiet")
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    near = [link.partition("#")[0] for link in links if "://" not in link]
    assert near
    broken = [link for link in near if not (page.parent / link).exists()]
    assert not broken


def test_the_trace_shown_feeds_the_scenario_shown(tmp_path: Path) -> None:
    (table,), (text,) = blocks(TRACES, "csv"), blocks(TRACES, "yaml")
    (tmp_path / "jobs.csv").write_text(table, encoding="utf-8")
    (tmp_path / "shown.yaml").write_text(text, encoding="utf-8")
    jobs = build(prepare(tmp_path / "shown.yaml")).jobs["hpc"]
    assert set(jobs.width.tolist()) == {35, 9, 557}
    columns = {word for row in rows(TRACES) for word in quoted(row[0])}
    assert {*NEEDED, *OPTIONAL} <= columns
    assert {key.removesuffix("_tflops").removesuffix("_h") for key in TraceSource.model_fields} <= columns
    assert set(FORMATS.names()) <= columns


def test_a_log_is_replayed_as_shown(desk: Path) -> None:
    shown = {quoted(cells[0])[0]: cells[1:] for cells in rows(REPLAY) if len(cells) == 4 and quoted(cells[0])}
    for discipline, numbers in shown.items():
        told = json.loads(
            run(desk, "-m", "sim", "replay", "scenarios/example.swf", "--discipline", discipline, "--json")
        )
        figures = (told["wait_s"]["mean"], told["bounded_slowdown"], 100.0 * told["utilisation"])
        assert numbers == [f"{figures[0]:,.0f}", f"{figures[1]:.2f}", f"{figures[2]:.1f} %"]
    assert list(shown) == ["fcfs", "easy", "conservative"]
    told["file"] = ""
    assert set(told) <= {key for cells in rows(REPLAY) for key in quoted(cells[0])}
    for words in commands(REPLAY):
        run(desk, "-m", "sim", *words)
    assert (desk / "starts.csv").read_text(encoding="utf-8").startswith("job,submit,start,end\n")
    (text,) = blocks(REPLAY, "python")
    (desk / "read_log.py").write_text(text, encoding="utf-8")
    assert run(desk, "read_log.py").endswith("12773.0 s at most\n")


def test_the_sweep_shown_has_the_points_it_is_said_to_have(tmp_path: Path) -> None:
    (text,) = blocks(SWEEPS, "yaml")
    (tmp_path / "shown.yaml").write_text(text, encoding="utf-8")
    asked = plan(tmp_path / "shown.yaml", results=tmp_path)
    page = SWEEPS.read_text(encoding="utf-8")
    assert f"{asked.design.points:,} points" in page
    assert not list(tmp_path.glob("sweep-*"))
    described = {word for row in rows(SWEEPS) for key in quoted(row[0]) for word in key.split()}
    for command in (cli.commands["sweep"], cli.commands["analyse"]):
        own = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        assert own - {"--set", "--plugin", "--results", "--lang", "--json", "--quiet", "--verbose"} <= described
    words = set(quoted(re.sub(r"^```.*?^```", "", page, flags=re.M | re.S)))
    assert {name for name in REGISTRY.names() if getattr(REGISTRY.get(name), "blind", False)} <= words
    assert {part for key in LATE for part in key.split(".")[-1:] if "_" not in part or "*" not in part} - {
        "rack*"
    } <= words


def test_the_index_leads_to_every_page() -> None:
    text = (DOCS / "index.md").read_text(encoding="utf-8")
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"index.md"}
    assert pages == {page for page in pages if f"({page})" in text}


@pytest.mark.parametrize("number", range(len(blocks(SCENARIOS, "yaml"))))
def test_every_scenario_shown_can_be_run(number: int, tmp_path: Path) -> None:
    path = tmp_path / "shown.yaml"
    path.write_text(blocks(SCENARIOS, "yaml")[number], encoding="utf-8")
    assert prepare(path).config.nation == "china-2024"


def test_every_key_of_a_scenario_file_is_described() -> None:
    from sim.scenario.read import TOP

    described = {key for row in rows(SCENARIOS) for key in quoted(row[0])}
    assert set(TOP) <= described


def test_the_policy_runs_as_shown(desk: Path) -> None:
    (text,) = blocks(POLICIES, "python")
    (desk / "my_policy.py").write_text(text, encoding="utf-8")
    ((*words,),) = commands(POLICIES)
    before = set((desk / "results").glob("*/kpi.json"))
    run(desk, "-m", "sim", *words)
    (fresh,) = set((desk / "results").glob("*/kpi.json")) - before
    meta = json.loads((fresh.parent / "run.json").read_text(encoding="utf-8"))["meta"]
    assert (meta["policy"], meta["policy_parameters"]) == ("cheapest_now", {"cny_per_kwh_and_ms": 0.01})


def test_the_tutorials_policy_is_ten_lines_and_runs(desk: Path) -> None:
    (text,) = blocks(TUTORIAL, "python")
    assert sum(1 for line in text.splitlines() if line.strip()) <= 10
    (desk / "clean_first.py").write_text(text, encoding="utf-8")
    for words in commands(TUTORIAL):
        shown = run(desk, "-m", "sim", *words)
    assert "clean_first" in shown
    assert "base" in shown


def typed(words: list[str]) -> None:
    """Type a command here and now; fails where its exit code is not 0."""
    code: object = 0
    try:
        cli.main(words, standalone_mode=False)
    except SystemExit as leaving:
        code = leaving.code
    assert not code, words


def test_the_planners_tutorial_runs_as_written(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order: its files are saved under the names it gives them, and ID is what the command before it made."""
    monkeypatch.chdir(desk)
    text = PLANNER.read_text(encoding="utf-8")
    named = re.findall(r"Save this as `([\w.-]+)`", text)
    for name, block in zip(named, blocks(PLANNER, "yaml"), strict=True):
        (desk / name).write_text(block, encoding="utf-8")
    for words in commands(PLANNER):
        made = sorted((desk / "results").glob("sweep-*"), key=lambda path: path.stat().st_mtime_ns)
        known = made[-1].name if made else ""
        typed([known if word == "ID" else word for word in words])
    (code,) = blocks(PLANNER, "python")
    (desk / "planner.py").write_text(code, encoding="utf-8")
    assert "served_share: " in run(desk, "planner.py")
    assert (desk / "more-work.csv").is_file()
    assert list((desk / "results/comparisons").glob("*/report.html"))
    assert (made[-1] / "report.html").is_file()


def test_the_reference_is_that_of_the_code() -> None:
    assert run(ROOT, "docs/generate.py", "--check") == "docs/reference: up to date\n"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    run(ROOT, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", str(tmp_path / "site"))
    pages = {page.relative_to(DOCS).with_suffix(".html") for page in DOCS.rglob("*.md")}
    built = {page.relative_to(tmp_path / "site") for page in (tmp_path / "site").rglob("*.html")}
    assert pages <= built
    for page in built:
        text = (tmp_path / "site" / page).read_text(encoding="utf-8")
        fetched = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", text)
        assert not fetched, f"{page} asks for something elsewhere"


def test_every_shipped_policy_is_described() -> None:
    for page in (POLICIES, DOCS / "background/policies.md"):
        described = {key for row in rows(page) for key in quoted(row[0])}
        assert set(REGISTRY.names()) <= described, page.name


def test_the_view_is_described_whole() -> None:
    described = {key.partition("(")[0] for row in rows(POLICIES) for key in quoted(row[0])}
    properties = {name for name, value in vars(View).items() if isinstance(value, property)}
    assert {field.name for field in fields(View)} | properties <= described


def test_results_are_read_compared_and_exported_as_shown(desk: Path) -> None:
    (text,) = blocks(RESULTS, "python")
    (desk / "read_results.py").write_text(text, encoding="utf-8")
    assert "W facility power" in run(desk, "read_results.py")
    listed = run(desk, "-m", "sim", "list", "runs").splitlines()
    ids = [line.split()[0] for line in listed if "numbers only" not in line]
    for words in commands(RESULTS):
        each = iter(ids)
        run(desk, "-m", "sim", *(next(each) if word == "ID" else word for word in words))
    assert (desk / f"{ids[0]}.xlsx").is_file()


def test_the_arrays_named_have_their_dimensions_and_units() -> None:
    named = 0
    for cells in rows(RESULTS):
        names = [name for name in quoted(cells[0]) if name in ARRAYS]
        if len(cells) != 3 or not names:
            continue
        named += len(names)
        assert {ARRAYS[name][0] for name in names} == {tuple(cells[1].split(", "))}
        units = list(dict.fromkeys(ARRAYS[name][1] for name in names))
        assert units == cells[2].split(", ")
    assert named > 15


def test_the_page_of_measures_agrees_with_the_dictionary() -> None:
    described = {quoted(cells[0])[0]: cells for cells in rows(MEASURES_PAGE) if len(cells) == 5 and quoted(cells[0])}
    assert set(described) == set(MEASURES)
    for key, (_, unit, _, kind, definition) in described.items():
        assert (unit, kind) == (MEASURES[key].unit, MEASURES[key].kind), key
        assert definition


def test_the_page_of_measures_says_where_each_is_given() -> None:
    few = ["run.horizon=48 h", "run.jobs.count=200"]
    runs = [sim.run(ROOT / "scenarios/toy.yaml", engine=engine, sets=few) for engine in ("fluid", "events")]
    given = {key: "N" for done in runs for key in flat(done.kpi)}
    for letter, group in (("H", "hub"), ("C", "centre"), ("R", "region"), ("W", "workload")):
        for key in sorted({key for done in runs for item in done.by[group].values() for key in flat(item)}):
            given[key] = f"{given.get(key, '')} {letter}".strip()
    described = {quoted(cells[0])[0]: cells[2] for cells in rows(MEASURES_PAGE) if len(cells) == 5 and quoted(cells[0])}
    assert described == {key: at for key, at in given.items() if not key.startswith("unserved_eflops_h")}


def test_the_page_of_demand_repeats_the_nation() -> None:
    with (ROOT / "models/nations/china-2024/workloads.csv").open(encoding="utf-8", newline="") as file:
        given = {row["workload"]: row for row in csv.DictReader(file)}
    shown = {quoted(cells[0])[0]: cells for cells in rows(DOCS / "background/demand.md") if quoted(cells[0])}
    assert set(shown) == set(given)
    for name, (_, pool, level, weight, bound, deadline, _) in shown.items():
        row = given[name]
        assert (pool, weight.lower()) == (row["pool"], row["weight"].replace("_", " ")), name
        assert level == f"{row['level']} {row['level_unit'].removesuffix('_FP32')}", name
        assert bound == (f"{row['latency_bound_ms']} ms" if row["latency_bound_ms"] else "none"), name
        assert deadline == (f"{row['deadline_h']} h" if row["deadline_h"] != "0" else "served at once"), name


def test_the_columns_of_a_nation_are_described() -> None:
    described = {key for cells in rows(NATIONS) for cell in cells for key in quoted(cell)}
    # What the reader passes over, and what the line above the table says of every file.
    context = {"role", "great_circle_km", "waves_400g", "tier", "capacity_confidence", "reported_green_share"}
    context |= {"reported_share", "name_en", "name_zh", "source", "confidence", "low", "high", "note", "note_zh"}
    for path in sorted((ROOT / "models/nations/toy-3").glob("*.csv")):
        assert path.name in described
        if path.stem in ("costs", "history", "targets"):
            continue
        with path.open(encoding="utf-8", newline="") as file:
            columns = set(next(csv.reader(file))) - context
        assert columns <= described, path.name


def test_a_nation_gives_measured_files_as_described(tmp_path: Path) -> None:
    nation = tmp_path / "nations/my-land"
    shutil.copytree(ROOT / "models/nations/toy-3", nation)
    (nation / "nation.yaml").write_text(blocks(NATIONS, "yaml")[1], encoding="utf-8")
    for folder in ("weather", "power"):
        (nation / folder).mkdir()
    hours = 8784
    (nation / "weather/temperature.csv").write_text(
        "east_city,middle_city,west_city\n" + "11,12,13\n" * hours, encoding="utf-8"
    )
    (nation / "power/wind.csv").write_text("east,middle,west\n" + "0.1,0.2,0.25\n" * hours, encoding="utf-8")
    row = ",".join(["2023", "1", "1", "1", "60", "A", "-4.5", "0", "55"]) + "\n"
    (nation / "weather/west.epw").write_text("header\n" * 8 + row * 8760, encoding="utf-8")
    nodes = ("east_city", "middle_city", "west_city")
    lines = [f"{a}," + ",".join(str(3 * abs(i - j)) for j in range(3)) for i, a in enumerate(nodes)]
    (nation / "delays.csv").write_text("," + ",".join(nodes) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("extends: toy.yaml\nname: mine\nnation: my-land\n", encoding="utf-8")
    network = build(prepare(scenario))
    assert set(network.synthetic) == {"humidity", "solar"}
    assert np.unique(network["temperature"][:, 0]).tolist() == [11.0]
    assert np.unique(network["temperature"][:, 2]).tolist() == [-4.5]
    metro = prepare(scenario).config.network.metro_ms
    assert np.allclose(network["delay"][0] * 1e3, np.array([0.0, 3.0, 6.0]) + metro)


def test_a_nation_stands_on_a_public_backbone_as_described(tmp_path: Path) -> None:
    nation = tmp_path / "nations/my-land"
    shutil.copytree(ROOT / "models/nations/toy-3", nation)
    for table in ("nodes", "links"):
        (nation / f"{table}.csv").unlink()
    (nation / "towns.txt").write_text(
        "?SNDlib native format; type: network; version: 1.0\n"
        "NODES ( east_city ( 120 30 ) middle_city ( 115 30 ) west_city ( 110 30 ) )\n"
        "LINKS ( a ( east_city middle_city ) 4 0 0 0 ( ) b ( middle_city west_city ) 0 0 0 0 ( 4 1 8 2 ) )\n",
        encoding="utf-8",
    )
    (said,) = blocks(BACKBONES, "yaml")
    with (nation / "nation.yaml").open("a", encoding="utf-8") as file:
        file.write(said)
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("extends: toy.yaml\nname: mine\nnation: my-land\n", encoding="utf-8")
    links = prepare(scenario).config.links
    assert {name: link.capacity_tbps for name, link in links.items()} == {
        "east_city-middle_city": 0.04, "middle_city-west_city": 0.08,
    }  # fmt: skip
    assert links["east_city-middle_city"].fibre_km == pytest.approx(1.5 * 481.5, rel=1e-3)


def test_every_key_of_a_backbone_is_described() -> None:
    from sim.scenario.backbone_rows import KEYS

    assert set(KEYS) <= {key for cells in rows(BACKBONES) for key in quoted(cells[0])}


def test_the_first_nation_file_shown_is_enough(tmp_path: Path) -> None:
    nation = tmp_path / "nations/my-land"
    shutil.copytree(ROOT / "models/nations/toy-3", nation)
    (nation / "nation.yaml").write_text(blocks(NATIONS, "yaml")[0], encoding="utf-8")
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("extends: toy.yaml\nname: mine\nnation: my-land\n", encoding="utf-8")
    assert prepare(scenario).nation.names == {"en": "My land", "zh": "示例国"}


def test_both_readmes_have_the_same_commands_and_code() -> None:
    english, chinese = PAGES[:2]
    assert commands(chinese) == commands(english)
    code = [re.sub(r"\s*#.*", "", "".join(blocks(page, "python"))) for page in (english, chinese)]
    assert code[0] == code[1]
    files = [re.sub(r"^question:.*", "", "".join(blocks(page, "yaml")), flags=re.M) for page in (english, chinese)]
    assert files[0] == files[1]
