"""The program in other hands: solved by any solver that PuLP drives, or written as a readable LP file.

The arrays are those of `solve.py`; nothing is modelled twice. This is the cross-check, not the hot path.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pulp

from sim.ground.arrays import Array
from sim.ground.errors import SolveError, UsageError, did_you_mean
from sim.optimise.names import LONGEST, Names
from sim.optimise.program import Lp
from sim.optimise.solve import Solution
from sim.results.product import check_place, placed

CONSTANT = "constant"
"""The column, fixed at 1, that carries what the objective holds beside c·x."""
_SAME = 1e-7
"""A solver's answer may come as text of eight digits: what is as near as this to a bound lies at it."""


@dataclass(frozen=True)
class Portable:
    """A window as PuLP's problem.

    Attributes
    ----------
    problem
        With every column and row that says something.
    columns
        Its variables, in the window's order.
    rows
        Number of the window's row and PuLP's constraint; twice where a row is bounded on both sides.
    """

    problem: pulp.LpProblem
    columns: list[pulp.LpVariable]
    rows: list[tuple[int, pulp.LpConstraint]]


def portable(lp: Lp, names: Names) -> Portable:
    """Return a window as PuLP's problem.

    A row without entries that holds anyway is left out. The constant is the cost of a column fixed at 1,
    so that every solver and every reader of the file sees the same objective.

    Parameters
    ----------
    lp
        The window.
    names
        Of its rows and columns.

    Returns
    -------
    Portable
        Not yet solved.
    """
    problem = pulp.LpProblem("suanwang", pulp.LpMinimize)
    columns = [
        problem.add_variable(name, low, high)
        for name, low, high in zip(names.columns, _finite(lp.low), _finite(lp.high), strict=True)
    ]
    used = np.flatnonzero(lp.cost)
    cost = {columns[number]: value for number, value in zip(used.tolist(), lp.cost[used].tolist(), strict=True)}
    cost[problem.add_variable(CONSTANT, 1.0, 1.0)] = lp.constant
    problem.setObjective(pulp.LpAffineExpression(cost))
    matrix = lp.matrix.tocsr()
    matrix.eliminate_zeros()
    column, value = matrix.indices.tolist(), matrix.data.tolist()
    rows = []
    for number, (begin, end) in enumerate(pairwise(matrix.indptr.tolist())):
        low, high = float(lp.lower[number]), float(lp.upper[number])
        if begin == end and low <= 0.0 <= high:
            continue
        terms = {columns[column[at]]: value[at] for at in range(begin, end)}
        for name, sense, side in _sides(names.rows[number], low, high):
            constraint = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, side)
            problem.addConstraint(constraint)
            rows.append((number, constraint))
    return Portable(problem, columns, rows)


def solve(lp: Lp, names: Names, solver: str) -> Solution:
    """Return the optimum of a window, found by another solver.

    Parameters
    ----------
    lp
        The window.
    names
        Of its rows and columns.
    solver
        Its name in PuLP, in short or in full: ``cbc``, ``highs``, ``GLPK_CMD``.

    Returns
    -------
    Solution
        Optimal; see `answer`.

    Raises
    ------
    UsageError
        Where there is no such solver.
    SolveError
        Where it finds no optimum.
    """
    hand, made = solver_of(solver), portable(lp, names)
    first, last = lp.epochs
    try:
        made.problem.solve(hand)
    except Exception as error:  # Every solver has errors of its own.
        raise SolveError(f"epochs {first} to {last - 1}: the solver '{solver}' failed: {error}") from error
    if made.problem.sol_status != pulp.LpSolutionOptimal:
        said = pulp.LpSolution[made.problem.sol_status]
        raise SolveError(f"epochs {first} to {last - 1}: the solver '{solver}' says '{said}'")
    return answer(lp, made, f"PuLP, {short(hand.name)}")


