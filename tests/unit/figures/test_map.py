"""The map: every centre where it stands, sized by its compute, and names that do not cover one another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.figures.atlas import labels
from sim.figures.atlas.flows import loading
from sim.figures.atlas.marks import LEVELS
from sim.figures.base import REGISTRY
from sim.ground.arrays import Array
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
        wide = max(labels.ems(text) for _, _, text in spans) * size
        left = spans[0][0] - {"start": 0.0, "middle": wide / 2.0, "end": wide}[anchor]
        top = spans[0][1] - 0.85 * 1.15 * size
        boxes.append((left, top, left + wide, top + 1.15 * size * len(spans)))
    assert len(boxes) >= 3
    for number, box in enumerate(boxes):
        assert not any(
            labels.meets((box[0] + 0.2, box[1] + 0.2, box[2] - 0.2, box[3] - 0.2), other) for other in boxes[:number]
        )


def test_every_cluster_of_china_is_named() -> None:
    text = draw(china(), "zh")
    assert text.count('<text class="cluster"') == 10


def test_flows_are_the_data_that_leave_their_hub() -> None:
    results = run()
    text = draw(results)
    # Middle and west share a hub: east to inland, middle to coast, west to coast are all there can be.
    groups = {"east": {"west_centre", "middle_centre"}, "middle": {"east_centre"}, "west": {"east_centre"}}

    def leaving(values: Array) -> list[float]:
        index = {kind: {name: n for n, name in enumerate(results.ids(kind))} for kind in ("region", "centre")}
        return [
            sum(float(values[index["region"][region], index["centre"][centre]]) for centre in away)
            for region, away in groups.items()
        ]

    work = results["moved"].sum(axis=2)
    assert f"{100.0 * sum(leaving(work)) / work.sum():.2f}"[:4] in text
    number = results["instances"][:, :, None, None]
    mean = leaving((results["stream"] * number).sum(axis=(0, 1)) / number.sum())
    assert text.count('class="flow load-') == sum(rate > 0.0 for rate in mean)
    # The widest that a flow ever is, is the widest line; the drawing is the mean of the run.
    most = max(max(leaving(results["stream"][m, h])) for m in range(len(number)) for h in range(number.shape[1]))
    widths = sorted(float(width) for width in re.findall(r'class="way" stroke-width="([\d.]+)"', text))
    assert widths == pytest.approx(sorted(max(9.0 * rate / most, 0.6) for rate in mean if rate > 0.0), abs=0.01)


def instants(results: Results, name: str = "map") -> dict[str, Any]:
    figure = REGISTRY.get(name)()
    reader = Reader(figure.draw(results, PageWords("en", results.meta["names"]).figure(figure.strings)))
    return next(json.loads(text) for attrs, text in reader.scripts if attrs.get("data-for") == name)


def test_every_instant_of_every_month_can_be_shown() -> None:
    results = run(horizon="40 d", epoch="6 h")
    found = instants(results)
    assert found["hours"] == [0, 6, 12, 18]
    assert len(found["days"]) == 1 + 2
    for rows in (found["flow"]["rate"], found["link"]["percent"], found["centre"]["pue"], found["centre"]["load"]):
        assert {len(row) for row in rows} == {3 * 5}


def test_an_instant_is_the_mean_of_its_epochs() -> None:
    results = china()
    found = instants(results)
    load = loading(results)
    names, words = results.ids("link"), PageWords("en", results.meta["names"])
    ends = {n: {words.name("node", node) for node in results.meta["link_ends"][name]} for n, name in enumerate(names)}
    at_noon = load[results.series["epoch"].dt.hour.values == 12].mean(axis=0)
    noon = 1 + found["hours"].index(12)
    for number, (first, second) in enumerate(found["link"]["names"]):
        both = [n for n in ends if ends[n] == {first, second}]
        assert found["link"]["percent"][number][noon] == round(100.0 * at_noon[both].max())
    pue = results["facility_power"].sum(axis=0) / results["it_power"].sum(axis=0)
    assert [row[0] for row in found["centre"]["pue"]] == pytest.approx((1000.0 * pue).tolist(), abs=0.51)


def test_a_flow_has_the_colour_of_the_fullest_link_on_its_way() -> None:
    found = instants(china())
    text = draw(china())
    for number, route in enumerate(found["flow"]["route"]):
        percent = max(found["link"]["percent"][way][0] for way in route)
        level = re.search(rf'class="flow load-(\d)" data-flow="{number}"', text)
        assert level is not None
        assert abs(int(level[1]) - sum(percent >= 100.0 * edge for edge in LEVELS)) <= (percent in (25, 50, 75, 95))


def test_the_origins_of_a_region_add_up() -> None:
    results = china()
    rows, columns = len(results.ids("region")), len(results.ids("hub")) + 2
    for slot in instants(results, "origin")["percent"]:
        assert len(slot) == rows * columns
        for row in range(rows):
            assert sum(slot[row * columns : (row + 1) * columns]) == pytest.approx(100.0, abs=columns / 2)


def test_noon_and_midnight_of_a_region_are_told() -> None:
    results = china()
    figure = REGISTRY.get("origin")()
    words = PageWords("en", results.meta["names"]).figure(figure.strings)
    reader = Reader(figure.draw(results, words))
    cells = "".join(reader.texts)
    row = results.ids("region").index("shanghai")
    noon = results["flow"][0, 12, row]
    member = results["member"] > 0.0
    share = noon[member[:, results.ids("hub").index("yangtze_delta")]].sum() / noon.sum()
    assert f"Yangtze River Delta {words.share(float(share))}" in cells


def test_at_most_forty_flows_are_drawn() -> None:
    assert draw(china()).count('class="flow load-') == 40


def test_each_link_is_drawn_once() -> None:
    assert draw(china()).count('<path class="link load-') == 88 + 1, "and one in the legend"


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
    still = results.series.assign({name: results.series[name] * 0.0 for name in ("flow", "stream")})
    text = draw(replace(results, series=still))
    assert "No work leaves" in text
    assert 'class="flow load-' not in text


def test_no_outline_of_anything_is_drawn() -> None:
    shapes = {tag for tag, _ in Reader(draw(china())).tags}
    assert not shapes & {"polygon", "image", "iframe", "use"}


def test_a_long_name_is_cut() -> None:
    assert labels.wrapped("Yangtze River Delta Green Integration Demonstration Zone") == [
        "Yangtze River Delta",
        "Green Integration…",
    ]
    assert labels.wrapped("长三角生态绿色一体化发展示范区集群")[0] == "长三角生态绿色一体化发展示"
    assert json.dumps(labels.wrapped("Wuhu")) == '["Wuhu"]'
