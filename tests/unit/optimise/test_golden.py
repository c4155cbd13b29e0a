"""Every equation of the program as an LP file, compared byte for byte.

`SUANWANG_GOLDEN=write` in the environment writes the files anew: read the difference before committing it.
"""

from __future__ import annotations

import inspect
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.ground.arrays import IntArray
from sim.optimise import constraints
from sim.optimise.names import Names, names
from sim.optimise.portable import write
from sim.optimise.program import Lp
from sim.optimise.second_opinion import whole
from tests.oracles.worlds import Row, nation, world

GOLDEN = Path(__file__).parents[2] / "golden"
EQUATIONS = [
    name for name, item in vars(constraints).items()
    if inspect.isfunction(item) and inspect.get_annotations(item).get("return") == "Equation"
]  # fmt: skip
GONE = {"middle", "middle_centre", "middle_city", "hpc", "inference"}


def two(table: str, rows: list[Row]) -> list[Row]:
    """Return the rows of a table of toy-3 that know neither its middle nor two of its workloads."""
    return [row for row in rows if not GONE & {cell for value in row.values() for cell in (value, *value.split("-"))}]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lp, Names]:
    """Return three hours of two regions and two centres with a battery, a contract, a share that must stay, a link."""
    network = world(
        nation(tmp_path_factory.mktemp("pair"), two),
        [
            "centres.west_centre.battery={energy: 40 MWh, power: 10 MW}",
            "regions.east.residency.move_share=0.3",
            "workloads.batch.deadline=1 h",
        ],
        start="2024-03-04T05:00",
        horizon="3 h",
    )
    program = whole(network)
    return program.window(0, 3), names(program, network, range(5, 8))


def part(lp: Lp, given: Names, rows: IntArray) -> tuple[Lp, Names]:
    """Return some rows with the columns that stand in them and their bounds; they cost nothing here."""
    matrix = lp.matrix[rows]
    used = np.flatnonzero(abs(matrix).sum(axis=0))
    cut = replace(
        lp, cost=np.zeros(len(used)), low=lp.low[used], high=lp.high[used], matrix=matrix[:, used],
        lower=lp.lower[rows], upper=lp.upper[rows], constant=0.0,
    )  # fmt: skip
    return cut, Names([given.columns[column] for column in used], [given.rows[row] for row in rows])


def compare(lp: Lp, given: Names, golden: Path, folder: Path) -> None:
    """Compare a window with a golden file, or write that where it is asked for."""
    if os.environ.get("SUANWANG_GOLDEN") == "write":
        write(lp, given, golden, golden.stem, force=True)
        pytest.skip(f"{golden.name} was written anew")
    fresh = folder / golden.name
    write(lp, given, fresh, golden.stem)
    assert fresh.read_bytes() == golden.read_bytes()


@pytest.mark.parametrize("equation", EQUATIONS)
def test_an_equation_is_what_it_was(window: tuple[Lp, Names], equation: str, tmp_path: Path) -> None:
    lp, given = window
    rows = np.flatnonzero([name.startswith(f"{equation}_") for name in given.rows])
    assert len(rows), "the small nation has no such row"
    compare(*part(lp, given, rows), GOLDEN / f"{equation}.lp", tmp_path)


def test_the_objective_is_what_it_was(window: tuple[Lp, Names], tmp_path: Path) -> None:
    lp, given = window
    bare = replace(lp, matrix=lp.matrix[:0], lower=lp.lower[:0], upper=lp.upper[:0])
    compare(bare, Names(given.columns, []), GOLDEN / "objective.lp", tmp_path)


def test_every_golden_file_is_compared() -> None:
    assert sorted(path.name for path in GOLDEN.glob("*.lp")) == sorted(
        f"{name}.lp" for name in [*EQUATIONS, "objective"]
    )
