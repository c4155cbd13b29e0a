"""The parts of a difference sum to it, whatever the two runs are; each part is what a hand finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.results.store import document
from sim.study.attribution import attribution, mean, product_shares
from tests.oracles.worlds import events, run, world

factors = st.lists(st.tuples(st.floats(0.0, 100.0), st.floats(0.0, 100.0)), min_size=1, max_size=5)
RICH = [
    "centres.west_centre.battery={energy: 200 MWh, power: 80 MW}", "centres.west_centre.green.wind=500 MW",
    "centres.east_centre.green={solar: 90 MW}", "grid.carbon_price=85 CNY/t", "workloads.*.growth=1.7",
    "workloads.*.noise=0.05", "centres.*.cooling.mix={water_wse: 0.6, air_chiller: 0.4}",
]  # fmt: skip
TROUBLE = events("at: 2024-03-04 07:00, what: outage, hub: inland, for: 9 h")


@given(factors)
def test_shares_of_a_product_sum_to_its_change(pairs: list[tuple[float, float]]) -> None:
    before, after = [a for a, _ in pairs], [b for _, b in pairs]
    change = whole(after) - whole(before)
    scale = max(whole([max(pair) for pair in pairs]), 1e-300)
    assert abs(sum(product_shares(before, after)) - change) <= 1e-12 * scale


def whole(values: list[float]) -> float:
    total = 1.0
    for value in values:
        total *= value
    return total


def test_a_factor_that_stays_adds_nothing_and_the_order_does_not_matter() -> None:
    assert product_shares([3.0, 5.0, 7.0], [3.0, 6.0, 7.0]) == pytest.approx([0.0, 21.0, 0.0])
    forth, back = product_shares([3.0, 5.0], [4.0, 9.0]), product_shares([5.0, 3.0], [9.0, 4.0])
    assert forth == pytest.approx(back[::-1])
    assert forth == pytest.approx([7.0, 14.0]), "(4-3)(5+9)/2 and (9-5)(3+4)/2"


@pytest.mark.parametrize("other", ["local", "cheapest", "lowest_slots", "optimal"])
def test_every_split_sums_to_the_difference(tmp_path: Path, other: str) -> None:
    """With contracts, a battery, a carbon price, an outage and work left unserved."""
    network = world(tmp_path, RICH, TROUBLE)
    first, ours = (document(run(network, name)) for name in ("proportional", other))
    why = attribution(ours, first)
    assert first["kpi"]["cost_bn_cny"]["unserved"] > 0.0
    for measure, key in (("cost_bn_cny", "total"), ("emissions_mt", "location")):
        total = ours["kpi"][measure][key] - first["kpi"][measure][key]
        size = abs(first["kpi"][measure][key])
        assert why[measure]["total"] == total
        assert abs(total) > 1e-6 * size
        for way, parts in why[measure]["by"].items():
            assert sum(parts.values()) == pytest.approx(total, abs=1e-11 * size), way


def test_what_is_the_same_makes_no_difference(tmp_path: Path) -> None:
    same = document(run(world(tmp_path, RICH, TROUBLE), "local"))
    for parts in (part for measure in attribution(same, same).values() for part in measure["by"].values()):
        assert not any(parts.values())


def test_places_and_hours_are_told_apart(tmp_path: Path) -> None:
    """One tariff for all hours: nothing comes of hours. One price for all places: nothing comes of places."""
    alike = [f"regions.{place}.power.price=0.5 CNY/kWh" for place in ("east", "middle", "west")]
    even = ["regions.*.power.peak_factor=1", "regions.*.power.valley_factor=1"]
    for sets, silent, loud in ((even, "waiting", "place"), ([*alike, *even], "place", "wan")):
        network = world(tmp_path, sets)
        why = attribution(*(document(run(network, name)) for name in ("cheapest", "proportional")))
        terms = why["cost_bn_cny"]["by"]["term"]
        assert terms[silent] == pytest.approx(0.0, abs=1e-12)
        assert abs(terms[loud]) > 1e-7


def test_nothing_drawn_from_the_grid_is_no_division_by_nothing(tmp_path: Path) -> None:
    network = world(tmp_path, ["centres.*.green.wind=90000 MW", "workloads.*.growth=0.01"], horizon="3 h")
    why = attribution(*(document(run(network, name)) for name in ("local", "proportional")))
    assert sum(why["emissions_mt"]["by"]["term"].values()) == pytest.approx(why["emissions_mt"]["total"], abs=1e-15)


def test_the_mean_of_attributions_sums_to_the_mean_difference() -> None:
    found = mean([{"total": 1.0, "by": {"a": 0.5, "b": 0.5}}, {"total": 2.0, "by": {"a": 2.5, "b": -0.5}}])
    assert found == {"total": 1.5, "by": {"a": 1.5, "b": 0.0}}
