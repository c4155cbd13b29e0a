"""The page of a comparison: its numbers, whole by itself, the same every time, deaf to what names try to say."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sim.ground.places import scenarios
from sim.report.comparison import COST, EMITTED, print_comparison, signed, words_of
from sim.report.comparison_answer import answer
from sim.report.comparison_page import comparison_page
from sim.report.comparison_strings import COMPARISON
from sim.report.numbers import brief, number
from sim.report.strings import STRINGS
from sim.report.words import LANGUAGES
from sim.study.compare import compare
from tests.unit.report.runs import Reader, differ_in_text_alone, stands_alone
from tests.unit.report.test_page import CALM, EVIL
from tests.unit.report.test_strings import called, gaps

REPORT = Path(__file__).parents[3] / "sim" / "report"


@lru_cache(maxsize=1)
def one() -> dict[str, Any]:
    sets = ["run.horizon=24 h", "workloads.*.noise=0.2"]
    return compare(scenarios() / "toy.yaml", ["local", "cheapest", "lowest_slots"], replications=2, sets=sets)


def several(name: str = "other") -> dict[str, Any]:
    each = {"toy": one(), name: {**one(), "scenario": name}}
    rules = {key: "local" for key in ("maximin", "minimax_regret", "satisficing")} | {"within": 0.1, "policies": {}}
    settings = {f"run.{name}": {"toy": None, name: name}}
    return {"id": "x", "scenarios": each, "league": [], "robustness": rules, "settings": settings}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_differences_and_their_parts_are_on_the_page(language: str) -> None:
    text = "".join(Reader(comparison_page(one(), language), language).texts)
    for name in ("cheapest", "lowest_slots"):
        assert signed(one()["policies"][name][COST]["diff"]) in text
        for measure, why in one()["attribution"][name].items():
            parts = [value for way in why["by"].values() for value in way.values() if abs(value) > 1e-12]
            assert len(parts) > 20
            assert all(signed(value) in text for value in parts), measure


def numbers(value: Any) -> set[float]:
    """Return every number in a document."""
    if isinstance(value, dict | list | tuple):
        return set().union(*(numbers(item) for item in (value.values() if isinstance(value, dict) else value)))
    return {float(value)} if isinstance(value, int | float) else set()


def test_every_exact_value_is_one_of_the_document(language: str) -> None:
    reader = Reader(comparison_page(one(), language), language)
    values = {float(json.loads(text)) for text in reader.attribute("data-value")}
    assert len(values) > 50
    assert values <= numbers(one())


def test_the_charts_show_the_intervals(language: str) -> None:
    reader = Reader(comparison_page(one(), language), language)
    specs = {attrs["data-chart"]: json.loads(text) for attrs, text in reader.scripts if "data-chart" in attrs}
    assert len(specs) == 6
    assert set(specs) <= set(reader.attribute("id"))
    points = specs["chart-diff-s0-0"]["data"][0]
    cell = one()["policies"]["cheapest"][COST]
    at = points["y"].index("cheapest")
    ends = points["x"][at] - points["error_x"]["arrayminus"][at], points["x"][at] + points["error_x"]["array"][at]
    assert ends == pytest.approx(cell["diff_ci95"])


@pytest.mark.parametrize("document", [one, several])
def test_the_page_needs_nothing_else_and_is_the_same_every_time(document: Any, language: str) -> None:
    text = comparison_page(document(), language)
    assert text == comparison_page(document(), language)
    stands_alone(text)


def test_both_languages_say_the_same_whichever_is_first(language: str) -> None:
    first, other = (Reader(comparison_page(one(), each), language).texts for each in LANGUAGES)
    assert first == other


def test_the_answer_is_three_sentences_of_the_documents_numbers(language: str) -> None:
    first, carbon, why = answer(one(), words_of(one(), language))
    cells = one()["policies"]
    best = min(cells, key=lambda name: cells[name][COST]["mean"])
    assert best in first
    assert number(cells[best][COST]["mean"], 6) in first
    assert brief(abs(cells[best][COST]["diff"])) in first
    cleanest = min(cells, key=lambda name: cells[name][EMITTED]["mean"])
    less = cells[best][EMITTED]["mean"] - cells[cleanest][EMITTED]["mean"]
    assert (brief(less) if less else number(cells[best][EMITTED]["mean"], 5)) in carbon
    terms = one()["attribution"][best]["cost_bn_cny"]["by"]["term"]
    assert signed(max(terms.values(), key=abs)) in why


def test_the_front_holds_those_that_nothing_beats(language: str) -> None:
    cells, kept = one()["policies"], one()["pareto"]
    points = {name: (each[COST]["mean"], each[EMITTED]["mean"]) for name, each in cells.items()}
    for name, (cost, carbon) in points.items():
        beaten = any(a <= cost and b <= carbon and (a, b) != (cost, carbon) for a, b in points.values())
        assert (name in kept) == (not beaten)
    reader = Reader(comparison_page(one(), language), language)
    spec = next(json.loads(text) for attrs, text in reader.scripts if attrs.get("data-chart") == "chart-front-s0")
    assert spec["data"][0]["text"] == kept
    assert spec["data"][0]["x"] == [points[name][0] for name in kept]


def test_hostile_names_change_nothing_but_text(language: str) -> None:
    differ_in_text_alone(*(comparison_page(several(name), language) for name in (CALM, EVIL)))


def test_the_terminal_says_the_best_the_bound_and_why(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison(several("[bold]x"), language)
    shown = capsys.readouterr().out
    assert shown.count("cheapest") > 8
    assert "[bold]x" in shown, "a name is no markup"


def test_what_it_says_is_in_the_tables_and_nothing_else_is() -> None:
    files = [*REPORT.glob("comparison*.py"), REPORT / "templates" / "comparison.html"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if path.stem != "comparison_strings")
    assert called(text) <= set(STRINGS) | set(COMPARISON)
    quoted = set(re.findall(r"[\"']([\w.]+)[\"']", text))
    loose = {
        key
        for key in COMPARISON
        if not key.startswith(("term.", "way.", "word.", "means.")) and not key.endswith("_column")
    }
    assert loose <= quoted


@pytest.mark.parametrize("key", COMPARISON)
def test_a_sentence_is_whole_in_both_languages(key: str) -> None:
    english, chinese = COMPARISON[key]
    assert gaps(english) == gaps(chinese)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not re.search(r"[\u4e00-\u9fff]", english)
