"""HiGHS over the master: loaded once, rows added as cuts are learnt; or once over everything."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import SolveError
from sim.optimise.expand.master import Master


class Infeasible(SolveError):
    """Nothing that may be built keeps all rows of the master."""


@dataclass(frozen=True)
class Point:
    """An optimum of the master.

    Attributes
    ----------
    objective
        M CNY.
    values
        [column].
    prices
        [row], M CNY per unit of the right-hand side, those of the master first; zeros with whole modules.
    bound
        What no better plan can be below, M CNY: the objective, but where modules are whole.
    """

    objective: float
    values: Array
    prices: Array
    bound: float


class Solver:
    """The master in HiGHS.

    Parameters
    ----------
    master
        The program.
    whole
        Whether modules are whole.
    """

    def __init__(self, master: Master, whole: bool = False) -> None:
        self.master, self.whole = master, whole and bool((master.whole > 0.0).any())
        self.scale = np.where((master.whole > 0.0) & self.whole, master.whole, 1.0)
        matrix = (master.rows.matrix(len(master.cost)) @ sparse.diags(self.scale)).tocsc()
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, option in (("output_flag", False), ("threads", 1)):
            self._solver.setOptionValue(name, option)
        if self.whole:
            self._solver.setOptionValue("mip_rel_gap", 1e-9)
        kinds = ((master.whole > 0.0) & self.whole).astype(np.int32)
        rows, columns = matrix.shape
        self._solver.passModel(
            columns, rows, matrix.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0,
            master.cost * self.scale, master.low, np.where(kinds > 0, np.floor(master.high / self.scale + 1e-9),
            master.high), np.array(master.rows.lower), np.array(master.rows.upper),
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data, kinds,
        )  # fmt: skip

    def add(self, matrix: sparse.csr_matrix, lower: Array, upper: Array | None = None) -> None:
        """Add rows lower ≤ A x ≤ upper."""
        part = (matrix @ sparse.diags(self.scale)).tocsr()
        most = np.full(len(lower), np.inf) if upper is None else upper
        self._solver.addRows(
            part.shape[0], lower, most, part.nnz, part.indptr[:-1].astype(np.int32), part.indices.astype(np.int32),
            part.data,
        )  # fmt: skip

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return int(self._solver.getNumRow())

    def remove(self, rows: IntArray) -> None:
        """Remove rows that do not bind; what is left starts from the same basis."""
        held = self._solver.getBasis()
        kept = np.delete(np.array(held.row_status, dtype=object), rows)
        self._solver.deleteRows(len(rows), rows.astype(np.int32))
        made = highspy.HighsBasis()
        made.col_status, made.row_status = held.col_status, kept.tolist()
        made.valid, made.alien = True, True
        self._solver.setBasis(made)

    def sides(self, rows: IntArray, lower: Array, upper: Array) -> None:
        """Change the sides of some rows."""
        for row, low, high in zip(rows.tolist(), lower.tolist(), upper.tolist(), strict=True):
            self._solver.changeRowBounds(row, low, high)

    def most(self, columns: IntArray, most: Array) -> None:
        """Change the upper bounds of some columns, in the master's units."""
        for column, low, high in zip(columns.tolist(), self.master.low[columns], most, strict=True):
            self._solver.changeColBounds(column, low / self.scale[column], max(low, high) / self.scale[column])

    def distances(self, columns: IntArray, weight: Array) -> IntArray:
        """Add rows x − u + v = 0 with u, v ≥ 0 that count their weight in the objective, and return their numbers."""
        first, many, none = self._solver.getNumCol(), len(columns), np.zeros(0)
        self._solver.addCols(
            2 * many, np.concatenate([weight, weight]), np.zeros(2 * many), np.full(2 * many, np.inf), 0,
            np.zeros(2 * many, dtype=np.int32), none.astype(np.int32), none,
        )  # fmt: skip
        rows = self.rows + np.arange(many)
        more = first + np.arange(many)
        index = np.stack([columns, more, more + many], axis=1).ravel().astype(np.int32)
        value = np.tile([1.0, -1.0, 1.0], many)
        start = (3 * np.arange(many)).astype(np.int32)
        self._solver.addRows(many, np.zeros(many), np.zeros(many), 3 * many, start, index, value)
        return rows

    def objective(self, cost: Array) -> None:
        """Change what is minimised; [column]."""
        scaled = cost * np.append(self.scale, np.ones(len(cost) - len(self.scale)))
        self._solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), scaled)

    def widest(self, columns: IntArray, group: IntArray, groups: int) -> int:
        """Add a column no less than the sum of any group of columns, and return its number."""
        number = self._solver.getNumCol()
        self._solver.addCol(0.0, 0.0, np.inf, 0, np.zeros(0, dtype=np.int32), np.zeros(0))
        for at in range(groups):
            mine = columns[group == at]
            column = np.append(mine, number).astype(np.int32)
            value = np.append(-self.scale[mine], 1.0)
            self._solver.addRow(0.0, np.inf, len(column), column, value)
        return int(number)

    def solve(self) -> Point:
        """Return the optimum.

        Raises
        ------
        Infeasible, SolveError
            Where there is none.
        """
        self._solver.run()
        status = self._solver.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible):
            self._solver.clearSolver()
            self._solver.run()
            status = self._solver.getModelStatus()
        return read(
            self._solver, np.append(self.scale, np.ones(self._solver.getNumCol() - len(self.scale))), self.whole
        )


def solved(
    cost: Array,
    low: Array,
    high: Array,
    matrix: sparse.csc_matrix,
    lower: Array,
    upper: Array,
    modules: Array | None = None,
    constant: float = 0.0,
) -> Point:
    """Return the optimum of a program, whole modules included; [column] and [row] as in `sim.optimise.program.Lp`.

    Raises
    ------
    Infeasible, SolveError
        Where there is none.
    """  # fmt: skip
    sizes = np.zeros(len(cost)) if modules is None else modules
    scale = np.where(sizes > 0.0, sizes, 1.0)
    scaled = (matrix @ sparse.diags(scale)).tocsc()
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, option in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 1e-9)):
        solver.setOptionValue(name, option)
    most = np.where(sizes > 0.0, np.floor(high / scale + 1e-9), high)
    solver.passModel(
        scaled.shape[1], scaled.shape[0], scaled.nnz, int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize), constant, cost * scale, low, most, lower, upper,
        scaled.indptr.astype(np.int32), scaled.indices.astype(np.int32), scaled.data, (sizes > 0.0).astype(np.int32),
    )  # fmt: skip
    solver.run()
    return read(solver, scale, bool((sizes > 0.0).any()))


def read(solver: highspy.Highs, scale: Array, whole: bool) -> Point:
    """Return the optimum that a solver holds.

    Raises
    ------
    Infeasible, SolveError
        Where it holds none.
    """
    status = solver.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        raise Infeasible("no plan keeps every target and limit")
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolveError(f"the plan: the solver says '{solver.modelStatusToString(status)}'")
    found, value = solver.getSolution(), float(solver.getObjectiveValue())
    dual = np.zeros(solver.getNumRow()) if whole else np.asarray(found.row_dual)
    bound = float(solver.getInfo().mip_dual_bound) if whole else value
    return Point(value, np.asarray(found.col_value) * scale, dual, bound)
