"""The optimum of small random worlds against a program of pairs of hours that shares no code with it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network.network import Network
from sim.optimise.layout import KCNY, facts
from sim.optimise.optimum import optimum
from tests.oracles.pairwise import cheapest
from tests.oracles.worlds import events, world

KCNY_PER_BN = 1e9 / KCNY
CENTRES = ("east_centre", "middle_centre", "west_centre")
LINKS = ("east_city-middle_city", "middle_city-west_city", "east_city-west_city")
NATIONS = {
    "three regions and centres": [],
    "two centres": ["centres.west_centre=null"],
    "two regions": ["regions.middle=null", "centres.middle_centre=null"],
}
OBJECTIVES = ["cost: 1", "cost: 0.5, carbon: 200 CNY/t, energy: 0.2 CNY/kWh, delay_cny_per_eflops_h_ms: 300"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[str], str]:
    """Return what is set in a world, and its events: whatever can bind does so in some and not in others."""
    name = draw(st.sampled_from(sorted(NATIONS)))
    gone = " ".join(NATIONS[name])
    sets = [*NATIONS[name]]
    for workload in ("interactive", "inference", "batch", "hpc", "training", "storage"):
        sets.append(f"workloads.{workload}.growth={draw(st.sampled_from([0.0, 0.5, 1.0, 1.7, 3.0]))}")
    for workload in ("batch", "hpc", "training", "storage"):
        sets.append(f"workloads.{workload}.deadline={draw(st.sampled_from([0, 6, 12, 24, 48]))} h")
    sets.append(f"workloads.interactive.latency_bound={draw(st.sampled_from([5, 7.08, 20]))} ms")
    for link in LINKS:
        sets.append(f"links.{link}.capacity={draw(st.sampled_from([30, 100, 300, 8000]))} Gbps")
    sets.append(f"network.background={draw(st.sampled_from([0, 0.05]))} Tbps")
    sets.append(f"regions.*.residency.move_share={draw(st.sampled_from([0.0, 0.2, 1.0]))}")
    for centre in CENTRES:
        if centre not in gone:
            energy, wind, sun = (draw(st.sampled_from([0, 0, size])) for size in (60, 150, 300))
            sets.append(f"centres.{centre}.battery={{energy: {energy} MWh, power: 20 MW}}")
            sets.append(f"centres.{centre}.green={{wind: {wind} MW, solar: {sun} MW}}")
            sets.append(f"centres.{centre}.cooling.mix={{{draw(st.sampled_from(['none', 'iec', 'water_wse']))}: 1}}")
    sets.append(f"economy.unserved_cny_per_eflops_h={draw(st.sampled_from([3e4, 5e6]))}")
    sets.append(f"grid.carbon_price={draw(st.sampled_from([0, 300]))} CNY/t")
    sets.append(f"objective={{{draw(st.sampled_from(OBJECTIVES))}}}")
    hub, begins, lasts = draw(st.sampled_from(["coast", "inland"])), draw(st.integers(0, 40)), draw(st.integers(1, 20))
    outage = f"at: 2024-03-{8 + begins // 24:02} {begins % 24:02}:00, what: outage, hub: {hub}, for: {lasts} h"
    return sets, events(outage) if draw(st.booleans()) else ""


def made(drawn: tuple[list[str], str], epoch: int, hours: int) -> Network:
    """Return the network of a world, from a Friday on."""
    sets, text = drawn
    with tempfile.TemporaryDirectory() as folder:
        return world(Path(folder), sets, text, start="2024-03-08", epoch=f"{epoch} h", horizon=f"{hours} h")


@settings(max_examples=40)
@given(worlds(), st.sampled_from([(1, 6), (2, 14), (3, 24), (4, 32), (6, 48)]))
def test_the_optimum_is_that_over_all_pairs_of_hours(drawn: tuple[list[str], str], size: tuple[int, int]) -> None:
    network = made(drawn, *size)
    found, least = optimum(network).facts, cheapest(facts(network)) / KCNY_PER_BN
    assert found["objective"] == pytest.approx(least, rel=1e-7)
    assert found["bound"] == pytest.approx(least, rel=1e-7)


@settings(max_examples=30)
@given(worlds(), st.sampled_from([(6, 96), (8, 120), (12, 168), (12, 252)]), st.sampled_from(["", "certify", "exact"]))
def test_the_optimum_lies_between_bound_and_plan(drawn: tuple[list[str], str], size: tuple[int, int], how: str) -> None:
    network = made(drawn, *size)
    found = optimum(network, certify=how == "certify", exact=how == "exact").facts
    least = cheapest(facts(network)) / KCNY_PER_BN
    assert found["bound"] <= least * (1.0 + 1e-7)
    assert least <= found["objective"] * (1.0 + 1e-7)
    if how == "exact":
        assert found["objective"] == pytest.approx(least, rel=1e-7)
