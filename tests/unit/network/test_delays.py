"""Delays of the national backbone, against figures that others have published or measured."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from sim.network import routes
from sim.network.build import build
from sim.network.network import Network
from sim.network.reach import delays
from sim.scenario.scenario import Scenario
from tests.oracles.worlds import shipped, world

#: Ids of the clusters in the table of latencies that comes with the design of the backbone.
THEIRS = {
    "zhangjiakou": "c_zhangjiakou", "delta_zone": "c_yrd", "wuhu": "c_wuhu", "shaoguan": "c_shaoguan",
    "tianfu": "c_tianfu", "chongqing": "c_chongqing", "gui_an": "c_guian", "horinger": "c_horinger",
    "qingyang": "c_qingyang", "zhongwei": "c_zhongwei",
}  # fmt: skip
OURS = {theirs: ours for ours, theirs in THEIRS.items()}


@pytest.fixture(scope="module")
def nation() -> Network:
    return build(shipped("baseline-2024", ["run.horizon=24 h"]))


@pytest.fixture(scope="module")
def facts() -> Path:
    folder = os.environ.get("SUANWANG_NETWORK", "")
    if not (Path(folder) / "latency_check.csv").is_file() or not folder:
        pytest.skip("SUANWANG_NETWORK names no folder with latency_check.csv and cluster_latency_ms.csv")
    return Path(folder)


def between(scenario: Scenario, *pairs: tuple[str, str]) -> list[float]:
    """Return the optical delay between nodes, ms."""
    links = routes.directed(scenario.config)
    number = {node: position for position, node in enumerate(links.nodes)}
    found = routes.shortest(links, [(number[a], number[b]) for a, b in pairs], 1)
    return [float(delay) * 1e3 for delay in found.delay[:, 0]]


def test_zhongwei_to_beijing_takes_eight_to_ten_milliseconds(nation: Network) -> None:
    region, centre = nation.ids("region").index("beijing"), nation.ids("centre").index("zhongwei")
    (optical,) = between(nation.scenario, ("beijing", "zhongwei"))
    assert 8.0 <= optical <= 10.0
    metro = nation.scenario.config.network.metro_ms
    assert nation["delay"][region, centre] * 1e3 == pytest.approx(optical + metro, rel=1e-12)


def test_hub_to_hub_meets_the_published_mean_and_comes_near_the_published_maximum(nation: Network) -> None:
    """Mean 9.7 ms (the fibre factor is fitted to it), maximum 17.1 ms (not fitted); first quarter of 2024."""
    delay = nation["hub_delay"] * 1e3
    pairs = delay > 0.0
    assert pairs.sum() == 2 * 43
    assert delay[pairs].mean() == pytest.approx(9.7, rel=0.01)
    assert delay.max() == pytest.approx(17.1, rel=0.10)
    np.testing.assert_array_equal(delay, delay.T)


def test_light_is_never_faster_than_straight_fibre(nation: Network) -> None:
    delay, floor = nation["hub_delay"], nation["hub_floor"]
    pairs = delay > 0.0
    assert (floor[pairs] > 0.0).all()
    assert (delay[pairs] > floor[pairs]).all()
    assert (delay[pairs] / floor[pairs]).mean() == pytest.approx(1.78, abs=0.02)


@pytest.mark.parametrize(("service", "factor"), [("optical", 1.0), ("ip_private", 1.5), ("ip_public", 1.7)])
def test_a_service_class_multiplies_the_fibre_and_not_the_metro(service: str, factor: float, tmp_path: Path) -> None:
    network = world(tmp_path, [f"network.service_class={service}", "workloads.*.latency_bound_ms=100"])
    east, west = network.ids("region").index("east"), network.ids("centre").index("west_centre")
    assert network["delay"][east, west] * 1e3 == pytest.approx(factor * 7.05 + 0.3, rel=1e-12)
    assert network["route_delay"][east, west, 1] * 1e3 == pytest.approx(factor * 7.10 + 0.3, rel=1e-12)
    assert network["delay"][east, 0] * 1e3 == pytest.approx(0.3, rel=1e-12)


def test_a_measured_delay_of_a_link_wins_over_its_length(tmp_path: Path) -> None:
    network = world(tmp_path, ["links.east_city-west_city.delay=2 ms"])
    assert between(network.scenario, ("west_city", "east_city")) == [pytest.approx(2.0)]


def test_a_bound_decides_who_may_be_reached(tmp_path: Path) -> None:
    network = world(tmp_path, ["workloads.interactive.latency_bound_ms=3.85"])
    row = network["feasible"][0, network.ids("workload").index("interactive")]
    assert row.astype(bool).tolist() == [True, True, False], "east: 0.3, 3.85 and 7.35 ms"
    batch = network["feasible"][0, network.ids("workload").index("batch")]
    assert batch.all()


def test_a_copy_of_data_goes_to_a_hub_elsewhere(tmp_path: Path) -> None:
    network = world(tmp_path)
    storage = network["feasible"][:, network.ids("workload").index("storage")].astype(bool)
    assert storage.tolist() == [[False, True, True], [True, False, False], [True, False, False]]


def test_coverage_counts_what_a_user_meets(nation: Network) -> None:
    """Optical fibre alone: 26 of 31 capitals within 5 ms of some cluster, all within 20 ms."""
    near = delays(nation.scenario)[:, nation["cluster"] > 0.0, 0].min(axis=1)
    near = near * 1e3 - nation.scenario.config.network.metro_ms
    assert (near <= 5.0).sum() == 26
    assert (near <= 20.0).all()


@pytest.mark.peers
def test_delays_agree_with_the_table_between_the_clusters(nation: Network, facts: Path) -> None:
    with (facts / "cluster_latency_ms.csv").open(encoding="utf-8", newline="") as file:
        table = {row["one_way_ms"]: row for row in csv.DictReader(file)}
    names = nation.ids("centre")
    compared = 0
    for a, row in table.items():
        for b, value in row.items():
            if b == "one_way_ms":
                continue
            ours = nation["hub_delay"][names.index(OURS[a]), names.index(OURS[b])] * 1e3
            if ours > 0.0:
                assert ours == pytest.approx(float(value), abs=0.006)
                compared += 1
    assert compared == 2 * 43


@pytest.mark.peers
def test_delays_keep_to_what_was_measured_or_promised(nation: Network, facts: Path) -> None:
    """Ranges and bounds hold; point values within 3 %; round trips are two ways."""
    with (facts / "latency_check.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["from"] != "hub clusters"]
    config = nation.scenario.config
    node = {theirs: config.centres[ours].node for theirs, ours in OURS.items()}
    for row in rows:
        a, b = (node.get(row[end], row[end]) for end in ("from", "to"))
        (ours,) = between(nation.scenario, (a, b))
        ours *= 2.0 if row["kind"] == "rtt" else 1.0
        where = f"{row['from']} - {row['to']}"
        if row["relation"] == "<=":
            assert ours <= float(row["published_ms"]), where
        elif "-" in row["relation"]:
            low, high = (float(part) for part in row["relation"].split("-"))
            assert low <= ours <= high, where
        else:
            assert ours == pytest.approx(float(row["published_ms"]), rel=0.03), where
    assert len(rows) >= 10
