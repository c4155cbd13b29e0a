"""Other solvers over the same arrays: the same optimum, the same prices; and what they cannot do is said."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import highspy
import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from sim.ground.errors import ResultsError, SolveError, UsageError
from sim.network.build import build
from sim.optimise import solve as direct
from sim.optimise.layout import facts
from sim.optimise.names import Names, names
from sim.optimise.portable import CONSTANT, answer, portable, short, solve, write
from sim.optimise.program import Lp, Program, all_routes
from sim.optimise.second_opinion import certificate, whole
from sim.optimise.solve import Solution
from tests.oracles.worlds import shipped, world

INF = np.inf
#: How far the bound of a solver's prices may lie below the optimum. CBC tells them as text of eight digits, and where
#: a full link keeps out what needs few bits of it, the price of a link is ten thousand times that of the work.
SOLVERS = {"cbc": 2e-5, "highs": 1e-9}


def lp_of(rows: list[list[float]], lower: list[float], upper: list[float], cost: list[float], high: float = 4.0) -> Lp:
    """Return a program made by hand, its columns between −1 and `high`."""
    matrix = sparse.csc_matrix(np.array(rows, dtype=np.float64).reshape(len(rows), len(cost)))
    low = np.full(len(cost), -1.0)
    sides = (np.array(side, dtype=np.float64) for side in (lower, upper))
    return Lp(np.array(cost), low, np.full(len(cost), high), matrix, *sides, 100.0, (0, 1))


def given_names(lp: Lp) -> Names:
    rows, columns = lp.matrix.shape
    return Names([f"x_{number}" for number in range(columns)], [f"row_{number}" for number in range(rows)])


def bounded(program: Program, solution: Solution) -> float:
    """Return the bound that a solution's prices give over the program's own paths."""
    found = certificate(program, solution)
    assert found is not None
    return found.total + float(found.lack.sum())


def read(path: Path) -> highspy.Highs:
    """Return an LP file as HiGHS reads it."""
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    assert model.readModel(str(path)) == highspy.HighsStatus.kOk
    return model


@settings(max_examples=15, deadline=None)
@given(
    growth=st.floats(0.3, 4.0),
    link=st.sampled_from(["8 Tbps", "1 Tbps", "100 Gbps"]),
    stays=st.floats(0.0, 1.0),
    battery=st.floats(0.0, 50.0),
    carbon=st.floats(0.0, 500.0),
    hours=st.integers(1, 9),
)
def test_small_worlds_have_one_optimum(
    growth: float, link: str, stays: float, battery: float, carbon: float, hours: int
) -> None:
    sets = [
        f"workloads.*.growth={growth}",
        f"links.*.capacity={link}",
        f"regions.*.residency.move_share={1.0 - stays}",
        f"centres.west_centre.battery={{energy: {battery} MWh, power: 10 MW}}",
        f"grid.carbon_price={carbon} CNY/t",
    ]
    with tempfile.TemporaryDirectory() as folder:
        network = world(Path(folder), sets, horizon=f"{hours} h")
    program = whole(network)
    lp, labels = program.window(0, hours), names(program, network, range(hours))
    first = direct.solve(lp)
    assert bounded(program, first) == pytest.approx(first.objective, rel=1e-9)
    for solver, exact in SOLVERS.items():
        other = solve(lp, labels, solver)
        assert other.objective == pytest.approx(first.objective, rel=1e-9)
        assert direct.residual(lp, other.values) < 1e-5
        assert lp.constant + lp.cost @ other.values == pytest.approx(first.objective, rel=1e-7)
        assert bounded(program, other) == pytest.approx(first.objective, rel=exact)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_program_has_one_optimum(data: st.DataObject) -> None:
    number = st.sampled_from([-3.0, -1.0, -0.5, 0.0, 0.0, 0.25, 1.0, 2.0])
    columns = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.lists(number, min_size=columns, max_size=columns), max_size=4))
    cost = data.draw(st.lists(number, min_size=columns, max_size=columns))
    inside = np.array(data.draw(st.lists(st.floats(-1.0, 4.0), min_size=columns, max_size=columns)))
    lower, upper = [], []
    for row in rows:
        there = float(np.dot(row, inside))
        below, above = data.draw(st.sampled_from([(0.0, 0.0), (INF, 0.5), (0.5, INF), (0.5, 1.0), (INF, INF)]))
        lower.append(there - below)
        upper.append(there + above)
    lp = lp_of(rows, lower, upper, cost)
    first = direct.solve(lp)
    for solver in SOLVERS:
        other = solve(lp, given_names(lp), solver)
        assert other.objective == pytest.approx(first.objective, rel=1e-9)
        # By weak duality: what the prices give up can only be less, and at the optimum is nothing.
        reduced = lp.cost - lp.matrix.T @ other.prices
        sides = np.where(other.prices > 0.0, lp.lower, lp.upper)
        worth = np.where(other.prices != 0.0, other.prices * np.where(np.isfinite(sides), sides, 0.0), 0.0).sum()
        worth += np.where(reduced > 0.0, reduced * lp.low, reduced * lp.high).sum() + lp.constant
        assert worth == pytest.approx(first.objective, rel=1e-6)


@pytest.fixture(scope="module")
def national() -> tuple[Lp, Names, float]:
    """Return a day of the nation, its links left aside to save time, and its optimum."""
    network = build(shipped("baseline-2024", sets=["run.horizon=24 h"]))
    data = facts(network)
    program = Program(data, all_routes(data), np.zeros(0, dtype=np.int64))
    lp = program.window(0, 24)
    return lp, names(program, network, range(24)), direct.solve(lp).objective


@pytest.mark.slow
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_day_of_the_nation_has_one_optimum(national: tuple[Lp, Names, float], solver: str) -> None:
    lp, labels, optimum = national
    found = solve(lp, labels, solver)
    assert found.objective == pytest.approx(optimum, rel=1e-9)
    assert lp.constant + lp.cost @ found.values == pytest.approx(optimum, rel=1e-6)


def test_a_file_that_is_read_has_the_same_optimum(tmp_path: Path) -> None:
    network = world(tmp_path, ["centres.west_centre.battery={energy: 40 MWh, power: 10 MW}"], horizon="12 h")
    program = whole(network)
    lp, labels = program.window(0, 12), names(program, network, range(12))
    rows, columns = write(lp, labels, tmp_path / "day.lp", "one line\nand another")
    text = (tmp_path / "day.lp").read_text(encoding="ascii")
    assert text.startswith("\\* one line\n\\  and another *\\\nMinimize\n")
    model = read(tmp_path / "day.lp")
    assert (model.getNumRow(), model.getNumCol()) == (rows, columns)
    assert columns == len(labels.columns) + 1
    said = {model.getColName(number)[1] for number in range(columns)}
    assert said == {*labels.columns, CONSTANT}
    assert {model.getRowName(number)[1] for number in range(rows)} <= set(labels.rows)
    model.run()
    assert model.getObjectiveValue() == pytest.approx(direct.solve(lp).objective, rel=1e-9)


def test_rows_that_say_nothing_are_left_out_and_two_sides_are_two_rows() -> None:
    lp = lp_of([[1, 1], [0, 0], [1, -1]], [-INF, 0, -1], [3, 2, 1], [-1, -2])
    made = portable(lp, given_names(lp))
    assert [constraint.name for _, constraint in made.rows] == ["row_0", "row_2", "row_2_low"]
    assert [number for number, _ in made.rows] == [0, 2, 2]
    for solver in SOLVERS:
        found = solve(lp, given_names(lp), solver)
        assert found.values == pytest.approx([1.0, 2.0])
        assert found.prices == pytest.approx([-1.5, 0.0, 0.5])
        assert found.objective == pytest.approx(95.0)
        assert found.basis is None


def test_a_solver_that_tells_no_prices_still_gives_a_plan(tmp_path: Path) -> None:
    program = whole(network := world(tmp_path, horizon="2 h"))
    lp = program.window(0, 2)
    made = portable(lp, names(program, network, range(2)))
    made.problem.solve(pulp.HiGHS(msg=False, threads=1))
    for _, constraint in made.rows:
        constraint.pi = None
    found = answer(lp, made, "without prices")
    assert np.isnan(found.prices).any()
    assert found.objective == pytest.approx(direct.solve(lp).objective, rel=1e-9)
    assert certificate(program, found) is None


@pytest.mark.parametrize("solver", SOLVERS)
def test_no_optimum_is_said_in_one_sentence(solver: str) -> None:
    for lp in (
        lp_of([[1, 1]], [9], [INF], [1, 1]),
        lp_of([[0, 0]], [1], [INF], [1, 1]),
        lp_of([[1, -1]], [0], [0], [-1, -1], INF),
    ):
        with pytest.raises(SolveError, match=rf"^epochs 0 to 0: the solver '{solver}' says '[\w ]+'$"):
            solve(lp, given_names(lp), solver)


def test_a_solver_that_is_not_there_is_told_with_those_that_are() -> None:
    lp = lp_of([[1]], [0], [1], [1])
    with pytest.raises(UsageError, match=r"^there is no solver 'hihgs'; did you mean 'highs'"):
        solve(lp, given_names(lp), "hihgs")
    here = set(map(short, pulp.listSolvers(onlyAvailable=True)))
    away = sorted(set(map(short, pulp.listSolvers())) - here)
    with pytest.raises(UsageError, match=f"^the solver '{away[0]}' is not installed; installed: .*cbc.*highs"):
        solve(lp, given_names(lp), away[0])


def test_a_solver_that_breaks_down_is_told_in_one_sentence() -> None:
    # A file with a cost that is no number is more than CBC can read.
    lp = lp_of([[1]], [0.5], [INF], [np.nan])
    with pytest.raises(SolveError, match=r"^epochs 0 to 0: the solver 'cbc' failed: "):
        solve(lp, given_names(lp), "cbc")


@pytest.mark.parametrize("name", ["CBC", "PULP_CBC_CMD", "HiGHS", "highs"])
def test_a_solver_goes_by_its_short_name_and_by_pulps(name: str) -> None:
    lp = lp_of([[1]], [0.5], [INF], [2])
    found = solve(lp, given_names(lp), name)
    assert found.objective == pytest.approx(101.0)
    assert re.fullmatch(r"PuLP, (cbc|highs)", found.path)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    lp = lp_of([[1]], [0.5], [INF], [2])
    labels = given_names(lp)
    target = tmp_path / "deep" / "one.lp"
    assert write(lp, labels, target) == (1, 2)
    before = target.read_bytes()
    with pytest.raises(ResultsError, match="there is something already"):
        write(lp, labels, target)
    write(lp, labels, target, "again", force=True)
    assert target.read_bytes() != before
    (tmp_path / "file").write_text("", encoding="utf-8")
    for force in (False, True):
        with pytest.raises(ResultsError, match="is no folder"):
            write(lp, labels, tmp_path / "file" / "two.lp", force=force)
    (tmp_path / "link.lp").symlink_to("nowhere")
    for place in ("deep", "link.lp"):
        with pytest.raises(ResultsError, match=r"this is a (folder|link), and a file is to be written"):
            write(lp, labels, tmp_path / place, force=True)
    assert [path.name for path in target.parent.iterdir()] == ["one.lp"]
