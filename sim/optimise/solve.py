"""HiGHS over the arrays of a window: loaded once, changed in place, started from a basis."""

from __future__ import annotations

import time
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import SolveError
from sim.optimise.program import Lp

RESIDUAL = 1e-7
_FIRST, _WIDER = 0.02, 2.0
"""Share of its range by which a column that was held may move at first, and how much wider it may each time."""


class OutOfTime(SolveError):
    """The time was up before there was a plan, or the optimum of a window."""


@dataclass(frozen=True)
class Basis:
    """A starting point: the status of every column and row, as HiGHS numbers them.

    Attributes
    ----------
    columns, rows
        0 at the lower bound, 1 basic, 2 at the upper bound, 3 free, 4 nonbasic.
    """

    columns: NDArray[np.int8]
    rows: NDArray[np.int8]


@dataclass(frozen=True)
class Solution:
    """The optimum of a window.

    Attributes
    ----------
    objective
        kCNY, the constant included.
    values
        [column].
    prices
        [row], kCNY per unit of the right-hand side.
    basis
        To start a neighbour from; None where nobody is to.
    path
        How it was found: ``warm``, ``cold``, ``eased``, or by another solver.
    iterations
        Of the simplex method.
    """

    objective: float
    values: Array
    prices: Array
    basis: Basis | None
    path: str
    iterations: int


def solve(lp: Lp, basis: Basis | None = None, seconds: float | None = None, method: str = "simplex") -> Solution:
    """Return the optimum of a window.

    From a basis the dual simplex starts without presolve (which would drop it). Every result is checked:
    one whose residuals exceed 1e-7 of its scale is solved again cold.

    Parameters
    ----------
    lp
        The window.
    basis
        Where to start; None solves cold with presolve.
    seconds
        Time limit.
    method
        ``simplex`` or ``ipm`` (interior point with crossover).

    Returns
    -------
    Solution
        Optimal.

    Raises
    ------
    OutOfTime
        Where the time limit is reached.
    SolveError
        Where HiGHS finds no optimum; says what it found.
    """
    solver = loaded(lp)
    _option(solver, "solver", method)
    if basis is not None:
        _start(solver, basis)
    if _solved(solver, lp, None if seconds is None else time.monotonic() + seconds):
        solution = _read(solver, lp, "cold" if basis is None else "warm")
        if residual(lp, solution.values) <= RESIDUAL:
            return solution
    if basis is not None:
        return solve(lp, None, seconds, method)
    first, last = lp.epochs
    status = solver.modelStatusToString(solver.getModelStatus())
    raise SolveError(f"epochs {first} to {last - 1}: the solver says '{status}'")


def eased(
    lp: Lp, basis: Basis, held: IntArray, at: Array, loose: float = 0.0, seconds: float | None = None
) -> Solution:
    """Return the optimum of a window, from the basis that is optimal while some columns are held.

    Where those are let go at once, the dual simplex sends every one whose price says so to the far end of its
    range, and spoils the plan that it then mends. They may move by a small share of their range first, and by twice as
    much each time (a box step; the basis stays the solver's own). What they could still gain, Σ |reduced cost| · way
    left, bounds what the window is dearer than its optimum, and says when to stop.

    Parameters
    ----------
    lp
        The window.
    basis
        Optimal while the columns are held.
    held
        [held column], their numbers.
    at
        [held column], where they are held.
    loose
        Share of the objective by which it may miss the optimum.
    seconds
        Time limit.

    Returns
    -------
    Solution
        Without a basis.

    Raises
    ------
    OutOfTime
        Where the time limit is reached.
    SolveError
        Where HiGHS finds no optimum.

    References
    ----------
    R. E. Marsten, W. W. Hogan, J. W. Blankenship (1975), "The Boxstep Method for Large-Scale Optimization",
    Operations Research 23(3), doi 10.1287/opre.23.3.389.
    """
    solver, columns, low, high = loaded(lp), held.astype(np.int32), lp.low[held], lp.high[held]
    _start(solver, basis)
    until = None if seconds is None else time.monotonic() + seconds
    share, steps, done = 0.0, 0, False
    while not done:
        way = share * high if share < 1.0 else np.inf
        wide = np.maximum(low, at - way), np.minimum(high, at + way)
        _check(solver.changeColsBounds(len(columns), columns, *wide), "bounds were refused")
        if not _solved(solver, lp, until):
            return solve(lp, None, seconds)
        steps += solver.getInfo().simplex_iteration_count
        found = solver.getSolution()
        at, price = np.asarray(found.col_value)[held], np.asarray(found.col_dual)[held]
        missed = np.maximum(price, 0.0) @ (at - low) + np.maximum(-price, 0.0) @ (high - at)
        done = share >= 1.0 or missed <= loose * abs(solver.getObjectiveValue())
        share = _WIDER * share if share else _FIRST
    values = np.asarray(found.col_value)
    if residual(lp, values) > RESIDUAL:
        return solve(lp, None, seconds)
    return Solution(float(solver.getObjectiveValue()), values, np.asarray(found.row_dual), None, "eased", steps)


