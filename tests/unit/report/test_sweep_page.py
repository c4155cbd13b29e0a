"""The page of a sweep: what was found, whole by itself, the same every time, deaf to what names try to say."""

from __future__ import annotations

import json
import re
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.desk.sweep import page
from sim.report.numbers import brief
from sim.report.strings import STRINGS
from sim.report.sweep import answer, shown, words_in
from sim.report.sweep_page import sweep_page
from sim.report.sweep_strings import SWEEP
from sim.report.words import LANGUAGES
from sim.study import archive
from sim.study.findings import findings
from sim.study.sweep import plan, sweep
from tests.unit.report.runs import Reader, differ_in_text_alone, spoken, stands_alone
from tests.unit.report.test_page import CALM, EVIL
from tests.unit.report.test_strings import called, gaps

REPORT = Path(__file__).parents[3] / "sim" / "report"
GRID = "grid: {policy.name: [cheapest, local], growth: [0.5, 1, 8], grid.carbon_price: [0 CNY/t, 50 CNY/t]}"
SAMPLE = "sample: {method: saltelli, n: 16, over: {growth: [0.5, 4], grid.carbon_price: [0 CNY/t, 50 CNY/t]}}"
FAILING = "grid: {workloads.interactive.latency_bound: [0.001 ms, 50 ms], growth: [0.5, 1]}"


