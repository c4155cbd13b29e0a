"""The optimum is the same in two other people's modelling languages, stated there independently, and to CBC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import IntArray
from sim.network.build import build
from sim.optimise.layout import Facts, Routes, facts
from sim.optimise.optimum import optimum
from sim.optimise.program import Program, all_routes
from sim.optimise.rolling import rolled
from sim.optimise.second_opinion import solved
from sim.optimise.solve import solve
from tests.oracles.worlds import shipped, world

REASON = "PyPSA and linopy are not installed: make peers"
linopy_model = pytest.importorskip("tests.peers.linopy_model", reason=REASON)
pypsa_model = pytest.importorskip("tests.peers.pypsa_model", reason=REASON)
pytestmark = pytest.mark.peers

PEERS: dict[str, Callable[[Facts, Routes, IntArray], float]] = {
    "pypsa": pypsa_model.objective,
    "linopy": linopy_model.objective,
}
BATTERIES = "centres.*.battery={energy: 80 MWh, power: 20 MW}"
SMALL = {
    "plain": [],
    "batteries": [BATTERIES],
    "residency": ["regions.*.residency.move_share=0.2"],
    "tight links": ["links.*.capacity=100 Gbps"],
    "too much work": ["workloads.*.growth=3"],
    "a carbon price": ["grid.carbon_price=500 CNY/t"],
    "half hours": ["run.epoch=30 min", BATTERIES],
}
NATION = {
    "48 h": (["run.horizon=48 h"], 1),
    "large batteries": (["centres.*.battery={energy: 800 MWh, power: 200 MW}"], 1),
    "residency": (["regions.*.residency.move_share=20 %"], 1),
    "tight links, two paths": (["links.*.capacity=-70%"], 2),
}


def ours(data: Facts, routes: Routes, links: IntArray) -> float:
    """Return the optimum of the program itself, kCNY."""
    return solve(Program(data, routes, links).window(0, len(data.demand))).objective


def national(sets: Sequence[str]) -> Facts:
    """Return the facts of a day of the national baseline, or of what is set."""
    return facts(build(shipped("baseline-2024", ["run.horizon=24 h", *sets])))


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("peer", PEERS)
def test_a_small_world_costs_the_same(tmp_path: Path, peer: str, name: str) -> None:
    data = facts(world(tmp_path, SMALL[name], horizon="48 h"))
    routes, links = all_routes(data, 4), np.arange(len(data.opposite))
    assert PEERS[peer](data, routes, links) == pytest.approx(ours(data, routes, links), rel=1e-9)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # PyPSA's, of pandas.
@pytest.mark.parametrize("name", ["plain", "batteries"])
def test_a_rolling_horizon_costs_the_same(tmp_path: Path, name: str) -> None:
    data = facts(world(tmp_path, SMALL[name], horizon="72 h"))
    routes, links = all_routes(data, 2), np.arange(len(data.opposite))
    made = pypsa_model.network(data, routes)
    made.optimize.optimize_with_rolling_horizon(
        horizon=36, overlap=12, extra_functionality=pypsa_model.Traffic(data, routes, links, closed=True),
        include_objective_constant=False, solver_name="highs", io_api="direct", log_to_console=False,
    )  # fmt: skip
    # Tied optima of one window leave different work to the next.
    assert pypsa_model.cost(made, data) == pytest.approx(rolled(data, routes, links, 24, 12).objective, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", NATION)
@pytest.mark.parametrize("peer", PEERS)
def test_the_nation_costs_the_same(peer: str, name: str) -> None:
    sets, paths = NATION[name]
    data = national(sets)
    routes, links = all_routes(data, paths), np.arange(len(data.opposite))
    assert PEERS[peer](data, routes, links) == pytest.approx(ours(data, routes, links), rel=1e-6)


@pytest.mark.slow
def test_a_national_week_costs_the_same() -> None:
    """All pairs over their best path; the rows of the links that would be overloaded. Some ten minutes and 3 GB."""
    data = national(["run.horizon=168 h"])
    routes, none = all_routes(data), np.zeros(0, dtype=np.int64)
    first = rolled(data, routes, none, 24, 24)
    links = more = pypsa_model.crowded(data, routes, first.values[:, first.program.columns.serve :], none)
    while len(more):
        theirs, served = pypsa_model.solved(data, routes, links, solver="ipm")
        more = pypsa_model.crowded(data, routes, served, links)
        links = np.concatenate([links, more])
    mine = solve(Program(data, routes, links).window(0, 168), method="ipm").objective
    assert theirs == pytest.approx(mine, rel=1e-6)
    plan = optimum(build(shipped("baseline-2024", ["run.horizon=168 h"])), exact=True).facts
    # It may use further paths, so it may cost a little less, and no less than its bound.
    assert plan["bound"] * 1e6 <= theirs * (1.0 + 1e-9)
    assert plan["objective"] * 1e6 <= theirs * (1.0 + 1e-6)
    assert plan["objective"] * 1e6 == pytest.approx(theirs, rel=1e-5)


@pytest.mark.slow
def test_a_national_week_costs_the_same_to_cbc() -> None:
    """All pairs, all paths, the rows of all links: what CBC's own prices ask for is added. Some ten minutes."""
    network = build(shipped("baseline-2024", ["run.horizon=168 h"]))
    theirs, plan = solved(network, "cbc"), optimum(network, exact=True).facts
    assert theirs["objective"] == pytest.approx(plan["objective"], rel=1e-6)
    assert theirs["bound"] == pytest.approx(plan["bound"], rel=1e-6)
    assert abs(theirs["gap"]) < 2e-6
