"""Paired differences, ranks and wins against hands and a textbook."""

from __future__ import annotations

import numpy as np
import pytest

from sim.study.paired import paired, samples
from sim.study.robust import league, robustness


def cost(**policies: list[float | None]) -> dict[str, dict[str, object]]:
    found = paired({name: {"cost_bn_cny.total": values} for name, values in policies.items()})
    return {name: each["cost_bn_cny.total"] for name, each in found.items()}


def test_the_interval_is_that_of_the_differences() -> None:
    """Differences 1, 2, 3: 2 ± 4.3027 · 1 / √3 (t of two degrees of freedom)."""
    other = cost(a=[10.0, 20.0, 60.0], b=[11.0, 22.0, 63.0])["b"]
    assert other["diff"] == pytest.approx(2.0)
    assert other["diff_ci95"] == pytest.approx([2.0 - 4.302653 / np.sqrt(3.0), 2.0 + 4.302653 / np.sqrt(3.0)], rel=1e-6)


def test_common_chance_makes_differences_surer_than_means() -> None:
    rng = np.random.default_rng(5)
    weather = rng.normal(100.0, 20.0, 8)
    each = cost(a=weather.tolist(), b=(weather - 1.0 + rng.normal(0.0, 0.1, 8)).tolist())["b"]
    low, high = each["diff_ci95"]  # type: ignore[misc]
    assert low < -1.0 < high < 0.0
    assert each["ci95"][1] - each["ci95"][0] > 20.0  # type: ignore[index]


def test_one_replication_has_no_interval() -> None:
    each = cost(a=[3.0], b=[2.5])["b"]
    assert each == {"mean": 2.5, "ci95": None, "diff": -0.5, "diff_ci95": None, "rank": 1, "won": 1.0}


def test_ranks_and_wins_share_what_is_equal() -> None:
    each = cost(a=[1.0, 3.0], b=[1.0, 3.0 + 1e-15], c=[2.0, 1.0])
    assert [each[name]["rank"] for name in "abc"] == [2, 2, 1]
    assert [each[name]["won"] for name in "abc"] == [0.25, 0.25, 0.5]


def test_more_is_better_where_it_is_and_nobody_ranks_what_is_neither() -> None:
    found = paired({"a": {"served_share": [0.9], "load": [0.5]}, "b": {"served_share": [1.0], "load": [0.6]}})
    assert [found[name]["served_share"]["rank"] for name in "ab"] == [2, 1]
    assert found["a"]["load"]["rank"] is None
    waits = paired({name: {"workload.batch.wait_h.mean": [wait]} for name, wait in (("a", 2.0), ("b", 1.0))})
    assert waits["b"]["workload.batch.wait_h.mean"]["rank"] == 1


def test_what_is_missing_once_has_no_mean() -> None:
    each = cost(a=[1.0, None], b=[1.0, 2.0])
    assert each["a"] == {"mean": None, "ci95": None, "diff": None, "diff_ci95": None, "rank": None, "won": None}
    assert each["b"]["rank"] == 1
    assert each["b"]["diff"] is None


def test_samples_hold_numbers_of_nation_and_workloads() -> None:
    def made(pue: float) -> dict[str, object]:
        batch = {"wait_h": {"mean": pue, "p50": 1.0}, "demand_eflops": 4.0}
        return {"kpi": {"pue": pue, "link_utilisation": {"name": "a-b"}}, "by": {"workload": {"batch": batch}}}

    assert samples([made(1.5), made(1.6)]) == {"pue": [1.5, 1.6], "workload.batch.wait_h.mean": [1.5, 1.6]}


def scenario(costs: dict[str, float], bound: float) -> dict[str, object]:
    policies = paired({
        name: {"cost_bn_cny.total": [value], "emissions_mt.location": [value / 2.0]} for name, value in costs.items()
    })  # fmt: skip
    regret = {
        name: {"mean": value - bound, "share": (value - bound) / bound, "by_replication": [value - bound]}
        for name, value in costs.items()
    }
    return {"policies": policies, "regret": regret, "bound": {"by_replication": [{"cost_bn_cny": bound}]}}


def test_robustness_by_hand() -> None:
    """A is best in the first scenario and dear in the second; B is never far off; C has the least worst cost."""
    both = {
        "calm": scenario({"a": 10.0, "b": 11.0, "c": 20.0}, 10.0),
        "storm": scenario({"a": 30.0, "b": 22.0, "c": 21.0}, 20.0),
    }
    rules = robustness(both, 0.1)
    assert (rules["maximin"], rules["minimax_regret"], rules["satisficing"]) == ("c", "b", "b")
    assert rules["policies"]["a"]["worst_regret_scenario"] == "storm"
    assert [rules["policies"][name]["satisficing_share"] for name in "abc"] == [0.5, 1.0, 0.5]
    rows = {row["policy"]: row for row in league(both)}
    assert {name: rows[name]["mean_rank"] for name in "abc"} == {"a": 2.0, "b": 2.0, "c": 2.0}
    assert [rows[name]["first"] for name in "abc"] == [1, 0, 1]
    assert rows["b"]["regret_share"] == pytest.approx(0.1)
    assert rows["b"]["emissions_share"] == pytest.approx((0.1 - 8.0 / 30.0) / 2.0)
