"""What the operation of a day costs at given parameters, and how that changes with each of them."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import SolveError
from sim.optimise.expand.days import Day

NOISE = 1e-7
"""Saving a unit, kCNY, below which a route is not worth adding."""
_DUAL, _PRIMAL = 1, 4
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

    @property
    def constant(self) -> float:
        """Return the plane's height at no parameters, kCNY."""
        return float(self.value - self.slope @ self.at)


class Oracle:
    """A day's program, kept loaded: parameters change right-hand sides and bounds, routes come as they pay.

    A cut is made of the duals of the whole program, routes that are not loaded included: what they would still save
    is below `NOISE` a unit.

    Parameters
    ----------
    day
        The program.
    """

    def __init__(self, day: Day) -> None:
        self.day = day
        self.solves = 0
        self._loaded = np.zeros((day.hours, len(day.route_cost)), dtype=bool)
        self._order: list[tuple[IntArray, IntArray]] = []
        self._solver = _loaded(day)
        self._rows = np.arange(len(day.lower), dtype=np.int32)
        self._columns = np.arange(len(day.cost), dtype=np.int32)
        self._add(*self._first())

    @property
    def routes(self) -> int:
        """Return how many columns of routes are loaded."""
        return int(self._loaded.sum())

    def cut(self, parameters: Array) -> Cut:
        """Return the cost at some parameters as a cut that holds at all.

        Raises
        ------
        SolveError
            Where the solver finds no optimum.
        """
        day = self.day
        shift, high = day.rows_by @ parameters, day.high + day.high_by @ parameters
        _change_rows(self._solver, self._rows, day.lower + shift, day.upper + shift)
        zero = np.zeros(len(high))
        self._solver.changeColsBounds(len(high), self._columns, zero, np.maximum(high, 0.0))
        strategy = _DUAL
        while True:
            self._run(strategy)
            strategy = _PRIMAL
            found = self._solver.getSolution()
            dual = np.asarray(found.row_dual)
            if not self._priced(dual):
                break
        return self._read(parameters, dual, np.asarray(found.col_dual)[: len(high)])

    def values(self) -> tuple[Array, Array]:
        """Return the plan of the last parameters: [hour, column in front of the routes] and [hour, route]."""
        day, value = self.day, np.asarray(self._solver.getSolution().col_value)
        count = len(day.route_cost)
        front = value[: day.program.columns.serve * day.hours].reshape(day.hours, -1)
        served, at = np.zeros((day.hours, count)), len(day.cost)
        for hour, route in self._order:
            served[hour, route] = value[at : at + len(hour)]
            at += len(hour)
        return front, served

    def missed(self) -> Array:
        """Return by how much the last plan exceeds its allowances; [measure], in the rows' units."""
        day, value = self.day, np.asarray(self._solver.getSolution().col_value)
        return value[day.program.columns.serve * day.hours : len(day.cost)]

    def _read(self, parameters: Array, dual: Array, reduced: Array) -> Cut:
        day = self.day
        at_high = np.where(np.isfinite(day.high), np.minimum(reduced, 0.0), 0.0)
        slope = dual @ day.rows_by + at_high @ day.high_by + day.constant_by
        value = float(self._solver.getObjectiveValue()) + day.constant + float(day.constant_by @ parameters)
        return Cut(value, np.asarray(slope), parameters)

    def _run(self, strategy: int) -> None:
        """Solve: new sides leave the dual feasible, new routes the primal."""
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
        saved[self._loaded] = 0.0
        hour, route = np.nonzero(saved > NOISE)
        if len(hour) > _MOST_NEW:
            best = np.argpartition(-saved[hour, route], _MOST_NEW)[:_MOST_NEW]
            hour, route = hour[best], route[best]
        self._add(hour, route)
        return bool(len(hour))

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
        shift = np.repeat(hour, np.diff(part.indptr)) * day.hour_rows
        index = (part.indices + np.where(measured, behind, shift)).astype(np.int32)
        self._solver.addCols(
            count, day.route_cost[route], np.zeros(count), np.full(count, np.inf), part.nnz,
            part.indptr[:-1].astype(np.int32), index, part.data,
        )  # fmt: skip
        self._loaded[hour, route] = True
        self._order.append((hour, route))


def _change_rows(solver: highspy.Highs, rows: NDArray[np.int32], lower: Array, upper: Array) -> None:
    """Change the sides of rows; the stubs of HiGHS do not know it."""
    solver.changeRowsBounds(len(rows), rows, lower, upper)  # type: ignore[attr-defined]


def _loaded(day: Day) -> highspy.Highs:
    """Return a solver that holds a day without its routes."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, option in (("output_flag", False), ("threads", 1), ("presolve", "off")):
        solver.setOptionValue(name, option)
    rows, columns = day.matrix.shape
    solver.passModel(
        columns, rows, day.matrix.nnz, int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0,
        day.cost, np.zeros(columns), np.where(np.isfinite(day.high), 0.0, np.inf), day.lower, day.upper,
        day.matrix.indptr.astype(np.int32), day.matrix.indices.astype(np.int32), day.matrix.data,
        np.zeros(columns, dtype=np.int32),
    )  # fmt: skip
    return solver