def answer(lp: Lp, made: Portable, path: str) -> Solution:
    """Return what a solver entered into PuLP's problem.

    The objective is the Lagrangian c·x + y·(b − A x) at the solver's values x and prices y: where these are
    rounded, it is off by the product of both errors and not by one of them.

    Parameters
    ----------
    lp
        The window.
    made
        The same, solved.
    path
        How it was solved.

    Returns
    -------
    Solution
        Without a basis; the prices are NaN where the solver tells none, and the objective is then c·x.
    """
    told = np.array([np.nan if column.varValue is None else column.varValue for column in made.columns])
    # What stands in no row and costs nothing is not told.
    values = np.clip(np.where(np.isnan(told), 0.0, told), lp.low, lp.high)
    for bound in (lp.low, lp.high):
        values = np.where(np.isclose(values, bound, rtol=_SAME, atol=0.0), bound, values)
    prices = np.zeros(len(lp.lower))
    for number, constraint in made.rows:
        prices[number] += np.nan if constraint.pi is None else constraint.pi
    return Solution(_lagrangian(lp, values, np.nan_to_num(prices)), values, prices, None, path, 0)


def _lagrangian(lp: Lp, values: Array, prices: Array) -> float:
    side = np.where(prices > 0.0, lp.lower, lp.upper)
    missed = np.where(np.isfinite(side), side - lp.matrix @ values, 0.0)
    return float(lp.constant + lp.cost @ values + prices @ missed)


def write(lp: Lp, names: Names, path: Path, comment: str = "", *, force: bool = False) -> tuple[int, int]:
    """Write a window as an LP file, whole or not at all; return its rows and columns.

    Parameters
    ----------
    lp
        The window.
    names
        Of its rows and columns.
    path
        The file.
    comment
        Lines of ASCII for its head.
    force
        Whether to replace what is there.

    Raises
    ------
    UsageError, ResultsError
        Where something is there already, or the file cannot be written.
    """
    check_place(path, force=force)
    made = portable(lp, names)
    # PuLP writes the name as the first comment; every further line must begin one of its own.
    made.problem.name = comment.replace("\n", "\n\\  ") or made.problem.name
    placed(path, lambda draft: made.problem.writeLP(str(draft), max_length=LONGEST), force=force)
    return made.problem.numConstraints(), made.problem.numVariables()


def short(name: str) -> str:
    """Return how a user may call a solver of PuLP.

    Examples
    --------
    >>> [short(name) for name in ("PULP_CBC_CMD", "COIN_CMD", "HiGHS", "GLPK_CMD", "SCIP_PY", "PYGLPK")]
    ['cbc', 'cbc', 'highs', 'glpk', 'scip', 'glpk']
    """
    plain = name.lower().removeprefix("pulp_").removesuffix("_cmd").removesuffix("_py").removesuffix("_dll")
    return "cbc" if plain == "coin" else plain.removeprefix("py")


def solver_of(name: str) -> pulp.LpSolver:
    """Return a solver that is installed: the first of that name.

    Raises
    ------
    UsageError
        Where there is none, or it is not installed; says which are.
    """
    every, here = pulp.listSolvers(), pulp.listSolvers(onlyAvailable=True)
    wanted = [item for item in every if name.lower() in (short(item), item.lower())]
    if not wanted:
        raise UsageError(f"there is no solver '{name}'{did_you_mean(name, map(short, every), most=30)}")
    found = [item for item in wanted if item in here]
    if not found:
        raise UsageError(f"the solver '{name}' is not installed; installed: {', '.join(sorted(set(map(short, here))))}")
    if found[0] == "PULP_CBC_CMD":
        # The CBC that comes with PuLP, by its path: its own class warns of the next major release.
        return pulp.COIN_CMD(path=pulp.PULP_CBC_CMD.pulp_cbc_path, msg=False)
    # HiGHS has one pool of threads a process, and `solve.py` asks for one thread.
    return pulp.getSolver(found[0], msg=False, **({"threads": 1} if found[0] == "HiGHS" else {}))


def _finite(values: Array) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _sides(name: str, low: float, high: float) -> list[tuple[str, int, float]]:
    """Return name, sense and right-hand side of the one or two constraints that a row is to PuLP."""
    if low == high:
        return [(name, pulp.LpConstraintEQ, low)]
    sides = [(name, pulp.LpConstraintLE, high)] if np.isfinite(high) else []
    if np.isfinite(low):
        sides.append((f"{name}_low" if sides else name, pulp.LpConstraintGE, low))
    return sides