@lru_cache(maxsize=4)
def swept(axes: str = GRID) -> tuple[archive.Archive, dict[str, Any], str]:
    """Return a small sweep of the toy nation, what it found, and the page that is written of it."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "asked.yaml"
    text = f"extends: toy.yaml\nname: asked\nquestion: Why?\nrun: {{horizon: 24 h}}\nsweep:\n  {axes}\n"
    path.write_text(text + "  names: {growth: workloads.*.growth}\n", encoding="utf-8")
    done = sweep(plan(path, results=folder))
    report = page(done, "en").read_text(encoding="utf-8")
    read = archive.as_it_is(done.plan.folder)
    return read, findings(read), report


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def specs(text: str, language: str = "en") -> dict[str, Any]:
    reader = Reader(text, language)
    return {
        attrs["data-chart"]: spoken(json.loads(data), language)
        for attrs, data in reader.scripts
        if "data-chart" in attrs
    }


def test_the_page_written_is_that_of_the_findings() -> None:
    _, found, report = swept()
    assert report == sweep_page(found, "en")


def test_the_answer_is_made_of_the_numbers(language: str) -> None:
    read, found, _ = swept()
    first, corner, best = answer(found, words_in(language))
    costs = read.output("cost_bn_cny.total")
    words = words_in(language)
    assert words.value("cost_bn_cny.total", costs.min()) in first
    assert words.value("cost_bn_cny.total", costs.max()) in first
    assert "growth" in first
    assert "growth ≥ 8" in corner
    point = found["pareto"]["points"][0]
    assert costs[point["point"]] == costs.min()
    assert words.value("cost_bn_cny.total", costs.min()) in best
    assert words.value("cost_bn_cny.total", found["base"]["kpi"]["cost_bn_cny.total"]) in best


def test_surfaces_are_means_over_all_else() -> None:
    read, found, _ = swept()
    inputs, told = read.inputs(), found["surfaces"][0]
    values = read.output(told["key"])
    for j, y in enumerate(told["along"]):
        for i, x in enumerate(told["across"]):
            here = [a == x and b == y for a, b in zip(inputs[told["x"]], inputs[told["y"]], strict=True)]
            assert told["cells"][j][i] == pytest.approx(values[np.array(here)].mean())


def test_every_chart_has_its_numbers_in_a_table(language: str) -> None:
    _, found, _ = swept()
    text = sweep_page(found, language)
    drawn, texts = specs(text, language), "".join(Reader(text, language).texts)
    count = len(found["measures"])
    assert count >= 3
    assert set(drawn) == {"chart-lines", "chart-front"} | {
        f"chart-{kind}-{at}" for kind in ("effects", "surface") for at in range(count)
    }
    words = words_in(language)
    for at, surface in enumerate(found["surfaces"]):
        assert drawn[f"chart-surface-{at}"]["data"][0]["z"] == surface["cells"]
        assert all(words.value(surface["key"], cell) in texts for row in surface["cells"] for cell in row)
    for at, (_, told) in enumerate(found["sensitivity"].items()):
        bars = {bar["name"]: bar for bar in drawn[f"chart-effects-{at}"]["data"]}
        assert bars[words("in_all")]["x"] == [effect["total"] for effect in told["effects"]][::-1]
        assert all(brief(effect["first"]) in texts for effect in told["effects"])


def test_every_exact_value_is_one_of_the_sweep(language: str) -> None:
    read, found, _ = swept()
    reader = Reader(sweep_page(found, language), language)
    values = [json.loads(text) for text in reader.attribute("data-value")]
    assert len(values) > 50
    known = {value for row in read.rows for value in row.kpi.values()} | set(found["base"]["kpi"].values())
    known |= {value for ends in found["measures"].values() for value in ends.values()}
    known |= {cell for surface in found["surfaces"] for row in surface["cells"] for cell in row}
    known |= {corner[part] for corner in found["corners"] for part in ("coverage", "density")}
    assert set(values) <= known


def test_replications_are_chance_and_no_choice() -> None:
    _, found, _ = swept("grid: {growth: [1, 2], run.replication: [0, 1]}")
    assert [each["key"] for each in found["inputs"]] == ["growth", "run.replication"]
    assert {(surface["x"], surface["y"]) for surface in found["surfaces"]} == {("growth", None)}
    assert not any("run.replication" in corner["limits"] for corner in found["corners"])


def test_intervals_are_drawn_where_effects_were_estimated() -> None:
    _, found, _ = swept(SAMPLE)
    effects = next(iter(found["sensitivity"].values()))["effects"][::-1]
    bar = specs(sweep_page(found, "en"))["chart-effects-0"]["data"][0]
    for at, effect in enumerate(effects):
        low, high = effect["total_interval"]
        middle = bar["x"][at]
        assert middle - bar["error_x"]["arrayminus"][at] == pytest.approx(low)
        assert middle + bar["error_x"]["array"][at] == pytest.approx(high)


def test_points_that_failed_are_told_and_the_others_shown(language: str) -> None:
    read, found, _ = swept(FAILING)
    assert len(read.failed) == 2
    text = sweep_page(found, language)
    reader = Reader(text, language)
    assert read.failed[0].error[1] in "".join(reader.texts)
    assert answer(found, words_in(language))[0] == words_in(language)("answer_failed", failed=2, missing=0)
    assert not found["sensitivity"]
    assert "chart-lines" in specs(text)


def test_one_axis_is_a_line_and_no_map() -> None:
    _, found, _ = swept("grid: {growth: [0.5, 1, 2]}")
    drawn = specs(sweep_page(found, "en"))["chart-surface-0"]["data"][0]
    assert (drawn["type"], drawn["x"]) == ("scatter", ["0.5", "1", "2"])


def test_questions_may_be_asked_of_the_page(language: str) -> None:
    read, _, _ = swept()
    asked = findings(
        read, keys=["pue"], condition="served_share < 0.9", aims=["pue", "-served_share"], robust="cost_bn_cny.total",
        levers=["policy.name"],
    )  # fmt: skip
    texts = "".join(Reader(sweep_page(asked, language), language).texts)
    assert list(asked["measures"]) == ["pue"]
    assert "growth ≥ 8" in texts
    assert "policy.name = cheapest" in texts


def hostile(name: str) -> dict[str, Any]:
    """Return findings in which every text that a scenario gives is another."""
    _, found, _ = swept()
    text = json.dumps(found).replace("growth", json.dumps(name)[1:-1])
    told: dict[str, Any] = json.loads(text)
    told["base"] |= {"scenario": name, "question": name, "warnings": [name], "policy": name}
    told["failures"] = {"count": 1, "missing": 0, "kinds": [{"kind": name, "message": name, "count": 1, "first": 0}]}
    return told


def test_hostile_names_change_nothing_but_text(language: str) -> None:
    differ_in_text_alone(*(sweep_page(hostile(name), language) for name in (CALM, EVIL)))


def test_the_page_needs_nothing_else_and_is_the_same_every_time(language: str) -> None:
    _, found, _ = swept()
    text = sweep_page(found, language)
    assert text == sweep_page(found, language)
    stands_alone(text)


def test_what_it_says_is_in_the_tables_and_nothing_else_is() -> None:
    files = [*REPORT.glob("sweep*.py"), REPORT / "templates" / "sweep.html"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if path.stem != "sweep_strings")
    assert called(text) <= set(STRINGS) | set(SWEEP)
    quoted = set(re.findall(r"[\"']([\w.]+)[\"']", text))
    assert {key for key in SWEEP if not key.startswith(("word.", "means.", "method."))} <= quoted


@pytest.mark.parametrize("key", SWEEP)
def test_a_sentence_is_whole_in_both_languages(key: str) -> None:
    english, chinese = SWEEP[key]
    assert gaps(english) == gaps(chinese)
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert key in ("named", "within_interval") or re.search(r"[\u4e00-\u9fff]", chinese)


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.5"), (3, "3"), ("cheapest", "cheapest"), ("true", "true")])
def test_a_value_of_an_axis_is_shown_as_it_was_given(value: Any, text: str) -> None:
    assert shown(value) == text
