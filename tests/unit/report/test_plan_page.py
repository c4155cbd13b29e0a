"""The page of a plan: what the document holds, whole by itself, the same every time, deaf to what names try to say."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from sim.ground.places import scenarios
from sim.network.build import build
from sim.optimise.expand.document import document
from sim.optimise.expand.plan import solve, study
from sim.optimise.likeness import likeness
from sim.report.numbers import number, share
from sim.report.plan import answer, binding, figure, words_in
from sim.report.plan_page import plan_page
from sim.report.plan_strings import PLAN
from sim.report.strings import STRINGS
from sim.report.words import LANGUAGES
from sim.scenario.read import read
from tests.unit.report.runs import Reader, differ_in_text_alone, spoken, stands_alone
from tests.unit.report.test_page import CALM, EVIL
from tests.unit.report.test_strings import called, gaps

REPORT = Path(__file__).parents[3] / "sim" / "report"
GIVEN = ("kind.", "units.", "cost.", "measure.", "goal.", "engine.", "series.", "price.", "word.", "means.", "kept.",
         "group.", "how.")  # fmt: skip


@lru_cache(maxsize=1)
def planned() -> dict[str, Any]:
    """Return the toy's plan with what the page may show besides: names, likeness, other plans, replay."""
    network = build(read(scenarios() / "toy-plan.yaml"))
    question = study(network)
    found = {"id": "0123456789ab", **document(solve(question)), "warnings": ["mind this"], "code_version": "0 1234"}
    config = network.scenario.config
    groups = (("hub", config.hubs), ("centre", config.centres), ("workload", config.workloads))
    found["names"] = {group: {key: item.name.model_dump() for key, item in items.items()} for group, items in groups}
    found["likeness"] = [asdict(series) for series in likeness(network, question.periods)]
    found["hub_of"] = {name: centre.hub for name, centre in config.centres.items()}
    found["alternatives"] = [
        {"goal": "least_west", "cost_bn_cny": 1.015 * found["objective"], "centre": {"east_centre": 2.875}}
    ]
    replay = {"pue": 1.25, "facility_energy_twh": 7.125}
    found["replay"] = {
        "policy": "cheapest",
        "years": {
            year: {"fluid": {key: {"plan": row[key], "replay": value} for key, value in replay.items()}}
            for year, row in found["by_year"].items()
        },
    }
    found["survive"] = {
        "looked": 12, "screened": 7, "violated": 1, "cuts": 3,
        "unserved_share": {"coast 2026": 0.015625, "inland 2026": 0.03125},
    }  # fmt: skip
    found["history"] = [[11.0, 8.0], [10.5, 9.5], [10.25, 10.0]]
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def shown(text: str, language: str) -> Reader:
    return Reader(text, language)


def specs(text: str, language: str) -> dict[str, Any]:
    scripts = Reader(text, language).scripts
    return {attrs["data-chart"]: spoken(json.loads(data), language) for attrs, data in scripts if "data-chart" in attrs}


def test_the_answer_is_made_of_the_numbers(language: str) -> None:
    found, words = planned(), words_in(planned(), language)
    lines = answer(found, words)
    assert number(found["objective"]) in lines[0]
    capital: dict[str, float] = {}
    for row in found["builds"]:
        capital[row["kind"]] = capital.get(row["kind"], 0.0) + row["capital_bn_cny"]
    top = max(capital, key=lambda kind: capital[kind])
    assert words.term("kind", top) in lines[1]
    assert number(sum(row["amount"] for row in found["builds"] if row["kind"] == top)) in lines[1]
    dearest = max(found["targets"], key=lambda row: row["price_m_cny"])
    assert number(dearest["price_m_cny"]) in lines[3]
    assert dearest["id"] in lines[3]
    assert lines[4] == words("assumed_line")


def test_a_gap_and_a_missed_target_are_told(language: str) -> None:
    found = copy.deepcopy(planned())
    found |= {"bound": 0.9 * found["objective"], "gap": 0.1}
    found["targets"][0] |= {"met": False, "missed_by": 1.5, "reached": 13.5}
    words = words_in(found, language)
    lines = answer(found, words)
    assert number(found["bound"]) in lines[0]
    assert f"{found['targets'][0]['id']} ({found['targets'][0]['year']})" in lines[3]
    assert words("met_no", by=figure("capacity_eflops", 1.5)) in "".join(
        shown(plan_page(found, language), language).texts
    )


def test_one_year_is_told_as_one(language: str) -> None:
    found = copy.deepcopy(planned())
    found |= {"years": [2026], "by_year": {"2026": found["by_year"]["2026"]}, "replay": None}
    words = words_in(found, language)
    row = found["by_year"]["2026"]
    told = {"after": number(row["capacity_eflops"]), "pue": number(row["pue"]), "green": share(row["green_hourly"])}
    assert answer(found, words)[2] == words("answer_year", last=2026, **told)


def test_a_plan_that_builds_nothing_has_a_page(language: str) -> None:
    found = copy.deepcopy(planned()) | {"builds": [], "targets": []}
    for key in ("alternatives", "replay", "likeness", "survive"):
        del found[key]
    texts = "".join(shown(plan_page(found, language), language).texts)
    words = words_in(found, language)
    for key in ("none_built", "answer_no_target", "no_alternatives", "no_replay"):
        assert words(key) in texts


