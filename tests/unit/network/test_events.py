"""What dated events do to capacity, links, weather and demand, hour by hour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.network.network import Network
from tests.oracles.worlds import events, run, world

DAY = "2024-03-04"
LINK = "east_city-west_city"
CUT = events(f"at: {DAY} 10:00, what: outage, link: {LINK}, for: 6 h")


def share(network: Network, centre: str, pool: int = 0) -> list[float]:
    return list(network["availability"][:7, network.ids("centre").index(centre), pool])


@pytest.mark.parametrize("pool", [0, 1])
def test_an_outage_counts_the_part_of_each_hour_that_it_covers(tmp_path: Path, pool: int) -> None:
    text = events(f"at: {DAY} 01:30, what: outage, centre: west_centre, for: 2 h")
    network = world(tmp_path, text=text)
    assert share(network, "west_centre", pool) == [1.0, 0.5, 0.0, 0.5, 1.0, 1.0, 1.0]
    assert share(network, "middle_centre", pool) == [1.0] * 7


def test_an_outage_of_a_hub_takes_all_its_centres_and_no_other(tmp_path: Path) -> None:
    text = events(f"at: {DAY} 02:00, what: outage, hub: inland, for: 90 min")
    network = world(tmp_path, ["standard.availability=0.9"], text)
    for centre in ("middle_centre", "west_centre"):
        assert share(network, centre) == pytest.approx([0.9, 0.9, 0.0, 0.45, 0.9, 0.9, 0.9])
    assert share(network, "east_centre") == pytest.approx([0.9] * 7)


def test_a_derating_leaves_its_share_and_events_multiply(tmp_path: Path) -> None:
    text = events(
        f"at: {DAY} 00:00, what: derate, centre: west_centre, share: 0.25, for: 2 h",
        f"at: {DAY} 01:00, what: derate, hub: inland, share: 0.5, for: 2 h",
    )
    network = world(tmp_path, text=text)
    assert share(network, "west_centre") == [0.25, 0.125, 0.5, 1.0, 1.0, 1.0, 1.0]


def test_an_epoch_of_half_an_hour_sees_the_same_event(tmp_path: Path) -> None:
    text = events(f"at: {DAY} 01:15, what: outage, centre: west_centre, for: 1 h")
    network = world(tmp_path, text=text, epoch="30 min")
    assert share(network, "west_centre") == [1.0, 1.0, 0.5, 0.0, 0.5, 1.0, 1.0]


@pytest.mark.parametrize(
    ("where", "hot"),
    [
        ("hub: inland", ["middle_centre", "west_centre"]),
        ("region: middle", ["middle_centre"]),
        ("centre: east_centre", ["east_centre"]),
        ("", ["east_centre", "middle_centre", "west_centre"]),
    ],
)
def test_heat_meets_a_hub_a_region_a_centre_or_all(tmp_path: Path, where: str, hot: list[str]) -> None:
    text = events(f"at: {DAY} 01:30, what: heat, add: 6 K, for: 1 h" + (f", {where}" if where else ""))
    plain, warm = world(tmp_path), world(tmp_path, text=text)
    added = warm["temperature"] - plain["temperature"]
    expected = np.zeros_like(added)
    for centre in hot:
        expected[1:3, plain.ids("centre").index(centre)] = 3.0
    np.testing.assert_allclose(added, expected, atol=1e-12)
    wetter = warm["wet_bulb"] - plain["wet_bulb"]
    assert (wetter[expected > 0.0] > 0.0).all()
    assert not wetter[expected == 0.0].any()


def test_a_surge_multiplies_the_demand_it_names(tmp_path: Path) -> None:
    text = events(
        f"at: {DAY} 01:30, what: surge, region: east, workload: batch, factor: 3, for: 1 h",
        f"at: {DAY} 04:00, what: surge, factor: 0, for: 1 h",
    )
    plain, more = world(tmp_path), world(tmp_path, text=text)
    for name in ("demand", "data_demand"):
        factor = np.divide(more[name], plain[name], out=np.ones_like(more[name]), where=plain[name] > 0.0)
        expected = np.ones_like(factor)
        if name == "demand":
            expected[1:3, 0, plain.ids("workload").index("batch")] = 2.0
        expected[4] = np.where(plain[name][4] > 0.0, 0.0, 1.0)
        np.testing.assert_allclose(factor, expected, rtol=1e-12)


def test_a_cut_cable_carries_nothing_either_way_and_the_work_goes_round(tmp_path: Path) -> None:
    plain, broken = (run(world(tmp_path, text=text), "proportional") for text in ("", CUT))
    ids = plain.ids("link")
    there, back = ids.index(LINK), ids.index("west_city-east_city")
    cut = slice(10, 16)
    assert (plain["link_traffic"][cut][:, [there, back]] > 0.0).all()
    assert not broken["link_traffic"][cut][:, [there, back]].any()
    for link in ("east_city-middle_city", "middle_city-west_city", "west_city-middle_city"):
        at = ids.index(link)
        assert (broken["link_traffic"][cut, at] > plain["link_traffic"][cut, at]).all()
    assert broken.kpi["served_share"] == plain.kpi["served_share"]
    outside = np.delete(np.arange(48), np.r_[cut])
    np.testing.assert_allclose(broken["link_traffic"][outside], plain["link_traffic"][outside], rtol=1e-12)


def test_a_cut_that_parts_the_graph_keeps_interactive_work_out(tmp_path: Path) -> None:
    """East loses its centre and both its cables: its interactive work is unserved, deferrable work waits."""
    lines = [f"at: {DAY} 10:00, what: outage, for: 2 h, {what}" for what in (
        "centre: east_centre", f"link: {LINK}", "link: east_city-middle_city",
    )]  # fmt: skip
    results = run(world(tmp_path, text=events(*lines)))
    east = results.by["region"]["east"]["unserved_eflops_h"]
    asked = run(world(tmp_path))["demand"]
    interactive = results.ids("workload").index("interactive")
    expected = asked[10:12, interactive].sum() / 1e18 * 0.5  # half of all users live in the east
    assert east["interactive"] == pytest.approx(expected, rel=1e-9)
    assert east["batch"] == pytest.approx(0.0, abs=1e-9)
    assert results.by["workload"]["batch"]["wait_h"]["p99"] >= 1.0
    assert results.by["region"]["west"]["served_share"] == 1.0


def test_a_derated_cable_carries_no_more_than_what_is_left(tmp_path: Path) -> None:
    text = events(f"at: {DAY} 10:00, what: derate, link: {LINK}, share: 0.01, for: 6 h")
    network = world(tmp_path, ["network.background=0 Tbps"], text)
    results = run(network, "proportional")
    for link in (LINK, "west_city-east_city"):
        at = results.ids("link").index(link)
        assert results["link_traffic"][10:16, at].max() <= 8e12 * 0.01 * (1 + 1e-9)
        assert results["link_traffic"][:10, at].max() > 8e12 * 0.01


def test_events_outside_the_run_change_nothing(tmp_path: Path) -> None:
    text = events(
        "at: 2024-03-01, what: outage, hub: inland, for: 72 h",
        "at: 2024-03-06, what: heat, add: 10 K, for: 30 d",
        "at: 2024-08-01, what: surge, factor: 9, for: 5 d",
        f"at: 2024-03-06, what: outage, link: {LINK}, for: 5 d",
        "at: 2024-03-06, what: derate, hub: coast, share: 0, for: 5 d",
    )
    plain, late = run(world(tmp_path)), run(world(tmp_path, text=text))
    assert late.kpi == plain.kpi
    assert late.by == plain.by
