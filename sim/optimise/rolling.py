"""A horizon solved with limited foresight: windows of a settable length with a settable look-ahead, one after another.

An operator who knows no more than the next day or two does this. Closed days and rounds (`rounds.py`) are the way
to a good plan of a whole year; this is the way to what foresight is worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.optimise.layout import Facts, Routes
from sim.optimise.program import Program
from sim.optimise.solve import Basis, Solution, solve


@dataclass(frozen=True)
class Rolled:
    """What was done with limited foresight.

    Attributes
    ----------
    program
        With its routes and links.
    values
        [epoch, column], of each window the part that is kept.
    cost
        [epoch], kCNY.
    iterations
        [window], of the simplex method.
    """

    program: Program
    values: Array
    cost: Array
    iterations: tuple[int, ...]

    @property
    def objective(self) -> float:
        """Return the cost over the horizon, kCNY."""
        return float(self.cost.sum())


def rolled(facts: Facts, routes: Routes, links: IntArray, length: int, look_ahead: int) -> Rolled:
    """Return the dispatch over the horizon, decided window by window.

    Every window begins with what the one before has left waiting and in its batteries, sees `length` +
    `look_ahead` epochs, lets nothing wait at their end, and keeps its first `length`. It starts from the
    basis of the window before: hours of the day keep their place, which took a quarter of the time that
    moving the look-ahead's own basis to the front took.

    Parameters
    ----------
    facts
        The network in the LP's units.
    routes
        Who may send work where.
    links
        Numbers of the links that are looked at.
    length
        Epochs kept of a window, at least 1; a whole day to profit from the basis.
    look_ahead
        Epochs seen behind those.

    Returns
    -------
    Rolled
        Feasible over the whole horizon.

    Raises
    ------
    SolveError
        Where a window has no optimum.
    """
    program = Program(facts, routes, links)
    epochs, columns = len(facts.demand), program.columns
    values = np.zeros((epochs, columns.count))
    left: Array | None = None
    before: Solution | None = None
    iterations = []
    for begin in range(0, epochs, length):
        end = min(begin + length + look_ahead, epochs)
        lp = program.window(begin, end, left)
        before = solve(lp, None if before is None else _start(program, before, end - begin))
        found = before.values.reshape(end - begin, -1)[:length]
        values[begin : begin + length] = found
        left = found[-1, columns.backlog : columns.piece]
        iterations.append(before.iterations)
    return Rolled(program, values, program.cost_of(values), tuple(iterations))


def _start(program: Program, before: Solution, span: int) -> Basis | None:
    """Return the basis of the window before; where the horizon cuts this one short, the end of it, seen already."""
    if before.basis is None:
        return None
    columns = before.basis.columns.reshape(-1, program.columns.count)
    rows = before.basis.rows.reshape(-1, program.rows)
    return Basis(columns[-span:].ravel(), rows[-span:].ravel())
