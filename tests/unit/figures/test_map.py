"""The map: every centre where it stands, sized by its compute, and names that do not cover one another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sim.figures import map as drawing
from sim.figures.base import REGISTRY
from sim.report.words import PageWords
from sim.results.schema import Results
from tests.unit.report.runs import Reader, china, run, with_meta


def draw(results: Results, language: str = "en") -> str:
    figure = REGISTRY.get("map")()
    return figure.draw(results, PageWords(language, results.meta["names"]).figure(figure.strings))


def discs(text: str) -> list[tuple[float, float, float]]:
    """Return x, y and radius of the centres in the order of drawing."""
    found = re.findall(r'class="disc" cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)"', text)
    return [(float(x), float(y), float(r)) for x, y, r in found]


def test_the_area_is_the_compute() -> None:
    results = china()
    radii = [radius for _, _, radius in discs(draw(results))]
    capacity = np.sort(results["capacity"].sum(axis=1))[::-1]
    assert len(radii) == len(capacity) == 41
    expected = np.maximum(24.0 * np.sqrt(capacity / capacity[0]), 2.0)
    assert radii == pytest.approx(list(expected), abs=0.06)


def test_north_is_up_and_east_is_right() -> None:
    results = china()
    text = draw(results)
    order = np.argsort(-results["capacity"].sum(axis=1), kind="stable")
    ids = [results.ids("centre")[number] for number in order]
    at = dict(zip(ids, discs(text), strict=True))
    assert at["rest_heilongjiang"][1] < at["rest_beijing"][1] < at["rest_shanghai"][1] < at["rest_hainan"][1]
    assert at["rest_xinjiang"][0] < at["qingyang"][0] < at["rest_shanghai"][0]


def test_only_the_map_of_china_has_the_hu_line() -> None:
    assert 'polyline class="hu"' in draw(china())
    assert "Hu line" in draw(china())
    assert "hu" not in re.findall(r'class="(\w+)"', draw(run()))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("make", [run, china])
def test_names_do_not_overlap(make: Callable[[], Results], language: str) -> None:
    results = make()
    boxes = []
    for css, anchor, inner in re.findall(
        r'<text class="(cluster|region)" text-anchor="(\w+)">(.*?)</text>', draw(results, language)
    ):
        size = 13.0 if css == "cluster" else 11.0
        spans = [(float(x), float(y), text) for x, y, text in re.findall(r'x="([-\d.]+)" y="([-\d.]+)">(.*?)<', inner)]
        wide = max(drawing._ems(text) for _, _, text in spans) * size
        left = spans[0][0] - {"start": 0.0, "middle": wide / 2.0, "end": wide}[anchor]
        top = spans[0][1] - 0.85 * 1.15 * size
        boxes.append((left, top, left + wide, top + 1.15 * size * len(spans)))
    assert len(boxes) >= 3
    for number, box in enumerate(boxes):
        assert not any(
            drawing._meets((box[0] + 0.2, box[1] + 0.2, box[2] - 0.2, box[3] - 0.2), other) for other in boxes[:number]
        )


def test_every_cluster_of_china_is_named() -> None:
    text = draw(china(), "zh")
    assert text.count('<text class="cluster"') == 10


def test_flows_are_the_work_that_leaves_its_hub() -> None:
    results = run()
    text = draw(results)
    # Middle and west share a hub: east to inland, middle to coast, west to coast are all there can be.
    groups = {"east": {"west_centre", "middle_centre"}, "middle": {"east_centre"}, "west": {"east_centre"}}
    work = results["moved"].sum(axis=2)
    leaving = {
        region: sum(work[results.ids("region").index(region), results.ids("centre").index(centre)] for centre in away)
        for region, away in groups.items()
    }
    share = sum(leaving.values()) / work.sum()
    assert f"{100.0 * share:.2f}"[:4] in text
    assert text.count('class="flow"') == sum(amount > 0.0 for amount in leaving.values())
    widths = sorted(float(width) for width in re.findall(r'class="flow"[^>]*stroke-width="([\d.]+)"', text))
    most = max(leaving.values())
    assert widths == pytest.approx(
        sorted(max(9.0 * amount / most, 0.6) for amount in leaving.values() if amount > 0.0), abs=0.01
    )


def test_at_most_forty_flows_are_drawn() -> None:
    assert draw(china()).count('class="flow"') == 40


def test_each_link_is_drawn_once() -> None:
    assert draw(china()).count('polyline class="link"') == 88


def test_a_nation_elsewhere_has_its_own_frame() -> None:
    results = run()
    places = {"east_city": [1.0, -50.0], "middle_city": [-1.0, -60.0], "west_city": [0.0, -70.0]}
    spots = discs(draw(with_meta(results, places=places)))
    assert sorted(x for x, _, _ in spots) == pytest.approx([64.0, 480.0, 896.0], abs=15.0)
    assert "60°W" in draw(with_meta(results, places=places))


def test_one_place_is_a_map_too() -> None:
    results = run()
    places = {"east_city": [30.0, 120.0]}
    assert len(discs(draw(with_meta(results, places=places)))) == 1


def test_without_places_there_is_a_sentence() -> None:
    assert "no map" in draw(with_meta(run(), places={}))


def test_a_run_that_moves_nothing_says_so() -> None:
    results = run()
    still = results.series.assign(moved=results.series["moved"] * 0.0)
    text = draw(replace(results, series=still))
    assert "No work leaves" in text
    assert 'class="flow"' not in text


def test_no_outline_of_anything_is_drawn() -> None:
    shapes = {tag for tag, _ in Reader(draw(china())).tags}
    assert not shapes & {"polygon", "image", "iframe", "use"}


def test_a_long_name_is_cut() -> None:
    assert drawing._wrapped("Yangtze River Delta Green Integration Demonstration Zone") == [
        "Yangtze River Delta",
        "Green Integration…",
    ]
    assert drawing._wrapped("长三角生态绿色一体化发展示范区集群")[0] == "长三角生态绿色一体化发展示"
    assert json.dumps(drawing._wrapped("Wuhu")) == '["Wuhu"]'
