"""What every figure keeps, those of a new file included."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sim.figures.base import REGISTRY
from sim.report.words import LANGUAGES, PageWords
from sim.results.schema import ARRAYS, PRICES, Results
from tests.unit.report import runs
from tests.unit.report.runs import Reader, with_meta

EVIL = "<script>alert(1)</script>\"'&"
#: Runs that differ in what a figure may stumble over: length, step, hours that begin a month.
RUNS = {
    "two days": {},
    "half hours": {"horizon": "30 h", "epoch": "30 min"},
    "one epoch": {"horizon": "1 h"},
    "weeks in days": {"horizon": "40 d", "epoch": "6 h"},
}


@pytest.fixture(params=REGISTRY.names())
def name(request: pytest.FixtureRequest) -> str:
    """Return each figure of the registry in turn."""
    return str(request.param)


def run(name: str, **case: str) -> Results:
    """Return a run that has what a figure needs: one by a plan, where that is prices."""
    priced = set(REGISTRY.get(name).needs) & set(PRICES)
    return runs.run(**case, policy="optimal" if priced else "base")


def draw(name: str, results: Results, language: str = "en") -> str:
    figure = REGISTRY.get(name)()
    return figure.draw(results, PageWords(language, results.meta["names"]).figure(figure.strings))


def specs(text: str) -> list[dict[str, object]]:
    return [json.loads(inner) for attrs, inner in Reader(text).scripts if "data-chart" in attrs]


def test_it_asks_for_arrays_that_there_are(name: str) -> None:
    needs = REGISTRY.get(name).needs
    assert isinstance(needs, tuple)
    assert needs
    assert set(needs) <= set(ARRAYS) | set(PRICES)


def test_it_reads_no_array_that_it_does_not_ask_for(name: str) -> None:
    results = run(name)
    needed = results.series[[need for need in REGISTRY.get(name).needs if need in ARRAYS]]
    kept = needed.assign_coords({key: results.series[key] for key in results.series.coords})
    some = [need for need in REGISTRY.get(name).needs if need in PRICES]
    prices = results.prices[some] if results.prices is not None else None
    assert draw(name, replace(results, series=kept, prices=prices)) == draw(name, results)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", RUNS)
def test_it_draws_whole_html(name: str, case: str, language: str) -> None:
    text = draw(name, run(name, **RUNS[case]), language)
    reader = Reader(text)
    assert any(tag in ("svg", "div") for tag, _ in reader.tags)
    assert not reader.attribute("src")
    assert len(reader.attribute("id")) == len(set(reader.attribute("id")))


def test_it_draws_the_same_every_time(name: str) -> None:
    assert draw(name, run(name)) == draw(name, run(name))


def test_it_changes_nothing(name: str) -> None:
    results = run(name)
    before = {key: results.series[key].values.copy() for key in results.series.data_vars}
    draw(name, results)
    for key, values in before.items():
        np.testing.assert_array_equal(results.series[key].values, values)


def test_its_numbers_are_there_without_a_script(name: str) -> None:
    reader = Reader(draw(name, run(name)))
    assert "details" in {tag for tag, _ in reader.tags}
    assert sum(tag == "td" for tag, _ in reader.tags) >= 2


def test_its_charts_hold_numbers_only(name: str) -> None:
    for spec in specs(draw(name, run(name))):
        for trace in spec["data"]:
            assert trace["type"] != "scattergeo"
            if trace["type"] == "scatter" and "x" in trace:
                assert len(trace["x"]) == len(trace["y"]) > 0


def test_names_are_escaped(name: str) -> None:
    results = run(name)
    names = {
        group: {item: {"en": EVIL, "zh": EVIL} for item in items} for group, items in results.meta["names"].items()
    }
    hostile, calm = (Reader(draw(name, run_)) for run_ in (with_meta(results, names=names), results))
    assert {tag for tag, _ in hostile.tags} == {tag for tag, _ in calm.tags}
    assert len(hostile.scripts) == len(calm.scripts)
    assert "<script>alert" not in draw(name, with_meta(results, names=names))


def test_an_idle_nation_is_drawn_too(name: str) -> None:
    results = run(name)
    idle = results.series.map(lambda values: values * 0.0, keep_attrs=True)
    idle = idle.assign({key: results.series[key] for key in ("member", "cluster", "capacity")})
    by = {**results.by, "centre": {item: {**own, "pue": None} for item, own in results.by["centre"].items()}}
    Reader(draw(name, replace(results, series=idle, by=by)))
