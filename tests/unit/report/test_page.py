"""The page: true to the measures, whole by itself, the same every time, and deaf to what names try to say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from sim.figures.base import REGISTRY
from sim.ground.errors import SimError
from sim.ground.names import MEASURES, flat
from sim.report.page import page
from sim.report.run_strings import RUN_STRINGS
from sim.report.words import LANGUAGES, PageWords
from sim.results.schema import Results
from tests.unit.report.runs import Reader, china, run, with_meta

# The same length and the same gaps, but no character that means anything.
EVIL = "<script>alert(1)</script>\"'&\n{{ 7 * 7 }} %{x} </title>"
CALM = re.sub(r"[^ \n\w]", "x", EVIL)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def value_of(results: Results, attrs: dict[str, str]) -> object:
    """Return the measure that an element of the page says it shows."""
    if "data-by" in attrs:
        return flat(results.by[attrs["data-by"]][attrs["data-id"]])[attrs["data-kpi"]]
    return flat(results.kpi)[attrs["data-kpi"]]


@pytest.mark.parametrize("make", [run, china])
def test_every_number_is_that_of_the_results(make: Callable[[], Results], language: str) -> None:
    results = make()
    words = PageWords(language, results.meta["names"])
    measures = Reader(page(results, language)).measures
    assert len(measures) > 100
    for attrs, text in measures:
        value = value_of(results, attrs)
        assert json.loads(attrs["data-value"]) == value
        assert text == words.value(attrs["data-kpi"], value)


@pytest.mark.parametrize(("own", "said"), [("算力去哪？", "算力去哪？"), ("", "Where to?")])
def test_a_question_is_asked_in_the_language_of_the_page_where_it_can_be(own: str, said: str) -> None:
    results = with_meta(run(), question="Where to?", question_zh=own)
    for language, text in (("zh", said), ("en", "Where to?")):
        seen = "\n".join(Reader(page(results, "en"), language).texts)
        assert text in seen
        assert ({"算力去哪？", "Where to?"} - {text}).pop() not in seen


def test_what_is_written_is_the_number_but_for_rounding() -> None:
    checked = 0
    for attrs, text in Reader(page(china(), "en")).measures:
        value = json.loads(attrs["data-value"])
        plain = text.replace("\u202f", "").replace("−", "-")
        if isinstance(value, float) and re.fullmatch(r"-?[\d.]+%?", plain):
            shown = float(plain.removesuffix("%")) / (100.0 if plain.endswith("%") else 1.0)
            assert shown == pytest.approx(value, rel=6e-4, abs=1e-11)
            checked += 1
    assert checked > 500


def test_no_measure_of_the_nation_is_missing(language: str) -> None:
    results = china()
    shown = {attrs["data-kpi"] for attrs, _ in Reader(page(results, language)).measures if "data-by" not in attrs}
    assert shown == set(flat(results.kpi))


def test_hubs_and_the_rest_have_a_row_each() -> None:
    results = china()
    shown = {
        (attrs["data-by"], attrs["data-id"]) for attrs, _ in Reader(page(results, "en")).measures if "data-by" in attrs
    }
    assert shown >= {(group, item) for group, items in results.by.items() for item in items}


def test_the_same_run_gives_the_same_bytes(language: str) -> None:
    assert page(run(), language) == page(run(), language)


def test_the_page_is_small_enough() -> None:
    assert len(page(china(), "zh").encode()) < 8e6


def test_nothing_is_fetched(language: str) -> None:
    reader = Reader(page(run(), language))
    policy = [attrs["content"] for tag, attrs in reader.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert len(policy) == 1
    assert policy[0].startswith("default-src 'none';")
    assert "http" not in policy[0]
    assert not reader.attribute("src")
    assert all(target.startswith(("#", "data:,")) for target in reader.attribute("href"))
    assert not any("@import" in text or "url(" in text.replace("url(#", "") for text in reader.texts)


def test_the_charts_have_their_script_once_and_their_data() -> None:
    reader = Reader(page(run(), "en"))
    charts = [attrs["data-chart"] for attrs, _ in reader.scripts if "data-chart" in attrs]
    assert len(charts) == len(set(charts)) >= 5
    assert set(charts) <= set(reader.attribute("id"))
    for attrs, text in reader.scripts:
        if "data-chart" in attrs:
            assert set(json.loads(text)) == {"data", "layout"}
    assert sum("plotly.js" in text[:200] for _, text in reader.scripts) == 1


def test_every_identity_is_met_once(language: str) -> None:
    ids = Reader(page(china(), language)).attribute("id")
    assert len(ids) == len(set(ids))


def test_links_on_the_page_lead_somewhere(language: str) -> None:
    reader = Reader(page(china(), language))
    links = {target[1:] for target in reader.attribute("href") if target.startswith("#")}
    assert len(links) > 8
    assert links <= set(reader.attribute("id"))


def poisoned(results: Results, text: str) -> Results:
    """Return results in which every text that a scenario or a table can hold is another."""
    meta = results.meta
    rows = {"source": text, "confidence": text, "note": text, "unit": text, "name_en": text, "name_zh": text}
    both = {"en": text, "zh": text}
    target = {"metric": text, "document": text, "issuer": text, "published": text, "deadline": text, **rows}
    return with_meta(
        results,
        scenario=text,
        question=text,
        question_zh=text,
        policy=text,
        nation_name=both,
        policy_parameters={text: text},
        differences=[{"key": text, "value": {text: [text]}, "origin": text}],
        names={group: dict.fromkeys(items, both) for group, items in meta["names"].items()},
        warnings=[text],
        calibrated=[both],
        synthetic=[text],
        assumptions=[{"key": text, "value": text, **rows}],
        report_figures=[
            {"value": "12", "kpi": "capacity_eflops", "scope": "nation", **rows},
            {"value": text, "comparison": text, **rows},
        ],
        targets=[
            {**target, "value": "1", "kpi": "pue", "kpi_scope": "centre", "scope": text, "judged": "yes"},
            {**target, "value": text, "comparison": text, "judged": text},
        ],
    )


def test_hostile_texts_change_nothing_but_text(language: str) -> None:
    calm, hostile = (Reader(page(poisoned(run(), text), language)) for text in (CALM, EVIL))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in calm.tags]
    for (_, one), (_, other) in zip(calm.tags, hostile.tags, strict=True):
        assert set(one) == set(other)
    assert len(hostile.scripts) == len(calm.scripts)
    assert not any(
        "alert(1)</" in text or "<script" in text for attrs, text in hostile.scripts if "data-chart" in attrs
    )
    assert "<script>alert(1)</script>" in "".join(hostile.texts)
    assert "49" not in "".join(hostile.texts[:40])


def test_names_are_plain_text_in_the_charts_too() -> None:
    results = run()
    names = {"workload": {item: {"en": "<b>x</b>&"} for item in results.ids("workload")}}
    reader = Reader(page(with_meta(results, names={**results.meta["names"], **names}), "en"))
    specs = {attrs["data-chart"]: json.loads(text) for attrs, text in reader.scripts if "data-chart" in attrs}
    # Plotly reads tags and entities: it shows what is escaped as it was.
    assert specs["chart-load_year"]["data"][0]["name"] == "&lt;b&gt;x&lt;/b&gt;&amp;"


def test_a_short_run_is_not_held_against_figures_of_a_year() -> None:
    text = "".join(Reader(page(china(), "en")).texts)
    assert "not comparable: the run covers 2 days" in text


def test_what_is_met_and_missed_is_counted() -> None:
    text = " ".join("".join(Reader(page(run(), "en")).texts).split())
    assert "Of the 3 targets that can be judged it meets 2 and misses 1." in text


def test_parts_of_what_the_scenario_sets_are_not_told_twice() -> None:
    rows = [
        {"key": "events.0", "value": {"what": "outage"}, "origin": "a.yaml:1"},
        {"key": "events.0.what", "value": "outage", "origin": "a.yaml:1"},
        {"key": "name", "value": "case", "origin": "a.yaml:2"},
    ]
    texts = Reader(page(with_meta(run(), differences=rows), "en")).texts
    assert "events.0" in texts
    assert "what: outage" in texts
    assert "events.0.what" not in texts


def test_a_bare_run_has_a_page_too(language: str) -> None:
    results = run()
    bare = with_meta(
        results, names={}, places={}, node_of={}, link_ends={}, report_figures=[], targets=[], assumptions=[],
        differences=[], synthetic=[], calibrated=[], question="", versions={},
    )  # fmt: skip
    assert "west_centre" in "".join(Reader(page(bare, language)).texts)


def test_a_figure_without_its_arrays_is_left_out() -> None:
    results = run()
    reader = Reader(page(replace(results, series=results.series.drop_vars("discharge")), "en"))
    ids = reader.attribute("id")
    assert "chart-power_year" not in ids
    assert "chart-load_year" in ids


def test_every_figure_is_on_the_page() -> None:
    text = page(run(policy="optimal"), "en")
    for name in REGISTRY.names():
        assert REGISTRY.get(name).strings["title"][0] in text


def test_the_page_is_in_its_language() -> None:
    reader = Reader(page(china(), "zh"))
    assert ("html", {"lang": "zh-CN"}) in reader.tags
    text = "".join(Reader(page(china(), "zh"), "zh").texts)
    assert all(measure.zh in text for key, measure in MEASURES.items() if key in flat(china().kpi))
    assert "京津冀枢纽" in text
    assert "Beijing-Tianjin-Hebei" not in text
    assert "Beijing-Tianjin-Hebei" in "".join(Reader(page(china(), "zh"), "en").texts), "the other one is there too"


def test_both_languages_say_the_same_whichever_is_first() -> None:
    for language in LANGUAGES:
        one, other = (Reader(page(run(), first), language) for first in LANGUAGES)
        assert one.texts == other.texts
        assert one.measures == other.measures


def test_numbers_stand_once_but_for_sentences() -> None:
    reader = Reader(page(china(), "en"))
    either = [len(Reader(page(china(), "en"), language).measures) for language in LANGUAGES]
    assert either[0] == either[1]
    assert len(reader.measures) - either[0] < 25


def test_targets_of_the_shipped_nation_are_translated() -> None:
    words = PageWords("zh", china().meta["names"], RUN_STRINGS)
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for row in china().meta["targets"]:
        assert chinese.search(words.scope(row)), row["scope"]
        assert chinese.search(words.metric(row)), row["metric"]
        assert chinese.search(words.term("document", row["document"])), row["document"]


def test_what_the_scenario_sets_is_told_without_what_it_leaves_as_it_is() -> None:
    (row,) = [row for row in china().meta["differences"] if row["key"] == "run"]
    assert set(row["value"]) == {"start", "horizon_h", "epoch_h"}


def test_another_language_is_refused() -> None:
    with pytest.raises(SimError, match="'fr' is not spoken here"):
        page(run(), "fr")