def test_every_bar_stands_for_what_is_built(language: str) -> None:
    found = planned()
    drawn = specs(plan_page(found, language), language)
    years = list(found["by_year"])
    for group, kinds in (("compute", ("general", "smart")), ("battery", ("battery",))):
        for at, year in enumerate(years):
            bars = sum(trace["y"][at] for trace in drawn[f"chart-built-{group}"]["data"])
            built = sum(r["amount"] for r in found["builds"] if r["kind"] in kinds and str(r["year"]) == year)
            assert bars == pytest.approx(built, rel=1e-5)
    tall = [sum(trace["y"][at] for trace in drawn["chart-capacity"]["data"]) for at in range(len(years))]
    assert tall == pytest.approx([row["capacity_eflops"] for row in found["by_year"].values()], rel=1e-5)
    assert sum(drawn["chart-costs"]["data"][0]["x"]) == pytest.approx(found["objective"], rel=1e-9)
    assert {f"chart-{name}" for name in ("prices", "alternatives", "replay", "weights", "history")} <= set(drawn)


def test_every_chart_has_its_numbers_in_a_table(language: str) -> None:
    found = planned()
    texts = "".join(shown(plan_page(found, language), language).texts)
    for row in found["builds"]:
        assert number(row["amount"]) in texts
        assert number(row["capital_bn_cny"]) in texts
    for row in found["targets"]:
        assert figure(row["measure"], row["reached"]) in texts
        assert row["source"] in texts
    for key in ("pue", "capacity_eflops", "green_hourly", "operation_bn_cny"):
        assert all(figure(key, row[key]) in texts for row in found["by_year"].values())
    planned_energy = found["by_year"][list(found["by_year"])[-1]]["facility_energy_twh"]
    words = words_in(found, language)
    assert f"{number(7.125)} ({words.change(7.125 / planned_energy - 1.0)})" in texts
    assert words("replay_rule", policy="cheapest") in texts
    assert number(1.015 * found["objective"]) in texts
    assert number(2.875) in texts
    assert texts.index(share(0.03125)) < texts.index(share(0.015625)), "the worst loss first"
    assert number(10.25) in texts
    for period in found["periods"]:
        assert period["date"] in texts


def test_binding_targets_are_those_with_a_price() -> None:
    found = planned()
    prices = {row["id"]: row["price_m_cny"] for row in binding(found)}
    assert prices
    assert all(price > 0.0 for price in prices.values())
    ai = next(row for row in found["targets"] if row["id"] == "ai")
    assert ai["reached"] > ai["required"]
    assert "ai" not in prices


def test_what_lies_beyond_the_official_targets_is_marked(language: str) -> None:
    found = copy.deepcopy(planned())
    marked = words_in(found, language)("assumption")
    text = "".join(shown(plan_page(found, language), language).texts)
    assert marked in text
    assert words_in(found, language)("assumed_line") in text
    for row in found["targets"]:
        row["year"] = 2025
    badges = re.findall(r'<span class="badge">([^<]*)</span>', plan_page(found, language))
    assert marked not in badges


def test_futures_stand_side_by_side(language: str) -> None:
    found = copy.deepcopy(planned())
    for key in ("by_year", "prices"):
        found[key] = {f"{name} {year}": row for name in ("slow", "fast") for year, row in found[key].items()}
    found["builds"] = [row | {"future": name} for name in ("slow", "fast") for row in found["builds"]]
    del found["replay"]
    drawn = specs(plan_page(found, language), language)["chart-built-compute"]["data"]
    assert drawn[0]["x"] == [f"{name} {year}" for name in ("slow", "fast") for year in found["years"]]
    assert "fast" in "".join(shown(plan_page(found, language), language).texts)


def hostile(name: str) -> dict[str, Any]:
    """Return a plan in which every text that a scenario gives is another."""
    found = copy.deepcopy(planned())
    found |= {"scenario": name, "question": name, "nation": name, "warnings": [name]}
    found["replay"]["policy"] = name
    found["survive"]["unserved_share"] = {f"{name} 2026": 0.5}
    for kind in ("hub", "centre", "workload"):
        found["names"][kind] = {key: {"en": name, "zh": name} for key in found["names"][kind]}
    for row in found["targets"]:
        row |= {"id": name, "source": name}
    for row in found["assumptions"]:
        row |= {"key": name, "value": name}
    for year in found["prices"].values():
        year["link"] = {f"{name}{at}": cell for at, cell in enumerate(year["link"].values())}
    return found


def test_hostile_names_change_nothing_but_text(language: str) -> None:
    differ_in_text_alone(*(plan_page(hostile(name), language) for name in (CALM, EVIL)))


def test_the_page_needs_nothing_else_and_is_the_same_every_time(language: str) -> None:
    text = plan_page(planned(), language)
    assert text == plan_page(planned(), language)
    stands_alone(text)


def test_what_it_says_is_in_the_tables_and_nothing_else_is() -> None:
    files = [*REPORT.glob("plan*.py"), REPORT / "templates" / "plan.html"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if path.stem != "plan_strings")
    assert called(text) <= set(STRINGS) | set(PLAN)
    quoted = set(re.findall(r"[\"']([\w.]+)[\"']", text))
    assert {key for key in PLAN if not key.startswith(GIVEN)} <= quoted | {"scope.hubs"}


@pytest.mark.parametrize("key", PLAN)
def test_a_sentence_is_whole_in_both_languages(key: str) -> None:
    english, chinese = PLAN[key]
    assert gaps(english) == gaps(chinese)
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
