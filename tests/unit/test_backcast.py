"""The back-cast asks what it says it asks: the stock of the end of 2023, growth that was expected then."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cases.backcast import HOW, REGIONS, expectations, history, outcome, scenario
from sim.scenario.read import read


def test_expectations_are_those_of_the_published_years() -> None:
    found = {name: (general, smart) for name, general, smart in expectations(history())}
    general, smart = found["official plan of 2023"]
    assert 160.0 * general**2 + 70.0 * smart**2 == pytest.approx(300.0)
    assert 70.0 * smart**2 / 300.0 == pytest.approx(0.35)
    assert found["trend 2021-2023, all alike"][0] ** 2 == pytest.approx(230.0 / 140.0)
    assert found["growth of 2023, by kind"] == (pytest.approx(160.0 / 139.0), pytest.approx(70.0 / 41.0))
    assert found["hindsight: growth of 2024"] == (pytest.approx(190.0 / 160.0), pytest.approx(90.0 / 70.0))


@pytest.mark.parametrize("how", HOW)
def test_the_question_starts_from_the_stock_of_2023(tmp_path: Path, how: str) -> None:
    past = history()
    path = tmp_path / "backcast.yaml"
    path.write_text(scenario(past, 1.1875, 9.0 / 7.0, how), encoding="utf-8")
    config = read(path).config
    pools = [centre.pools for centre in config.centres.values()]
    general, smart = (sum(p[k].capacity_eflops for p in pools if k in p) for k in ("general", "smart"))
    assert general == pytest.approx(past.general(2023), rel=1e-6)
    assert smart == pytest.approx(past.smart[2023], rel=1e-6)
    assert sum(centre.racks for centre in config.centres.values()) == pytest.approx(past.racks[2023], rel=1e-6)
    plan = config.plan
    assert plan is not None
    assert ("capacity" in plan.targets) == (how != "demand alone")
    assert (plan.build["smart"].most is not None) == (how == "in step, by kind")
    if "capacity" in plan.targets:
        assert plan.targets["capacity"].at_least == pytest.approx(280.0)
    assert {hub for hubs in REGIONS.values() for hub in hubs} == set(config.hubs)


def test_an_outcome_is_told_by_region() -> None:
    built = [
        {"kind": "general", "hub": "yangtze_delta", "amount": 3.0}, {"kind": "smart", "hub": "ningxia", "amount": 1.0},
        {"kind": "facility", "hub": "jing_jin_ji", "amount": 50.0},
    ]  # fmt: skip
    stock = {"one": {"general_eflops": 5.0, "smart_eflops": 2.0}}
    found = outcome({"stocks": {"2025": {"centre": stock}}, "builds": built, "gap": 0.0})
    assert found == {
        "compute": 7.0, "smart": 2.0, "racks": 20000.0, "new": 4.0, "gap": 0.0, "Beijing-Tianjin-Hebei": 0.0,
        "Yangtze delta": 0.75, "other six hub areas": 0.25,
    }  # fmt: skip
