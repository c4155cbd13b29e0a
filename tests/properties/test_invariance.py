"""What must not matter does not: order of rows, units, size, an added centre, the length of an epoch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.ground.names import flat
from sim.network.build import build
from sim.policies.base import REGISTRY
from sim.results.schema import Results
from sim.results.store import as_json, document
from tests.oracles.worlds import Row, nation, run, shipped, world

# Many plans cost the least and the solver may return any of them: the optimum has tests of its own.
POLICIES = tuple(name for name in REGISTRY.names() if name not in ("optimal", "rolling_optimal"))
# These fill the place or the hour that they like best, so that room is short there unless demand is small.
GREEDY = ("cheapest", "greenest", "lowest_slots", "lowest_window", "weighted")
# Draws go by position in the tables.
DRAWN = ("power_of_two",)
# The way costs ten times as much beside the energy of a unit of work where ten times the work draws the same power.
PRICED = ("cheapest", "weighted")


def assert_close(one: Mapping[str, Any], other: Mapping[str, Any], tolerance: float = 1e-12) -> None:
    """Compare nested measures; what is nothing but rounding in one is so in the other."""
    left, right = flat(dict(one)), flat(dict(other))
    assert left.keys() == right.keys()
    for key, value in left.items():
        if isinstance(value, float):
            assert value == pytest.approx(right[key], rel=tolerance, abs=1e-14), key
        else:
            assert value == right[key], key


def turned(table: str, rows: list[Row]) -> list[Row]:
    return rows[::-1]


def shuffled(table: str, rows: list[Row]) -> list[Row]:
    rng = np.random.default_rng(len(rows) + 2)
    return [rows[n] for n in rng.permutation(len(rows))]


@pytest.mark.parametrize("policy", [name for name in POLICIES if name not in DRAWN])
@pytest.mark.parametrize("change", [turned, shuffled])
def test_the_order_of_the_rows_does_not_matter(
    tmp_path: Path, policy: str, change: Callable[[str, list[Row]], list[Row]]
) -> None:
    """While there is room for all: where it is short, the first in the table comes first.

    Wind and sun of places that hang together depend on their order (a Cholesky factor), so here they do not.
    """
    alone = [f"renewables.{what}_correlation_km=0.001" for what in ("wind", "solar")]
    alone.append(f"workloads.*.growth={0.1 if policy in GREEDY else 0.7}")
    plain = run(world(tmp_path, alone), policy)
    mixed = run(world(nation(tmp_path, change), alone), policy)
    assert plain.ids("region") != mixed.ids("region")
    assert plain.ids("link") != mixed.ids("link")
    assert_close(plain.kpi, mixed.kpi)
    for kind, items in plain.by.items():
        for name, values in items.items():
            assert_close(values, mixed.by[kind][name])


def test_units_do_not_matter(tmp_path: Path) -> None:
    plain = run(world(tmp_path, horizon="2 d"))
    for sets, how in (
        (["centres.*.pools.general.capacity=3000 PFLOPS"], {}),
        (["run.horizon=48 h"], {}),
        (["run.epoch=60 min"], {}),
        (["links.east_city-west_city.capacity=8000 Gbps", "links.east_city-west_city.fibre=1400000 m"], {}),
        (["workloads.interactive.latency_bound=20000 us"], {}),
        (["workloads.hpc.deadline=3 d"], {}),
        (["centres.west_centre.green.wind=0.01 GW"], {}),
        ([], {"horizon": "172800 s"}),
    ):
        other = run(world(tmp_path, sets, **{"horizon": "2 d", **how}))
        assert_close(plain.kpi, other.kpi)


@pytest.mark.parametrize("policy", [name for name in POLICIES if name not in PRICED])
def test_ten_times_the_nation_has_the_same_shares(tmp_path: Path, policy: str) -> None:
    """Compute, demand and links times ten, racks as they were: every ratio stays."""
    growth = 1.6
    larger = [
        "centres.*.pools.general.capacity=30 EFLOPS", "centres.*.pools.smart.capacity=10 EFLOPS",
        "links.*.capacity=40 Tbps", "network.background=10 Tbps", f"workloads.*.growth={10 * growth}",
    ]  # fmt: skip
    small = run(world(tmp_path, [f"workloads.*.growth={growth}", "links.*.capacity=4 Tbps"]), policy)
    large = run(world(tmp_path, larger), policy)
    for key, value in flat(small.kpi).items():
        if key.startswith(("capacity_eflops", "served_eflops", "demand_eflops")) or key in (
            "cost_bn_cny.wan", "cost_bn_cny.unserved",
        ):  # fmt: skip
            assert flat(large.kpi)[key] == pytest.approx(10.0 * value, rel=1e-9), key
        elif isinstance(value, float) and not key.startswith(("cost", "capital")):
            assert flat(large.kpi)[key] == pytest.approx(value, rel=1e-9), key
    for name, values in small.by["workload"].items():
        for key, value in flat(values["wait_h"]).items():
            assert large.by["workload"][name]["wait_h"][key] == pytest.approx(value, rel=1e-9), (name, key)


CENTRE = """set:
  centres.aaa_new:
    {kind: rest, region: gansu, node: lanzhou, climate_site: lanzhou, latitude_deg: 36, longitude_deg: 104,
     elevation: 1500 m, racks: 10000, rack_utilisation: 0.5, cooling: {mix: {iec: 1.0}},
     pools: {general: {capacity: 1 EFLOPS, precision: fp32, power_mw_per_eflops: 55}}}
