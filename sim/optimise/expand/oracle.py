"""What the operation of a day costs at given parameters, and how that changes with each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import InvariantError, SolveError
from sim.optimise.expand.days import Day
from sim.optimise.solve import STATUS as _STATUS

NOISE = 1e-7
"""Saving a unit, kCNY, below which a route is not worth adding."""
_DUAL, _PRIMAL = 1, 4
_OVER = 1e-7
_OPTIONS: dict[str, str | int | float | bool] = {
    "output_flag": False, "threads": 1, "presolve": "off", "simplex_scale_strategy": 0,
    "dual_simplex_cost_perturbation_multiplier": 0.001,
}  # fmt: skip
_MOST_NEW = 4000
"""Most routes that are added at once."""


@dataclass(frozen=True)
class Cut:
    """A plane below the cost of a day: value + slope · (p − at), for any parameters p.

    Attributes
    ----------
    value
        kCNY at `at`.
    slope
        [parameter], kCNY per unit.
    at
        [parameter].
    """

    value: float
    slope: Array
    at: Array

    @cached_property
    def constant(self) -> float:
        """Return the plane's height at no parameters, kCNY."""
        return float(self.value - self.slope @ self.at)


class Oracle:
    """A day's program, kept loaded: parameters change right-hand sides and bounds, routes and links come as needed.

    A cut is made of the duals of the whole program: of routes that are not loaded, what they would still save is below
    `NOISE` a unit; links that are not loaded are kept, so that their price is 0.

    Parameters
    ----------
    day
        The program.
    """

    def __init__(self, day: Day) -> None:
        self.day = day
        self.solves = 0
        rows, self._links = len(day.lower), _link_rows(day)
        first = day.hour_rows if not len(self._links) else int(self._links[0])
        self._by_row = day.route.tocsr()[first:]
        self._at = np.full(rows, -1)
        kept = np.setdiff1d(np.arange(rows), self._links)
        self._at[kept] = np.arange(len(kept))
        self._kept = kept.astype(np.int64)
        self._column = np.full((day.hours, len(day.route_cost)), -1)
        self._solver = _loaded(day, kept)
        self._columns = np.arange(len(day.cost), dtype=np.int32)
        self._bases: dict[int | None, tuple[NDArray[np.int8], ...]] = {}
        self._add(*self._first())

    @property
    def routes(self) -> int:
        """Return how many columns of routes are loaded."""
        return int((self._column >= 0).sum())

    @property
    def links(self) -> int:
        """Return how many rows of links are loaded."""
        return int((self._at[self._links] >= 0).sum())

    def cut(self, parameters: Array, near: int | None = None) -> Cut:
        """Return the cost at some parameters as a cut that holds at all.

        Parameters
        ----------
        parameters
            [parameter].
        near
            A number for parameters that change little from call to call: it starts from the basis of the last of them.

        Raises
        ------
        SolveError
            Where the solver finds no optimum.
        """
        day = self.day
        shift, high = day.rows_by @ parameters, day.high + day.high_by @ parameters
        lower, upper = day.lower + shift, day.upper + shift
        _change_rows(self._solver, lower[self._kept], upper[self._kept])
        self._solver.changeColsBounds(len(high), self._columns, np.zeros(len(high)), np.maximum(high, 0.0))
        self._start(near)
        strategy = _DUAL
        while True:
            self._run(strategy)
            found = self._solver.getSolution()
            dual = np.zeros(len(day.lower))
            dual[self._kept] = np.asarray(found.row_dual)
            # New routes leave the primal feasible, new links the dual.
            strategy = _PRIMAL
            if self._priced(dual):
                continue
            strategy = _DUAL
            if not self._overrun(np.asarray(found.col_value), upper):
                break
        self._keep(near)
        return self._read(parameters, dual, np.asarray(found.col_dual)[: len(high)])

    def turn(self, day: Day) -> None:
        """Go over to a day of the same matrix and cost, on which other right-hand sides hold.

        Raises
        ------
        InvariantError
            Where the matrix is another: our bug.
        """
        if day.matrix.shape != self.day.matrix.shape or (day.matrix != self.day.matrix).nnz:
            raise InvariantError("a day of the plan is no variant of the one that is loaded")
        self.day = replace(self.day, lower=day.lower, upper=day.upper, rows_by=day.rows_by)

    def values(self) -> tuple[Array, Array]:
        """Return the plan of the last parameters: [hour, column in front of the routes] and [hour, route]."""
        day, value = self.day, np.asarray(self._solver.getSolution().col_value)
        front = value[: day.program.columns.serve * day.hours].reshape(day.hours, -1)
        return front, self._served(value)

    def carried(self) -> Array:
        """Return what the last plan sends over each link in the day; [directed link], Tbit/s·h."""
        served = self._served(np.asarray(self._solver.getSolution().col_value))
        return np.asarray((self._by_row[: len(self._links) // self.day.hours] @ served.T).sum(axis=1))

    def missed(self) -> Array:
        """Return by how much the last plan exceeds its allowances; [measure], in the rows' units."""
        day, value = self.day, np.asarray(self._solver.getSolution().col_value)
        return np.asarray(value[day.program.columns.serve * day.hours : len(day.cost)])

    def _start(self, near: int | None) -> None:
        """Start from a basis that was kept; what has come since is at its lower bound, or a slack."""
        if near not in self._bases:
            return
        columns, rows = self._bases[near]
        made = highspy.HighsBasis()
        more = self._solver.getNumCol() - len(columns), self._solver.getNumRow() - len(rows)
        made.col_status = _STATUS[np.append(columns, np.zeros(more[0], dtype=np.int8))].tolist()
        made.row_status = _STATUS[np.append(rows, np.ones(more[1], dtype=np.int8))].tolist()
        made.valid, made.alien = True, False
        self._solver.setBasis(made)

    def _keep(self, near: int | None) -> None:
        if near is not None:
            held = self._solver.getBasis()
            self._bases[near] = tuple(
                np.array([int(status) for status in part], dtype=np.int8) for part in (held.col_status, held.row_status)
            )  # fmt: skip

    def _served(self, value: Array) -> Array:
        """Return what every route carries; [hour, route]."""
        return np.where(self._column >= 0, value[self._column], 0.0)

    def _read(self, parameters: Array, dual: Array, reduced: Array) -> Cut:
        day = self.day
        at_high = np.where(np.isfinite(day.high), np.minimum(reduced, 0.0), 0.0)
        slope = dual @ day.rows_by + at_high @ day.high_by + day.constant_by
        value = float(self._solver.getObjectiveValue()) + day.constant + float(day.constant_by @ parameters)
        return Cut(value, np.asarray(slope), parameters)

    def _run(self, strategy: int) -> None:
        self.solves += 1
        self._solver.setOptionValue("simplex_strategy", strategy)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            # A warm start may go astray: once more from nothing.
            self._solver.clearSolver()
            self._solver.run()
            status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolveError(f"a day of the plan: the solver says '{self._solver.modelStatusToString(status)}'")

    def _priced(self, dual: Array) -> bool:
        """Add the routes that would lower the cost; return whether there were any."""
        day = self.day
        hourly = dual[: day.hours * day.hour_rows].reshape(day.hours, day.hour_rows)
        saved = np.asarray(hourly @ day.route) + dual[day.hours * day.hour_rows :] @ day.route_measure - day.route_cost
        saved[self._column >= 0] = 0.0
        hour, route = np.nonzero(saved > NOISE)
        if len(hour) > _MOST_NEW:
            best = np.argpartition(-saved[hour, route], _MOST_NEW)[:_MOST_NEW]
            hour, route = hour[best], route[best]
        self._add(hour, route)
        return bool(len(hour))

    def _overrun(self, value: Array, upper: Array) -> bool:
        """Add the rows of links that carry more than they can; return whether there were any."""
        day = self.day
        if not len(self._links):
            return False
        first = int(self._links[0])
        carried = np.asarray((self._by_row @ self._served(value).T).T)
        numbers = np.arange(day.hours)[:, None] * day.hour_rows + np.arange(first, day.hour_rows)
        over = (carried > upper[numbers] + _OVER * (1.0 + np.abs(upper[numbers]))) & (self._at[numbers] < 0)
        fresh = numbers[over]
        for number in fresh:
            hour, row = divmod(int(number), day.hour_rows)
            part = self._by_row[row - first]
            there = self._column[hour, part.indices] >= 0
            column = self._column[hour, part.indices[there]].astype(np.int32)
            self._solver.addRow(-np.inf, upper[number], len(column), column, part.data[there])
        self._at[fresh] = len(self._kept) + np.arange(len(fresh))
        self._kept = np.concatenate([self._kept, fresh])
        return bool(len(fresh))

    def _first(self) -> tuple[IntArray, IntArray]:
        """Return the cheapest route of every region and workload, at every hour."""
        routes, hours = self.day.program.routes, self.day.hours
        order = np.lexsort((self.day.route_cost, routes.region, routes.workload))
        pair = routes.workload[order] * (routes.region.max(initial=0) + 1) + routes.region[order]
        first = order[np.unique(pair, return_index=True)[1]]
        return np.repeat(np.arange(hours), len(first)), np.tile(first, hours)

    def _add(self, hour: IntArray, route: IntArray) -> None:
        if not len(hour):
            return
        day, count = self.day, len(hour)
        part = sparse.vstack([day.route, day.route_measure], format="csc")[:, route]
        measured = part.indices >= day.hour_rows
        behind = day.hours * day.hour_rows - day.hour_rows
        column = np.repeat(np.arange(count), np.diff(part.indptr))
        row = self._at[part.indices + np.where(measured, behind, hour[column] * day.hour_rows)]
        known = row >= 0
        begins = np.searchsorted(column[known], np.arange(count)).astype(np.int32)
        self._solver.addCols(
            count, day.route_cost[route], np.zeros(count), np.full(count, np.inf), int(known.sum()), begins,
            row[known].astype(np.int32), part.data[known],
        )  # fmt: skip
        self._column[hour, route] = self._solver.getNumCol() - count + np.arange(count)


def _link_rows(day: Day) -> IntArray:
    """Return the numbers of all rows of links; those of an hour are its last."""
    first = day.program.first_row("links")
    if first is None:
        return np.zeros(0, dtype=np.int64)
    return np.asarray((np.arange(day.hours)[:, None] * day.hour_rows + np.arange(first, day.hour_rows)).ravel())


def _change_rows(solver: highspy.Highs, lower: Array, upper: Array) -> None:
    """Change the sides of all rows; the stubs of HiGHS do not know it."""
    solver.changeRowsBounds(len(lower), np.arange(len(lower), dtype=np.int32), lower, upper)  # type: ignore[attr-defined]


def _loaded(day: Day, rows: IntArray) -> highspy.Highs:
    """Return a solver that holds some rows of a day without its routes."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, option in _OPTIONS.items():
        solver.setOptionValue(name, option)
    matrix = day.matrix.tocsr()[rows].tocsc()
    columns = matrix.shape[1]
    solver.passModel(
        columns, len(rows), matrix.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0,
        day.cost, np.zeros(columns), np.where(np.isfinite(day.high), 0.0, np.inf), day.lower[rows], day.upper[rows],
        matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        np.zeros(columns, dtype=np.int32),
    )  # fmt: skip
    return solver
