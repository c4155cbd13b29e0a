"""Plans of the hours ahead: told the truth they are the optimum, and what is there at the start is taken over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.ground.seeds import generator
from sim.network.network import Network
from sim.network.outlook import Outlook
from sim.network.view import View
from sim.optimise.optimum import optimum
from sim.optimise.planner import Planner
from sim.policies.base import REGISTRY
from sim.results.schema import Results
from tests.oracles.worlds import events, run, world

TRUTH = "forecast.law=perfect"
WORLDS = {
    "plain": [],
    "batteries": [
        "centres.west_centre.battery={energy: 80 MWh, power: 20 MW}",
        "centres.east_centre.battery={energy: 9 MWh, power: 9 MW}", "centres.west_centre.green.wind=300 MW",
    ],
    "residency": ["regions.*.residency.move_share=0.3"],
    "a carbon price": ["grid.carbon_price=500 CNY/t"],
    "tight links": ["links.*.capacity=1200 Gbps"],
    "half hours": [],
}  # fmt: skip


def rolling(network: Network, every: float, ahead: float, reserve: float = 0.0) -> Results:
    return run(network, REGISTRY.get("rolling_optimal")(every_h=every, ahead_h=ahead, reserve=reserve))


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("every", [1.0, 5.0, 48.0])
def test_who_sees_the_whole_truth_does_as_well_as_the_optimum(tmp_path: Path, name: str, every: float) -> None:
    """However often it plans anew: backlogs by age, allowances and batteries are taken over, else it would lose."""
    how = {"epoch": "30 min"} if name == "half hours" else {}
    network = world(tmp_path, [TRUTH, *WORLDS[name]], horizon="30 h", **how)
    best = optimum(network, exact=True).facts["objective"]
    found = rolling(network, every, 48.0)
    assert found.kpi["served_share"] == pytest.approx(1.0, abs=1e-9)
    assert found.kpi["cost_bn_cny"]["total"] == pytest.approx(best, rel=2e-4)
    assert found.kpi["cost_bn_cny"]["total"] >= best * (1.0 - 1e-9)


def test_longer_sight_and_better_forecasts_pay(tmp_path: Path) -> None:
    cost = {}
    for law, ahead in (("perfect", 6.0), ("perfect", 24.0), ("persistence", 24.0)):
        network = world(tmp_path, [f"forecast.law={law}"], horizon="6 d")
        cost[law, ahead] = rolling(network, 6.0, ahead).kpi["cost_bn_cny"]["total"]
    assert cost["perfect", 24.0] < cost["perfect", 6.0]
    assert cost["perfect", 24.0] < cost["persistence", 24.0]


@pytest.mark.parametrize("law", ["persistence", "noise"])
def test_wrong_forecasts_leave_no_work_undone(tmp_path: Path, law: str) -> None:
    """Where room is kept for what nobody foretold; without it only the last hour, full by forecast, may lack some."""
    sets = [f"forecast.law={law}", "forecast.error=0.3", "workloads.*.noise=0.2"]
    network = world(tmp_path, sets, horizon="6 d")
    assert rolling(network, 6.0, 24.0, 0.1).kpi["served_share"] == pytest.approx(1.0, abs=1e-9)
    bare = rolling(network, 6.0, 24.0)
    assert bare["unserved"][:-1].sum() <= 1e-9 * bare["demand"].sum()


def test_an_outage_is_met_as_it_comes(tmp_path: Path) -> None:
    """Nobody foresees it; from its first hour on the plan is made for what is left, not before."""
    text = events("at: 2024-03-04 09:00, what: outage, centre: west_centre, for: 6 h")
    calm, struck = (rolling(world(tmp_path, [TRUTH], t, horizon="24 h"), 3.0, 12.0) for t in ("", text))
    np.testing.assert_array_equal(struck["served"][:9], calm["served"][:9])
    assert not struck["served"][9:15, 2].any()
    assert struck.kpi["served_share"] == pytest.approx(1.0, abs=1e-9)


def test_contracts_that_come_and_go_within_a_run(tmp_path: Path) -> None:
    """A solar contract is nothing by night: windows have more columns or fewer."""
    sets = [TRUTH, "centres.west_centre.green.wind=0 MW", "centres.middle_centre.green.solar=200 MW"]
    found = rolling(world(tmp_path, sets, horizon="48 h"), 3.0, 6.0)
    assert found.kpi["served_share"] == pytest.approx(1.0, abs=1e-9)


def test_what_waits_in_the_centres_own_queues_goes_first(tmp_path: Path) -> None:
    """Two and a half hours' work is queued in the west: nothing is planned there for two hours, half for the third."""
    network = world(tmp_path, [TRUTH], horizon="24 h")
    outlook = Outlook(network)
    asked = (network["demand"][0] + network["data_demand"][0]) * 3600.0
    backlog = np.zeros((*asked.shape, int(outlook.slack.max()) + 1))
    backlog[:, :, 0] = asked
    queued = np.zeros_like(outlook.full[0])
    queued[2] = 2.5 * outlook.full[0, 2]
    view = View.of(
        outlook, 0, arrivals=asked, waiting=asked, ages=lambda: backlog, load=np.zeros_like(queued),
        rng=generator(1, 0, "policy"), allowance=np.full(asked.shape, np.inf), battery=lambda: np.zeros(3),
        queued=queued,
    )  # fmt: skip
    plan, age = Planner(network).ahead(view, 6.0, 12.0)
    computes = (plan.centre == 2) & (outlook.pool[plan.workload] >= 0)
    west = [plan.served[:, computes & (outlook.pool[plan.workload] == p)].sum(axis=1) for p in (0, 1)]
    assert age == 0
    for pool, served in enumerate(west):
        assert not served[:2].any()
        assert served[2] <= 0.5 * outlook.full[0, 2, pool] * (1.0 + 1e-9)
    assert west[0][2:].sum() > 0.0