"""


def test_an_added_centre_leaves_the_draws_of_the_others_alone(tmp_path: Path) -> None:
    how = {"nation": "china-2024", "horizon": "72 h"}
    plain, more = world(tmp_path, **how), world(tmp_path, text=CENTRE, **how)
    assert more.ids("centre") == (*plain.ids("centre"), "aaa_new")
    for name in ("temperature", "wet_bulb", "green_supply", "price", "emission_factor"):
        np.testing.assert_array_equal(more[name][:, :-1], plain[name], err_msg=name)
    np.testing.assert_array_equal(more["demand"], plain["demand"])
    np.testing.assert_array_equal(more["route_delay"][:, :-1], plain["route_delay"])


@pytest.mark.parametrize("epoch", ["30 min", "2 h"])
def test_the_length_of_an_epoch_hardly_matters(epoch: str) -> None:
    sets = ["run.start=2024-07-01", "run.horizon=96 h"]
    hour = run(build(shipped("baseline-2024", sets)))
    other = run(build(shipped("baseline-2024", [*sets, f"run.epoch={epoch}"])))
    for key in ("pue", "load", "it_energy_twh", "facility_energy_twh", "demand_eflops", "green_share.bundled"):
        assert flat(other.kpi)[key] == pytest.approx(flat(hour.kpi)[key], rel=0.01), key
    assert other.kpi["pue"] == pytest.approx(hour.kpi["pue"], rel=0.001)
    assert flat(other.kpi)["cost_bn_cny.energy"] == pytest.approx(flat(hour.kpi)["cost_bn_cny.energy"], rel=0.01)


def text_of(results: Results) -> str:
    return as_json(document(results))


NOISE = ["weather.noise_k=3", "workloads.*.noise=0.1", "centres.*.cooling.mix={iec: 0.5, water_wse: 0.5}"]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path, policy: str) -> None:
    first, second = (text_of(run(world(tmp_path, NOISE, seed=7), policy)) for _ in range(2))
    assert first == second
    assert text_of(run(world(tmp_path, NOISE, seed=8), policy)) != first
    assert text_of(run(world(tmp_path, [*NOISE, "run.replication=1"], seed=7), policy)) != first


PROGRAM = """
import sys
from pathlib import Path
from sim.results.store import as_json, document
from tests.oracles.worlds import run, world
sys.stdout.write(as_json(document(run(world(Path(sys.argv[1]), sys.argv[2:], seed=7)))))
"""


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    """With another order of hashing."""
    here = text_of(run(world(tmp_path, NOISE, seed=7)))
    env = {**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), *NOISE]
    there = subprocess.run(command, env=env, capture_output=True, check=True, text=True, encoding="utf-8")
    assert there.stdout == here