def near(lp: Lp, values: Array) -> Basis:
    """Return the basis that a point suggests: basic is what lies between its bounds.

    Where windows are moved, what waits at the old seams lies between its bounds without being basic; a
    basis kept from the old windows would push it to one of them and spoil the plan. The point itself does
    not; rows and columns that it leaves undecided become logical, which HiGHS mends cheaply.

    Parameters
    ----------
    lp
        The window.
    values
        [column], a plan of it, or of a window like it.

    Returns
    -------
    Basis
        Perhaps with too few or too many basics: alien, in the words of HiGHS.
    """
    activity = lp.matrix @ values
    return Basis(_status(values, lp.low, lp.high, 0.0), _status(activity, lp.lower, lp.upper, np.abs(activity)))


def _status(value: Array, low: Array, high: Array, scale: Array | float) -> NDArray[np.int8]:
    """Return 0 at the lower bound, 2 at the upper one, 1 between."""
    near_enough = 1e-9 * (1.0 + scale)
    status = np.ones(len(value), dtype=np.int8)
    status[value >= high - near_enough] = 2
    status[value <= low + near_enough] = 0
    return status


def residual(lp: Lp, values: Array) -> float:
    """Return the largest violation of a row or bound, relative to 1 + the row's activity."""
    activity = lp.matrix @ values
    over = np.maximum(activity - lp.upper, lp.lower - activity)
    rows = float(np.max(over / (1.0 + np.abs(activity)), initial=0.0))
    bounds = float(np.max(np.maximum(values - lp.high, lp.low - values), initial=0.0))
    return max(rows, bounds)


def loaded(lp: Lp) -> highspy.Highs:
    """Return a solver that holds the window. Arrays are handed over whole: a HighsLp takes eight times as long."""
    matrix: sparse.csc_matrix = lp.matrix
    rows, columns = matrix.shape
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    _option(solver, "output_flag", False)
    _option(solver, "threads", 1)
    status = solver.passModel(
        columns, rows, matrix.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), lp.constant,
        lp.cost, lp.low, lp.high, lp.lower, lp.upper,
        matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        np.zeros(columns, dtype=np.int32),  # All continuous; an empty array would be read out of bounds.
    )  # fmt: skip
    _check(status, "the program was refused")
    return solver


def _start(solver: highspy.Highs, basis: Basis) -> None:
    """Have the dual simplex start from a basis, as it is: without presolve, scaling, or much perturbation."""
    _option(solver, "presolve", "off")
    _option(solver, "simplex_strategy", 1)
    _option(solver, "simplex_scale_strategy", 0)
    _option(solver, "dual_simplex_cost_perturbation_multiplier", 0.001)
    _check(solver.setBasis(_highs_basis(basis)), "the starting basis was refused")


def _solved(solver: highspy.Highs, lp: Lp, until: float | None) -> bool:
    """Run the solver until a reading of the monotonic clock; return whether it found the optimum."""
    if until is not None:
        # HiGHS counts the time of its earlier runs too.
        _option(solver, "time_limit", solver.getRunTime() + max(until - time.monotonic(), 0.0))
    _check(solver.run(), "the solver failed")
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kTimeLimit:
        first, last = lp.epochs
        raise OutOfTime(f"epochs {first} to {last - 1}: the time was up before their optimum was found")
    return bool(status == highspy.HighsModelStatus.kOptimal)


def _read(solver: highspy.Highs, lp: Lp, path: str) -> Solution:
    found = solver.getSolution()
    held = solver.getBasis()
    basis = None
    if held.valid:
        basis = Basis(
            np.array([int(status) for status in held.col_status], dtype=np.int8),
            np.array([int(status) for status in held.row_status], dtype=np.int8),
        )
    return Solution(
        float(solver.getObjectiveValue()), np.asarray(found.col_value), np.asarray(found.row_dual), basis, path,
        int(solver.getInfo().simplex_iteration_count),
    )  # fmt: skip


STATUS = np.array(
    [
        highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kUpper,
        highspy.HighsBasisStatus.kZero, highspy.HighsBasisStatus.kNonbasic,
    ],
    dtype=object,
)  # fmt: skip


def _highs_basis(basis: Basis) -> highspy.HighsBasis:
    made = highspy.HighsBasis()
    made.col_status = STATUS[basis.columns].tolist()
    made.row_status = STATUS[basis.rows].tolist()
    made.valid = True
    made.alien = True  # Cut or stitched from others: HiGHS mends what is singular.
    return made


def _option(solver: highspy.Highs, name: str, value: float | str | bool) -> None:
    _check(solver.setOptionValue(name, value), f"the option {name} was refused")


def _check(status: highspy.HighsStatus, text: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolveError(f"{text}; this is a bug of suanwang, please report it")
