"""What a reader asks first: every answer is checked against the arrays that it speaks of."""

from __future__ import annotations

import numpy as np
import pytest

from sim.report import targets
from sim.report.questions import Answer, answers
from sim.report.run_strings import RUN_STRINGS
from sim.report.words import LANGUAGES, PageWords
from sim.results.schema import Results
from tests.unit.report.runs import china, run, with_meta


def words_of(results: Results, language: str = "en") -> PageWords:
    return PageWords(language, results.meta["names"], RUN_STRINGS)


def asked(results: Results, key: str, language: str = "en") -> Answer:
    words = words_of(results, language)
    return next(one for one in answers(results, words, targets.judge(results)) if one.question == words(key))


def test_where_the_work_of_a_region_runs() -> None:
    results = china()
    first = asked(results, "where").lines[0]
    work = results["flow"][0].sum(axis=(0, 2))
    region = int(work.argmax())
    assert first.startswith(words_of(results).name("region", results.ids("region")[region]))
    noon = results["flow"][0, 12, region]
    shares = [noon[results["member"][:, hub] > 0.0].sum() / noon.sum() for hub in range(len(results.ids("hub")))]
    best = results.ids("hub")[int(np.argmax(shares))]
    assert f"{words_of(results).name('hub', best)} {round(100.0 * max(shares))}\u202f%" in first


def test_the_bottleneck_of_the_dearest_hour() -> None:
    results = run(policy="optimal")
    assert results.prices is not None
    price = results.prices["hub_price"]
    dearest = price.where(price == price.max(), drop=True)
    text = " ".join(asked(results, "dearest").lines)
    assert words_of(results).name("hub", str(dearest["hub"].values[0])) in text
    assert str(dearest["epoch"].values[0])[:16].replace("T", " ") in text
    assert words_of(results).number(float(price.max()) / 1e3) in text


def test_what_one_more_tbit_is_worth_is_the_price_of_the_dearest_way_in() -> None:
    results = run(policy="optimal")
    assert results.prices is not None
    value = results.prices["link_value"]
    answer = asked(results, "tbit")
    nodes = results.meta["node_of"]["centre"]
    assert answer.rows
    for row in answer.rows:
        hub = next(name for name in results.ids("hub") if words_of(results).name("hub", name) == row[0])
        own = {nodes[centre] for centre, owner in results.meta["hub_of"].items() if owner == hub}
        ways = [name for name, ends in results.meta["link_ends"].items() if ends[1] in own and ends[0] not in own]
        assert row[2] == words_of(results).number(1e3 * max(float(value.sel(link=name)) for name in ways))


@pytest.mark.parametrize("key", ["dearest", "tbit"])
def test_a_run_without_prices_says_how_to_get_them(key: str) -> None:
    assert "--policy optimal" in " ".join(asked(run(), key).lines)
    assert "--policy optimal" not in " ".join(asked(run(policy="optimal"), key).lines)


def test_the_targets_that_fail_are_those_that_are_missed() -> None:
    results = china()
    missed = [target for target in targets.judge(results) if target.verdict == "missed"]
    lines = asked(results, "failing").lines
    assert len(lines) == len(missed) > 3
    for line, target in zip(lines, missed, strict=True):
        assert words_of(results).metric(target.row) in line
    assert asked(with_meta(results, targets=[]), "failing").lines == (RUN_STRINGS["all_met"][0],)


def test_what_drives_the_result() -> None:
    results = china()
    cost, hubs, chart = asked(results, "drivers").lines
    assert words_of(results).share(results.kpi["cost_bn_cny"]["energy"] / results.kpi["cost_bn_cny"]["total"]) in cost
    pue = {own["pue"] for own in results.by["hub"].values() if own["pue"]}
    assert all(words_of(results).number(end) in hubs for end in (min(pue), max(pue)))
    assert words_of(results).share(results.kpi["load"]) in chart or results.kpi["availability"] < 1.0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", ["base", "optimal"])
def test_every_question_is_answered_in_both_languages(language: str, policy: str) -> None:
    results = run(policy=policy)
    found = answers(results, words_of(results, language), targets.judge(results))
    assert len(found) == 5
    assert all(one.lines and all(one.lines) for one in found)


def test_an_hour_that_nothing_happens_in_has_answers_too() -> None:
    results = run(horizon="1 h")
    assert len(answers(results, words_of(results), targets.judge(results))) == 5
