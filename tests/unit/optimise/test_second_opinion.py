"""A second opinion on a scenario: other solvers agree with `solve`, and what is too large is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.ground.errors import SolveError
from sim.network.build import build
from sim.optimise import second_opinion
from sim.optimise.layout import facts
from sim.optimise.names import names
from sim.optimise.optimum import optimum
from sim.optimise.program import all_routes
from sim.optimise.second_opinion import LARGEST_MB, lp_file, megabytes, solved, whole
from tests.oracles.worlds import shipped, world

WORLDS = {
    "plain": [],
    "batteries": ["centres.*.battery={energy: 40 MWh, power: 10 MW}", "regions.*.residency.move_share=0.3"],
    "tight links": ["links.*.capacity=60 Gbps", "network.background=0 Tbps"],
}


@pytest.mark.parametrize("solver", ["cbc", "highs"])
@pytest.mark.parametrize("name", WORLDS)
def test_another_solver_says_what_solve_says(tmp_path: Path, name: str, solver: str) -> None:
    network = world(tmp_path, WORLDS[name], horizon="36 h")
    first, second = optimum(network).facts, solved(network, solver)
    assert second["objective"] == pytest.approx(first["objective"], rel=1e-9)
    assert abs(second["gap"]) < 1e-7
    assert second["residual"] < 1e-5
    assert second["solver"] == f"PuLP, {solver}"
    assert set(first) <= set(second)


def test_paths_that_the_links_ask_for_are_added(tmp_path: Path) -> None:
    network = world(tmp_path, WORLDS["tight links"], horizon="36 h")
    assert solved(network, "highs")["routes"] > len(whole(network).routes)


@pytest.mark.parametrize("solver", ["cbc", "highs"])
def test_what_is_too_large_as_a_whole_is_begun_with_fewer_routes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, solver: str
) -> None:
    network = world(tmp_path, WORLDS["tight links"], horizon="4 d")
    monkeypatch.setattr(second_opinion, "LARGEST_MB", 0.0)
    monkeypatch.setattr(second_opinion, "PARTS", np.inf)
    found = solved(network, solver)
    assert found["solver"] == f"PuLP, {solver}, from the routes of closed days"
    assert found["objective"] == pytest.approx(optimum(network, exact=True).facts["objective"], rel=1e-6)
    assert abs(found["gap"]) < 2e-6
    assert found["routes"] < len(all_routes(facts(network)))


def test_where_nothing_costs_anything_there_is_no_gap(tmp_path: Path) -> None:
    found = solved(world(tmp_path, ["objective={cost: 0}"], horizon="6 h"), "highs")
    assert found["objective"] == 0.0
    assert found["gap"] == 0.0
    assert found["gap_dispatchable"] is None


def test_a_program_that_is_too_large_is_refused(tmp_path: Path) -> None:
    network = build(shipped("baseline-2024", sets=["run.horizon=30 d"]))
    for ask in (lambda: solved(network, "cbc"), lambda: lp_file(network, tmp_path / "month.lp")):
        with pytest.raises(SolveError, match=r"720 epochs .* at most (400|1,200) MB .* --hours"):
            ask()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("nation", ["baseline-2024", "toy"])
def test_the_size_of_a_file_is_known_before_it_is_written(tmp_path: Path, nation: str) -> None:
    network = build(shipped(nation, sets=["run.horizon=3 h"]))
    program = whole(network)
    told = megabytes(program, names(program, network, [0]))
    lp_file(network, tmp_path / "three.lp")
    written = (tmp_path / "three.lp").stat().st_size / 1e6
    assert written == pytest.approx(told, rel=0.3)
    assert told < LARGEST_MB


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    network = world(tmp_path, horizon="3 h")
    told = lp_file(network, tmp_path / "three.lp", 8)
    assert told["epochs"] == 3
    head = (tmp_path / "three.lp").read_text(encoding="ascii").splitlines()[:3]
    assert head[0] == "\\* suanwang: dispatch of case, 3 epochs of 1 h from 2024-03-04 00:00, t0008 is the first"
    assert all(line.startswith("\\") for line in head)
