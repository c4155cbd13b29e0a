"""Worlds at the edge of what may be described run to the end and give measures that are numbers or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.ground.names import flat
from sim.policies.base import REGISTRY
from sim.results.store import as_json, document
from tests.oracles.worlds import run, world

GONE = ("interactive", "inference", "batch", "hpc", "training")
NO_USERS = [f"regions.*.{key}=0" for key in ("internet_users_million", "gdp_bn_cny", "software_revenue_bn_cny")]
ODD: dict[str, tuple[list[str], str, dict[str, Any]]] = {
    "no links": ([], "set:\n  links: null\n  workloads.storage: null\n", {}),
    "a tree": ([], "set:\n  links.east_city-west_city: null\n", {}),
    "links of no capacity": (["links.*.capacity=0 Tbps"], "", {}),
    "a pool of nothing": (["centres.west_centre.pools.general.capacity=0 EFLOPS"], "", {}),
    "all is down": (["standard.availability=0"], "", {}),
    "nothing waits": (["workloads.*.deadline_h=0"], "", {}),
    "nothing is asked": (["workloads.*.growth=0"], "", {}),
    "data alone": ([], "set:\n" + "".join(f"  workloads.{name}: null\n" for name in GONE), {}),
    "users in one region": ([f"regions.{name}.internet_users_million=0" for name in ("middle", "west")], "", {}),
    "no figures to weigh by": (NO_USERS, "", {}),
    "no delay": (["network.metro_ms=0", "network.hop_ms=0", "links.*.fibre=0 km"], "", {}),
    "no racks": (["centres.*.racks=0"], "", {}),
    "empty racks": (["centres.*.rack_utilisation=0"], "", {}),
    "money for nothing": (["economy.discount_rate_per_year=0"], "", {}),
    "one epoch": ([], "", {"horizon": "1 h"}),
    "epochs of a day": ([], "", {"horizon": "10 d", "epoch": "24 h"}),
    "the last hours of the year": ([], "", {"start": "2024-12-31T20:30", "horizon": "3 h", "epoch": "30 min"}),
    "many paths": (["network.paths=16"], "", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_world_runs(name: str, tmp_path: Path) -> None:
    sets, text, how = ODD[name]
    network = world(tmp_path, sets, text, **how)
    for policy in REGISTRY.names():
        results = run(network, policy)
        assert as_json(document(results)), "holds no NaN"
        values = flat(results.kpi)
        share = values["served_share"]
        assert share is None if name == "nothing is asked" else 0.0 <= share <= 1.0
        if name == "all is down":
            assert share == 0.0
        elif name not in ("nothing is asked", "links of no capacity", "no links"):
            assert share == pytest.approx(1.0)
        for key, value in values.items():
            if key.startswith("cost") and isinstance(value, float):
                assert value >= 0.0, (policy, key)


def test_links_of_no_capacity_hold_work_at_home(tmp_path: Path) -> None:
    results = run(world(tmp_path, ["links.*.capacity=0 Tbps"]), "proportional")
    assert results.kpi["moved_share"] == 0.0
    assert results.by["workload"]["storage"]["served_share"] == 0.0
    assert results.by["workload"]["interactive"]["served_share"] == pytest.approx(1.0), "it spills home"
