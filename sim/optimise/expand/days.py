"""The operation of a representative day as a program whose right-hand sides are linear in what is built.

The equations are those of optimal dispatch (`sim.optimise.constraints`), tiled over the day and closed to a ring:
what waits and what is stored at its end is there at its beginning, as if the day repeated itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.optimise.expand.measures import Measure, entries
from sim.optimise.expand.place import Outage, Place, Setting, place
from sim.optimise.expand.sides import bounds, constant, right_hand_sides
from sim.optimise.program import Program


@dataclass(frozen=True)
class Day:
    """Minimise c·x + k·p + k₀ subject to lower ≤ A x ≤ upper and 0 ≤ x ≤ high, linear in the parameters p.

    Parameters are the stocks, the factor on each workload's demand, and what each measure is allowed.

    Attributes
    ----------
    cost
        [column in front of the routes], kCNY per unit.
    high, high_by
        [column], and [column, parameter]: upper bounds are ``high + high_by p``.
    matrix
        [row, column in front of the routes].
    lower, upper, rows_by
        [row], and [row, parameter]: right-hand sides are ``lower + rows_by p`` and ``upper + rows_by p``.
    constant, constant_by
        kCNY, and [parameter].
    route_cost
        [route], kCNY per unit.
    route
        [row of an hour, route], the same in every hour.
    route_measure
        [measure, route].
    hours, hour_rows
        Hours of the day, and rows of an hour; the measures' rows stand behind the hours'.
    program
        That it is tiled from, for names.
    """

    cost: Array
    high: Array
    high_by: sparse.csr_matrix
    matrix: sparse.csc_matrix
    lower: Array
    upper: Array
    rows_by: sparse.csr_matrix
    constant: float
    constant_by: Array
    route_cost: Array
    route: sparse.csc_matrix
    route_measure: sparse.csc_matrix
    hours: int
    hour_rows: int
    program: Program

    @property
    def parameters(self) -> int:
        """Return how many parameters there are."""
        return len(self.constant_by)


def day(setting: Setting, measures: list[Measure], epochs: IntArray, outage: Outage | None = None) -> Day:
    """Return the operation of a day.

    Parameters
    ----------
    setting
        What all days have in common.
    measures
        What is bounded over a year.
    epochs
        [epoch], the day's.
    outage
        What is lost all day; only compute left unserved counts then, EFLOPS·h.

    Returns
    -------
    Day
        Its program.
    """
    return day_of(place(setting, epochs, outage), measures, outage is not None)


def day_of(here: Place, measures: list[Measure], lost: bool = False) -> Day:
    """Return the operation of a day whose place is known; `lost` counts only compute left unserved."""
    program, count = here.program, len(measures)
    matrix, lower, upper = _tiled(here)
    row, column, value = [], [], []
    for at, parameter, amount in right_hand_sides(here):
        row.append(at)
        column.append(parameter)
        value.append(amount)
    bounded, on_routes, allowed = entries(here, measures)
    slack = sparse.vstack([sparse.csc_matrix((matrix.shape[0], count)), -sparse.identity(count)])
    rows_by = _summed(row, column, value, matrix.shape[0], here.parameters + count)
    fixed, high_by = bounds(here)
    base, by = constant(here)
    cost = program.cost.ravel() if not lost else _left(here).ravel()
    free = np.full(count, -np.inf)
    return Day(
        cost=np.concatenate([cost, [measure.penalty for measure in measures]]),
        high=np.concatenate([fixed, np.full(count, np.inf)]),
        high_by=_wider(high_by, count, count),
        matrix=sparse.hstack([sparse.vstack([matrix, bounded]), slack], format="csc"),
        lower=np.concatenate([lower, free]),
        upper=np.concatenate([upper, np.zeros(count)]),
        rows_by=sparse.vstack([rows_by, allowed], format="csr"),
        constant=0.0 if lost else base,
        constant_by=np.zeros(here.parameters + count) if lost else np.append(by, np.zeros(count)),
        route_cost=program.route_cost if not lost else np.zeros(len(program.routes)),
        route=_routes(here),
        route_measure=on_routes,
        hours=here.hours,
        hour_rows=program.rows,
        program=program,
    )


def _left(here: Place) -> Array:
    """Return 1 for every EFLOPS·h of compute left unserved, next to nothing for data; [hour, column]."""
    facts, columns = here.facts, here.program.columns
    cost = np.zeros_like(here.program.cost)
    cost[:, columns.unserved : columns.backlog] = np.tile(facts.pool >= 0, facts.demand.shape[1])
    return cost


def _tiled(here: Place) -> tuple[sparse.csc_matrix, Array, Array]:
    """Return the columns in front of the routes, tiled and closed to a ring; rows without what parameters add."""
    program, span = here.program, here.hours
    rows, serve = program.rows, program.columns.serve
    parts = []
    lower, upper = np.zeros((span, rows)), np.zeros((span, rows))
    for equation, at in program.placed():
        front = equation.column < serve
        value = np.broadcast_to(equation.value, (span, len(equation.column)))[:, front]
        parts.append(_entries(equation.row[front] + at, equation.column[front], value, 0, rows, serve))
        if len(equation.before_row):
            value = np.broadcast_to(equation.before_value, (span, len(equation.before_row)))
            parts.append(_entries(equation.before_row + at, equation.before_column, value, -1, rows, serve))
        place = slice(at, at + equation.rows)
        if equation.name in ("capacity", "links"):
            lower[:, place] = -np.inf
        if equation.name == "links":
            upper[:, place] = here.room
    row, column, value = (np.concatenate([part[k] for part in parts]) for k in range(3))
    matrix = sparse.coo_matrix((value, (row, column)), shape=(span * rows, span * serve)).tocsc()
    return matrix, lower.ravel(), upper.ravel()


def _entries(
    row: IntArray, column: IntArray, value: Array, lag: int, rows: int, count: int
) -> tuple[IntArray, IntArray, Array]:
    """Return an hour's entries at every hour, flat; the hour before the first is the last."""
    span = len(value)
    hour = np.arange(span)[:, None]
    return (row + hour * rows).ravel(), (column + (hour + lag) % span * count).ravel(), value.ravel()


def _routes(here: Place) -> sparse.csc_matrix:
    """Return the routes' part of an hour; [row, route]."""
    program = here.program
    serve, parts = program.columns.serve, []
    for equation, at in program.placed():
        there = equation.column >= serve
        value = equation.value if equation.value.ndim == 1 else equation.value[0]
        parts.append((equation.row[there] + at, equation.column[there] - serve, value[there]))
    row, column, value = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return sparse.coo_matrix((value, (row, column)), shape=(program.rows, len(program.routes))).tocsc()


def _summed(
    row: list[IntArray], column: list[IntArray], value: list[Array], rows: int, columns: int
) -> sparse.csr_matrix:
    flat = tuple(np.concatenate(part) if part else np.zeros(0) for part in (row, column, value))
    at = flat[0].astype(np.int64), flat[1].astype(np.int64)
    return sparse.coo_matrix((flat[2], at), shape=(rows, columns)).tocsr()


def _wider(matrix: sparse.csr_matrix, rows: int, columns: int) -> sparse.csr_matrix:
    """Return a matrix with more rows and columns of nothing."""
    return sparse.block_diag([matrix, sparse.csr_matrix((rows, columns))], format="csr")
